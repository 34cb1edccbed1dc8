"""People who signed up for a meeting by phone and belong to no household that is known here: what is held of them
is found by the name and the number they gave, and by nothing else."""

import re
from collections.abc import Iterable

from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.households.recognition import name_key
from welcome.meetings import actions
from welcome.meetings.models import SignUp, SignUpQuerySet

MOST = 50  # On a page; who finds more says more of the name.
_FEWEST_DIGITS = 5
_NO_DIGIT = re.compile(r"\D+")


def of_place(place: Municipality) -> SignUpQuerySet:
    rows: SignUpQuerySet = SignUp.objects.of(place).filter(household=None)
    return rows.select_related("meeting", "municipality").order_by("-asked_at", "-pk")


def find(place: Municipality, words: str) -> list[SignUp]:
    """Those whose name holds each of these words, however they are spelled, or whose phone or e-mail is this one.
    They are few: 30 days after the meeting they are gone."""
    return [
        row for row in of_place(place).iterator() if _is_named(row.name, words) or _is_at(row.contact, words)
    ]


def _is_named(name: str, words: str) -> bool:
    wanted = set(name_key(words).split())
    return bool(wanted) and wanted <= set(name_key(name).split())


def _is_at(contact: str, words: str) -> bool:
    wanted = words.strip().casefold()
    if "@" in wanted:
        return wanted in contact.casefold().split()
    digits, known = _digits(wanted), _digits(contact)
    # With or without the country's number before it.
    return (
        len(digits) >= _FEWEST_DIGITS and bool(known) and (known.endswith(digits) or digits.endswith(known))
    )


def _digits(text: str) -> str:
    return "" if "@" in text else _NO_DIGIT.sub("", text)


def erase(*, rows: Iterable[SignUp], by: User | None) -> int:
    """Who waits for their seats moves up. How many rows; one that is gone already doesn't count."""
    return sum(actions.forget(sign_up=row, by=by) for row in rows)
