"""What is searched in one municipality, by the two ways there are: PostgreSQL's index, and reading it all.

Both say of each thing which of the query's words it answers and how well, and both hand out the things themselves.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override as in_language

from municipalities.activities.catalogue import Theme
from municipalities.activities.models import Activity, State
from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation
from municipalities.topics.catalogue import STANDARD
from municipalities.topics.models import Topic
from welcome.portal.index import CONFIGS, SIMPLE
from welcome.portal.reading import plain, screen_language
from welcome.portal.words import LONG_ENOUGH_TO_BE_MISSPELT, Term, fits, words

TITLE, NAME, BODY = 6.0, 4.0, 1.0
MOST_ACTIVITIES = 500  # Read by the way without an index.


class Kind(models.TextChoices):
    TOPIC = "topic", _("Topics")
    ACTIVITY = "activity", _("What's on")
    ORGANISATION = "organisation", _("Clubs and organisations")
    CONTACT = "contact", _("People and offices")
    TEXT = "text", _("About the municipality")
    FACT = "fact", _("Figures")


@dataclass(frozen=True)
class Score:
    matched: frozenset[int]  # Which of the terms, by their places.
    weight: float


Scores = dict[tuple[Kind, int], Score]
Fields = Iterable[tuple[float, str]]


class Searched(Protocol):
    def scores(self, asked: list[Term]) -> Scores: ...
    def near(self, term: Term) -> Iterable[str]:
        """Words of titles and names that may be meant, where nothing answers `term`."""

    def topics(self, keys: set[int]) -> list[Topic]: ...
    def activities(self, keys: set[int]) -> list[Activity]: ...
    def organisations(self, keys: set[int]) -> list[Organisation]: ...
    def contacts(self, keys: set[int]) -> list[ContactPoint]:
        """With those that are the first to ask."""


def searched(here: Municipality) -> Searched:
    return Indexed(here) if connection.vendor == "postgresql" else Plain(here)


def score(asked: list[Term], fields: Fields) -> Score:
    """`fields` are (weight, text)."""
    best: dict[int, float] = {}
    for weight, text in fields:
        for word in set(words(text)):
            for place, term in enumerate(asked):
                if (fit := weight * fits(term, word)) > best.get(place, 0.0):
                    best[place] = fit
    return Score(frozenset(best), sum(best.values()))


@lru_cache(maxsize=1)
def _names() -> dict[tuple[Kind, str], str]:
    """What the program itself calls topics and themes, in all languages of the site."""
    found: dict[tuple[Kind, str], list[str]] = {}
    for code, _name in settings.LANGUAGES:
        with in_language(code):
            for entry in STANDARD:
                found.setdefault((Kind.TOPIC, entry.slug), []).append(str(entry.name))
            for theme in Theme:
                found.setdefault((Kind.ACTIVITY, theme.value), []).append(str(theme.label))
    return {key: " ".join(names) for key, names in found.items()}


def _topic_rows(here: Municipality) -> models.QuerySet[Topic]:
    return Topic.objects.of(here).published().select_related("municipality").prefetch_related("texts")


def _activity_rows(here: Municipality) -> models.QuerySet[Activity]:
    rows = Activity.objects.of(here).published().to_come()
    return rows.select_related("municipality", "organisation", "contact").prefetch_related("texts")


def _organisation_rows(here: Municipality) -> models.QuerySet[Organisation]:
    rows = Organisation.objects.of(here).published()
    return rows.select_related("municipality").prefetch_related("texts")


class Plain:
    """All of it is read. Nothing can be old, and it costs more the more a municipality has written."""

    def __init__(self, here: Municipality) -> None:
        self.here, self.language = here, screen_language()

    @cached_property
    def _topics(self) -> list[Topic]:
        return list(_topic_rows(self.here))

    @cached_property
    def _activities(self) -> list[Activity]:
        return list(_activity_rows(self.here).order_by("starts_at", "pk")[:MOST_ACTIVITIES])

    @cached_property
    def _organisations(self) -> list[Organisation]:
        return list(_organisation_rows(self.here))

    @cached_property
    def _contacts(self) -> list[ContactPoint]:
        return list(ContactPoint.objects.of(self.here).with_hours())

    def _texts(self, row: Topic | Activity | Organisation) -> Fields:
        for text in row.texts.all():
            own = 2 if text.language == self.language else 1
            yield TITLE / 2 * own, text.title
            yield BODY * own, f"{plain(text.body)} {getattr(text, 'brief', '')}"

    def _fields(self) -> Iterable[tuple[tuple[Kind, int], list[tuple[float, str]]]]:
        names = _names()
        for topic in self._topics:
            yield (
                (Kind.TOPIC, topic.pk),
                [(TITLE, names.get((Kind.TOPIC, topic.slug), topic.slug)), *self._texts(topic)],
            )
        for activity in self._activities:
            its = activity.organisation
            arranged = [(NAME, its.name)] if its is not None and its.published else []
            theme = (NAME, names[Kind.ACTIVITY, activity.theme])
            yield (Kind.ACTIVITY, activity.pk), [theme, *arranged, *self._texts(activity)]
        for organisation in self._organisations:
            yield (
                (Kind.ORGANISATION, organisation.pk),
                [(TITLE, organisation.name), *self._texts(organisation)],
            )
        for contact in self._contacts:
            name, role = f"{contact.name} {contact.person}", f"{contact.role} {contact.short_number}"
            yield (Kind.CONTACT, contact.pk), [(NAME, name), (BODY, role)]

    def scores(self, asked: list[Term]) -> Scores:
        scored = ((key, score(asked, fields)) for key, fields in self._fields())
        return {key: found for key, found in scored if found.matched}

    def near(self, term: Term) -> Iterable[str]:
        titles = (text for _key, fields in self._fields() for weight, text in fields if weight > 2 * BODY)
        return {word for title in titles for word in re.findall(r"\w+", title)}

    def topics(self, keys: set[int]) -> list[Topic]:
        return [row for row in self._topics if row.pk in keys]

    def activities(self, keys: set[int]) -> list[Activity]:
        return [row for row in self._activities if row.pk in keys]

    def organisations(self, keys: set[int]) -> list[Organisation]:
        return [row for row in self._organisations if row.pk in keys]

    def contacts(self, keys: set[int]) -> list[ContactPoint]:
        return [row for row in self._contacts if row.pk in keys or row.front_desk]


_CONFIG = "CASE x.language " + " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in CONFIGS.items())
_CONFIG += f" ELSE '{SIMPLE}' END"
_SCORES = f"""
WITH asked AS MATERIALIZED (
    SELECT n, config, to_tsquery(config::regconfig, exact) AS exact,
        to_tsquery('simple', beginning) AS beginning,
        to_tsquery(config::regconfig, sisters) AS sisters, to_tsquery('simple', parts) AS parts
    FROM unnest(%(n)s::int[], %(config)s::text[], %(exact)s::text[], %(beginning)s::text[], %(sisters)s::text[],
        %(parts)s::text[]) AS a (n, config, exact, beginning, sisters, parts)
), wanted AS MATERIALIZED (
    SELECT *, exact || beginning || sisters || parts AS whatever FROM asked
), document AS (
    SELECT 'topic' AS kind, t.id, x.language, {_CONFIG} AS config, x.search, 1.0 AS share
        FROM municipalities_topictext x JOIN municipalities_topic t ON t.id = x.topic_id
        WHERE t.municipality_id = %(here)s AND x.municipality_id = %(here)s AND t.published
    UNION ALL SELECT 'topic', t.id, '', 'norwegian', c.search, 0.1
        FROM municipalities_topiccontact x JOIN municipalities_topic t ON t.id = x.topic_id
            JOIN municipalities_contactpoint c ON c.id = x.contact_id
        WHERE t.municipality_id = %(here)s AND x.municipality_id = %(here)s AND t.published
    UNION ALL SELECT 'topic', t.id, '', 'norwegian',
            to_tsvector('norwegian', tilflytter_fold(x.label)), 0.1
        FROM municipalities_topiclink x JOIN municipalities_topic t ON t.id = x.topic_id
        WHERE t.municipality_id = %(here)s AND x.municipality_id = %(here)s AND t.published
    UNION ALL SELECT 'activity', a.id, x.language, {_CONFIG}, x.search, 1.0
        FROM municipalities_activitytext x JOIN municipalities_activity a ON a.id = x.activity_id
        WHERE a.municipality_id = %(here)s AND x.municipality_id = %(here)s AND a.state = %(state)s
            AND a.last_at >= %(now)s
    UNION ALL SELECT 'activity', a.id, '', 'norwegian', o.search, 0.6
        FROM municipalities_activity a JOIN municipalities_organisation o ON o.id = a.organisation_id
        WHERE a.municipality_id = %(here)s AND a.state = %(state)s AND a.last_at >= %(now)s AND o.published
    UNION ALL SELECT 'organisation', o.id, x.language, {_CONFIG}, x.search, 1.0
        FROM municipalities_organisationtext x JOIN municipalities_organisation o ON o.id = x.organisation_id
        WHERE o.municipality_id = %(here)s AND x.municipality_id = %(here)s AND o.published
    UNION ALL SELECT 'organisation', o.id, '', 'norwegian', o.search, 1.5
        FROM municipalities_organisation o WHERE o.municipality_id = %(here)s AND o.published
    UNION ALL SELECT 'contact', c.id, '', 'norwegian', c.search, 1.0
        FROM municipalities_contactpoint c WHERE c.municipality_id = %(here)s
), answered AS (
    SELECT d.kind, d.id, w.n, max(d.share * CASE WHEN d.language = %(language)s THEN 2 ELSE 1 END * greatest(
        ts_rank(%(weights)s, d.search, w.exact), 0.8 * ts_rank(%(weights)s, d.search, w.beginning),
        0.6 * ts_rank(%(weights)s, d.search, w.sisters), 0.4 * ts_rank(%(weights)s, d.search, w.parts))) AS weight
    FROM document d JOIN wanted w ON w.config = d.config AND d.search @@ w.whatever
    GROUP BY d.kind, d.id, w.n
    UNION ALL SELECT 'topic', t.id, l.n, l.weight FROM municipalities_topic t
        JOIN unnest(%(slug)s::text[], %(slug_n)s::int[], %(slug_weight)s::float[]) AS l (name, n, weight)
            ON l.name = t.slug
        WHERE t.municipality_id = %(here)s AND t.published
    UNION ALL SELECT 'activity', a.id, l.n, l.weight FROM municipalities_activity a
        JOIN unnest(%(theme)s::text[], %(theme_n)s::int[], %(theme_weight)s::float[]) AS l (name, n, weight)
            ON l.name = a.theme
        WHERE a.municipality_id = %(here)s AND a.state = %(state)s AND a.last_at >= %(now)s
), best AS (SELECT kind, id, n, max(weight) AS weight FROM answered GROUP BY kind, id, n)
SELECT kind, id, array_agg(n), sum(weight) FROM best GROUP BY kind, id
"""  # noqa: S608 - made of names that stand above
_NEAR = """
WITH title AS (
    SELECT x.title FROM municipalities_topictext x JOIN municipalities_topic t ON t.id = x.topic_id
        WHERE x.municipality_id = %(here)s AND t.published
    UNION SELECT x.title FROM municipalities_activitytext x JOIN municipalities_activity a ON a.id = x.activity_id
        WHERE x.municipality_id = %(here)s AND a.state = %(state)s AND a.last_at >= %(now)s
    UNION SELECT name FROM municipalities_organisation WHERE municipality_id = %(here)s AND published
    UNION SELECT name || ' ' || person FROM municipalities_contactpoint WHERE municipality_id = %(here)s
    UNION SELECT unnest(%(names)s::text[])
), word AS (
    SELECT DISTINCT w AS word, tilflytter_fold(w) AS folded
    FROM title, regexp_split_to_table(title, '[[:space:][:punct:]]+') AS w WHERE length(w) >= 4
)
SELECT word FROM word WHERE similarity(folded, %(term)s) >= 0.3 OR position(%(term)s IN folded) > 0
ORDER BY similarity(folded, %(term)s) DESC, word LIMIT 20
"""
SHORTEST_PART, REST_OF_A_COMPOUND = 5, 3


class Indexed:
    """PostgreSQL's full text over the columns of `index.py`, each language by its own rules; trigrams for what is
    misspelt."""

    def __init__(self, here: Municipality) -> None:
        self.here = here
        # Asked for explicitly: staff who are logged in see more rows than a reader.
        self._of_here: dict[str, Any] = {
            "here": here.pk,
            "state": State.PUBLISHED.value,
            "now": timezone.now(),
        }

    def scores(self, asked: list[Term]) -> Scores:
        configs = sorted({*CONFIGS.values(), SIMPLE})
        rows = [(n, config, term) for n, term in enumerate(asked) for config in configs]
        labels = [(*key, n, fit) for key, n, fit in _labels(asked)]
        topics = [(name, n, fit) for kind, name, n, fit in labels if kind == Kind.TOPIC]
        themes = [(name, n, fit) for kind, name, n, fit in labels if kind == Kind.ACTIVITY]
        values = self._of_here | {
            "language": screen_language(),
            "weights": "{0.1, 0.2, 0.4, 1.0}",
            "n": [n for n, _config, _term in rows],
            "config": [config for _n, config, _term in rows],
            "exact": [_lexemes(term.word) for _n, _config, term in rows],
            "beginning": [
                _lexemes(term.beginning) + ":*" if term.beginning else "" for _n, _config, term in rows
            ],
            "sisters": [_lexemes(*term.sisters) for _n, _config, term in rows],
            "parts": [_lexemes(*_beginnings(term.word)) for _n, _config, term in rows],
            "slug": [name for name, _n, _fit in topics],
            "slug_n": [n for _name, n, _fit in topics],
            "slug_weight": [fit for _name, _n, fit in topics],
            "theme": [name for name, _n, _fit in themes],
            "theme_n": [n for _name, n, _fit in themes],
            "theme_weight": [fit for _name, _n, fit in themes],
        }
        with connection.cursor() as cursor:
            cursor.execute(_SCORES, values)
            found = cursor.fetchall()
        return {
            (Kind(kind), pk): Score(frozenset(matched), TITLE * weight) for kind, pk, matched, weight in found
        }

    def near(self, term: Term) -> list[str]:
        if len(term.word) < LONG_ENOUGH_TO_BE_MISSPELT:
            return []
        with connection.cursor() as cursor:
            cursor.execute(_NEAR, self._of_here | {"term": term.word, "names": list(_names().values())})
            return [word for (word,) in cursor.fetchall()]

    def topics(self, keys: set[int]) -> list[Topic]:
        return list(_topic_rows(self.here).filter(pk__in=keys)) if keys else []

    def activities(self, keys: set[int]) -> list[Activity]:
        return list(_activity_rows(self.here).filter(pk__in=keys)) if keys else []

    def organisations(self, keys: set[int]) -> list[Organisation]:
        return list(_organisation_rows(self.here).filter(pk__in=keys)) if keys else []

    def contacts(self, keys: set[int]) -> list[ContactPoint]:
        rows = ContactPoint.objects.of(self.here).filter(Q(pk__in=keys) | Q(front_desk=True))
        return list(rows.with_hours())


def _labels(asked: list[Term]) -> Iterable[tuple[tuple[Kind, str], int, float]]:
    for key, names in _names().items():
        share = 1.0 if key[0] == Kind.TOPIC else 0.6
        for place, term in enumerate(asked):
            if fit := max(fits(term, word) for word in words(names)):
                yield key, place, 0.6 * share * fit


def _lexemes(*alternatives: str) -> str:
    return " | ".join(f"'{word}'" for word in alternatives)


def _beginnings(word: str) -> list[str]:
    """`barnehage` and all else that `barnehageplass` may begin with."""
    return [word[:end] for end in range(SHORTEST_PART, len(word) - REST_OF_A_COMPOUND + 1)]
