"""What PostgreSQL searches: a column beside the words themselves, which the database reckons anew in the statement
that changes them. So there is no moment in which the index is old, and no way to save past it.

Like the walls (ADR 6) it is made after each `migrate` from what stands here, and rebuilt where that has changed;
`manage.py rebuild_search` makes it anew whenever somebody wants to. A migration that changes the type of one of these
columns (`title`, `body`, …) takes the index down first, by RunPython with `take_down(schema_editor.connection)`.

No GIN index: it would never be asked. A search is of one municipality, whose rows are found by its key, and behind
row-level security PostgreSQL asks the policies before an operator that it can't be sure of, as `@@`.
"""

import hashlib
import unicodedata
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DatabaseError

from welcome.portal.words import DOUBLED, fold

CONFIGS = {
    "nb": "norwegian",
    "nn": "norwegian",
    "en": "english",
    "de": "german",
    "lt": "lithuanian",
    "ar": "arabic",
}
SIMPLE = "simple"  # For languages that PostgreSQL can't bend.


def _config_of(language: str) -> str:
    cases = " ".join(f"WHEN '{code}' THEN '{config}'::regconfig" for code, config in CONFIGS.items())
    return f"CASE {language} {cases} ELSE '{SIMPLE}'::regconfig END"


def _letters() -> tuple[str, str]:
    """Each letter that `fold` makes into one plain one, and what it becomes; then what is taken out."""
    pairs = [
        (letter, plain)
        for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
        if (letter := chr(code)).isalpha() and len(plain := fold(letter)) == 1 and plain != letter
    ]
    marks = "".join(chr(code) for code in range(0x300, 0x370) if unicodedata.combining(chr(code)))
    return "".join(letter for letter, _ in pairs) + marks, "".join(plain for _, plain in pairs)


# PostgreSQL takes words with a stroke or a stop between them for file names and hosts.
_STOPS = './\\_-@:,;()"'


def _fold_function() -> str:
    before, after = _letters()
    body = f"lower(translate(regexp_replace($1, '<[^>]*>', ' ', 'g'), '{before}', '{after}'))"
    body = f"translate(replace({body}, 'ß', 'ss'), '{_STOPS}', '{' ' * len(_STOPS)}')"
    for doubled, single in DOUBLED:
        body = f"replace({body}, '{doubled}', '{single}')"
    return f"SELECT {body}"


def _vector(config: str, **weights: str) -> str:
    """`weights` is what has which weight: A for titles and names, D for the text below."""
    parts = (
        f"setweight(to_tsvector({config}, tilflytter_fold({words})), '{weight}')"
        for weight, words in weights.items()
    )
    return " || ".join(parts)


_TEXT = _vector(_config_of("language"), A="title", D="body")
_NORWEGIAN = "'norwegian'::regconfig"
COLUMNS = {
    "municipalities_topictext": _vector(_config_of("language"), A="title", D="body || ' ' || brief"),
    "municipalities_activitytext": _TEXT,
    "municipalities_organisationtext": _TEXT,
    "municipalities_organisation": _vector(_NORWEGIAN, A="name"),
    "municipalities_contactpoint": _vector(
        _NORWEGIAN, A="name || ' ' || person", D="role || ' ' || short_number"
    ),
}


def _mark(expression: str) -> str:
    return hashlib.md5(f"{_fold_function()} {expression}".encode(), usedforsecurity=False).hexdigest()


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables whose column is not there, or is another than wanted."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, col_description(c.oid, a.attnum) FROM pg_attribute a"
            " JOIN pg_class c ON c.oid = a.attrelid WHERE a.attname = 'search' AND NOT a.attisdropped"
            " AND c.relname = ANY (%s)",
            [list(COLUMNS)],
        )
        found = dict(cursor.fetchall())
    return [table for table, expression in COLUMNS.items() if found.get(table) != _mark(expression)]


def build(connection: BaseDatabaseWrapper, *, anew: bool = False) -> list[str]:
    """Whatever is missing or otherwise than wanted, or all of it; the tables it made it for. As their owner."""
    tables = list(COLUMNS) if anew and connection.vendor == "postgresql" else faults(connection)
    if not tables:
        return []
    with connection.cursor() as cursor:
        _need_trigrams(connection, cursor)
        cursor.execute(
            "CREATE OR REPLACE FUNCTION tilflytter_fold(text) RETURNS text"
            f" LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $f${_fold_function()}$f$"
        )
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DROP COLUMN IF EXISTS search')
            cursor.execute(
                f'ALTER TABLE "{table}" ADD COLUMN search tsvector GENERATED ALWAYS AS ({COLUMNS[table]}) STORED'
            )
            cursor.execute(f"COMMENT ON COLUMN \"{table}\".search IS '{_mark(COLUMNS[table])}'")
    return tables


def _need_trigrams(connection: BaseDatabaseWrapper, cursor: Any) -> None:
    cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
    if cursor.fetchone():
        return
    try:
        cursor.execute("CREATE EXTENSION pg_trgm")
    except DatabaseError as error:
        raise ImproperlyConfigured(
            "The search needs PostgreSQL's extension pg_trgm, which the owner of these tables may not add."
            " Let somebody who may run once in this database: CREATE EXTENSION pg_trgm;"
        ) from error


def take_down(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in COLUMNS:
                cursor.execute(f'ALTER TABLE "{table}" DROP COLUMN IF EXISTS search')


def after_migrations(using: str, apps: Any = None, **signal: Any) -> None:
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    there = set(connection.introspection.table_names())
    if there >= set(COLUMNS):  # Not while going back to nothing.
        build(connection)
