"""Looking for planted values in everything that the portal shows or keeps.

Each function answers with `Hit`s: where it was found and what. An empty list says that what was looked for
is nowhere there; `test_everywhere.py` shows that each of them can find. A value is looked for in the
spellings that storage and pages give it (JSON, HTML, addresses of links, phone numbers without spaces,
addresses without marks and capitals); digits only stand for themselves as a whole number, because hashes
and clock times are full of them.
"""

import base64
import html
import io
import json
import logging
import os
import pickle
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pypdfium2
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from kombu.transport.memory import Channel
from PIL import Image
from redis import Redis

from welcome.households.recognition import plain_letters


@dataclass(frozen=True)
class Hit:
    where: str  # Such as "welcome_letter.address of row 3", "PDF letters/1/001.pdf", "GET /nb/ as reader".
    value: str
    around: str = ""

    def __str__(self) -> str:
        return f"{self.value!r} in {self.where}: …{self.around}…"


# --- text --------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _pattern(value: str) -> re.Pattern[str]:
    """Every spelling of `value` in a text whose case is folded."""
    if re.fullmatch(r"\d{1,7}", value):
        return re.compile(rf"(?<![\w.,:+-]){value}(?![\w:])")
    folded = value.casefold()
    spellings = {
        folded,
        plain_letters(value),
        json.dumps(value)[1:-1].casefold(),
        html.escape(value).casefold(),
        quote(value).casefold(),
        quote_plus(value).casefold(),
        "".join(plain_letters(value).split()),
    }
    if re.fullmatch(r"\+?[\d\s]{8,}", value):
        digits = re.sub(r"\D", "", value)
        spellings |= {digits, digits[-8:]}
    # The longest first, so that a hit shows the most.
    return re.compile("|".join(sorted(map(re.escape, spellings - {""}), key=len, reverse=True)))


def search_text(where: str, text: str, values: Iterable[str]) -> list[Hit]:
    # Signs written as numbers in HTML and XML are read; accents that stand alone join their letter.
    folded = unicodedata.normalize("NFC", html.unescape(text) if "&#" in text else text).casefold()
    hits = []
    for value in values:
        if found := _pattern(value).search(folded):
            around = folded[max(0, found.start() - 40) : found.end() + 40]
            hits.append(Hit(where, value, " ".join(around.split())))
    return hits


def search_bytes(where: str, content: bytes, values: Iterable[str]) -> list[Hit]:
    """What a file holds: its text, and that of a PDF's pages, of what is packed in a ZIP or an XLSX, of a
    picture's description."""
    values = list(values)
    hits = []
    for text in _texts(content):
        hits += search_text(where, text, values)
    return list({(hit.where, hit.value): hit for hit in hits}.values())


def _texts(content: bytes) -> Iterator[str]:
    if content.startswith(b"%PDF"):
        yield from _pdf_texts(content)
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from _texts(archive.read(name))
    elif content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")):
        with Image.open(io.BytesIO(content)) as image:
            yield repr(image.info)
            yield repr(dict(image.getexif()))
    else:
        yield content.decode("utf-8", "replace")
        if b"\0" in content:
            yield content.decode("utf-16-le", "replace")
            yield content.decode("utf-16-be", "replace")
        for start in (b"\x78\x9c", b"\x78\x01"):  # Zlib, as the cache's files.
            if (at := content.find(start)) >= 0:
                try:
                    yield zlib.decompress(content[at:]).decode("utf-8", "replace")
                except zlib.error:
                    continue


def _pdf_texts(content: bytes) -> Iterator[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        yield repr(document.get_metadata_dict())
        for page in document:
            yield page.get_textpage().get_text_range()
    finally:
        document.close()


# --- what is kept ------------------------------------------------------------------------------


def search_database(values: Iterable[str]) -> list[Hit]:
    """Every column of every table as it is stored, tables of no model included; then every field of every
    model as the code reads it, which decrypts what is encrypted."""
    values = list(values)
    hits = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column.name if hasattr(column, "name") else column[0] for column in cursor.description]
            for number, row in enumerate(cursor.fetchall(), start=1):
                for column, cell in zip(columns, row, strict=True):
                    for text in _cell_texts(table, column, cell):
                        hits += search_text(f"{table}.{column} of row {number}", text, values)
    for model in apps.get_models():
        for row in model._base_manager.all():
            for field in model._meta.concrete_fields:
                if not field.is_relation:
                    text = str(field.value_from_object(row))
                    hits += search_text(f"{model._meta.label}.{field.name} of {row.pk}", text, values)
    return hits


def _cell_texts(table: str, column: str, cell: Any) -> Iterator[str]:
    if cell is None:
        return
    if isinstance(cell, bytes | memoryview):
        yield from _texts(bytes(cell))
        return
    yield cell if isinstance(cell, str) else str(cell)
    if table == "django_session" and column == "session_data":
        yield json.dumps(SessionStore().decode(cell), ensure_ascii=False)


def search_files(values: Iterable[str]) -> list[Hit]:
    """Every stored file: its name and all it holds."""
    values = list(values)
    hits = []
    for name in stored_files():
        hits += search_text(f"the name of {name}", name, values)
        with default_storage.open(name, "rb") as file:
            hits += search_bytes(f"file {name}", file.read(), values)
    return hits


def stored_files(folder: str = "") -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (os.path.join(folder, name) for name in files)
    for below in folders:
        yield from stored_files(os.path.join(folder, below))


