"""What links may be for. A slice that owns a page behind links declares its purposes in its own code."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.functional import Promise
from django.utils.text import slugify

from municipalities.tenancy.roles import Right


@dataclass(frozen=True)
class Purpose:
    """`page` is the name of a view with one argument, the slot of the grant. `over` tells the reader of a
    link that no longer opens how to get a new one. `right` is what staff need to issue it; without one,
    only the program does.

    `find` returns the object if the link may open now at all, else None. `state` is what must not have
    changed since the link was issued: when it has, the link is over. Neither goes anywhere in clear text.
    `language` is one of the site's, for the page.

    `one_click` is what a mail program does for its reader who wants no more of the mail that the link stands in.

    `by_login` is for a page that people may also log in to: the object that the login of this number opens
    now, with the login itself; None when it opens nothing any more. `stands_on` is what such a login stands on,
    for the object it opens: what is another one now, or nothing (""), opens nothing any more. `log_in` is the address
    to log in at again, of the municipality of this number.
    """

    code: str
    model: type[models.Model]
    lifetime: timedelta
    page: str
    over: Promise
    right: Right | None = None
    find: Callable[[int], Any] | None = None
    state: Callable[[Any], str] = lambda obj: ""
    municipality_id: Callable[[Any], int] = attrgetter("municipality_id")
    language: Callable[[Any], str] = lambda obj: ""
    one_click: Callable[[Any], object] | None = None
    by_login: Callable[[int], tuple[Any, models.Model] | None] | None = None
    stands_on: Callable[[Any], str] = lambda obj: ""
    log_in: Callable[[int], str] | None = None

    def __post_init__(self) -> None:
        if self.code != slugify(self.code) or not 2 <= len(self.code) <= 16:
            raise ImproperlyConfigured(f"{self.code!r} can't stand in an address.")
        if self.code in _known:
            raise ImproperlyConfigured(f"Two purposes of links are called {self.code!r}.")
        _known[self.code] = self

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    def object_of(self, pk: int) -> Any:
        """The object a link may open, None if it is gone or may not be opened now."""
        return self.find(pk) if self.find else self.model._default_manager.filter(pk=pk).first()


_known: dict[str, Purpose] = {}


def purpose(code: str) -> Purpose:
    """Raises ImproperlyConfigured for one that nobody declared."""
    try:
        return _known[code]
    except KeyError:
        raise ImproperlyConfigured(f"No slice declares links for {code!r}.") from None


def known(code: str) -> Purpose | None:
    return _known.get(code)


def purposes() -> Iterator[Purpose]:
    yield from _known.values()
