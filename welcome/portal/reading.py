"""What a reader of one language gets: the best text there is, and what must be said about it."""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Generic, TypeVar

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import Municipality, MunicipalityText, TextKind
from municipalities.texts.languages import LANGUAGES, Language
from municipalities.texts.models import Text, TextSet, TextState
from municipalities.topics.catalogue import Door
from municipalities.topics.models import Topic, TopicText
from welcome.portal.opening import Days, Now, OtherDay, now_or_next, other_days, week

# Inside a sentence, where Norwegian writes a language with a small letter.
IN_A_SENTENCE: dict[str, Promise] = {
    "nb": pgettext_lazy("language in a sentence", "Bokmål"),
    "nn": pgettext_lazy("language in a sentence", "Nynorsk"),
    "en": pgettext_lazy("language in a sentence", "English"),
}
ICONS = {
    Door.LIVE: "House",
    Door.WORK: "Briefcase",
    Door.LEARN: "HatSchool",
    Door.EXPLORE: "Compass",
    Door.PRACTICAL: "InformationSquare",
    Door.MEET: "PersonGroup",
}

T = TypeVar("T", bound=Text)


def screen_language() -> str:
    return get_language() or "nb"


def plain(html: str) -> str:
    """Rich text as one line of plain words."""
    return " ".join(unescape(strip_tags(re.sub(r"</(p|li|h[23])>|<br>", " ", html))).split())


@dataclass(frozen=True)
class Reading(Generic[T]):
    """`text` as shown to a reader who asked for `wanted`; `source` only if the text is behind it."""

    text: T
    wanted: str
    state: TextState
    source: T | None
    others: Sequence[Language]  # Languages in which the same text can be read.

    @property
    def language(self) -> Language:
        return LANGUAGES[self.text.language]

    @property
    def is_fallback(self) -> bool:
        return self.text.language != self.wanted

    @property
    def is_foreign(self) -> bool:
        """In another language than the page around it, by fallback or because the reader chose so."""
        return self.text.language != screen_language()

    @property
    def direction(self) -> str:
        return "rtl" if self.text.is_rtl else "ltr"

    @property
    def fallback_note(self) -> str:
        return _("This text isn't written in %(wanted)s yet. Here it is in %(given)s.") % {
            "wanted": IN_A_SENTENCE.get(self.wanted, LANGUAGES[self.wanted].own_name),
            "given": IN_A_SENTENCE.get(self.text.language, self.language.own_name),
        }

    @property
    def is_due(self) -> bool:
        return self.state == TextState.DUE

    @property
    def checked_later(self) -> datetime.date | None:
        """The day somebody found it right again after its last change."""
        changed = timezone.localdate(self.text.changed_at)
        return self.text.reviewed_on if self.text.reviewed_on > changed else None

    @property
    def author(self) -> str:
        """First name only: enough to ask for in the phone, and no more than a web page needs."""
        return self.text.changed_by.get_short_name() if self.text.changed_by else ""

    @property
    def excerpt(self) -> str:
        return Truncator(first_paragraph(self.text.body)[0]).chars(160)


def read(texts: Iterable[T], text_set: TextSet[T], chosen: str = "") -> Reading[T] | None:
    """The text for the reader of this page, in the language `chosen` if it is written in that."""
    wanted = screen_language()
    text = (text_set.in_language(chosen) if chosen else None) or text_set.best(wanted)
    if text is None:
        return None
    state = text_set.state(text.language)
    others = [LANGUAGES[t.language] for t in texts if not t.is_empty and t.language != text.language]
    return Reading(
        text=text,
        wanted=text.language if chosen == text.language else wanted,
        state=state,
        source=text_set.source_of(text) if state == TextState.BEHIND else None,
        others=others,
    )


@dataclass(frozen=True)
class Place:
    """A contact point with its hours, as of now."""

    contact: ContactPoint
    now: Now | None
    week: list[Days]
    other_days: list[OtherDay]

    @property
    def initials(self) -> str:
        words = (self.contact.person or self.contact.name).split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()

    @property
    def tel(self) -> str:
        if self.contact.short_number:
            return self.contact.short_number.replace(" ", "")
        return self.contact.phone.as_e164 if self.contact.phone else ""

    @property
    def map_url(self) -> str:
        if self.contact.latitude is None:
            return ""
        point = f"{self.contact.latitude}/{self.contact.longitude}"
        return (
            f"https://www.openstreetmap.org/?mlat={self.contact.latitude}"
            f"&mlon={self.contact.longitude}#map=16/{point}"
        )


def place(contact: ContactPoint) -> Place:
    hours = list(contact.opening_hours.all())
    special = list(contact.special_days.all())
    return Place(
        contact=contact,
        now=now_or_next(hours, special=special),
        week=week(hours),
        other_days=other_days(hours, special),
    )


@dataclass(frozen=True)
class Shown:
    """A topic with what its reader sees of it; `reading` is None when nobody has written anything."""

    topic: Topic
    reading: Reading[TopicText] | None

    @property
    def title(self) -> str:
        if self.reading and self.reading.text.title:
            return self.reading.text.title
        if self.topic.is_standard:
            return str(self.topic)
        return self.topic.slug.replace("-", " ").capitalize()

    @property
    def is_foreign(self) -> bool:
        """The title is in another language than the page, so a screen reader must be told."""
        return bool(self.reading and self.reading.is_foreign and self.reading.text.title)

    @property
    def places(self) -> list[Place]:
        return [place(link.contact) for link in self.topic.topiccontact_set.all()]


def show(topic: Topic, chosen: str = "") -> Shown:
    return Shown(topic=topic, reading=read(topic.texts.all(), topic.text_set, chosen))


@dataclass(frozen=True)
class DoorTile:
    door: Door
    topics: list[Shown]
    count: str = ""  # What is behind it beside topics, in numbers.

    @property
    def icon(self) -> str:
        return ICONS[self.door]

    @property
    def first(self) -> list[Shown]:
        return self.topics[:3]


def tiles(topics: Iterable[Shown]) -> list[DoorTile]:
    """All six doors, also those with nothing behind them yet."""
    topics = list(topics)
    return [DoorTile(door, [shown for shown in topics if shown.topic.door == door]) for door in Door]


def latest(topics: Iterable[Shown], count: int) -> list[Shown]:
    """The topics whose texts changed last, newest first."""
    written = ((shown.reading.text.changed_at, shown) for shown in topics if shown.reading)
    return [shown for _at, shown in sorted(written, key=lambda pair: pair[0], reverse=True)[:count]]


def own_texts(municipality: Municipality) -> dict[str, Reading[MunicipalityText]]:
    """The municipality's own texts by kind, in one query; a kind nobody has written is left out."""
    rows = list(MunicipalityText.objects.of(municipality).select_related("changed_by"))
    found = {}
    for kind in TextKind:
        texts = [row for row in rows if row.kind == kind]
        reading = read(texts, TextSet(texts, home=municipality.home_language, review_months=12))
        if reading:
            found[str(kind)] = reading
    return found


def first_paragraph(html: str) -> tuple[str, str]:
    """The first paragraph as plain words, and the rest as it stands."""
    first, end, rest = html.partition("</p>")
    return plain(first + end), rest.strip()
