"""Search over everything public of one municipality: what answers most of the query's words, grouped by what it is,
the best first, each with the place in its text that answers.

All languages' texts are searched, the reader's first, so that `skoler` finds the nynorsk text and `doctor` the one
nobody has translated yet. Where a word answers nothing, the nearest word of a title is taken in its place, and said.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import Fact, Municipality, TextKind
from municipalities.texts.models import Text
from municipalities.topics.catalogue import Door
from welcome.portal.activity_reading import happening, show_organisation
from welcome.portal.reading import Place, Reading, own_texts, place, plain, show
from welcome.portal.searched import BODY, TITLE, Kind, Scores, Searched, score, searched
from welcome.portal.words import LONG_ENOUGH_TO_BE_MISSPELT, Term, fits, folded, is_misspelt, stem, terms

MOST = 12  # Of one kind on the page.
ON_PAGES = {TextKind.FRONT, TextKind.HOST_CAN, TextKind.HOST_CANNOT}
AROUND = 70  # Signs before and after the word that answers.


@dataclass(frozen=True)
class Answer:
    """One thing found. `language` and `direction` where its words are not in the page's language."""

    kind: Kind
    title: str
    path: str
    words: SafeString = field(default=SafeString(""))
    language: str = ""
    direction: str = ""
    facts: tuple[str, ...] = ()
    place: Place | None = None


@dataclass(frozen=True)
class Group:
    kind: Kind
    answers: list[Answer]
    total: int

    @property
    def left_out(self) -> int:
        return self.total - len(self.answers)


@dataclass(frozen=True)
class Results:
    groups: list[Group] = field(default_factory=list)
    corrected: str = ""  # What was searched for instead.
    desks: list[ContactPoint] = field(default_factory=list)  # Who is the first to ask here.

    @property
    def count(self) -> int:
        return sum(group.total for group in self.groups)

    def of_kind(self, kind: Kind) -> list[Answer]:
        return next((group.answers for group in self.groups if group.kind == kind), [])


def find(query: str, here: Municipality, *, most: int = MOST, partial: bool = False) -> Results:
    """`most` answers of each kind; `partial` while somebody is still typing."""
    asked = terms(query, partial=partial)
    if not asked:
        return Results()
    source = searched(here)
    own = {kind: reading for kind, reading in own_texts(here).items() if kind in ON_PAGES}
    facts = {fact.pk: fact for fact in Fact.objects.of(here)}
    corrected = ""

    def scores(asked: list[Term]) -> Scores:
        read = [((Kind.FACT, fact.pk), score(asked, [(TITLE, str(fact))])) for fact in facts.values()]
        read += [((Kind.TEXT, n), score(asked, _words_of(r.text))) for n, r in enumerate(own.values())]
        return source.scores(asked) | {key: found for key, found in read if found.matched}

    found = scores(asked)
    answered = {n for one in found.values() for n in one.matched}
    better = [term if n in answered or partial else _meant(source, term) for n, term in enumerate(asked)]
    if any(one.word != other.word for one, other in zip(better, asked, strict=True)):
        again = scores(better)
        if _most(again) > _most(found):
            asked, found = better, again
            corrected = " ".join(term.shown for term in better)
    best = _most(found)
    kept = {key: one.weight for key, one in found.items() if best and len(one.matched) == best}
    return _results(kept, source, own, facts, asked=asked, here=here, most=most, corrected=corrected)


def _most(found: Scores) -> int:
    return max((len(one.matched) for one in found.values()), default=0)


def _words_of(text: Text) -> list[tuple[float, str]]:
    return [(TITLE, text.title), (BODY, plain(text.body))]


def _meant(source: Searched, term: Term) -> Term:
    """The term, or the one that somebody meant who typed it."""
    long = len(term.word) >= LONG_ENOUGH_TO_BE_MISSPELT
    likely = [
        (difflib.SequenceMatcher(None, term.stem, stem(folded(word))).ratio(), folded(word), word)
        for word in source.near(term)
        if is_misspelt(term.stem, bare := folded(word)) or (long and term.word in bare)
    ]
    if not likely:
        return term
    _ratio, bare, word = max(likely)
    return replace(term, word=bare, stem=stem(bare), shown=word.lower())


