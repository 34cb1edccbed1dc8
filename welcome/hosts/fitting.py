"""How well each waiting household and each host go together, as numbers, and the assignment that makes the most of it.

Rows are households, columns hosts, both in the order of their numbers: the same rows give the same answer. No model, no
database; what it is made from is read by `matching.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Numbers = NDArray[np.int16]  # No sum of what speaks for a pair comes near its limit.
Marks = NDArray[np.bool_]

# Having a host at all is worth more than having another one: nobody is left out to please somebody else.
A_HOST = 1000
LETTERS, LANGUAGE, CHILDREN, WORD, PLACE, SAME_REASON, HAS_MOVED = 60, 30, 15, 12, 20, 12, 5
MOST_CHILDREN, MOST_WORDS = 2, 3
# What each household that a host has already takes from the next one.
A_LOAD = 15
A_WEEK, MOST_WEEKS = 1, 26
AGES, NEAR_IN_AGE = 18, 2


@dataclass(frozen=True)
class Home:
    """A waiting household, as far as matching sees it. `ages` are those of its children."""

    pk: int
    language: str
    languages: frozenset[str]
    ages: tuple[int, ...]
    words: frozenset[str]
    place: str
    reason: str
    weeks: int


@dataclass(frozen=True)
class Local:
    """A host with room. `load` is how many households they have, `free` how many more they take."""

    pk: int
    languages: frozenset[str]
    ages: tuple[int, ...]
    words: frozenset[str]
    place: str
    reason: str
    load: int
    free: int


@dataclass(frozen=True)
class Fit:
    """Each array is households by hosts. `allowed` is False for those who have parted before."""

    letters: Marks  # The host speaks the language of their letters.
    shared: Numbers  # How many languages both speak.
    near: Numbers  # How many of their children have one of the host's near in age.
    words: Numbers  # How many words about what they like are the same.
    place: Marks
    same_reason: Marks
    has_moved: Marks
    allowed: Marks
    score: Numbers


def fit(homes: Sequence[Home], hosts: Sequence[Local], parted: Iterable[tuple[int, int]]) -> Fit:
    """`parted` are pairs of numbers of a household and a host."""
    letters = _member([{home.language} for home in homes], [host.languages for host in hosts]) > 0
    shared = _member([home.languages for home in homes], [host.languages for host in hosts])
    near = _near(homes, hosts)
    words = _member([home.words for home in homes], [host.words for host in hosts])
    place = _same([home.place for home in homes], [host.place for host in hosts])
    same_reason = _same([home.reason for home in homes], [host.reason for host in hosts])
    moved = np.array([bool(host.reason) for host in hosts], dtype=bool)
    has_moved = np.broadcast_to(moved, (len(homes), len(hosts)))
    weeks = np.array([min(home.weeks, MOST_WEEKS) for home in homes], dtype=np.int16)
    score = (
        A_HOST
        + letters * np.int16(LETTERS)
        + np.minimum(shared, 2) * np.int16(LANGUAGE)
        + np.minimum(near, MOST_CHILDREN) * np.int16(CHILDREN)
        + np.minimum(words, MOST_WORDS) * np.int16(WORD)
        + place * np.int16(PLACE)
        + np.where(same_reason, np.int16(SAME_REASON), has_moved * np.int16(HAS_MOVED))
        + (weeks * np.int16(A_WEEK))[:, None]
    )
    allowed = np.ones(score.shape, dtype=bool)
    row_of = {home.pk: row for row, home in enumerate(homes)}
    column_of = {host.pk: column for column, host in enumerate(hosts)}
    for home, host in parted:
        if home in row_of and host in column_of:
            allowed[row_of[home], column_of[host]] = False
    return Fit(letters, shared, near, words, place, same_reason, has_moved, allowed, score)


def places(
    score: Numbers, allowed: Marks, loads: Sequence[int], free: Sequence[int]
) -> tuple[Numbers, NDArray[np.intp]]:
    """The matrix of households by free places, worth less with each household that the host has, and the host's column
    for each place. What is not allowed is worth nothing, as is having no host; whatever is allowed is worth more."""
    hosts = np.repeat(np.arange(len(free)), free)
    firsts = np.cumsum(free, dtype=int) - free
    turns = np.arange(len(hosts)) - firsts[hosts] + np.asarray(loads, dtype=int)[hosts]
    worth: Numbers = np.where(allowed, score, np.int16(0))[:, hosts]
    worth -= (turns * A_LOAD).astype(np.int16)
    return np.maximum(worth, np.int16(0), out=worth), hosts


def best(score: Numbers, allowed: Marks, loads: Sequence[int], free: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of a row and a host's column, of the greatest total worth that there is (Kuhn and Munkres, as
    Jonker and Volgenant reckon it). No host twice beyond `free`, no household twice."""
    worth, hosts = places(score, allowed, loads, free)
    if not worth.size:
        return []
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [
        (int(row), int(hosts[column]))
        for row, column in zip(rows, columns, strict=True)
        if allowed[row, hosts[column]]
    ]


def _member(mine: Sequence[Iterable[str]], theirs: Sequence[Iterable[str]]) -> Numbers:
    """How many words each of mine has in common with each of theirs."""
    known: dict[str, int] = {}
    for words in theirs:
        for word in words:
            known.setdefault(word, len(known))
    # Whole numbers below sixteen million are exact in a float32.
    return (_marks(mine, known) @ _marks(theirs, known).T).astype(np.int16)


def _marks(each: Sequence[Iterable[str]], known: dict[str, int]) -> NDArray[np.float32]:
    marks = np.zeros((len(each), len(known)), dtype=np.float32)
    at = [(row, known[word]) for row, words in enumerate(each) for word in words if word in known]
    if at:
        rows, columns = zip(*at, strict=True)
        marks[rows, columns] = 1
    return marks


def _near(homes: Sequence[Home], hosts: Sequence[Local]) -> Numbers:
    ours = np.zeros((len(homes), AGES), dtype=np.float32)
    for row, home in enumerate(homes):
        for age in home.ages:
            ours[row, age] += 1
    theirs = np.zeros((len(hosts), AGES), dtype=np.float32)
    for row, host in enumerate(hosts):
        for age in host.ages:
            theirs[row, max(age - NEAR_IN_AGE, 0) : age + NEAR_IN_AGE + 1] = 1
    return (ours @ theirs.T).astype(np.int16)


def _same(mine: Sequence[str], theirs: Sequence[str]) -> Marks:
    """Equal, and not empty."""
    numbers: dict[str, int] = {"": 0}
    ours = np.array([numbers.setdefault(word, len(numbers)) for word in mine], dtype=int)
    others = np.array([numbers.setdefault(word, len(numbers)) for word in theirs], dtype=int)
    found: Marks = (ours[:, None] == others[None, :]) & (ours != 0)[:, None]
    return found
