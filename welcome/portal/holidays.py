"""Norway's public holidays, by the law on them (lov om helligdager). Sundays are none of them here: who is open on a
Sunday says so in their week."""

import datetime
from functools import lru_cache

import holidays
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# As the library names them in English.
NAMES: dict[str, Promise] = {
    "New Year's Day": _("New Year's Day"),
    "Maundy Thursday": _("Maundy Thursday"),
    "Good Friday": _("Good Friday"),
    "Easter Sunday": _("Easter Sunday"),
    "Easter Monday": _("Easter Monday"),
    "Labor Day": pgettext_lazy("public holiday", "1 May"),
    "Constitution Day": pgettext_lazy("public holiday", "17 May"),
    "Ascension Day": _("Ascension Day"),
    "Pentecost": _("Whit Sunday"),
    "Pentecost Monday": _("Whit Monday"),
    "Christmas Day": _("Christmas Day"),
    "Second Day of Christmas": _("Boxing Day"),
}


@lru_cache(maxsize=8)
def _of(year: int) -> dict[datetime.date, str]:
    return dict(holidays.country_holidays("NO", years=year, language="en_US"))


def holiday(day: datetime.date) -> str:
    """Its name, empty for any other day. Two at once (17 May on Whit Sunday) are called by the first."""
    name = _of(day.year).get(day, "")
    first = name.split("; ")[0].split(", ")[0]
    return str(NAMES.get(first, _("a public holiday"))) if name else ""
