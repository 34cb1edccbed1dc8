"""How the cooperation stands: what measures have used, who carries too much, who stands behind."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Kind, Organisation
from welcome.cooperation.measure_models import Measure, MeasureState, Spending, Task
from welcome.cooperation.models import Participant, Side
from welcome.cooperation.settings_models import most_roles

OPEN = [MeasureState.PLANNED, MeasureState.RUNNING]
ANCHORED_IN = [Side.LEADERSHIP, Side.SCHOOL, Side.KINDERGARTEN, Side.BUSINESS, Side.CLUBS]
SIDE_OF = {
    Kind.OFFICE: Side.LEADERSHIP,
    Kind.EMPLOYER: Side.BUSINESS,
    Kind.CLUB: Side.CLUBS,
    Kind.ASSOCIATION: Side.CLUBS,
}


@dataclass(frozen=True)
class Used:
    """Of one measure."""

    kroner: int = 0
    hours: Decimal = Decimal(0)
    tasks: int = 0
    done: int = 0
    late: int = 0
    help_wanted: int = 0


def used(measures: Iterable[Measure]) -> dict[int, Used]:
    """By the number of the measure, in two queries."""
    ids = [measure.pk for measure in measures]
    spent: dict[int, Any] = {
        row["measure"]: row
        for row in Spending.objects.filter(measure__in=ids)
        .order_by()
        .values("measure")
        .annotate(kr=Sum("kroner"), h=Sum("hours"))
    }
    undone = Q(done_at=None, measure__state__in=OPEN)
    counted: dict[int, Any] = {
        row["measure"]: row
        for row in Task.objects.filter(measure__in=ids)
        .order_by()
        .values("measure")
        .annotate(
            n=Count("pk"),
            done=Count("pk", filter=Q(done_at__isnull=False)),
            late=Count("pk", filter=undone & Q(due_on__lt=timezone.localdate())),
            wanted=Count("pk", filter=undone & Q(help_wanted_at__isnull=False)),
        )
    }
    found = {}
    for pk in ids:
        money, work = spent.get(pk, {}), counted.get(pk, {})
        found[pk] = Used(
            money.get("kr", 0), money.get("h", Decimal(0)), work.get("n", 0), work.get("done", 0),
            work.get("late", 0), work.get("wanted", 0),
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class Load:
    """What one person carries: groups that are at work, and tasks that are not done."""

    groups: int
    tasks: int
    most: int

    @property
    def roles(self) -> int:
        return self.groups + self.tasks

    @property
    def is_too_much(self) -> bool:
        return self.roles > self.most


def loads(people: Iterable[Participant], place: Municipality) -> dict[int, Load]:
    """By the number of the person, of one municipality, in two queries."""
    most = most_roles(place)
    ids = [person.pk for person in people]
    rows = Participant.objects.filter(pk__in=ids).annotate(
        _groups=Count("groups", filter=Q(groups__measure__state__in=OPEN), distinct=True),
        _tasks=Count(
            "groups__tasks",
            filter=Q(groups__tasks__done_at=None, groups__measure__state__in=OPEN),
            distinct=True,
        ),
    )
    counted = rows.values_list("pk", "_groups", "_tasks").order_by()
    return {pk: Load(groups, tasks, most) for pk, groups, tasks in counted}


@dataclass(frozen=True)
class Behind:
    """Who stands behind the reception on one side."""

    side: Side
    people: list[Participant] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)

    @property
    def is_anchored(self) -> bool:
        return bool(self.people or self.organisations)


def anchoring(place: Municipality) -> list[Behind]:
    """The five sides in which the reception is to be anchored, in two queries."""
    found = {side: Behind(side) for side in ANCHORED_IN}
    for person in Participant.objects.of(place).standing_behind().filter(side__in=ANCHORED_IN):
        found[Side(person.side)].people.append(person)
    for organisation in Organisation.objects.of(place).filter(anchored=True):
        found[SIDE_OF[Kind(organisation.kind)]].organisations.append(organisation)
    return list(found.values())
