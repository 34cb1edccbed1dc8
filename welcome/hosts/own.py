"""What a host and a household see of each other: before both have said yes nothing by which they could be found."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Sum
from django.utils import timezone

from municipalities.texts.languages import LANGUAGES
from welcome.hosts.following import HostContact, HostReply
from welcome.hosts.kinds import AssignmentState, EndReason, Side
from welcome.hosts.models import Host, HostAssignment

DAYS_TO_REPLY = 60


@dataclass(frozen=True)
class Reached:
    name: str
    phone: str
    tel: str
    email: str


@dataclass(frozen=True)
class Theirs:
    """A household as its host sees it. `people` is empty before both have agreed."""

    row: HostAssignment
    adults: int
    ages: list[int]
    spoken: str
    people: list[Reached]
    contacts: list[HostContact]

    @property
    def waits_for_host(self) -> bool:
        return self.row.state == AssignmentState.PROPOSED and self.row.host_said_at is None

    @property
    def is_agreed(self) -> bool:
        return self.row.state == AssignmentState.AGREED

    @property
    def is_paused(self) -> bool:
        return self.row.paused_until is not None and self.row.paused_until >= timezone.localdate()

    @property
    def is_to_close(self) -> bool:
        return self.row.ends_on is not None and self.row.ends_on <= timezone.localdate() + datetime.timedelta(
            days=14
        )


def of_host(host: Host) -> list[Theirs]:
    """Who is theirs, or may become it, in a constant number of queries: those who wait for an answer first."""
    rows = (
        HostAssignment.objects.running()
        .usable()
        .of_host(host)
        .select_related("household")
        .prefetch_related("household__people", "contacts")
    )
    found = [_theirs(row) for row in rows.order_by("since", "pk")]
    return sorted(found, key=lambda each: (not each.waits_for_host, not each.is_agreed))


def _theirs(row: HostAssignment) -> Theirs:
    day, home = timezone.localdate(), row.household
    alive = [person for person in home.people.all() if person.died_on is None]
    adults = [person for person in alive if person.is_adult_on(day)]
    ages = sorted(person.age_on(day) or 0 for person in alive if not person.is_adult_on(day))
    codes = dict.fromkeys([home.language, *(person.language for person in alive)])
    agreed = row.state == AssignmentState.AGREED
    reached = [
        Reached(
            person.full_name,
            person.phone.as_national if person.phone else "",
            person.phone.as_e164 if person.phone else "",
            person.email,
        )
        for person in adults
    ]
    return Theirs(
        row=row,
        adults=len(adults),
        ages=ages,
        spoken=", ".join(LANGUAGES[code].own_name for code in codes if code in LANGUAGES),
        people=reached if agreed else [],
        contacts=list(row.contacts.all()) if agreed else [],
    )


def to_reply(host: Host) -> list[HostAssignment]:
    """Those that ended with a farewell lately, and of which the host has not said how it was."""
    since = timezone.localdate() - datetime.timedelta(days=DAYS_TO_REPLY)
    replied = HostReply.objects.filter(assignment=OuterRef("pk"), side=Side.HOST)
    rows = (
        HostAssignment.objects.usable().of_host(host).filter(ended_why=EndReason.COMPLETED, until__gte=since)
    )
    return list(rows.filter(~Exists(replied)).order_by("until", "pk"))


def minutes_of(host: Host) -> int:
    """All that they have noted."""
    noted = HostContact.objects.of(host.municipality).filter(assignment__host=host)
    return noted.aggregate(all=Sum("minutes"))["all"] or 0
