"""Whom to call, and who does."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.tenancy.models import Membership, User
from municipalities.tenancy.roles import Right, roles_with
from welcome.households.models import Household, HouseholdQuerySet
from welcome.households.quarters import Quarter
from welcome.meetings.models import WelcomeMeeting

INVITED = "invited"
QUARTERS_BACK = 4


class CallListForm(forms.Form):
    whom = forms.ChoiceField(
        label=_("Whom"),
        help_text=_("Who has signed up or off, or stands on the list already, is left out."),
    )
    callers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Who calls"),
        help_text=_("The households are shared out among these."),
        widget=forms.CheckboxSelectMultiple,
    )
    due_on = forms.DateField(label=_("To be called by"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, meeting: WelcomeMeeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        self.initial["due_on"] = timezone.localdate(meeting.deadline).isoformat()
        whom: Any = self.fields["whom"]
        whom.choices = [(INVITED, _("Everybody who is invited by letter")), *_quarters()]
        callers: Any = self.fields["callers"]
        # Who may write of people there, and nobody who only works elsewhere.
        able = Membership.objects.of(meeting.municipality).filter(role__in=roles_with(Right.WRITE_PEOPLE))
        callers.queryset = User.objects.filter(pk__in=able.values("user"), is_active=True).order_by(
            "name", "pk"
        )

    @property
    def homes(self) -> HouseholdQuerySet:
        rows: HouseholdQuerySet = Household.objects.of(self.meeting.municipality)
        chosen = self.cleaned_data["whom"]
        if chosen == INVITED:
            return rows.filter(invitations__meeting=self.meeting, invitations__merged=False)
        return rows.arrived_in(Quarter.parse(chosen))


def _quarters() -> list[tuple[str, str]]:
    quarter, found = Quarter.current(), []
    for _number in range(QUARTERS_BACK):
        found.append((str(quarter), gettext("Moved here in %(quarter)s") % {"quarter": quarter}))
        quarter = quarter.previous
    return found
