from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from municipalities.organisations.models import Organisation
from municipalities.tenancy.forms import ScopedForm
from welcome.cooperation.measure_models import DEAREST, LONGEST, GroupMember, Measure
from welcome.cooperation.models import CooperationMeeting, Participant


class Day(forms.DateInput):
    """The browser's own, which needs no script; it sends and wants ISO 8601."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class NewMeetingForm(ScopedForm):
    class Meta:
        model = CooperationMeeting
        fields = ("municipality", "day", "begins", "place", "about", "votes_each")
        widgets = {"about": UnfoldAdminTextareaWidget(attrs={"rows": 4})}


class MeetingForm(forms.ModelForm):
    class Meta:
        model = CooperationMeeting
        fields = ("day", "begins", "place", "about", "votes_each")
        widgets = {
            "day": Day,
            "begins": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "place": UnfoldAdminTextInputWidget,
            "about": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
            "votes_each": UnfoldAdminIntegerFieldWidget,
        }


class InviteForm(forms.Form):
    participants = forms.ModelMultipleChoiceField(
        Participant.objects.none(),
        label=_("People of the cooperation"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("Organisations with an e-mail that nobody here speaks for yet"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, meeting: CooperationMeeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["participants"]
        people.queryset = (
            Participant.objects.of(meeting.municipality).free().exclude(attendances__meeting=meeting)
        )
        people.label_from_instance = named
        organisations: Any = self.fields["organisations"]
        organisations.queryset = (
            Organisation.objects.of(meeting.municipality).exclude(email="").filter(participants=None)
        )


class CloseForm(forms.Form):
    said = forms.CharField(
        label=_("What was said"),
        help_text=_("Stands in the minutes. Write no names of newcomers."),
        max_length=5000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
    )
    next_on = forms.DateField(
        label=_("When do you meet next, to share what came of it?"),
        widget=Day,
        error_messages={
            "required": _(
                "Before a meeting closes, say on which later day you meet next to share what came of it."
            )
        },
    )


class MeasureForm(forms.ModelForm):
    class Meta:
        model = Measure
        fields = ("title", "what", "kroner", "hours")
        localized_fields = ["hours"]
        widgets = {
            "title": UnfoldAdminTextInputWidget,
            "what": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
            "kroner": UnfoldAdminIntegerFieldWidget,
            "hours": UnfoldAdminDecimalFieldWidget,
        }


class MemberForm(forms.Form):
    participant = forms.ModelChoiceField(
        Participant.objects.none(), label=_("Who joins the group?"), widget=UnfoldAdminSelectWidget
    )
    leads = forms.BooleanField(label=_("leads the group"), required=False)

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["participant"]
        people.queryset = Participant.objects.of(measure.municipality).free().exclude(groups__measure=measure)
        people.label_from_instance = named


class TaskForm(forms.Form):
    title = forms.CharField(label=_("Task"), max_length=160, widget=UnfoldAdminTextInputWidget)
    owner = forms.ModelChoiceField(
        GroupMember.objects.none(), label=_("Who does it?"), widget=UnfoldAdminSelectWidget
    )
    due_on = forms.DateField(label=_("By which day?"), widget=Day)

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = measure.members.exclude(participant__email="").select_related("participant")
        owner.label_from_instance = lambda member: named(member.participant)


class HandOverForm(TaskForm):
    title = None  # type: ignore[assignment]  # It stays what it is.


class SpendingForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=Day)
    note = forms.CharField(label=_("For what?"), max_length=120, widget=UnfoldAdminTextInputWidget)
    kroner = forms.IntegerField(
        label=_("Kroner"),
        initial=0,
        min_value=-DEAREST,
        max_value=DEAREST,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    hours = forms.DecimalField(
        label=_("Hours"),
        initial=0,
        localize=True,  # One types 1,5.
        min_value=-LONGEST,
        max_value=LONGEST,
        max_digits=6,
        decimal_places=1,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "0.5"}),
    )


def named(person: Participant) -> str:
    """As staff tell people apart."""
    more = [person.works_as, str(_("newcomer")) if person.is_newcomer else ""]
    return " · ".join([person.name, *filter(None, more)])
