"""A host suggested to each household of a municipality that waits for one, all of them at once, with what speaks for it
and against it. Nothing happens by itself: staff choose. Who has a host keeps them, whoever comes or goes."""

import datetime
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Q
from django.utils import timezone

from municipalities.municipality.models import Municipality
from welcome.hosts import reasons
from welcome.hosts.fitting import AGES, Home, Local, best, fit
from welcome.hosts.kinds import PARTED, WAITS_NO_MORE, EndReason
from welcome.hosts.models import Host, HostAssignment
from welcome.hosts.rules import rules_of
from welcome.households.kinds import HouseholdState, Protection
from welcome.households.models import Household, HouseholdQuerySet, Person

# Who has lived here longer is no newcomer, and is not waiting for anybody.
WAITS_DAYS = 730
AWAY_SOON = datetime.timedelta(days=21)
# Words that say nothing of what somebody likes, in the languages that people write here.
_EMPTY = frozenset(
    "and the for with like likes love play med for til som og liker like glad gjerne litt mye ofte kan vil ikke"
    " eller men også oss vår vårt våre hele familien interessert gjer gjerne mykje eit ein".split()
)


@dataclass(frozen=True)
class Suggestion:
    """`reasons` and `against` are sentences for staff, in the language that is active."""

    household_id: int
    host_id: int
    score: int
    reasons: list[str]
    against: list[str]


@dataclass(frozen=True)
class Suggested:
    """In the order of who has waited longest. `left` are those who wait and for whom nobody has room, or may."""

    pairs: list[Suggestion]
    left: list[int]


def waiting(municipality: Municipality, day: datetime.date) -> HouseholdQuerySet:
    """Who has no host and may get one. Protected households, and those that may only be kept, are not among them."""
    assignments = HostAssignment.objects.of(municipality)
    has = assignments.running().values("household")
    wants_none = assignments.filter(ended_why__in=WAITS_NO_MORE).values("household")
    homes = Household.objects.of(municipality).open_to_all().not_held()
    here = homes.filter(
        state=HouseholdState.LIVING,
        moved_in__gte=day - datetime.timedelta(days=WAITS_DAYS),
        moved_in__lte=day,
    )
    return here.exclude(pk__in=has).exclude(pk__in=wants_none)


def suggest(municipality: Municipality) -> Suggested:
    """In a constant number of queries."""
    day = timezone.localdate()
    homes, hosts = _homes(municipality, day), _hosts(municipality, day)
    parted, silent = _parted(municipality)
    away = set(
        Host.objects.of(municipality)
        .filter(away__first_day__gt=day, away__first_day__lte=day + AWAY_SOON)
        .values_list("pk", flat=True)
    )
    table = fit(homes, hosts, parted)
    chosen = best(table.score, table.allowed, [host.load for host in hosts], [host.free for host in hosts])
    teller = reasons.Teller(table, away_soon=away, silent=silent)
    found = [
        Suggestion(
            homes[row].pk,
            hosts[column].pk,
            int(table.score[row, column]),
            teller.reasons(homes[row], hosts[column], row, column),
            teller.against(homes[row], hosts[column], row, column),
        )
        for row, column in chosen
    ]
    weeks = {home.pk: home.weeks for home in homes}
    found.sort(key=lambda pair: (-weeks[pair.household_id], pair.household_id))
    matched = {pair.household_id for pair in found}
    return Suggested(found, [home.pk for home in homes if home.pk not in matched])


def _homes(municipality: Municipality, day: datetime.date) -> list[Home]:
    rows = waiting(municipality, day)
    spoken: defaultdict[int, set[str]] = defaultdict(set)
    ages: defaultdict[int, list[int]] = defaultdict(list)
    # Of more than wait, by what an index finds: sorting out who has a host twice would cost more than all the rest.
    people = Person.objects.of(municipality).filter(
        household__moved_in__gte=day - datetime.timedelta(days=WAITS_DAYS),
        household__protection=Protection.NONE,
        household__held_at=None,
        died_on=None,
    )
    for home, language, year in people.values_list("household", "language", "birth_year"):
        if language:
            spoken[home].add(language)
        if year is not None and 0 <= day.year - year < AGES:
            ages[home].append(day.year - year)
    columns = ("pk", "language", "interests", "postal_place", "reason", "moved_in")
    return [
        Home(
            pk=pk,
            language=language,
            languages=frozenset(spoken[pk] | {language}),
            ages=tuple(sorted(ages[pk])),
            words=words_of(interests),
            place=place.casefold(),
            reason=reason,
            weeks=(day - moved_in).days // 7,
        )
        for pk, language, interests, place, reason, moved_in in rows.order_by("pk").values_list(*columns)
    ]


def _hosts(municipality: Municipality, day: datetime.date) -> list[Local]:
    """Those who have room, are here, and have shown what the municipality asks for."""
    rows = Host.objects.of(municipality).with_room().at_home(day)
    if rules_of(municipality.pk).certificate_needed:
        rows = rows.exclude(certificate_seen_on=None)
    columns = ("pk", "languages", "children", "interests", "place", "moved_for", "load", "capacity")
    return [
        Local(
            pk=pk,
            languages=frozenset(languages),
            ages=tuple(day.year - year for year in children if 0 <= day.year - year < AGES),
            words=words_of(interests),
            place=place.casefold(),
            reason=reason,
            load=load,
            free=capacity - load,
        )
        for pk, languages, children, interests, place, reason, load, capacity in rows.order_by(
            "pk"
        ).values_list(*columns)
    ]


def _parted(municipality: Municipality) -> tuple[list[tuple[int, int]], set[int]]:
    """The pairs that are not suggested again, and the hosts who let somebody wait without an answer."""
    ended = HostAssignment.objects.of(municipality).filter(ended_why__in=PARTED)
    pairs = list(ended.values_list("household_id", "host_id").distinct())
    unanswered = Q(host_said_at=None) | Q(agreed_at__isnull=False)
    silent = ended.filter(unanswered, ended_why=EndReason.SILENT).values_list("host_id", flat=True)
    return pairs, set(silent)


@lru_cache(maxsize=8192)
def words_of(text: str) -> frozenset[str]:
    """What is liked, as words that can be compared: `Fjellturar og ski` and `ski, fjelltur` have two in common."""
    found = re.findall(r"[^\W\d_]{3,}", text.casefold())
    return frozenset(word[:6] for word in found if word not in _EMPTY)
