"""A meeting's agenda that fills itself: what waits in the portal on this day. Counts only, never names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from housing.listings.models import Listing
from municipalities.enquiries import figures as enquiries
from municipalities.enquiries.models import Enquiry
from municipalities.jobs.models import Vacancy
from municipalities.municipality.models import Municipality
from municipalities.topics.figures import freshness
from municipalities.topics.models import Topic
from welcome.cooperation.measure_models import Measure, Task
from welcome.hosts.models import HostAssignment
from welcome.hosts.offers import HostOffer
from welcome.households.models import Household
from welcome.meetings.models import SignUp, WelcomeMeeting
from welcome.orders.models import Order


@dataclass(frozen=True)
class Kind:
    """How a point is told, and the page of the staff site behind it."""

    words: Promise
    page: str
    query: str = ""


KINDS = {
    "without_host": Kind(_("Households without a host"), "admin:welcome_household_changelist"),
    "offers": Kind(
        _("Offers to be a host, not answered"), "admin:welcome_hostoffer_changelist", "waiting=yes"
    ),
    "orders": Kind(_("Orders that wait"), "admin:welcome_order_changelist", "queue=waiting"),
    "packages": Kind(_("Packages to hand out"), "admin:welcome_order_changelist", "queue=package"),
    "enquiries": Kind(
        _("Enquiries over their day"), "admin:municipalities_enquiry_changelist", "state=overdue"
    ),
    "texts": Kind(_("Texts due for review"), "admin:municipalities_topic_changelist", "state=due"),
    "homes": Kind(
        _("Homes that wait for approval"), "admin:housing_listing_changelist", "state__exact=waiting"
    ),
    "vacancies": Kind(
        _("Vacancies that wait for approval"),
        "admin:municipalities_vacancy_changelist",
        "state__exact=waiting",
    ),
    "signed_up": Kind(_("Signed up for coming welcome meetings"), "admin:welcome_welcomemeeting_changelist"),
    "measures": Kind(
        _("Measures that run: what came of them?"), "admin:welcome_measure_changelist", "state__exact=running"
    ),
    "tasks": Kind(_("Tasks that are overdue"), "admin:welcome_measure_changelist", "tasks=late"),
}


@dataclass(frozen=True)
class Point:
    name: str
    count: int

    @property
    def words(self) -> Promise:
        return KINDS[self.name].words

    @property
    def url(self) -> str:
        kind = KINDS[self.name]
        return reverse(kind.page) + (f"?{kind.query}" if kind.query else "")

    @property
    def frozen(self) -> list[Any]:
        """As a meeting keeps it."""
        return [self.name, self.count]


def agenda_of(place: Municipality) -> list[Point]:
    """In a constant number of queries."""
    return [Point(name, count) for name, count in _counts(place)]


def kept(rows: list[Any]) -> list[Point]:
    """What a closed meeting had; points that the portal knows no more are left out."""
    return [Point(name, count) for name, count in rows if name in KINDS]


def _counts(place: Municipality) -> Iterator[tuple[str, int]]:
    # Protected households get no host, and their number would tell of them.
    homes = Household.objects.of(place).living().open_to_all().not_held()
    hosted = HostAssignment.objects.running().filter(household=OuterRef("pk"))
    yield "without_host", homes.exclude(Exists(hosted)).count()
    yield "offers", HostOffer.objects.of(place).waiting().count()
    orders = Order.objects.of(place)
    yield "orders", orders.waiting().count()
    yield "packages", orders.package_to_hand_out().count()
    yield "enquiries", enquiries.waiting(Enquiry.objects.of(place)).late
    yield "texts", freshness(Topic.objects.of(place).published().with_states()).due
    yield "homes", Listing.objects.of(place).waiting().count()
    yield "vacancies", Vacancy.objects.of(place).waiting().count()
    coming = WelcomeMeeting.objects.of(place).upcoming()
    yield "signed_up", SignUp.objects.coming().filter(meeting__in=coming).count()
    yield "measures", Measure.objects.of(place).running().count()
    yield "tasks", Task.objects.of(place).overdue().count()
