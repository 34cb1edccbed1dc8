"""Quarters of a year, the rhythm of the letters."""

import datetime
import re
from dataclasses import dataclass
from typing import Self

from django.utils import timezone


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int

    def __post_init__(self) -> None:
        if not (1 <= self.number <= 4 and 1900 <= self.year <= 2200):
            raise ValueError(f"There is no quarter {self.number} of {self.year}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """`2026Q3`, also `2026-3`, `2026 q3`, `2026K3`. Raises ValueError for anything else."""
        found = re.fullmatch(r"(\d{4})[\s-]*[QqKk]?([1-4])", text.strip())
        if found is None:
            raise ValueError(f"{text!r} is not a quarter; write it as 2026Q3.")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: datetime.date) -> Self:
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def current(cls) -> Self:
        return cls.of(timezone.localdate())

    @property
    def first_day(self) -> datetime.date:
        return datetime.date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> datetime.date:
        return self.next.first_day - datetime.timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> "Quarter":
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"