def _results(
    kept: dict[tuple[Kind, int], float],
    source: Searched,
    own: dict[str, Reading],
    facts: dict[int, Fact],
    *,
    asked: list[Term],
    here: Municipality,
    most: int,
    corrected: str,
) -> Results:
    ranked: dict[Kind, list[int]] = {}
    for kind, key in sorted(kept, key=lambda each: (-kept[each], each[1])):
        ranked.setdefault(kind, []).append(key)
    first = {kind: set(keys[:most]) for kind, keys in ranked.items()}
    contacts = source.contacts(first.get(Kind.CONTACT, set()))
    named = list(own.items())
    made: dict[Kind, dict[int, Answer]] = {
        Kind.TOPIC: {
            shown.topic.pk: _answer(
                Kind.TOPIC,
                shown.title,
                reverse("portal:topic", args=[here.slug, shown.topic.slug]),
                shown.reading,
                asked,
                (str(shown.topic.get_door_display()),),
            )
            for shown in map(show, source.topics(first.get(Kind.TOPIC, set())))
        },
        Kind.ACTIVITY: {
            shown.activity.pk: _answer(
                Kind.ACTIVITY, shown.title, shown.path, shown.reading, asked, tuple(shown.facts)
            )
            for shown in map(happening, source.activities(first.get(Kind.ACTIVITY, set())))
        },
        Kind.ORGANISATION: {
            shown.organisation.pk: _answer(
                Kind.ORGANISATION,
                shown.title,
                reverse("portal:organisation", args=[here.slug, shown.organisation.slug]),
                shown.reading,
                asked,
                (str(shown.organisation.get_kind_display()),),
            )
            for shown in map(show_organisation, source.organisations(first.get(Kind.ORGANISATION, set())))
        },
        Kind.CONTACT: {contact.pk: _of_contact(contact, here) for contact in contacts},
        Kind.TEXT: {
            n: _of_text(kind, reading, asked, here)
            for n, (kind, reading) in enumerate(named)
            if n in first.get(Kind.TEXT, set())
        },
        Kind.FACT: {key: _of_fact(facts[key], here) for key in first.get(Kind.FACT, set())},
    }
    groups = [
        Group(kind, [made[kind][key] for key in keys[:most] if key in made[kind]], len(keys))
        for kind, keys in ranked.items()
    ]
    return Results([group for group in groups if group.answers], corrected, contacts)


def _answer(
    kind: Kind,
    title: str,
    path: str,
    reading: Reading | None,
    asked: list[Term],
    facts: tuple[str, ...] = (),
) -> Answer:
    foreign = reading is not None and reading.is_foreign
    return Answer(
        kind=kind,
        title=title,
        path=path,
        words=snippet(plain(reading.text.body), asked) if reading else SafeString(""),
        language=reading.language.code if reading and foreign else "",
        direction=reading.direction if reading and foreign else "",
        facts=facts,
    )


def _of_contact(contact: ContactPoint, here: Municipality) -> Answer:
    found = reverse("portal:search", args=[here.slug], query={"q": contact.name})
    facts = tuple(word for word in (contact.person, contact.role) if word)
    return Answer(Kind.CONTACT, contact.name, found, facts=facts, place=place(contact))


def _of_text(kind: str, reading: Reading, asked: list[Term], here: Municipality) -> Answer:
    front = reverse("portal:municipality", args=[here.slug])
    path = front if kind == TextKind.FRONT else reverse("portal:door", args=[here.slug, Door.MEET])
    title = reading.text.title if kind == TextKind.FRONT else ""
    return _answer(Kind.TEXT, title or str(TextKind(kind).label), path, reading, asked)


def _of_fact(fact: Fact, here: Municipality) -> Answer:
    value = fact.value.quantize(1) if fact.value == fact.value.to_integral() else fact.value
    title = f"{intcomma(value)} {fact}"
    told = (fact.source, f"{fact.true_on:%d.%m.%Y}")
    return Answer(Kind.FACT, title, reverse("portal:municipality", args=[here.slug]) + "#facts", facts=told)


def snippet(text: str, asked: list[Term]) -> SafeString:
    """The first place in a text that answers, with the words that do marked; its beginning if none does."""
    hits = [found for found in re.finditer(r"\w+", text) if _answers(found[0], asked)]
    start = 0
    if hits and hits[0].start() > AROUND:
        start = text.rfind(" ", 0, hits[0].start() - AROUND // 2) + 1
    end = len(text) if len(text) - start <= 2 * AROUND + 20 else text.rfind(" ", start, start + 2 * AROUND)
    end = end if end > start else min(len(text), start + 2 * AROUND)
    parts: list[tuple[str, str, str, str]] = []
    at = start
    for hit in hits:
        if start <= hit.start() and hit.end() <= end:
            parts.append((text[at : hit.start()], hit[0], "", ""))
            at = hit.end()
    marked = format_html_join("", "{}<mark>{}</mark>{}{}", parts)
    return format_html(
        "{}{}{}{}", "… " if start else "", marked, text[at:end], " …" if end < len(text) else ""
    )


def _answers(word: str, asked: Iterable[Term]) -> bool:
    return any(fits(term, folded(word)) >= 0.6 for term in asked)