def search_cache(values: Iterable[str]) -> list[Hit]:
    """Every entry, whatever the cache: files, memory or Redis; keys too."""
    values = list(values)
    hits = []
    for where, content in _cached():
        hits += search_bytes(f"cache {where}", content, values)
    return hits


def _cached() -> Iterator[tuple[str, bytes]]:
    location = getattr(cache, "_dir", None)
    if location is not None:
        for path in Path(location).rglob("*"):
            if path.is_file():
                # Two pickles in a row: when it ends, and, packed, the entry.
                with path.open("rb") as file:
                    pickle.load(file)
                    yield path.name, zlib.decompress(file.read())
    elif settings.REDIS_URL:
        yield from _in_redis(settings.CACHES["default"]["LOCATION"])
    else:
        yield from ((key, bytes(entry)) for key, entry in cache._cache.items())


def _in_redis(url: str) -> Iterator[tuple[str, bytes]]:
    with Redis.from_url(url) as redis:
        for key in redis.scan_iter():
            kind = redis.type(key)
            read = {
                b"string": redis.get,
                b"list": lambda key: b"\n".join(redis.lrange(key, 0, -1)),
                b"hash": lambda key: b"\n".join(b"%s %s" % pair for pair in redis.hgetall(key).items()),
                b"set": lambda key: b"\n".join(redis.smembers(key)),
                b"zset": lambda key: b"\n".join(redis.zrange(key, 0, -1)),
            }[kind]
            yield key.decode("utf-8", "replace"), key + b"\n" + read(key)


def search_broker(values: Iterable[str]) -> list[Hit]:
    """Every message that waits: in the tests' memory, in the folder of the embedded default, in Redis."""
    values = list(values)
    hits = []
    for where, content in _messages():
        hits += search_bytes(f"broker {where}", content, values)
        hits += search_text(f"broker {where}", _message_body(content), values)
    return hits


def _messages() -> Iterator[tuple[str, bytes]]:
    # The transport keeps its queues for the whole process, whichever channel wrote to them.
    for name, queue in Channel.queues.items():
        for message in list(queue.queue):
            yield f"queue {name}", json.dumps(message, default=str, ensure_ascii=False).encode()
    for path in (settings.DATA_DIR / "broker").rglob("*"):
        if path.is_file():
            yield f"file {path.name}", path.read_bytes()
    if settings.CELERY_BROKER_URL.startswith(("redis", "unix")):
        yield from _in_redis(settings.CELERY_BROKER_URL)


def _message_body(content: bytes) -> str:
    """What the message says; on the way it is packed in base64."""
    try:
        return base64.b64decode(json.loads(content)["body"]).decode("utf-8", "replace")
    except (ValueError, KeyError, TypeError):
        return ""


# --- what is told ------------------------------------------------------------------------------


def search_mail(values: Iterable[str]) -> list[Hit]:
    values = list(values)
    hits = []
    for number, message in enumerate(mail.outbox, start=1):
        text = message.message().as_string() + "\n" + message.subject + "\n" + message.body
        hits += search_text(f"mail {number} to {message.to}", text, values)
        for part in getattr(message, "alternatives", []):
            hits += search_text(f"mail {number}, as HTML", str(part[0]), values)
        for part in message.attachments:
            hits += search_bytes(f"mail {number}, attachment", _attached(part), values)
    return hits


def _attached(part: Any) -> bytes:
    content = part[1] if isinstance(part, tuple) else part.get_payload(decode=True)
    return content.encode() if isinstance(content, str) else content


def search_logs(values: Iterable[str], records: Iterable[logging.LogRecord]) -> list[Hit]:
    """What was logged at any level, exceptions and arguments included; `records` are those of `caplog`
    (`caplog.set_level(logging.DEBUG)` first). Statements to the database are the database's own, and are
    written to a log by nobody: `django.db.backends` only speaks where DEBUG is on."""
    values = list(values)
    formatter = logging.Formatter()
    hits = []
    for record in records:
        if record.name != "django.db.backends":
            hits += search_text(f"log of {record.name}", formatter.format(record), values)
            hits += search_text(f"arguments of the log of {record.name}", repr(record.args), values)
    return hits


def search_response(where: str, response: HttpResponseBase, values: Iterable[str]) -> list[Hit]:
    """Head, cookies and body of an answer, whatever kind of file it is."""
    values = list(values)
    head = "\n".join(f"{name}: {value}" for name, value in response.items()) + str(response.cookies)
    # Random letters that stand in every answer hold any short word sooner or later.
    head = re.sub(r"'nonce-[^']+'|(?:sessionid|csrftoken)=[^;]+", "", head)
    return search_text(f"head of {where}", head, values) + search_bytes(where, body_of(response), values)


def body_of(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def search_pages(
    values: Iterable[str], browser: Client, addresses: Iterable[str], *, who: str = "somebody"
) -> list[Hit]:
    """What `browser` is shown at each of the addresses (`routes.addresses_of` knows all of the product).
    A page that answers with a redirect is searched as it is: where it leads is in the list itself."""
    values = list(values)
    hits = []
    for address in addresses:
        hits += search_response(f"GET {address} as {who}", browser.get(address), values)
    return hits


def search_kept(values: Iterable[str]) -> list[Hit]:
    """Whatever outlives a request, logs apart."""
    values = list(values)
    return [
        *search_database(values),
        *search_files(values),
        *search_cache(values),
        *search_broker(values),
        *search_mail(values),
    ]
