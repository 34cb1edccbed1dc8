"""What who signs up fills in, and what staff say of a meeting."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from municipalities.municipality.models import Municipality
from municipalities.tenancy.forms import ScopedForm, ScopedFormSet
from municipalities.texts.forms import ShortTextForm, TextFormSet
from municipalities.texts.languages import CHOICES
from welcome.meetings import seats
from welcome.meetings.actions import Party
from welcome.meetings.models import (
    LONGEST_NEEDS,
    MOST_ADULTS,
    MOST_CHILDREN,
    OF_AGE,
    MeetingText,
    WelcomeMeeting,
)
from welcome.meetings.programme import ProgrammeItem


class SignUpForm(forms.Form):
    """Who comes. Ages are typed as people write them: `3, 7` or `3 og 7`."""

    adults = forms.IntegerField(
        label=_("How many adults?"),
        min_value=0,
        max_value=MOST_ADULTS,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    children = forms.CharField(
        label=_("How old are the children?"),
        help_text=_("Only those who come along, for instance: 3, 7. Nothing if none does."),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
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

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {*municipality.languages, self.initial.get("language", "")}
        language: Any = self.fields["language"]
        language.choices = [(code, name) for code, name in CHOICES if code in offered]

    def clean_children(self) -> list[int]:
        words = re.findall(r"[^\s,;./]+", self.cleaned_data["children"])
        ages = [word for word in words if word.casefold() not in {"og", "and", "år", "years"}]
        if not all(re.fullmatch(r"[0-9]{1,2}", age) and int(age) < OF_AGE for age in ages):
            raise forms.ValidationError(_("Give the age of each child, 0 to 17, with commas between."))
        if len(ages) > MOST_CHILDREN:
            raise forms.ValidationError(_("Call us if you are so many."))
        return [int(age) for age in ages]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("adults") == 0 and cleaned.get("children") == []:
            self.add_error("adults", _("Say how many adults and children come."))
        return cleaned

    @property
    def party(self) -> Party:
        said = self.cleaned_data
        return Party(
            adults=said["adults"], children=said["children"], needs=said["needs"], language=said["language"]
        )


class SignUpByHandForm(SignUpForm):
    """For somebody who called."""

    name = forms.CharField(label=_("Name"), max_length=80)
    contact = forms.CharField(label=_("Phone or e-mail"), max_length=120)

    field_order = ["name", "contact", "adults", "children", "language", "needs"]


class CameForm(forms.Form):
    """How many came of one sign-up, or of those who just came."""

    adults = forms.IntegerField(
        label=_("Adults"),
        min_value=0,
        max_value=MOST_ADULTS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    children = forms.IntegerField(
        label=_("Children"),
        min_value=0,
        max_value=MOST_CHILDREN,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class MeetingForm(ScopedForm):
    spoken = forms.MultipleChoiceField(
        label=_("Languages spoken"),
        choices=CHOICES,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )
    interpreted = forms.MultipleChoiceField(
        label=_("Interpreted into"),
        choices=CHOICES,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )

    class Meta:
        model = WelcomeMeeting
        fields = (
            "municipality", "starts_at", "ends_at", "place", "address", "capacity", "deadline", "published", "spoken",
            "interpreted", "child_care", "food",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"starts_at", "ends_at", "deadline"} & set(self.fields):
            clock: Any = self.fields[name].widget
            clock.widgets[1].format = "%H:%M"  # Nobody sets seconds.

    def clean_capacity(self) -> Any:
        capacity = self.cleaned_data["capacity"]
        taken = seats.taken(self.instance) if self.instance.pk else 0
        if capacity < taken:
            raise forms.ValidationError(_("%(n)s seats are taken already.") % {"n": taken})
        return capacity


class MeetingTextForm(ShortTextForm, ScopedForm):
    class Meta:
        model = MeetingText
        fields = ["title", "brief", "source_language"]
        widgets = {"brief": UnfoldAdminTextareaWidget(attrs={"rows": 2})}


class MeetingTextFormSet(TextFormSet, ScopedFormSet):
    instance: WelcomeMeeting

    def offered_languages(self) -> list[str]:
        return self.instance.municipality.languages if self.instance.municipality_id else []

    def home_language(self) -> str:
        return self.instance.municipality.home_language

    def new_text(self) -> dict[str, Any]:
        return {"municipality": self.instance.municipality}


class ProgrammeItemForm(ScopedForm):
    class Meta:
        model = ProgrammeItem
        fields = ["starts_at", "subject", "title", "speaker"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "starts_at" in self.fields:
            clock: Any = self.fields["starts_at"].widget
            clock.format = "%H:%M"  # Nobody sets seconds.


class ProgrammeFormSet(ScopedFormSet):
    instance: WelcomeMeeting

    def clean(self) -> None:
        """An item is within the meeting, as the form above says when that is; one past midnight has no such hours."""
        super().clean()
        if not (self.instance.starts_at and self.instance.ends_at):
            return
        first, last = timezone.localtime(self.instance.starts_at), timezone.localtime(self.instance.ends_at)
        if first.date() != last.date():
            return
        for form in self.forms:
            begins = form.cleaned_data.get("starts_at") if form.is_valid() else None
            if begins is None or form.cleaned_data.get("DELETE"):
                continue
            if not first.time() <= begins < last.time():
                form.add_error("starts_at", _("This is not within the meeting."))
