"""Search over one municipality's topics, contact points and what is to come.

In Python, over the few dozen texts of one municipality: SQLite and PostgreSQL fold letters
differently, and both know nothing of `skular`. All languages' texts are searched, the reader's first,
so that `skoler` finds the nynorsk text and `doctor` the one nobody has translated yet.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from municipalities.activities.models import Activity
from municipalities.contacts.models import ContactPoint
from welcome.portal.reading import Place, Shown, place, plain

# Both `Ål`, `Aal` and `al` are typed, on keyboards with and without the letters.
LETTERS = str.maketrans({"æ": "a", "ø": "o", "å": "a", "đ": "d", "ŧ": "t", "ŋ": "n", "ł": "l", "ß": "ss"})
DOUBLED = (("aa", "a"), ("ae", "a"), ("oe", "o"))
ENDINGS = sorted(
    ("ene", "ane", "one", "ens", "ing", "er", "ar", "or", "en", "et", "ei", "es", "e", "a", "s"), key=len
)[::-1]
# Words of a question, not of its subject.
STOP_WORDS = frozenset(
    (
        "hvor hva hvem hvordan når kan jeg vi du er det den en et ei i på til for fra med om og som å "
        "kor kva kven korleis eg me ein eit frå "
        "where what who how when can we you is are the a an in on at to from with about and or do my"
    ).split()
)
SHORTEST = 2
TITLE, NAME, BODY = 6, 4, 1


def fold(text: str) -> str:
    text = unicodedata.normalize("NFC", text).casefold().translate(LETTERS)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    for doubled, single in DOUBLED:
        text = text.replace(doubled, single)
    return text


def stem(word: str) -> str:
    """A folded word without its ending; short words keep theirs."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def terms(query: str) -> list[str]:
    """The stems a query asks for; a query of nothing but small words is taken at its word."""
    found = re.findall(r"\w+", query.casefold())
    kept = [word for word in found if word not in STOP_WORDS and len(word) >= SHORTEST] or found
    return list(dict.fromkeys(stem(fold(word)) for word in kept))


def _fits(term: str, word: str) -> float:
    """How well a word of a text answers a term, 0 to 1. Norwegian compounds make parts count."""
    if stem(word) == term or word == term:
        return 1.0
    if word.startswith(term):
        return 0.8
    if len(term) >= 4 and term in word:
        return 0.5
    if len(stem(word)) >= 5 and term.startswith(stem(word)):
        return 0.4
    return 0.0


def _misspelt(term: str, word: str) -> float:
    if len(term) < 4 or abs(len(term) - len(stem(word))) > 2:
        return 0.0
    return 0.3 if difflib.SequenceMatcher(None, term, stem(word)).ratio() >= 0.8 else 0.0


@dataclass(frozen=True)
class Score:
    matched: int
    weight: float


def _score(asked: list[str], fields: Iterable[tuple[int, str, bool]]) -> Score:
    """`fields` are (weight, text, whether a misspelling may match)."""
    best = dict.fromkeys(asked, 0.0)
    for weight, text, forgiving in fields:
        for word in set(words(text)):
            for term in asked:
                fit = _fits(term, word) or (_misspelt(term, word) if forgiving else 0.0)
                best[term] = max(best[term], weight * fit)
    return Score(sum(value > 0 for value in best.values()), sum(best.values()))


def _topic_fields(shown: Shown) -> Iterable[tuple[int, str, bool]]:
    yield TITLE, shown.title, True
    yield TITLE, str(shown.topic), True
    for text in shown.topic.texts.all():
        mine = bool(shown.reading and text.pk == shown.reading.text.pk)
        yield TITLE if mine else TITLE // 2, text.title, True
        yield BODY * (2 if mine else 1), f"{plain(text.body)} {text.brief}", False
    for link in shown.topic.links.all():
        yield BODY, link.label, False
    for point in shown.topic.topiccontact_set.all():
        yield BODY, point.contact.name, False


@dataclass(frozen=True)
class Results:
    topics: list[Shown]
    places: list[Place]
    activities: list[Activity] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.topics) + len(self.places) + len(self.activities)


def _activity_fields(activity: Activity) -> Iterable[tuple[int, str, bool]]:
    for text in activity.texts.all():
        yield TITLE, text.title, True
        yield BODY, plain(text.body), False
    yield NAME, str(activity.get_theme_display()), False
    if activity.organisation and activity.organisation.published:
        yield NAME, activity.organisation.name, True


def find(
    query: str,
    *,
    topics: Iterable[Shown],
    contacts: Iterable[ContactPoint],
    activities: Iterable[Activity] = (),
) -> Results:
    """Those that answer most of the query's words, the best first."""
    asked = terms(query)
    if not asked:
        return Results([], [])
    topic_scores = [(_score(asked, _topic_fields(shown)), shown) for shown in topics]
    contact_scores = [
        (
            _score(
                asked,
                [(NAME, f"{contact.name} {contact.person}", True), (BODY, contact.role, False)],
            ),
            contact,
        )
        for contact in contacts
    ]
    activity_scores = [(_score(asked, _activity_fields(activity)), activity) for activity in activities]
    scores = (*topic_scores, *contact_scores, *activity_scores)
    most = max([score.matched for score, _ in scores], default=0)
    if most == 0:
        return Results([], [])
    return Results(
        topics=[shown for _, shown in _best(topic_scores, most)],
        places=[place(contact) for _, contact in _best(contact_scores, most)],
        activities=[activity for _, activity in _best(activity_scores, most)],
    )


def _best(scored: list, most: int) -> list:
    kept = [pair for pair in scored if pair[0].matched == most]
    return sorted(kept, key=lambda pair: -pair[0].weight)
