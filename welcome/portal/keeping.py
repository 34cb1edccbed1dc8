"""From the buffer into the database, once a minute; and out of it again when its time is over."""

import datetime
import logging
from collections import Counter
from dataclasses import dataclass

from django.db import DatabaseError, OperationalError, transaction
from django.db.models import Case, F, IntegerField, Value, When
from django.utils import timezone

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.municipality.retention import months_before
from municipalities.privacy.encryption import KeyMissing, decrypt, digest
from welcome.portal import buffer
from welcome.portal.counting import ASKED, FOUND, MISSED, VIEW, languages
from welcome.portal.models import MissedSearch, PageDay

DAYS_KEPT_MONTHS = 13  # A month can be held against the same one a year before.
SEARCHES_KEPT_MONTHS = 12
MOST_SEARCHES = 2000  # In one municipality and week: more is somebody's machine.
BATCH = 300
COLUMNS = (VIEW, FOUND, MISSED, ASKED)

logger = logging.getLogger(__name__)
Key = tuple[datetime.date, str, str]  # Day, path, language.


@dataclass
class Taken:
    """Of one municipality."""

    pages: Counter[tuple[Key, str]]
    misses: Counter[tuple[datetime.date, str, str]]  # Day, language, words.


def keep() -> int:
    """How many lines were written. What the database doesn't take waits for the next round."""
    lines = buffer.take()
    by_slug: dict[str, list[str]] = {}
    for line in lines:
        parts = line.split("\t", 2)
        if len(parts) == 3:
            by_slug.setdefault(parts[1], []).append(line)
    with scope.everywhere():
        places = dict(Municipality.objects.filter(slug__in=by_slug).values_list("slug", "pk"))
    written = 0
    for slug, pk in places.items():
        try:
            with scope.of(pk), transaction.atomic():
                _write(pk, slug, _read(by_slug[slug]))
            written += len(by_slug[slug])
        except OperationalError as error:  # The database is away or busy.
            logger.error("Counts of %s wait: %s", slug, type(error).__name__)
            buffer.give_back(by_slug[slug])
        except DatabaseError as error:  # It doesn't want them, and won't in a minute.
            logger.error("Counts of %s are lost: %s", slug, type(error).__name__)
    return written


def _read(lines: list[str]) -> Taken:
    """What does not read as a line of ours is passed over: half a line of a full disk, say."""
    taken = Taken(Counter(), Counter())
    for line in lines:
        match line.split("\t"):
            case ["page", _slug, day, language, path, what] if what in COLUMNS and language in languages():
                if (on := _day(day)) is not None:
                    taken.pages[(on, path, language), what] += 1
                    if what == ASKED:  # Who wants an answer has not found it.
                        taken.pages[(on, path, language), MISSED] += 1
            case ["miss", _slug, day, language, token] if language in languages():
                if (on := _day(day)) is not None and (words := _words(token)):
                    taken.misses[on, language, words] += 1
    return taken


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _words(token: str) -> str:
    try:
        return decrypt(token)
    except KeyMissing:
        return ""  # The key was changed this minute.


def _write(municipality_id: int, slug: str, taken: Taken) -> None:
    _add_pages(municipality_id, taken.pages)
    for (day, language, words), times in taken.misses.items():
        _add_miss(municipality_id, slug, day, language, words, times)


def _add_pages(municipality_id: int, pages: Counter[tuple[Key, str]]) -> None:
    """A constant number of statements for three hundred pages, whatever else counts the same ones meanwhile."""
    keys = sorted({key for key, _what in pages})
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        made = [
            PageDay(municipality_id=municipality_id, day=day, path=path, language=language)
            for day, path, language in batch
        ]
        PageDay.objects.bulk_create(made, ignore_conflicts=True)
        days, paths = {key[0] for key in batch}, {key[1] for key in batch}
        rows = PageDay.objects.filter(municipality=municipality_id, day__in=days, path__in=paths)
        numbers = {
            (day, path, language): pk
            for pk, day, path, language in rows.values_list("pk", "day", "path", "language")
        }
        more = {
            what: Case(
                *(When(pk=numbers[key], then=Value(n)) for key in batch if (n := pages[key, what])),
                default=Value(0),
                output_field=IntegerField(),
            )
            for what in COLUMNS
            if any(pages[key, what] for key in batch)
        }
        ours = PageDay.objects.filter(pk__in=[numbers[key] for key in batch])
        ours.update(**{what: F(what) + change for what, change in more.items()})


def _add_miss(
    municipality_id: int, slug: str, day: datetime.date, language: str, words: str, times: int
) -> None:
    week = day - datetime.timedelta(days=day.weekday())
    mark = digest(f"{slug}\0{week.isoformat()}\0{words}", "missed search")
    rows = MissedSearch.objects.filter(municipality=municipality_id, week=week)
    row = rows.select_for_update().filter(fingerprint=mark).first()
    if row is None:
        if rows.count() < MOST_SEARCHES:
            MissedSearch.objects.create(
                municipality_id=municipality_id,
                week=week,
                fingerprint=mark,
                language=language,
                times=times,
                days=1,
                last_on=day,
            )
        return
    row.times += times
    if day > row.last_on:
        row.days, row.last_on, row.words = row.days + 1, day, words
    row.save(update_fields=["times", "days", "last_on", "words"])


def tidy(today: datetime.date | None = None) -> None:
    """Each night: figures older than thirteen months, words older than twelve, and what was searched for on one day
    of a week that is over."""
    today = today or timezone.localdate()
    monday = today - datetime.timedelta(days=today.weekday())
    with scope.everywhere():
        PageDay.objects.filter(day__lt=months_before(today, DAYS_KEPT_MONTHS)).delete()
        MissedSearch.objects.filter(week__lt=months_before(today, SEARCHES_KEPT_MONTHS)).delete()
        MissedSearch.objects.filter(days=1, week__lt=monday).delete()
