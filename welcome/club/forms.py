"""What somebody fills in to join the newcomers' club."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import Municipality
from municipalities.tenancy.anybody import AnybodyForm
from welcome.households.consents import ConsentText
from welcome.households.open_fields import (
    ConsentBox,
    check_words,
    clean_name,
    languages_of,
    name_field,
    show_words,
)


class JoinForm(AnybodyForm):
    purpose = "club"

    name = name_field(_("Your name"), "name")
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("You get a mail to confirm. In it is the link by which you leave again."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(label=_("Which language do you like best?"), widget=forms.Select)
    agree_club = ConsentBox(_("Yes, I want to be on the list"), required=False)
    seen_club = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, municipality: Municipality, words: ConsentText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = languages_of(municipality)
        show_words(self, "club", words)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        check_words(self, "club", _("You are only on the list if you agree."))
        return cleaned
