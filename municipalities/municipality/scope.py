"""Whose rows the code that runs now may reach: the wall behind `visible_to` and `of`.

On PostgreSQL each statement carries the scope with it, and row-level security lets it see and write the
rows of these municipalities only (`tenancy/walls.py`). A request gets its scope from the user's
memberships, a task and a command set theirs; without one there are no rows. SQLite has no such wall:
there the words of the querysets are all there is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import models

SETTING = "tilflytter.scope"


@dataclass(frozen=True)
class Scope:
    """`municipalities` are their ids, None for all; `public` adds what every visitor may read."""

    municipalities: frozenset[int] | None = frozenset()
    public: bool = False

    @property
    def as_setting(self) -> str:
        """As the database's policies read it: `*` or `3,17`, with a `p` in front for the public."""
        ids = (
            "*"
            if self.municipalities is None
            else ",".join(str(int(pk)) for pk in sorted(self.municipalities))
        )
        return f"{'p' if self.public else ''}{ids}"


NOTHING = Scope()
EVERYWHERE = Scope(None)
# A thread and a task begin with nothing, whatever the one before had.
_current: ContextVar[Scope] = ContextVar("scope", default=NOTHING)


def current() -> Scope:
    return _current.get()


@contextmanager
def within(scope: Scope) -> Iterator[None]:
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def of(*municipality_ids: int) -> Iterator[None]:
    """The rows of these municipalities."""
    with within(Scope(frozenset(municipality_ids))):
        yield


@contextmanager
def everywhere() -> Iterator[None]:
    """The rows of all: for the clock's work that goes from one municipality to the next, and for finding
    out whose a row is. Narrow with `of` as soon as that is known."""
    with within(EVERYWHERE):
        yield


@contextmanager
def public() -> Iterator[None]:
    """What a visitor may read, and nothing to write."""
    with within(Scope(public=True)):
        yield


@contextmanager
def of_row(model: type[models.Model], pk: object) -> Iterator[None]:
    """The municipality of one row, for a task that has only its number; nothing if the row is gone."""
    with everywhere():
        found = model._default_manager.filter(pk=pk).values_list("municipality", flat=True).first()
    with of(*([] if found is None else [found])):
        yield
