"""What a newcomer fills in on their own page."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from municipalities.texts.languages import CHOICES
from welcome.households.models import Household, Person
from welcome.privacy.models import LONGEST


class OwnForm(forms.Form):
    """Language, wishes, and each adult's phone and e-mail (`phone_7`, `email_7` for person 7)."""

    language = forms.ChoiceField(label=_("Language for letters"), widget=forms.Select)
    contact_wish = forms.CharField(
        label=_("What would you like from us?"),
        help_text=_("For instance a call, a host to show you around, or to be left in peace."),
        max_length=200,
        required=False,
    )
    interests = forms.CharField(
        label=_("What do you like to do?"),
        help_text=_("So that we can tell you of clubs and events. Write only what others may know."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        initial = {name: getattr(household, name) for name in ("language", "contact_wish", "interests")}
        self.people = adults(household)
        for person in self.people:
            initial |= {f"phone_{person.pk}": person.phone, f"email_{person.pk}": person.email}
        super().__init__(*args, **(kwargs | {"initial": initial}))
        offered = {*household.municipality.languages, household.language}
        language: Any = self.fields["language"]
        language.choices = [(code, name) for code, name in CHOICES if code in offered]
        for person in self.people:
            who = {"name": person.full_name}
            self.fields[f"phone_{person.pk}"] = PhoneNumberField(
                label=_("Phone, %(name)s") % who,
                required=False,
                widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"}),
            )
            self.fields[f"email_{person.pk}"] = forms.EmailField(
                label=_("E-mail, %(name)s") % who,
                required=False,
                widget=forms.EmailInput(attrs={"autocomplete": "off"}),
            )

    @property
    def of_people(self) -> dict[int, dict[str, object]]:
        said = self.cleaned_data
        return {
            person.pk: {"phone": said[f"phone_{person.pk}"], "email": said[f"email_{person.pk}"]}
            for person in self.people
        }


def adults(household: Household) -> list[Person]:
    today = timezone.localdate()
    return [p for p in household.people.all() if p.died_on is None and p.is_adult_on(today)]


class AskForm(forms.Form):
    """`ask_for`: what to write, said to who has written nothing; without it they need not write."""

    wrote = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"max_length": _("Write at most 2000 characters.")},
    )

    def __init__(self, *args: Any, ask_for: str | Promise = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wrote"].required = bool(ask_for)
        self.fields["wrote"].error_messages["required"] = str(ask_for)
