"""What waits for a household on its own page: its host, the next meeting, its gifts and its letters.

Of a protected household, and of one that may only be kept, nothing is told that would say where they will be, or
with whom; nor is it said why. What is left reads as of anybody who has no host and is signed up for nothing.
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from municipalities.links import actions as links
from municipalities.links import codes
from municipalities.links.actions import Opened
from welcome.hosts.links import HOSTED
from welcome.hosts.models import Host, HostAssignment
from welcome.households.models import Household
from welcome.letters import packaging, received
from welcome.letters.received import Received
from welcome.meetings import actions as meetings
from welcome.meetings import figures
from welcome.meetings.links import MEETING
from welcome.meetings.models import Invitation, MeetingText, SignUp, SignUpState, WelcomeMeeting
from welcome.packages.package_models import HELD, ORDERED, OUT, Package, PackageItem, Voucher, VoucherState

MOST_PACKAGES = 3


@dataclass(frozen=True)
class Shown:
    """A meeting as one household sees it."""

    meeting: WelcomeMeeting
    text: MeetingText | None
    sign_up: SignUp | None
    is_open: bool  # To sign up for, change and cancel here.
    is_full: bool

    @property
    def waits(self) -> bool:
        return self.sign_up is not None and self.sign_up.state == SignUpState.WAITING


@dataclass(frozen=True)
class ShownVoucher:
    voucher: Voucher
    square: SafeString | str  # A QR code; "" for one that is used.


@dataclass(frozen=True)
class Given:
    """A package as its household sees it: its code to be scanned at the counter, what is in it, and the codes of its
    vouchers."""

    package: Package
    square: SafeString | str
    items: list[tuple[PackageItem, list[ShownVoucher]]]


@dataclass(frozen=True)
class Welcome:
    host: dict[str, Any]  # As `Host.told`, and "tel" to call; {} where there is none to tell of.
    has_hosts: bool  # The municipality has some.
    meetings: list[Shown]
    letters: list[Received]
    asks_host: bool = (
        False  # A host is suggested, or there is something to say about the one they have or had.
    )
    told: Received | None = field(default=None)  # The letter whose gifts they are.
    packages: list[Given] = field(default_factory=list)  # The newest first.


def welcome_of(household: Household) -> Welcome:
    """In a constant number of queries."""
    letters = received.letters_of(household)
    return Welcome(
        host=_host_of(household),
        asks_host=_hosted(household) is not None,
        has_hosts=Host.objects.of(household.municipality).active().exists(),
        meetings=_meetings_of(household),
        letters=letters,
        told=next((each for each in letters if each.is_shown and each.letter.gifts), None),
        packages=_packages_of(household, letters),
    )


def is_quiet(household: Household) -> bool:
    """They do nothing here by themselves: they call."""
    return household.is_protected or household.is_held


def _host_of(household: Household) -> dict[str, Any]:
    """By the rules of the letter: both have agreed, and the host to being named."""
    tellable = HostAssignment.objects.tellable().filter(household=household)
    assignment = tellable.select_related("host").first()
    if assignment is None or is_quiet(household):
        return {}
    host = assignment.host
    return host.told(get_language() or "nb") | {"tel": host.phone.as_e164 if host.phone else ""}


def _hosted(household: Household) -> HostAssignment | None:
    """What the page about their host is about: the one suggested or agreed on."""
    rows = HostAssignment.objects.running().usable().filter(household=household)
    return rows.select_related("municipality", "household", "host").first()


def open_host(household: Household) -> Opened | None:
    """What that page is opened with; None where there is none. A link in their mail goes on working."""
    row = _hosted(household)
    if row is None:
        return None
    link = links.active(purpose=HOSTED, of=row) or links.issue(purpose=HOSTED, of=row, by=None)
    return Opened(link, row)


def _packages_of(household: Household, letters: list[Received]) -> list[Given]:
    """Those that a letter which is out tells of, those they ordered, and those that are out themselves."""
    if is_quiet(household):
        return []
    told = [packaging.occasion(each.letter.run) for each in letters if each.is_shown]
    rows = Package.objects.of(household.municipality).running().filter(household=household, merged=False)
    rows = rows.filter(Q(occasion__in=told) | Q(occasion__startswith=ORDERED) | Q(state__in=OUT))
    found = rows.prefetch_related("items__vouchers").order_by("-composed_at", "-pk")
    return [_given(package) for package in found[:MOST_PACKAGES]]


def _given(package: Package) -> Given:
    waits = package.state in HELD
    items = [(item, [_shown(voucher) for voucher in item.vouchers.all()]) for item in package.items.all()]
    return Given(package, _square(package.code) if waits else "", items)


def _shown(voucher: Voucher) -> ShownVoucher:
    leads_to = settings.SITE_URL + reverse("portal:voucher", args=[voucher.key])
    return ShownVoucher(voucher, _square(leads_to) if voucher.state == VoucherState.UNUSED else "")


def _square(text: str) -> SafeString:
    return mark_safe(codes.svg(text))  # noqa: S308 - drawn by us, and holds no text


def _meetings_of(household: Household) -> list[Shown]:
    """The next one, and those they have signed up for, one that is called off too: they must see it."""
    now, place = timezone.now(), household.municipality
    theirs = {}
    if not is_quiet(household):
        coming = SignUp.objects.standing().filter(household=household, meeting__ends_at__gt=now)
        theirs = {row.meeting_id: row for row in coming}
    upcoming = (
        WelcomeMeeting.objects.of(place)
        .upcoming(now)
        .order_by("starts_at", "pk")
        .values_list("pk", flat=True)
    )
    shown = WelcomeMeeting.objects.of(place).filter(pk__in={*theirs, *upcoming[:1]}).prefetch_related("texts")
    rows = list(shown.order_by("starts_at", "pk"))
    counts = figures.counts(rows)
    for row in rows:
        row.municipality = place
    return [
        Shown(
            meeting=row,
            text=row.text_set.best(get_language() or "nb"),
            sign_up=theirs.get(row.pk),
            is_open=row.takes_sign_ups(now) and not is_quiet(household),
            is_full=counts[row.pk].free == 0 or counts[row.pk].waiting > 0,
        )
        for row in rows
    ]


def open_meeting(household: Household, number: int) -> Opened | None:
    """What the page for signing up is opened with; None where they may not do it here. The link in their letter
    goes on working: only who has none is given one."""
    meeting = WelcomeMeeting.objects.of(household.municipality).filter(pk=number).first()
    if meeting is None or not meeting.takes_sign_ups() or is_quiet(household):
        return None
    invitations = Invitation.objects.select_related("household", "meeting", "municipality")
    known = invitations.filter(meeting=meeting, household=household, merged=False).first()
    link = links.active(purpose=MEETING, of=known) if known else None
    if link is None:
        link = meetings.invite(meeting=meeting, household_ids=[household.pk])[household.pk]
        known = invitations.get(pk=link.object_id)
    return Opened(link, known)
