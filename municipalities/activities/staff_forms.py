"""An activity as staff fill it in."""

import datetime
import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from municipalities.activities.feed_models import CalendarFeed
from municipalities.activities.models import Activity, ActivityText, State
from municipalities.activities.repeating import Repeats, chosen, rule_for
from municipalities.tenancy.forms import ScopedForm, ScopedFormSet
from municipalities.texts.forms import TextForm, TextFormSet

BY_RULE = "rule"


class DaysField(forms.CharField):
    """Days as people write them, `24.12.2026, 31.12.2026`, kept as the calendar's own."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return ", ".join(f"{datetime.date.fromisoformat(day):%d.%m.%Y}" for day in sorted(value))

    def to_python(self, value: Any) -> Any:
        found = []
        for word in re.findall(r"[^\s,;]+", value or ""):
            try:
                pattern = "%Y-%m-%d" if "-" in word else "%d.%m.%Y"
                found.append(datetime.datetime.strptime(word, pattern).date().isoformat())  # noqa: DTZ007
            except ValueError:
                raise forms.ValidationError(
                    _("“%(day)s” is no day; write it as 24.12.2026."), params={"day": word[:40]}
                ) from None
        return sorted(set(found))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return sorted(initial or []) != self.to_python(data)
        except forms.ValidationError:
            return True


class ActivityForm(ScopedForm):
    repeats = forms.ChoiceField(
        label=_("how often"),
        choices=[*Repeats.choices, (BY_RULE, _("By the rule below"))],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    until = forms.DateField(label=_("until which day"), required=False, widget=UnfoldAdminSingleDateWidget)
    exceptions = DaysField(
        label=_("days on which it is cancelled"),
        required=False,
        help_text=_("With commas between, for instance 24.12.2026, 31.12.2026."),
    )

    class Meta:
        model = Activity
        fields = [
            "municipality", "theme", "organisation", "arranger", "age_from", "age_to", "contact", "place",
            "latitude", "longitude", "price", "sign_up_url", "sign_up_phone", "starts_at", "ends_at", "all_day", "rule",
            "exceptions",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"starts_at", "ends_at"} & set(self.fields):
            clock: Any = self.fields[name].widget
            clock.widgets[1].format = "%H:%M"  # Nobody sets seconds.
        known = chosen(self.instance.rule)
        self.initial["repeats"], self.initial["until"] = known or (BY_RULE, None)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        repeats, until, starts = said.get("repeats", ""), said.get("until"), said.get("starts_at")
        if "repeats" not in self.fields or "until" in self.errors or starts is None:
            return said
        if repeats == BY_RULE:
            said["rule"] = re.sub(r"^RRULE:", "", (said.get("rule") or "").strip().upper())
        elif repeats == Repeats.NEVER:
            said["rule"] = ""
        elif until is None:
            self.add_error("until", _("Say until which day it goes on."))
        else:
            said["rule"] = rule_for(repeats, timezone.localdate(starts), until)
        return said

    def _post_clean(self) -> None:
        super()._post_clean()
        if (
            "until" in self.fields
            and self.cleaned_data.get("repeats") not in {BY_RULE, None}
            and self.errors.get("rule")
        ):
            # It was made of these two, so they are what is wrong.
            for problem in self.errors.pop("rule"):
                self.add_error("until", problem)


class ActivityTextForm(TextForm, ScopedForm):
    class Meta:
        model = ActivityText
        fields = ["title", "body", "source_language"]


class ActivityTextFormSet(TextFormSet, ScopedFormSet):
    instance: Activity

    def offered_languages(self) -> list[str]:
        return self.instance.municipality.languages if self.instance.municipality_id else []

    def home_language(self) -> str:
        return self.instance.municipality.home_language

    def new_text(self) -> dict[str, Any]:
        return {"municipality": self.instance.municipality}


class DecisionForm(forms.Form):
    """What becomes of an activity, with a word to who sent it in."""

    verb = forms.ChoiceField(
        choices=[(verb, verb) for verb in ("publish", "send_back", "decline", "withdraw", "take_up")]
    )
    word = forms.CharField(
        label=_("A word to who sent it in"),
        help_text=_("What should be changed, or why not. It goes by e-mail."),
        max_length=1000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("verb") == "send_back" and not said.get("word"):
            self.add_error("word", _("Say in a few words what should be changed."))
        return said


VERBS = {
    State.DRAFT: ["publish", "withdraw"],
    State.WAITING: ["publish", "send_back", "decline"],
    State.PUBLISHED: ["withdraw"],
    State.WITHDRAWN: ["take_up"],
}


class FeedForm(ScopedForm):
    class Meta:
        model = CalendarFeed
        fields = ["municipality", "organisation", "address", "theme", "active"]
