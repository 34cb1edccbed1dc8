"""How long a municipality may decide to keep things, and how months are counted back."""

import calendar
import datetime

from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The least months. Who was marked as gone by mistake, or planned yesterday, must live to be put right. Post
# comes back, and a letter is asked for again, until the next quarter's have gone out. A log that answers for
# less than a year's letters answers for nothing.
LEAST = {"left": 1, "planning": 1, "letters": 3, "enquiries": 1, "audit": 12}
TOO_SHORT = {
    "left": _("Keep households that have left for at least 1 month, so that a mistake can be put right."),
    "planning": _("Keep those who plan to move for at least 1 month, or they are gone before you answer."),
    "letters": _(
        "Keep letters for at least 3 months: until the next quarter's have gone out, post comes back."
    ),
    "enquiries": _("Keep enquiries for at least 1 month after they are closed: people write back."),
    "audit": _("Keep the log for at least 12 months, so that it answers for a year's letters."),
}


def bounds(what: str, most: int) -> list[BaseValidator]:
    return [MinValueValidator(LEAST[what], TOO_SHORT[what]), MaxValueValidator(most)]


def constraints() -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(**{f"retention_{what}_months__gte": least}),
            name=f"municipality_retention_{what}_is_long_enough",
            violation_error_message=TOO_SHORT[what],
        )
        for what, least in LEAST.items()
    ]


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day of an earlier month; the last one where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
