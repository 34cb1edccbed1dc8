"""What the owner of an empty farm or house fills in to come forward."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from housing.holdings.models import Thought
from municipalities.tenancy.anybody import AnybodyForm


class NoticeForm(AnybodyForm):
    purpose = "owner-notice"

    where = forms.CharField(
        label=_("Where does it lie?"), help_text=_("The name of the place, or the address."), max_length=160
    )
    thought = forms.ChoiceField(
        label=_("What do you think of?"), choices=Thought.choices, initial=Thought.UNSURE
    )
    text = forms.CharField(
        label=_("Is there more we should know?"),
        help_text=_("Who owns it together with you, how the house is, what matters to you."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneNumberField(
        label=_("Your phone"),
        help_text=_("We would rather talk than write. A phone number or an e-mail is enough."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=200,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not said.get("phone") and not said.get("email") and not {"phone", "email"} & set(self.errors):
            self.add_error("phone", _("Give a phone number or an e-mail, so that we can answer."))
        return said

    @property
    def said(self) -> dict[str, str]:
        names = ("where", "thought", "text", "name", "email")
        return {name: self.cleaned_data[name] for name in names} | {
            "phone": str(self.cleaned_data["phone"] or "")
        }
