"""What is frozen in a run, as one number: two that are the same are letters that are the same.

The number is a sum: of what all letters share, and of each letter. So a letter that is taken out is taken off the sum,
and what is left stays proved; any other change gives a number that nobody has proved.
"""

import hashlib
import json
from typing import Any

from django.db import models
from django.db.models import Case, Value, When

from welcome.letters.models import NO_CODE, Letter, LetterRun

_SIZE = 2**256
_TEXTS = ("language", "greeting", "introduction", "enclosure", "words", "blocks")
# Where its code leads is not looked at: that is encrypted, and no layout depends on it.
_LETTER = (
    "number", "language", "address", "salutation", "people", "children", "host", "gifts", "channel", "email",
)  # fmt: skip
CHUNK = 2000


def _number(value: Any) -> int:
    return int.from_bytes(hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest())


def written(number: int) -> str:
    return f"{number % _SIZE:064x}"


def shared(run: LetterRun) -> int:
    """Of what its letters share."""
    texts = list(run.texts.order_by("language").values_list(*_TEXTS))
    dated = run.dated.isoformat() if run.dated else ""
    return _number([run.pk, run.year, run.number, dated, run.letterhead, run.meeting, texts])


def of_letters(run: LetterRun, **only: Any) -> dict[int, int]:
    """By the letters' ids."""
    coded = Case(When(NO_CODE, then=Value(False)), default=Value(True), output_field=models.BooleanField())
    letters = Letter.objects.filter(run=run, **only).annotate(coded=coded).order_by("pk")
    rows = letters.values_list("pk", *_LETTER, "coded").iterator(chunk_size=CHUNK)
    return {pk: _number([run.pk, *values]) for pk, *values in rows}


def of_run(run: LetterRun) -> str:
    return written(shared(run) + sum(of_letters(run).values()))


def of_letter(letter: Letter) -> str:
    """Of one letter with what it shares with the others."""
    [number] = of_letters(letter.run, pk=letter.pk).values()
    return written(shared(letter.run) + number)


def without(made_from: str, letter: int) -> str:
    """What is left of `made_from` when this letter is taken out."""
    return written(int(made_from, 16) - letter)
