"""What a slice says of the mail to those who send something in to it. Each declares its desk in its own code."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from municipalities.links.purposes import Purpose
from municipalities.moderation.models import Moderated, News, SentIn


@dataclass(frozen=True)
class Desk:
    """`templates` is the folder of its `…_mail.txt`, one for each kind of news. `page_of` is the address of what is
    published; `title_of` names it in a language."""

    model: type[SentIn]
    rows: type[Moderated]
    purpose: Purpose
    templates: str
    subjects: dict[News, Promise]
    title_of: Callable[[Any, str], str]
    page_of: Callable[[Any], str]

    def __post_init__(self) -> None:
        _desks[self.model._meta.label_lower] = self


_desks: dict[str, Desk] = {}


def desk_of(label: str) -> Desk:
    return _desks[label]


def desks() -> Iterator[Desk]:
    yield from _desks.values()
