"""A household as people write it who order something: birth years, and adults one a line."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from welcome.households.open_fields import clean_name
from welcome.meetings.models import MOST_CHILDREN, OF_AGE

OLDEST = 110


def clean_year(text: str, *, of_child: bool = False) -> int:
    """Raises ValidationError for a year in which nobody was born who orders, or comes along as a child."""
    this = timezone.localdate().year
    oldest = OF_AGE if of_child else OLDEST
    if not re.fullmatch(r"[0-9]{4}", text) or not this - oldest <= int(text) <= this:
        raise ValidationError(
            _("“%(text)s” is no year between %(first)s and %(last)s."),
            params={"text": text[:20], "first": this - oldest, "last": this},
        )
    return int(text)


def clean_children(text: str) -> list[int]:
    """Birth years as people write them: `2019, 2022` or `2019 og 2022`."""
    words = [word for word in re.findall(r"[^\s,;./]+", text) if word.casefold() not in {"og", "and"}]
    years = [clean_year(word, of_child=True) for word in words]
    if len(years) > MOST_CHILDREN:
        raise ValidationError(_("Call us if you are so many."))
    return sorted(years)


class YearsField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=_("In which years were the children born?"),
            help_text=_(
                "For instance: 2019, 2022. Nothing if there are none. We do not ask for their names."
            ),
            max_length=120,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )

    def clean(self, value: Any) -> Any:
        return clean_children(super().clean(value))


def adult_of(line: str) -> dict[str, Any]:
    found = re.fullmatch(r"(.*?)[\s,;(]*(\d{4})?\)?", line)
    name, year = (found[1], found[2]) if found else (line, None)
    name = clean_name(name.strip(" ,;"))
    if not name:
        raise ValidationError(_("Give a name on each line: “%(line)s” has none."), params={"line": line[:40]})
    return {"name": name, "born": clean_year(year) if year else None}
