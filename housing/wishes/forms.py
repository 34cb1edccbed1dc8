"""What somebody who looks for a home, or for two jobs and a home, fills in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from housing.listings.models import Offer
from housing.shown.models import DEAREST, LARGEST, HomeKind
from housing.wishes.models import Often, Wish
from municipalities.jobs.catalogue import Extent, Field
from municipalities.tenancy.anybody import AnybodyForm

NUMBER = {"inputmode": "numeric"}
MOST_FIELDS = 4
SAID = [
    "wants_home", "offer", "kind", "village", "bedrooms", "area", "price", "pets", "step_free", "animals", "extent",
    "often", "text",
]  # fmt: skip


class WishFields(forms.Form):
    wants_home = forms.BooleanField(label=_("I look for a home"), required=False, initial=True)
    offer = forms.ChoiceField(
        label=_("To rent or to buy"), choices=[("", _("Either")), *Offer.choices], required=False
    )
    kind = forms.ChoiceField(
        label=_("What kind"), choices=[("", _("Any kind")), *HomeKind.choices], required=False
    )
    village = forms.CharField(label=_("Village or part of town"), max_length=60, required=False)
    bedrooms = forms.IntegerField(
        label=_("Bedrooms, at least"), min_value=0, max_value=20, required=False,
        widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    area = forms.IntegerField(
        label=_("Square metres, at least"), min_value=0, max_value=LARGEST, required=False,
        widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    price = forms.IntegerField(
        label=_("Kroner, at most"), help_text=_("A month if you rent."), min_value=0, max_value=DEAREST,
        required=False, widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    pets = forms.BooleanField(label=_("We have a pet"), required=False)
    step_free = forms.BooleanField(label=_("It must be without steps"), required=False)
    animals = forms.BooleanField(label=_("We need room for animals"), required=False)
    fields_of_work = forms.MultipleChoiceField(
        label=_("Jobs, for one or two of you"), choices=Field.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    extent = forms.ChoiceField(
        label=_("Extent"), choices=[("", _("Any extent")), *Extent.choices], required=False
    )
    often = forms.ChoiceField(
        label=_("How often may we write?"), choices=Often.choices, initial=Often.INSTANT
    )
    text = forms.CharField(
        label=_("Is there more we should know?"),
        help_text=_("When you would like to move, and what matters most."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        chosen = said.get("fields_of_work", [])
        if len(chosen) > MOST_FIELDS:
            self.add_error("fields_of_work", _("Four fields at most."))
        if not said.get("wants_home") and not chosen and not self.errors:
            self.add_error("wants_home", _("Say what you look for: a home, a job, or both."))
        return said

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SAID} | {
            "fields": self.cleaned_data["fields_of_work"]
        }

    @staticmethod
    def as_it_is(wish: Wish) -> dict[str, Any]:
        return {name: getattr(wish, name) for name in SAID} | {
            "fields_of_work": [each.field for each in wish.fields.all()]
        }


class WishForm(WishFields, AnybodyForm):
    purpose = "wish"

    name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        help_text=_("We send you a link to confirm by, and to stop by."),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
