"""Reading NAV's feed: where it was left, page by page, and of each page only what concerns municipalities that are
here. What was read is saved before the position moves, so that whatever dies on the way, nothing is lost and nothing
comes twice.

A line only says that an advertisement has changed. What it is now, and whether it is there at all, is asked for: a
feed that lies, repeats itself or calls everything withdrawn takes nothing away that the source still has.
"""

import datetime
import logging
import re
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.text import Truncator

from municipalities.jobs import catalogue, twins
from municipalities.jobs.models import LONGEST_BODY, FeedPosition, Source, Vacancy
from municipalities.moderation.models import OUT, State
from municipalities.moderation.moving import move
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.national import nav
from municipalities.organisations.models import Organisation
from municipalities.texts.forms import tidy
from municipalities.texts.models import RichTextField

LEASE = datetime.timedelta(minutes=10)
PAGES = 40  # In one go; the clock goes on from there.
OLDEST = datetime.timedelta(days=185)  # An advertisement is active for six months at most.
AD_PAGE = "https://arbeidsplassen.nav.no/stillinger/stilling"
SHOWN_DAYS = 60  # Of one that says no end.
FIRST_PAUSE, LONGEST_PAUSE = 120, 3600  # Seconds.
logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker has the feed now."""


@dataclass
class Read:
    """What came of one go."""

    pages: int = 0
    lines: int = 0
    saved: int = 0
    withdrawn: int = 0
    refused: int = 0
    finished: bool = False


def read(now: datetime.datetime | None = None) -> Read | None:
    """Until the end of the feed, or as far as one go takes it. None where it isn't configured, another worker has it,
    or it is not to be asked yet."""
    if not nav.configured():
        return None
    token = _claim(now or timezone.now())
    if token is None:
        return None
    found = Read()
    try:
        with scope.everywhere():
            _read(token, found)
    except nav.Fault as fault:
        _fail(token, fault.code, fault.after)
    except nav.FetchError as error:
        _fail(token, str(error)[:100], None)
    except LeaseLost:
        logger.warning("Another worker reads NAV's feed now; this one steps back.")
    else:
        _mine(token).update(held_until=None, token=None, failures=0, why="", not_before=None)
    if found.saved or found.withdrawn or found.refused:
        logger.info(
            "NAV's feed: %s pages, %s lines, %s saved, %s withdrawn, %s refused.",
            found.pages, found.lines, found.saved, found.withdrawn, found.refused,
        )  # fmt: skip
    return found


def _claim(now: datetime.datetime) -> uuid.UUID | None:
    FeedPosition.objects.get_or_create(pk=1)
    token = uuid.uuid4()
    free = FeedPosition.objects.filter(Q(held_until=None) | Q(held_until__lte=now))
    due = free.filter(Q(not_before=None) | Q(not_before__lte=now))
    return token if due.update(held_until=now + LEASE, token=token, asked_at=now) else None


def _mine(token: uuid.UUID) -> QuerySet[FeedPosition]:
    return FeedPosition.objects.filter(pk=1, token=token)


def _fail(token: uuid.UUID, why: str, after: int | None) -> None:
    """Asked again when the service says, or after a pause that grows."""
    failures = _mine(token).values_list("failures", flat=True).first() or 0
    pause = after if after is not None else min(FIRST_PAUSE * 2 ** min(failures, 10), LONGEST_PAUSE)
    logger.warning("NAV's feed can't be read now: %s", why)
    _mine(token).update(
        failures=F("failures") + 1, why=why[:100], held_until=None, token=None,
        not_before=timezone.now() + datetime.timedelta(seconds=pause),
    )  # fmt: skip


def _read(token: uuid.UUID, found: Read) -> None:
    places = _places()
    seen: set[str] = set()
    for _page in range(PAGES):
        position = _mine(token).first()
        if position is None:
            raise LeaseLost
        since = None if position.path else timezone.now() - OLDEST
        page = nav.page(position.path, etag=position.etag, modified=position.modified, since=since)
        if page is None:
            found.finished = True
            _mine(token).update(caught_up_at=timezone.now())
            return
        _take(page, places, found, token)
        found.pages += 1
        is_last = not page.next_path
        moved = _mine(token).update(
            path=page.path if is_last else page.next_path,
            etag=page.etag if is_last else "",
            modified=page.modified if is_last else "",
            taken=F("taken") + len(page.lines),
            refused=F("refused") + page.refused,
            held_until=timezone.now() + LEASE,
            **({"caught_up_at": timezone.now()} if is_last else {}),
        )
        if not moved:
            raise LeaseLost
        if is_last:
            found.finished = True
            return
        if page.next_path in seen or page.next_path == page.path:
            raise nav.Broken("it goes round in circles")
        seen.add(page.next_path)


def _places() -> dict[str, Municipality]:
    return {folded(place.name): place for place in Municipality.objects.all()}


def folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _take(page: nav.Page, places: dict[str, Municipality], found: Read, token: uuid.UUID) -> None:
    newest = {line.uuid: line for line in page.lines}  # A change comes as another line.
    found.lines += len(page.lines)
    found.refused += page.refused
    known: dict[uuid.UUID, list[Vacancy]] = {}
    numbers = list(newest)
    for start in range(0, len(numbers), 500):
        rows = Vacancy.objects.filter(feed_uuid__in=numbers[start : start + 500]).select_related(
            "municipality"
        )
        for row in rows:
            if row.feed_uuid is not None:
                known.setdefault(row.feed_uuid, []).append(row)
    for number, line in newest.items():
        rows_of = known.get(number, [])
        if not rows_of and (not line.is_active or folded(line.place) not in places):
            continue  # Nobody's here.
        if rows_of and all(_is_read(row, line) for row in rows_of):
            continue
        try:
            ad = nav.ad(number)
        except nav.Broken as broken:
            logger.warning("Advertisement %s of NAV's feed does not read: %s", number, broken.code)
            found.refused += 1
            continue
        # A page of many takes a while.
        if not _mine(token).update(held_until=timezone.now() + LEASE):
            raise LeaseLost
        _take_one(line, ad, rows_of, places, found)


def _is_read(row: Vacancy, line: nav.Line) -> bool:
    return row.feed_changed_at is not None and row.feed_changed_at >= line.changed


def _take_one(
    line: nav.Line, ad: nav.Ad | None, known: list[Vacancy], places: dict[str, Municipality], found: Read
) -> None:
    wanted: dict[int, tuple[Municipality, tuple[str, str, str]]] = {}
    if ad is not None and not _is_over(ad):
        for spot in ad.places or [(line.place, "", "")]:
            if (place := places.get(folded(spot[0]))) is not None:
                wanted.setdefault(place.pk, (place, spot))
    with transaction.atomic():
        for row in known:
            if row.municipality_id not in wanted:
                found.withdrawn += _withdraw(row, line)
        for place, spot in wanted.values():
            assert ad is not None  # noqa: S101 - nothing is wanted without one
            mine = next((row for row in known if row.municipality_id == place.pk), None)
            found.saved += _save(place, spot, ad, line, mine)


def _is_over(ad: nav.Ad) -> bool:
    return ad.expires is not None and timezone.localdate(ad.expires) < timezone.localdate()


def _withdraw(row: Vacancy, line: nav.Line) -> bool:
    """What an employer has sent in here stays theirs; only the tie to the feed goes."""
    Vacancy.objects.filter(pk=row.pk).update(feed_changed_at=line.changed)
    if not row.is_from_feed:
        Vacancy.objects.filter(pk=row.pk).update(feed_uuid=None, feed_changed_at=None)
        return False
    return move(row, OUT, State.GONE, None)


def _save(
    place: Municipality, spot: tuple[str, str, str], ad: nav.Ad, line: nav.Line, known: Vacancy | None
) -> bool:
    """Whether it is shown anew or otherwise than before."""
    if known is not None and not known.is_from_feed:
        if known.state != State.GONE:
            Vacancy.objects.filter(pk=known.pk).update(feed_changed_at=line.changed)
            return False  # The employer's own entry stands for it.
        Vacancy.objects.filter(pk=known.pk).update(feed_uuid=None, feed_changed_at=None)
        known = None
    facts = _facts(place, spot, ad, line)
    if known is None:
        vacancy = Vacancy(municipality=place, state=State.PUBLISHED, **facts)
        if (own := twins.own_of(vacancy)) is not None:
            Vacancy.objects.filter(pk=own.pk).update(feed_uuid=ad.uuid, feed_changed_at=line.changed)
            return False
        vacancy.published_at = ad.published or timezone.now()
        vacancy.save()
        return True
    for name, value in facts.items():
        setattr(known, name, value)
    known.changed_at = timezone.now()
    known.save()
    if known.state == State.GONE:
        move(known, [State.GONE], State.PUBLISHED, None, expires_on=known.expires_on)
    return True


def _facts(place: Municipality, spot: tuple[str, str, str], ad: nav.Ad, line: nav.Line) -> dict[str, object]:
    today = timezone.localdate()
    ends = timezone.localdate(ad.expires) if ad.expires else today + datetime.timedelta(days=SHOWN_DAYS)
    due = _day(ad.due)
    body = _clean(ad.body)
    return {
        "title": Truncator(ad.title).chars(150),
        "body": body,
        "language": language_of(f"{ad.title} {body}"),
        "employer": Organisation.objects.of(place).filter(name__iexact=ad.employer).first()
        if ad.employer
        else None,
        "employer_name": ad.employer or "?",
        "employer_number": ad.employer_number if len(ad.employer_number) == 9 else "",
        "employer_url": ad.employer_url,
        "field": catalogue.field_of(ad.styrk, ad.occupations),
        "extent": catalogue.Extent.PART if ad.part_time else catalogue.Extent.FULL,
        "engagement": catalogue.engagement_of(ad.engagement),
        "positions": ad.positions,
        "postal_code": spot[1],
        "postal_place": spot[2].title() if spot[2].isupper() else spot[2],
        "due_on": due,
        "due_words": "" if due else ad.due,
        "apply_url": ad.apply_url,
        "source": Source.NAV,
        "source_url": ad.link or f"{AD_PAGE}/{ad.uuid}",
        "feed_uuid": ad.uuid,
        "feed_changed_at": line.changed,
        "expires_on": min(ends, today + OLDEST),
    }


def _day(words: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(words[:10])
    except ValueError:
        return None


def _clean(html: str) -> str:
    """What a page of ours can show: no programs, no pictures of others, no more than fits."""
    # `nh3` drops what stands inside these as words; an unclosed one would take the rest with it.
    html = re.sub(
        r"(?is)<(script|style|template|iframe|object)\b.*?(</\1\s*>|\Z)", " ", html[: 20 * LONGEST_BODY]
    )
    html = re.sub(r"(?i)<(/?)h[1-6]\b[^>]*>", r"<\1h3>", html)
    html = re.sub(r"(?i)</?(table|tbody|thead|tr|section|article|div)\b[^>]*>", "<br>", html)
    clean = tidy(html)
    if len(clean) <= LONGEST_BODY:
        return clean
    shorter = Truncator(clean).chars(LONGEST_BODY // 2, html=True)
    return RichTextField().get_prep_value(shorter)[:LONGEST_BODY]


_MARKS = {
    "nn": ("ikkje", "eit", "ein", "kvar", "korleis", "søkjar", "sjå", "vere", "òg"),
    "nb": ("ikke", "et", "en", "hver", "hvordan", "søker", "se", "være", "også"),
    "en": ("the", "and", "with", "you", "our", "for", "will", "are", "of"),
}


def language_of(words: str) -> str:
    """By words that only one of them has; bokmål where none tells."""
    found = re.findall(r"[a-zæøå]+", words.casefold())
    counts = {code: sum(found.count(mark) for mark in marks) for code, marks in _MARKS.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else "nb"
