"""NAV's public feed of vacancies: pages to follow to their end, and what each advertisement says now.

https://arbeidsplassen.nav.no/vilkar-api: free to republish; what is withdrawn must go at once, and who wants to apply
is sent on to the source. A line of a page tells that an advertisement has changed; what it is now is asked for.
"""

import datetime
import email.utils
import re
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils.dateparse import parse_datetime

from municipalities.national.fetching import Answer, FetchError, session

SECONDS, SILENCE = 30.0, 15.0
LARGEST_PAGE, LARGEST_AD = 8 * 1024 * 1024, 1024 * 1024
A_PAGE = 500  # Lines; the service's own measure is 1,000.
LONGEST_WAIT = 3600  # Seconds: whoever says "come back tomorrow" is asked in an hour.


class Fault(Exception):
    """`code` is for logs and staff. `after`: seconds to wait, where NAV has said so."""

    def __init__(self, code: str, *, after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.after = after


class Broken(Fault):
    """An answer that does not read as what it should be. The next may."""


class NotLetIn(Fault):
    """The token is wrong or run out."""


@dataclass(frozen=True)
class Line:
    """`place` is the municipality of the first place of work, as NAV spells it: `ÅL`, or empty."""

    uuid: uuid.UUID
    is_active: bool
    place: str
    changed: datetime.datetime


@dataclass(frozen=True)
class Page:
    """`lines` oldest first; the first may be the last of the page before. `next_path` is empty on the last page.
    `refused` are lines that could not be read."""

    lines: list[Line]
    next_path: str
    path: str
    etag: str
    modified: str
    refused: int = 0


@dataclass(frozen=True)
class Ad:
    """As NAV has it; `body` is foreign HTML, `places` are pairs of a municipality's name and a post place."""

    uuid: uuid.UUID
    title: str
    body: str
    published: datetime.datetime | None
    expires: datetime.datetime | None
    due: str
    apply_url: str
    link: str
    employer: str
    employer_number: str
    employer_url: str
    job_title: str
    part_time: bool
    engagement: str
    positions: int
    places: list[tuple[str, str, str]] = field(default_factory=list)  # Municipality, post code, post place.
    occupations: list[str] = field(default_factory=list)  # NAV's own groups, the wider ones.
    styrk: list[str] = field(default_factory=list)  # Codes of STYRK-08.


def configured() -> bool:
    return bool(settings.NAV_FEED_TOKEN)


def page(
    path: str = "", *, etag: str = "", modified: str = "", since: datetime.datetime | None = None
) -> Page | None:
    """The page at `path`, or the first with something changed after `since`. None where nothing is new since the
    answer with this `etag`. Raises Fault, FetchError."""
    headers = {"If-None-Match": etag, "If-Modified-Since": modified}
    if not path and since is not None:
        headers = {"If-Modified-Since": email.utils.format_datetime(since)}
    address = _address(path or "/api/v1/feed")
    answer = _get(address, headers, LARGEST_PAGE, params={"pageSize": str(A_PAGE)})
    if answer.status_code == 304:
        return None
    return _page(_json(answer), answer, path)


def ad(number: uuid.UUID) -> Ad | None:
    """What the advertisement says now; None where it is withdrawn or not shared. Raises Fault, FetchError."""
    answer = _get(_address(f"/api/v1/feedentry/{number}"), {}, LARGEST_AD, missing=True)
    if answer.status_code == 404:
        return None
    told = _json(answer)
    if told.get("uuid") != str(number):
        raise Broken("another advertisement")
    content = told.get("ad_content")
    if told.get("status") != "ACTIVE" or not isinstance(content, dict):
        return None
    return _ad(number, content)


# --- asking --------------------------------------------------------------------------------------


def _address(path: str) -> str:
    """Below the service's own address, whatever an answer says: what leads elsewhere is not followed."""
    base = f"{settings.NAV_FEED_URL}/"
    address = urljoin(base, path.lstrip("/"))
    if urlsplit(address)[:2] != urlsplit(base)[:2] or "/api/v1/" not in address:
        raise Broken("an address elsewhere")
    return address


def _get(
    address: str, headers: dict[str, str], largest: int, *, params: Any = None, missing: bool = False
) -> Answer:
    told = {"Accept": "application/json", "Authorization": f"Bearer {settings.NAV_FEED_TOKEN}"}
    told |= {name: value for name, value in headers.items() if value}
    with session(seconds=SECONDS, silence=SILENCE, largest=largest) as asking:
        answer = asking.get(address, headers=told, params=params)
    status = answer.status_code
    if status in {200, 304} or (missing and status == 404):
        return answer
    if status in {401, 403}:
        raise NotLetIn(f"{status}")
    raise Fault(f"{status}", after=_after(answer))


def _after(answer: Answer) -> int | None:
    words = answer.headers.get("Retry-After", "").strip()
    if words.isdecimal():
        return min(int(words[:9]), LONGEST_WAIT)
    try:
        until = email.utils.parsedate_to_datetime(words)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    seconds = (until - datetime.datetime.now(datetime.UTC)).total_seconds()
    return max(0, min(int(seconds), LONGEST_WAIT))


def _json(answer: Answer) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        raise Broken("no JSON") from None
    if not isinstance(told, dict):
        raise Broken("no object")
    return told


# --- reading -------------------------------------------------------------------------------------


def _page(told: dict[str, Any], answer: Answer, path: str) -> Page:
    items = told.get("items")
    if not isinstance(items, list):
        raise Broken("no items")
    lines, refused = [], 0
    for item in items:
        if (line := _line(item)) is None:
            refused += 1
        else:
            lines.append(line)
    following, own = told.get("next_url"), told.get("feed_url")
    if following is not None and not isinstance(following, str):
        raise Broken("next_url")
    return Page(
        lines=lines,
        next_path=_path(following) if following else "",
        path=_path(own) if isinstance(own, str) and own else path,
        etag=_header(answer, "ETag"),
        modified=_header(answer, "Last-Modified"),
        refused=refused,
    )


def _path(address: str) -> str:
    """Of the service's own only."""
    parts = urlsplit(_address(urlsplit(address).path))
    base = urlsplit(settings.NAV_FEED_URL).path.rstrip("/")
    if len(parts.path) > 200:
        raise Broken("an address too long")
    return parts.path.removeprefix(base)


def _header(answer: Answer, name: str) -> str:
    value: str = answer.headers.get(name, "")
    return value if len(value) <= 100 else ""


def _line(item: Any) -> Line | None:
    entry = item.get("_feed_entry") if isinstance(item, dict) else None
    if not isinstance(entry, dict):
        return None
    changed = _moment(entry.get("sistEndret") or item.get("date_modified"))
    try:
        number = uuid.UUID(str(entry.get("uuid")))
    except ValueError:
        return None
    status = entry.get("status")
    if changed is None or status not in {"ACTIVE", "INACTIVE"}:
        return None
    place = _words(entry.get("municipal"), 80)
    return Line(number, status == "ACTIVE", "" if place == "?" else place, changed)


def _ad(number: uuid.UUID, told: dict[str, Any]) -> Ad:
    employer = told.get("employer")
    if not isinstance(employer, dict):
        employer = {}
    title = _words(told.get("title"), 300)
    if not title:
        raise Broken("no title")
    count = str(told.get("positioncount") or "1").strip()
    return Ad(
        uuid=number,
        title=title,
        body=told["description"] if isinstance(told.get("description"), str) else "",
        published=_moment(told.get("published")),
        expires=_moment(told.get("expires")),
        due=_words(told.get("applicationDue"), 80),
        apply_url=_web(told.get("applicationUrl")),
        link=_web(told.get("link")) or _web(told.get("sourceurl")),
        employer=_words(employer.get("name"), 120),
        employer_number=re.sub(r"\D", "", str(employer.get("orgnr") or ""))[:9],
        employer_url=_web(employer.get("homepage")),
        job_title=_words(told.get("jobtitle"), 120),
        part_time=_words(told.get("extent"), 20).casefold() == "deltid",
        engagement=_words(told.get("engagementtype"), 40),
        positions=int(count) if count.isdecimal() and 0 < int(count[:4]) < 1000 else 1,
        places=[
            (
                _words(place.get("municipal"), 80),
                code if re.fullmatch(r"\d{4}", code := _words(place.get("postalCode"), 4)) else "",
                _words(place.get("city"), 40),
            )
            for place in _dicts(told.get("workLocations"))
        ],
        occupations=[_words(each.get("level1"), 80) for each in _dicts(told.get("occupationCategories"))],
        styrk=[
            _words(each.get("code"), 12)
            for each in _dicts(told.get("categoryList"))
            if str(each.get("categoryType", "")).startswith("STYRK08")
        ],
    )


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value[:50] if isinstance(each, dict)] if isinstance(value, list) else []


def _words(value: Any, longest: int) -> str:
    """One line, without signs that no page shows."""
    if not isinstance(value, str):
        return ""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    return words[:longest].strip()


def _web(value: Any) -> str:
    """An address of the web, whole; anything else is none."""
    if not isinstance(value, str) or len(value) > 500:
        return ""
    value = value.strip()
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    ours = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    return value if ours and not re.search(r"[\s<>\"\\]", value) else ""


def _moment(value: Any) -> datetime.datetime | None:
    """With its zone; NAV's times have one."""
    if not isinstance(value, str):
        return None
    try:
        found = parse_datetime(value)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


__all__ = ["Ad", "Broken", "Fault", "FetchError", "Line", "NotLetIn", "Page", "ad", "configured", "page"]
