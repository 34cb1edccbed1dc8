"""What somebody fills in who offers to be a host, and staff when they answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import Municipality
from municipalities.tenancy.anybody import AnybodyForm
from welcome.hosts.models import MOST_HOUSEHOLDS
from welcome.households.consents import ConsentText
from welcome.households.open_fields import (
    ConsentBox,
    check_words,
    clean_name,
    languages_of,
    name_field,
    phone_field,
    show_words,
)


class OfferForm(AnybodyForm):
    purpose = "host-offer"

    name = name_field(_("Your name"), "name")
    place = forms.CharField(
        label=_("Where do you live?"), help_text=_("The village, as people there call it."), max_length=60
    )
    languages = forms.MultipleChoiceField(
        label=_("Which languages do you speak?"), widget=forms.CheckboxSelectMultiple
    )
    interests = forms.CharField(
        label=_("What do you like to do?"),
        help_text=_("So that we find somebody you go well with."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    about = forms.CharField(
        label=_("A sentence or two about yourself"),
        help_text=_("As you would say it to somebody who has just come."),
        max_length=240,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("You get a mail to confirm."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = phone_field()
    may_be_named = forms.BooleanField(
        label=_("My name, phone and e-mail may stand in the letter to those whose host I am"), required=False
    )
    agree_host = ConsentBox(_("Yes, you may keep this and ask me"), required=False)
    seen_host = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, municipality: Municipality, words: ConsentText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages: Any = self.fields["languages"]
        languages.choices = languages_of(municipality)
        show_words(self, "host", words)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        check_words(self, "host", _("We may only keep this if you agree."))
        return cleaned


class ApproveForm(forms.Form):
    capacity = forms.IntegerField(
        label=_("How many households at a time?"), min_value=1, max_value=MOST_HOUSEHOLDS, initial=2
    )


class DeclineForm(forms.Form):
    word = forms.CharField(
        label=_("A word from you"),
        max_length=1000,
        required=False,
        help_text=_("Stands in the mail that thanks them."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
