"""What a household gets, by the rules of the gifts. Nothing is read or written here but what is handed in."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from welcome.packages.models import Gift, GiftRule


@dataclass(frozen=True)
class GiftLine:
    """A line of the letter: `2 × Swimming tickets`, from whom, on what terms."""

    gift: int | None  # Its number: the same gift has another title in another language.
    title: str
    count: int
    giver: str
    note: str


def gifts_of(
    gifts: Iterable[Gift], *, adults: int, children: Sequence[int | None], day: datetime.date, language: str
) -> list[GiftLine]:
    """In the order of `gifts`, whose texts should be prefetched. `children` are ages in whole years on `day`,
    None where nobody knows: such a child gets what is for every child, and nothing that asks for an age. A
    gift without a word in any language can't be told of and is left out."""
    lines = []
    for gift in gifts:
        text = gift.text_set.best(language)
        count = _count(gift, adults, children)
        if text is not None and text.title and count and gift.is_given_on(day):
            lines.append(GiftLine(gift.pk, text.title, count, gift.donor, text.brief))
    return lines


def _count(gift: Gift, adults: int, children: Sequence[int | None]) -> int:
    if gift.rule == GiftRule.HOUSEHOLD:
        return 1 if adults or children else 0
    who = adults if gift.rule == GiftRule.ADULT else sum(_fits(gift, age) for age in children)
    return who if gift.most is None else min(who, gift.most)


def _fits(gift: Gift, age: int | None) -> bool:
    if gift.age_from is None and gift.age_to is None:
        return True
    return age is not None and (gift.age_from or 0) <= age and (gift.age_to is None or age <= gift.age_to)
