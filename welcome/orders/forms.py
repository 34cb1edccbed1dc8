"""What somebody fills in who orders: a page a question, and a short one for nothing but the welcome meeting. And what
staff fill in when they settle it."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from municipalities.municipality.models import Municipality
from municipalities.municipality.retention import months_before
from municipalities.tenancy.anybody import AnybodyForm
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
from welcome.meetings.models import LONGEST_NEEDS, MOST_ADULTS
from welcome.orders.family import YearsField, adult_of, clean_year
from welcome.orders.models import LONGEST_WORDS, MOST_OTHERS, Situation

MONTHS_AHEAD = 24


class WishesForm(forms.Form):
    wishes = forms.MultipleChoiceField(
        label=_("What would you like?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    situation = forms.ChoiceField(
        label=_("Have you moved here?"),
        widget=forms.RadioSelect,
        choices=[
            (Situation.MOVED.value, _("Yes, we have moved")),
            (Situation.PLANNING.value, _("Not yet, we plan to")),
        ],
        error_messages={"required": _("Choose one of the two.")},
    )

    def __init__(self, *args: Any, has_meeting: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wishes: Any = self.fields["wishes"]
        wishes.choices = [
            ("package", _("The welcome package")),
            ("host", _("A host who helps us find our feet")),
            *([("meeting", _("To come to the next welcome meeting"))] if has_meeting else []),
            ("club", _("To be in the newcomers' club")),
        ]


class MovedForm(forms.Form):
    street = forms.CharField(
        label=_("Street and number, or the name of the farm"),
        max_length=90,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postal_code = forms.RegexField(
        r"^\d{4}$",
        label=_("Post code"),
        max_length=4,
        error_messages={"invalid": _("Four digits.")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    postal_place = forms.CharField(
        label=_("Post place"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    moved_on = forms.DateField(
        label=_("When did you move in?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def clean_moved_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["moved_on"]
        today = timezone.localdate()
        if day > today + datetime.timedelta(days=31):
            raise ValidationError(_("This day lies far ahead: say that you plan to move."))
        if day < months_before(today, 120):
            raise ValidationError(_("This day lies more than ten years back."))
        return day


class PlanningForm(forms.Form):
    month = forms.ChoiceField(label=_("When do you think you will move?"), required=False)
    would_help = forms.CharField(
        label=_("What would make you come?"),
        help_text=_(
            "A job for two, a kindergarten place, a home to rent: tell us, and we see what we can do."
        ),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        month: Any = self.fields["month"]
        first = timezone.localdate().replace(day=1)
        days = [months_before(first, -ahead) for ahead in range(MONTHS_AHEAD + 1)]
        month.choices = [("", _("We do not know yet")), *((f"{day:%Y-%m}", _month(day)) for day in days)]

    def clean_month(self) -> datetime.date | None:
        said = self.cleaned_data["month"]
        return datetime.date.fromisoformat(f"{said}-01") if said else None


def _month(day: datetime.date) -> str:
    return date_format(day, pgettext("month and year", "F Y"))


class PeopleForm(forms.Form):
    given_name = name_field(_("Your given names"), "given-name")
    family_name = name_field(_("Your family name"), "family-name", required=False)
    birth_year = forms.CharField(
        label=_("The year you were born"),
        max_length=10,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "bday-year", "inputmode": "numeric"}),
    )
    others = forms.CharField(
        label=_("Other adults in the household"),
        help_text=_("One a line: name and birth year, for instance Ola Nordmann, 1988."),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    children = YearsField()
    language = forms.ChoiceField(label=_("Which language do you like best?"), widget=forms.Select)

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = languages_of(municipality)

    def clean_given_name(self) -> str:
        return clean_name(self.cleaned_data["given_name"])

    def clean_family_name(self) -> str:
        return clean_name(self.cleaned_data["family_name"])

    def clean_birth_year(self) -> int | None:
        said = self.cleaned_data["birth_year"].strip()
        return clean_year(said) if said else None

    def clean_others(self) -> list[dict[str, Any]]:
        lines = [line.strip() for line in self.cleaned_data["others"].splitlines() if line.strip()]
        if len(lines) > MOST_OTHERS:
            raise ValidationError(_("Call us if you are so many."))
        return [adult_of(line) for line in lines]


class AboutForm(forms.Form):
    interests = forms.CharField(
        label=_("What do you like to do?"),
        help_text=_("So that we find a host and clubs that suit you. Write only what others may know."),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    needs = forms.CharField(
        label=_("Is there something you need?"),
        help_text=_("An interpreter, a ramp, a kindergarten place. Write only what we need to know."),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agree_needs = ConsentBox(_("Yes, you may write this down"), required=False)
    seen_needs = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, words: ConsentText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        show_words(self, "needs", words)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("interests") or cleaned.get("needs"):
            check_words(self, "needs", _("Tick this, or leave the two fields above empty."))
        return cleaned


class ContactForm(AnybodyForm):
    """The last page: how they are reached, and what they agree to."""

    purpose = "order"

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("You get a mail to confirm, so that nobody orders in your name."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = phone_field(_("Without an e-mail address we call you."))
    agree_planning = ConsentBox(_("Yes, you may keep this while we plan"), required=False)
    seen_planning = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    agree_club = ConsentBox(_("Yes, I want to be on the list"), required=False)
    seen_club = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, planning: ConsentText | None, club: ConsentText | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for what, words in (("planning", planning), ("club", club)):
            if words is None:
                del self.fields[f"agree_{what}"], self.fields[f"seen_{what}"]
            else:
                show_words(self, what, words)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (
            not {"email", "phone"} & set(self.errors)
            and not cleaned.get("email")
            and not cleaned.get("phone")
        ):
            self.add_error("email", _("Give an e-mail address or a phone number, so that we can answer."))
        if "agree_club" in self.fields and not cleaned.get("email") and "email" not in self.errors:
            self.add_error(
                "email", _("The club writes by e-mail: give an address, or go back and leave the club out.")
            )
        if "agree_planning" in self.fields:
            check_words(self, "planning", _("We may only keep this if you agree."))
        if "agree_club" in self.fields:
            check_words(self, "club", _("Tick this, or go back and leave the club out."))
        return cleaned


class MeetingForm(AnybodyForm):
    """For nothing but a seat at the next welcome meeting."""

    purpose = "meeting"

    name = name_field(_("Your name"), "name")
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("You get a mail to confirm; your seat is yours when you have."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = phone_field(_("Without an e-mail address we call you."))
    adults = forms.IntegerField(
        label=_("How many adults?"),
        min_value=1,
        max_value=MOST_ADULTS,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    children = YearsField()
    language = forms.ChoiceField(label=_("Which language do you like best?"), widget=forms.Select)
    needs = forms.CharField(
        label=_("Is there something we should know?"),
        help_text=_(
            "Allergies, a ramp, an interpreter. Write only what we need to know; we delete it after the meeting."
        ),
        max_length=LONGEST_NEEDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agree_needs = ConsentBox(_("Yes, you may write this down"), required=False)
    seen_needs = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, municipality: Municipality, words: ConsentText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["language"]
        language.choices = languages_of(municipality)
        show_words(self, "needs", words)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (
            not {"email", "phone"} & set(self.errors)
            and not cleaned.get("email")
            and not cleaned.get("phone")
        ):
            self.add_error("email", _("Give an e-mail address or a phone number, so that we can answer."))
        if cleaned.get("needs"):
            check_words(self, "needs", _("Tick this, or leave the field above empty."))
        return cleaned


class DeclineForm(forms.Form):
    word = forms.CharField(
        label=_("A word from you"),
        max_length=LONGEST_WORDS,
        required=False,
        help_text=_("Stands in the mail, if there is a confirmed address to send one to."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
