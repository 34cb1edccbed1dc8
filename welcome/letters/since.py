"""What a frozen run tells that is not so any more: its meeting, who is whose host, and gifts of which there is not
enough."""

import datetime
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from welcome.hosts.models import HostAssignment
from welcome.letters import packaging
from welcome.letters.models import LetterRun, RunState
from welcome.letters.telling import when_and_where
from welcome.meetings.models import WelcomeMeeting


@dataclass(frozen=True)
class Since:
    """`meeting` says what is wrong with it, empty where it stands as told. `hosts`: letters that name another host than
    the household has now, or none though it has one. `gifts`: a sentence for each that there is too little of."""

    meeting: str = ""
    hosts: int = 0
    gifts: list[str] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        told = ngettext(
            "%(n)d letter names another host than the household has now, or none though it has one.",
            "%(n)d letters name another host than the household has now, or none though it has one.",
            self.hosts,
        )
        return [
            *([self.meeting] if self.meeting else []),
            *([told % {"n": self.hosts}] if self.hosts else []),
            *self.gifts,
        ]


def of(run: LetterRun) -> Since:
    """Nothing once the run is approved: what is on its way is not called back for this."""
    if run.state != RunState.FROZEN:
        return Since()
    return Since(meeting_is_off(run), _hosts_changed(run), [lack.sentence for lack in packaging.lacking(run)])


def meeting_is_off(run: LetterRun) -> str:
    """Why the meeting that its letters tell of is not to be told of; empty where it stands, or none is told of."""
    if not run.meeting:
        return ""
    day = datetime.date.fromisoformat(run.meeting["day"])
    told = {name: value for name, value in run.meeting.items() if name != "texts"}
    that_day = WelcomeMeeting.objects.of(run.municipality).held().filter(starts_at__date=day)
    if any(when_and_where(meeting) == told for meeting in that_day):
        return ""
    return _(
        "The letters tell of a meeting on %(day)s that was called off or changed since they were frozen."
    ) % {"day": date_format(day, "DATE_FORMAT")}


def _hosts_changed(run: LetterRun) -> int:
    now = dict(HostAssignment.objects.of(run.municipality).tellable().values_list("household_id", "host_id"))
    told = run.letters.of(run.municipality).values_list("household_id", "host__id")
    return sum(host != now.get(household) for household, host in told if household is not None)
