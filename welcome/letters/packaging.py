"""From what a run's letters tell of to the packages that are packed: composed when the run is approved, so that
nothing lies packed of a run that may still change, and taken back with the letter."""

from collections import Counter
from typing import Any

from municipalities.tenancy.models import User
from welcome.letters.models import Letter, LetterRun
from welcome.packages import actions, stock
from welcome.packages.actions import Wanted
from welcome.packages.composing import GiftLine


def occasion(run: LetterRun) -> str:
    return f"{run.year}-{run.number}"


def compose(run: LetterRun, *, by: User | None) -> int:
    """The caller holds the run's lock."""
    letters = run.letters.filter(household__isnull=False, merged=False).order_by("number")
    rows = letters.values_list("household", "language", "gifts")
    wanted = [
        Wanted(household, language, _lines(gifts)) for household, language, gifts in rows.iterator(chunk_size=500)
    ]  # fmt: skip
    return actions.compose(municipality=run.municipality, occasion=occasion(run), wanted=wanted, by=by)


def withdraw(run: LetterRun, letter: Letter, *, by: User | None) -> None:
    if letter.household_id is not None:
        of = (letter.household_id, letter.merged)
        actions.withdraw(municipality=run.municipality, occasion=occasion(run), of=of, by=by)


def withdraw_all(run: LetterRun, *, by: User | None) -> None:
    actions.withdraw(municipality=run.municipality, occasion=occasion(run), of=None, by=by)


def lacking(run: LetterRun) -> list[stock.Lack]:
    """Which gifts would run short if these letters went."""
    needed: Counter[int] = Counter()
    for gifts in run.letters.values_list("gifts", flat=True).iterator(chunk_size=500):
        for line in _lines(gifts):
            if line.gift is not None:
                needed[line.gift] += line.count
    return stock.lacking(run.municipality, needed)


def _lines(gifts: list[dict[str, Any]]) -> list[GiftLine]:
    """Letters of before the gift's number was kept have none to pack by."""
    return [
        GiftLine(
            line.get("gift"),
            line["title"],
            int(line.get("count", 1)),
            line.get("giver", ""),
            line.get("note", ""),
        )
        for line in gifts
    ]
