"""The total package: a home, a job for each of two, kindergarten and school, within a distance one sets.

Homes are the municipality's own; jobs may lie across its border, where people drive too. The single searches are the
ones of the lists and of saved wishes, so that the same words find the same; what is added here is who is near whom. It
is reckoned over the newest `MOST_HOMES` homes and, of the newest `MOST_READ` vacancies of each wish, the `MOST_JOBS` in
reach, so that it costs a few single searches however much there is. What is missing is named instead of left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from housing.listings.models import Listing
from housing.shown.distances import Point, around, kilometres, point_of, points_of_codes
from housing.wishes import matching
from housing.wishes.models import Wish
from municipalities.jobs.models import Vacancy
from municipalities.learning.models import Kind, LearningPlace
from municipalities.municipality.models import Municipality
from welcome.portal import zones
from welcome.portal.words import spellings

MOST_HOMES, MOST_JOBS = 100, 100
MOST_READ = 5000  # A field's vacancies within 180 km of Oslo are fewer.
FARTHEST = 150  # Kilometres that may be asked for.
EVERYWHERE = 50_000
SPREAD = 30  # So far from its municipality's centre a home may well lie, and so much nearer to the next one.


class Gap(models.TextChoices):
    """What a package lacks, or what nobody has told."""

    FIRST_JOB = "first_job", _("no job that near for the first of you")
    SECOND_JOB = "second_job", _("no job that near for the second of you")
    ONE_JOB = "one_job", _("one and the same job for both of you")
    DISTANCE = "distance", _("nobody has told how far it is")
    PRICE = "price", _("the price is not told")
    KINDERGARTEN = "kindergarten", _("no kindergarten has told of room for so many; ask")
    SCHOOL = "school", _("which school it would be; ask")


LACKING = set(Gap) - {Gap.PRICE}
NO_JOB = (Gap.FIRST_JOB, Gap.SECOND_JOB)


@dataclass(frozen=True)
class JobWanted:
    field: str = ""
    words: str = ""
    extent: str = ""

    def __bool__(self) -> bool:
        return bool(self.field or self.words)


@dataclass(frozen=True)
class Asked:
    """`home` is a wish that is not saved; `jobs` are one or two, `within` are kilometres."""

    home: Wish
    jobs: list[JobWanted]
    within: int
    children: int = 0  # Who need a place in a kindergarten.
    school: bool = False


class Advertised(NamedTuple):
    """What of a vacancy is reckoned with; a page reads more of those it shows."""

    pk: int
    municipality_id: int
    postal_code: str
    positions: int


class Places:
    """Where a vacancy lies: by its post code, else in the middle of its municipality; None where nobody knows."""

    def __init__(self, towns: Iterable[Municipality]) -> None:
        self._middles = {town.pk: point_of(town) for town in towns}
        self.codes = points_of_codes(self._middles)

    def of(self, job: Advertised | Vacancy) -> Point | None:
        return self.codes.get(job.postal_code) or self._middles.get(job.municipality_id)

    def of_home(self, home: Listing) -> Point | None:
        """As everybody may see it: a hidden address must not be found again by its distances."""
        if home.point is not None:
            return float(home.point[0]), float(home.point[1])
        return self.codes.get(home.postal_code)


@dataclass(frozen=True)
class Near:
    """A vacancy or a kindergarten, and how many kilometres it is from the home; None where nobody knows."""

    row: Any
    km: int | None
    more: int = 0  # Others within the distance.


@dataclass(frozen=True)
class Package:
    home: Listing
    jobs: list[Near | None]  # As they were asked for.
    kindergarten: Near | None = None
    school: LearningPlace | None = None
    gaps: list[Gap] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not LACKING & set(self.gaps)


@dataclass(frozen=True)
class Found:
    """`packages`: the whole ones first, then the nearest. `jobs`: of each wish the vacancies there are in reach of the
    municipality, for whoever finds no home; `towns` are where they were looked for."""

    packages: list[Package]
    jobs: list[list[Advertised]]
    towns: list[Municipality]
    is_capped: bool = False

    @property
    def whole(self) -> int:
        return sum(package.is_whole for package in self.packages)


def find(here: Municipality, asked: Asked) -> Found:
    """In a constant number of queries."""
    towns = around(here, asked.within + SPREAD)
    homes = list(_homes(asked))
    known = Places(towns)
    spots = {known.of_home(home) for home in homes} or {point_of(here)}
    jobs = [_near_any(spots, _vacancies(towns, wanted), known, asked.within) for wanted in asked.jobs]
    is_capped = len(homes) == MOST_HOMES or any(len(rows) == MOST_JOBS for rows in jobs)
    laid = [_by_point(rows, known) for rows in jobs]
    places = _learning(here) if asked.children or asked.school else []
    packages = [_package(home, known.of_home(home), asked, laid, places) for home in homes]
    packages.sort(key=_order)
    in_reach = [_near_any({point_of(here)}, rows, known, asked.within) for rows in jobs]
    return Found(packages, in_reach, towns, is_capped)


def combined(here: Municipality, *, home: Listing, jobs: list[Vacancy]) -> Package:
    """What somebody has chosen, however far it is."""
    known = Places({here, *(job.municipality for job in jobs)})
    laid = [_by_point([job], known) for job in jobs]
    asked = Asked(Wish(municipality=here), [JobWanted()] * len(jobs), EVERYWHERE, children=1, school=True)
    return _package(home, known.of_home(home), asked, laid, _learning(here))


def _homes(asked: Asked) -> models.QuerySet[Listing]:
    rows = matching.homes_for(asked.home)
    return rows.only(
        "municipality", "state", "price", "street_address", "postal_code", "postal_place", "village", "latitude",
        "longitude", "shows_address", "published_at",
    )[:MOST_HOMES]  # fmt: skip


def _vacancies(towns: list[Municipality], wanted: JobWanted) -> Iterator[Advertised]:
    """The newest first. Rows of values: of hundreds of vacancies a page shows ten."""
    rows = Vacancy.objects.filter(municipality__in=[town.pk for town in towns]).shown()
    if wanted.field:
        rows = rows.filter(field=wanted.field)
    if wanted.extent:
        rows = rows.filter(models.Q(extent="") | models.Q(extent=wanted.extent))
    if wanted.words:
        rows = rows.saying(spellings(wanted.words))
    newest = rows.order_by("-published_at", "-pk").values_list(*Advertised._fields)[:MOST_READ]
    return map(Advertised._make, newest)


def _near_any(
    spots: set[Point | None], rows: Iterable[Advertised], known: Places, within: int
) -> list[Advertised]:
    """The newest of those in reach of one of the homes at least: the many of a town farther off don't push out the
    one next door."""
    reached: dict[Point | None, bool] = {None: True}

    def is_near(there: Point | None) -> bool:
        if there is not None and there not in reached:
            reached[there] = any(spot is None or kilometres(spot, there) <= within for spot in spots)
        return reached[there]

    return list(islice((row for row in rows if is_near(known.of(row))), MOST_JOBS))


def _learning(here: Municipality) -> list[LearningPlace]:
    rows = LearningPlace.objects.of(here).published().select_related("contact")
    return list(rows.filter(kind__in=[Kind.KINDERGARTEN, Kind.SCHOOL]).order_by("order", "contact__name"))


def _by_point(rows: Iterable[Any], known: Places) -> dict[Point | None, list[Any]]:
    found: dict[Point | None, list[Any]] = {}
    for row in rows:
        found.setdefault(known.of(row), []).append(row)
    return found


def _package(
    home: Listing, point: Point | None, asked: Asked, laid: list[dict[Point | None, list[Any]]],
    places: list[LearningPlace],
) -> Package:  # fmt: skip
    reached = [_reached(point, jobs, asked.within) for jobs in laid]
    jobs = _each_another(reached)
    gaps = list(_job_gaps(reached, jobs))
    kindergarten = _kindergarten(places, point, asked.children) if asked.children else None
    school = _school(places, home) if asked.school else None
    if asked.children and kindergarten is None:
        gaps.append(Gap.KINDERGARTEN)
    if asked.school and school is None:
        gaps.append(Gap.SCHOOL)
    if home.price is None:
        gaps.append(Gap.PRICE)
    return Package(home, jobs, kindergarten, school, gaps)


def _reached(point: Point | None, laid: dict[Point | None, list[Any]], within: int) -> list[Near]:
    """The nearest two, those of which nobody knows how far they are last; with how many more there are."""
    near: list[tuple[float, list[Any]]] = []
    unknown: list[Any] = []
    for there, rows in laid.items():
        if point is None or there is None:
            unknown += rows
        elif (far := kilometres(point, there)) <= within:
            near.append((far, rows))
    near.sort(key=lambda at: at[0])
    more = max(sum(len(rows) for _far, rows in near) - 1, 0)
    first = [Near(row, round(far), more) for far, rows in near[:2] for row in rows[:2]]
    return [*first, *(Near(row, None) for row in unknown[:2])][:2]


def _each_another(reached: list[list[Near]]) -> list[Near | None]:
    """One job each, the nearest; two people are given the same only if it has two positions."""
    taken: list[Near | None] = [near[0] if near else None for near in reached]
    if len(taken) < 2:
        return taken
    first, second = taken
    if first is None or second is None or first.row.pk != second.row.pk or first.row.positions > 1:
        return taken
    if len(reached[1]) > 1:
        return [first, reached[1][1]]
    if len(reached[0]) > 1:
        return [reached[0][1], second]
    return [first, None]


def _job_gaps(reached: list[list[Near]], jobs: list[Near | None]) -> Iterator[Gap]:
    for near, job, gap in zip(reached, jobs, NO_JOB, strict=False):
        if job is None:
            yield Gap.ONE_JOB if near else gap
    if any(job is not None and job.km is None for job in jobs):
        yield Gap.DISTANCE


def _kindergarten(places: list[LearningPlace], point: Point | None, children: int) -> Near | None:
    """The nearest with room for all of them."""
    found = []
    for place in places:
        if place.kind == Kind.KINDERGARTEN and place.has_room_for(children):
            there = point_of(place.contact)
            found.append((kilometres(point, there) if point and there else None, place))
    if not found:
        return None
    far, place = min(found, key=lambda at: FARTHEST if at[0] is None else at[0])
    return Near(place, None if far is None else round(far), len(found) - 1)


def _school(places: list[LearningPlace], home: Listing) -> LearningPlace | None:
    """By the zones the municipality has entered; without any, its only school."""
    schools = [place for place in places if place.kind == Kind.SCHOOL]
    street = home.street_address if home.shows_address else ""
    for match in zones.matches(schools, postcode=home.postal_code, street=street):
        return match.places[0] if match.is_one else None
    return schools[0] if len(schools) == 1 else None


def _order(package: Package) -> tuple[int, int, float, int]:
    """What lacks least, then what lies nearest, then what is cheapest."""
    far = sum(FARTHEST if job is None or job.km is None else job.km for job in package.jobs)
    price = package.home.price
    lacking = len(LACKING & set(package.gaps))
    return lacking, far, float("inf") if price is None else price, -package.home.pk
