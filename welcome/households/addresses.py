"""An address as one value: from a file's row, from a household, and back."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Self

from welcome.households import cells
from welcome.households.models import ADDRESS_FIELDS, AddressKind, Household
from welcome.households.recognition import address_key

_LIMITS = {
    field.name: field.max_length or 0 for field in Household._meta.fields if field.name in ADDRESS_FIELDS
}
_WRONG = "?"  # Named already; not to be named a second time as missing.
_HOME = {"", "no", "nor", "norge", "noreg", "norway", "norga"}


@dataclass(frozen=True, slots=True)
class Address:
    """Its fields are those of Household."""

    address_kind: str = AddressKind.UNKNOWN.value
    extra_line: str = ""
    street: str = ""
    house_number: str = ""
    house_letter: str = ""
    unit: str = ""
    postal_code: str = ""
    postal_place: str = ""
    foreign_address: str = ""

    @classmethod
    def of(cls, household: Household) -> Self:
        return cls(household.address_kind, *(getattr(household, name) for name in ADDRESS_FIELDS))

    @property
    def key(self) -> str:
        if self.address_kind == AddressKind.UNKNOWN:
            return ""
        return address_key(
            street=self.street,
            house_number=self.house_number,
            house_letter=self.house_letter,
            postal_code=self.postal_code,
            extra_line=self.extra_line,
            abroad=self.foreign_address,
        )

    @property
    def line(self) -> str:
        """The whole address on one line, for a preview."""
        lines = Household(**asdict(self)).address_lines
        return ", ".join([*lines, self.unit] if self.unit else lines)

    def put_on(self, household: Household) -> None:
        """Changes the object only; whoever calls it saves."""
        for name in ("address_kind", *ADDRESS_FIELDS):
            setattr(household, name, getattr(self, name))
        household.address_key = self.key


NO_ADDRESS = Address()

# Reads one field with one parser, notes what is wrong with it and answers the default instead.
Take = Callable[[str, Callable[[Any], Any], Any], Any]
Refuse = Callable[..., None]


def _text(field: str) -> Callable[[Any], str]:
    return lambda cell: cells.text_of(cell, limit=_LIMITS[field])


def read_address(take: Take, refuse: Refuse) -> Address:
    """From the columns of a row. What is wrong goes to `take` and `refuse`; then the result is not used."""
    country = take("country", lambda cell: cells.text_of(cell, limit=60), "")
    abroad = take("foreign_address", _text("foreign_address"), "")
    if abroad or country.casefold().strip(".") not in _HOME:
        return _abroad(take, refuse, country, abroad)

    whole = cells.whole_address_of(take("whole_address", lambda c: cells.text_of(c, limit=150), ""))
    both = take(
        "postal_both", lambda c: cells.postal_both_of(c, limit=_LIMITS["postal_place"]), (_WRONG, _WRONG)
    )
    number, letter = take("house_number", cells.house_of, ("", ""))
    street = take("street", _text("street"), _WRONG)
    if street and not number and (parts := cells.whole_address_of(street)).get("house_number"):
        street, whole = "", parts | {k: v for k, v in whole.items() if k not in parts}
    unit = take("unit", cells.unit_of, "") or whole.get("unit", "")
    parts = {
        "extra_line": _extra_line(take, refuse),
        "street": street or whole.get("street", ""),
        "house_number": number or ("" if street else whole.get("house_number", "")),
        "house_letter": take("house_letter", cells.letter_of, "")
        or letter
        or ("" if street else whole.get("house_letter", "")),
        "unit": unit,
        "postal_code": take("postal_code", cells.postal_code_of, _WRONG)
        or both[0]
        or whole.get("postal_code", ""),
        "postal_place": take("postal_place", _text("postal_place"), _WRONG)
        or both[1]
        or whole.get("postal_place", ""),
    }
    if not any(parts.values()):
        return NO_ADDRESS
    return _complete(parts, refuse)


def _complete(parts: dict[str, str], refuse: Refuse) -> Address:
    for name, value in parts.items():
        if len(value) > _LIMITS[name]:
            refuse("too_long", "whole_address", limit=_LIMITS[name])
    has_name = parts["extra_line"] and not re.match(r"(?i)c/o\b", parts["extra_line"])
    if not parts["street"] and not has_name:
        # A post code alone is no address, but it is more than nothing: whoever typed it must know.
        refuse("street_missing", "street")
    if not parts["postal_code"]:
        refuse("post_code_missing", "postal_code")
    if not parts["postal_place"]:
        refuse("post_place_missing", "postal_place")
    return Address(AddressKind.STREET.value if parts["street"] else AddressKind.CADASTRE.value, **parts)


def _extra_line(take: Take, refuse: Refuse) -> str:
    care_of = re.sub(r"(?i)^c/?o\b[ :.]*", "", take("care_of", _text("extra_line"), ""))
    farm = take("farm_name", _text("extra_line"), "")
    line = ", ".join(part for part in (f"c/o {care_of}" if care_of else "", farm) if part)
    if len(line) > _LIMITS["extra_line"]:
        refuse("too_long", "care_of" if care_of else "farm_name", limit=_LIMITS["extra_line"])
    return line


def _abroad(take: Take, refuse: Refuse, country: str, abroad: str) -> Address:
    def text(field: str) -> str:
        return take(field, lambda cell: cells.text_of(cell, limit=150), "")

    if not abroad:
        door = " ".join(filter(None, (text("street"), text("house_number"), text("house_letter"))))
        town = " ".join(filter(None, (text("postal_code"), text("postal_place")))) or text("postal_both")
        abroad = "\n".join(filter(None, (text("whole_address") or door, town)))
    if not abroad:
        return NO_ADDRESS
    if country.casefold() not in _HOME and country.casefold() not in abroad.casefold():
        abroad = f"{abroad}\n{country}"
    if len(abroad) > _LIMITS["foreign_address"]:
        refuse("too_long", "foreign_address", limit=_LIMITS["foreign_address"])
    return Address(AddressKind.FOREIGN.value, foreign_address=abroad)
