"""What somebody without an account fills in to have an activity in the calendar."""

import datetime
from html import unescape
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import escape, strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from municipalities.activities import rules
from municipalities.activities.catalogue import Theme
from municipalities.activities.models import DEAREST, LONGEST_EVENT, OLDEST, Activity, Submission
from municipalities.activities.repeating import Repeats, chosen, rule_for
from municipalities.activities.submitting import Said, Sender
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation
from municipalities.tenancy.anybody import AnybodyForm
from municipalities.texts.languages import CHOICES

LONGEST_BODY = 4000
AHEAD = datetime.timedelta(days=730)
DAY = {"type": "date"}
CLOCK = {"type": "time"}


class ActivityFields(forms.Form):
    """The activity itself; who sends it is asked for where that is not known."""

    title = forms.CharField(label=_("What is it called?"), max_length=100)
    body = forms.CharField(
        label=_("What happens, and whom is it for?"),
        help_text=_(
            "What should somebody know who has never been there? An empty line begins a new paragraph."
        ),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    text_language = forms.ChoiceField(label=_("In which language have you written this?"))
    theme = forms.ChoiceField(label=_("What is it about?"), choices=[("", _("Choose")), *Theme.choices])
    day = forms.DateField(label=_("Which day?"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    begins = forms.TimeField(
        label=_("When does it begin?"),
        help_text=_("Leave both times empty if it lasts all day."),
        required=False,
        widget=forms.TimeInput(attrs=CLOCK, format="%H:%M"),
    )
    ends = forms.TimeField(
        label=_("When does it end?"), required=False, widget=forms.TimeInput(attrs=CLOCK, format="%H:%M")
    )
    last_day = forms.DateField(
        label=_("Last day"),
        help_text=_("Only if it lasts for more than one day, or past midnight."),
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
    )
    repeats = forms.ChoiceField(label=_("How often?"), choices=Repeats.choices, required=False)
    until = forms.DateField(
        label=_("Until which day does it go on?"),
        help_text=_("Only if it happens more than once; two years from now at most."),
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
    )
    place = forms.CharField(
        label=_("Where?"), help_text=_("For instance Ål kulturhus, Sundre."), max_length=120
    )
    age_from = forms.IntegerField(label=_("From which age?"), min_value=0, max_value=OLDEST, required=False)
    age_to = forms.IntegerField(label=_("Up to which age?"), min_value=0, max_value=OLDEST, required=False)
    price = forms.IntegerField(
        label=_("What does it cost, in kroner?"),
        help_text=_("0 if it is free."),
        min_value=0,
        max_value=DEAREST,
        required=False,
    )
    sign_up_url = forms.URLField(
        label=_("Web address for signing up"), max_length=500, required=False, assume_scheme="https"
    )
    sign_up_phone = PhoneNumberField(label=_("Phone for signing up or questions"), required=False)

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language: Any = self.fields["text_language"]
        language.choices = [(code, name) for code, name in CHOICES if code in municipality.languages]
        screen = get_language() or ""
        self.initial.setdefault(
            "text_language", screen if screen in municipality.languages else municipality.home_language
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if {"day", "begins", "ends", "last_day"} <= set(said):
            self._clean_times(said)
        low, high = said.get("age_from"), said.get("age_to")
        if low is not None and high is not None and high < low:
            self.add_error("age_to", _("The ages run from the youngest to the oldest."))
        return said

    def _clean_times(self, said: dict[str, Any]) -> None:
        day, begins, ends = said["day"], said["begins"], said["ends"]
        if (begins is None) != (ends is None):
            missing = "begins" if begins is None else "ends"
            self.add_error(missing, _("Give both times, or none if it lasts all day."))
            return
        last = said["last_day"] or day
        starts = datetime.datetime.combine(day, begins or datetime.time())
        stops = datetime.datetime.combine(last, ends or datetime.time(23, 59))
        today = timezone.localdate()
        if not today <= day <= today + AHEAD:
            self.add_error("day", _("Choose a day from today on, two years ahead at most."))
        elif stops < starts:
            self.add_error("last_day" if last < day else "ends", _("It can't end before it begins."))
        elif stops - starts > LONGEST_EVENT:
            self.add_error("last_day", _("One time lasts four months at most."))
        else:
            said["starts_at"], said["ends_at"] = timezone.make_aware(starts), timezone.make_aware(stops)
            self._clean_rule(said, starts)

    def _clean_rule(self, said: dict[str, Any], starts: datetime.datetime) -> None:
        said["rule"] = ""
        repeats, until = said.get("repeats", ""), said.get("until")
        if not repeats or "until" in self.errors:
            return
        if until is None:
            self.add_error("until", _("Say until which day it goes on."))
        elif not starts.date() <= until <= timezone.localdate() + AHEAD:
            self.add_error("until", _("Choose a day after the first, two years from now at most."))
        else:
            said["rule"] = rule_for(repeats, starts.date(), until)
            try:
                rules.days(starts, said["rule"])
            except ValidationError as error:
                self.add_error("until", error)

    @property
    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        same = ("theme", "starts_at", "ends_at", "rule", "place", "age_from", "age_to", "price", "sign_up_url",
                "sign_up_phone")  # fmt: skip
        return {name: said[name] for name in same} | {"all_day": said["begins"] is None, "exceptions": []}

    @property
    def said(self) -> Said:
        said = self.cleaned_data
        paragraphs = said["body"].replace("\r\n", "\n").split("\n\n")
        body = "".join(
            f"<p>{'<br>'.join(escape(line) for line in part.strip().splitlines())}</p>"
            for part in paragraphs
            if part.strip()
        )
        return Said(title=said["title"], body=body, language=said["text_language"], facts=self.facts)


class SubmissionForm(ActivityFields, AnybodyForm):
    purpose = "activity"

    organisation = forms.ModelChoiceField(
        label=_("Who arranges it?"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=_("Somebody who is not in the list"),
    )
    organisation_name = forms.CharField(
        label=_("Its name, if it is not in the list"), max_length=80, required=False
    )
    name = forms.CharField(
        label=_("Your name"),
        help_text=_("For us, if we have a question. It is not shown."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        help_text=_("We send you a link to confirm by. It is not shown."),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    field_order = [
        "title", "body", "text_language", "theme", "day", "begins", "ends", "last_day", "repeats", "until", "place",
        "age_from", "age_to", "price", "sign_up_url", "sign_up_phone", "organisation", "organisation_name", "name",
        "email",
    ]  # fmt: skip

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, municipality=municipality, **kwargs)
        organisations: Any = self.fields["organisation"]
        organisations.queryset = Organisation.objects.of(municipality).filter(published=True).order_by("name")

    @property
    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        name = "" if said["organisation"] else said["organisation_name"]
        return super().facts | {"organisation": said["organisation"], "arranger": name}

    @property
    def sender(self) -> Sender:
        said = self.cleaned_data
        return Sender(name=said["name"], email=said["email"])


class CorrectionForm(ActivityFields):
    """By its sender, behind their link."""

    @property
    def facts(self) -> dict[str, Any]:
        """What staff have put right of its times stays, unless the sender says something else about them."""
        kept = set() if {"day", "repeats", "until"} & set(self.changed_data) else {"rule", "exceptions"}
        return {name: value for name, value in super().facts.items() if name not in kept}

    @staticmethod
    def as_it_is(submission: Submission) -> dict[str, Any]:
        activity: Activity = submission.activity
        text = activity.texts.filter(language=submission.language).first() or activity.texts.first()
        starts, stops = timezone.localtime(activity.starts_at), timezone.localtime(activity.ends_at)
        repeats, until = chosen(activity.rule) or ("", None)
        same = ("theme", "place", "age_from", "age_to", "price", "sign_up_url", "sign_up_phone")
        return {name: getattr(activity, name) for name in same} | {
            "title": text.title if text else "",
            "body": _plain(text.body) if text else "",
            "text_language": text.language if text else submission.language,
            "day": starts.date(),
            "begins": None if activity.all_day else starts.time(),
            "ends": None if activity.all_day else stops.time(),
            "last_day": stops.date() if stops.date() != starts.date() else None,
            "repeats": repeats,
            "until": until,
        }


def _plain(body: str) -> str:
    """Paragraphs as they were typed."""
    return unescape(strip_tags(body.replace("</p><p>", "\n\n").replace("<br>", "\n"))).strip()
