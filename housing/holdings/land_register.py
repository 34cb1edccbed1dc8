"""Numbers of the land register (matrikkelen) as lists write them."""

import re
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from import_export.widgets import Widget

from municipalities.tenancy.import_cells import text_of

NUMBERS = ["gnr", "bnr", "fnr", "snr"]
PlaceNumber = tuple[int, int, int, int]
_NUMBER = re.compile(
    r"(?:(?P<place>[0-9]{4}) ?[-–] ?)?"
    r"(?P<gnr>[0-9]{1,5}) ?/ ?(?P<bnr>[0-9]{1,5})(?: ?/ ?(?P<fnr>[0-9]{1,5}))?(?: ?/ ?(?P<snr>[0-9]{1,5}))?"
)


class LandNumber(NamedTuple):
    """`municipality` is empty where the number stands without it."""

    municipality: str
    parts: PlaceNumber


class NumberCell(Widget):
    """`34/7`, `34/7/2/1`, `3330-34/7`."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> LandNumber | None:
        text = text_of(value)
        if not text:
            return None
        if not (found := _NUMBER.fullmatch(text)):
            # 4/7 typed into a spreadsheet is the fourth of July, or the seventh of April.
            raise ValueError(_("Not a number of the land register. Write 34/7 or 34/7/2/1, as text."))
        gnr, bnr, fnr, snr = (int(found[name] or 0) for name in NUMBERS)
        return LandNumber(found["place"] or "", (gnr, bnr, fnr, snr))
