"""Enclosures as plates, kept in the cache for every worker: laid out when a run is proved, and not once more for its
print files. They are of the municipality's own texts and hold nothing of anybody's letter.
"""

import hashlib
import json
import logging

import weasyprint
from django.core.cache import cache
from redis.exceptions import RedisError

from welcome.letters.models import LetterRun, RunText
from welcome.letters.plates import Plate

KEPT = 7 * 24 * 3600  # From the proof to the approval it is mostly hours. After that it is laid out anew.
FORMAT = 1  # Counts up when a plate's parts or the look of the enclosure change.

logger = logging.getLogger(__name__)


def name_of(run: LetterRun, text: RunText, *, before: int) -> str:
    """By all that the enclosure's pages show, behind `before` personal ones."""
    shown = [
        FORMAT, weasyprint.__version__, run.letterhead, text.language, text.introduction, text.enclosure,
        text.words, before,
    ]  # fmt: skip
    return f"enclosure.{hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()}"


def find(name: str) -> Plate | None:
    try:
        parts = cache.get(name)
    except (RedisError, OSError) as error:
        logger.warning("The cache did not answer (%s): the enclosure is laid out anew.", type(error).__name__)
        return None
    return Plate.of(parts) if parts else None


def keep(name: str, plate: Plate) -> None:
    try:
        cache.set(name, plate.parts, KEPT)
    except (RedisError, OSError) as error:
        logger.warning("The cache took no enclosure (%s).", type(error).__name__)
