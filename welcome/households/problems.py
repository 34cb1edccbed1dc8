"""What can be wrong with a file or a row, as a code with figures; the sentence is made for its reader.

A sentence never quotes the cell: reasons are kept, printed and sent on when the values are long gone.
"""

from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

# Of the whole file.
_OF_FILES = {
    "file_empty": _("The file is empty."),
    "file_no_rows": _("The file has a header but no rows."),
    "file_too_big": _("The file is larger than %(limit)s MB."),
    "file_too_many_rows": _("The file has more than %(limit)s rows. Divide it and import the parts."),
    "file_too_wide": _("The file has more than %(limit)s columns."),
    "file_other_kind": _(
        "This is neither CSV nor XLSX. Save it as one of them, without a password, and try again."
    ),
    "file_broken": _("The file is damaged or cut off. Save it again and upload it once more."),
    "file_bomb": _("The file unpacks to far more than a list of people. It was not opened."),
    "file_encoding": _("Some characters of the file can't be read. Save it as CSV UTF-8 or XLSX."),
    "file_cell_too_long": _(
        "A cell is longer than %(limit)s characters; often a quotation mark is opened and never closed."
    ),
    "file_headers_missing": _("These columns are needed and were not found: %(columns)s."),
    "file_headers_doubled": _("Two columns mean the same: %(columns)s. Remove one of them."),
    "file_failed": _("Something went wrong on our side (%(kind)s). Nothing was saved. Try again."),
}  # fmt: skip

# Of one row that is not saved.
_OF_ROWS = {
    "name_missing": _("The name is missing."),
    "name_characters": _("The name has characters that no name has (digits, emoji or control characters)."),
    "name_direction": _("The name has invisible characters that change the reading direction."),
    "control_characters": _("The cell has control characters."),
    "too_long": _("Longer than %(limit)s characters."),
    "no_value": _("The cell has a formula without a result."),
    "date_unreadable": _("Not a date. Write 22.11.2026 or 2026-11-22."),
    "date_impossible": _("There is no such date."),
    "date_short_year": _("Write the year with four digits."),
    "birth_is_identity_number": _(
        "This looks like a national identity number, which must not be imported. Give the birth date."
    ),
    "birth_impossible": _("The birth date or year can't be right."),
    "birth_disagrees": _("The birth year is not that of the birth date."),
    "died_impossible": _("The date of death can't be right."),
    "moved_in_missing": _("The date of moving in is missing."),
    "moved_in_too_early": _("The date of moving in lies before 1900."),
    "moved_in_too_late": _("The date of moving in lies more than three months ahead."),
    "street_missing": _("The address has no street or farm name."),
    "post_code_missing": _("The post code is missing."),
    "post_code_wrong": _("A post code has four digits."),
    "post_place_missing": _("The post place is missing."),
    "house_number_wrong": _("The house number is not a number with at most one letter."),
    "house_letter_wrong": _("The letter of the house is one letter."),
    "unit_wrong": _("The unit is one of H, U, K, L and four digits, such as H0101."),
    "erased": _("The person was erased here after the file was read, so nothing was kept of the row."),
    "protection_unknown": _("This grade of address protection is not known, so nothing was kept of the row."),
}  # fmt: skip

# Of a row that is saved all the same.
_TOLD = {
    "phone_wrong": _("Not a phone number; left out."),
    "email_wrong": _("Not an e-mail address; left out."),
    "language_unknown": _("Not a language of the portal; English is used."),
    "reason_unknown": _("Not one of the reasons; left out."),
    "role_unknown": _("Neither adult nor child; the age decides."),
    "address_unknown": _("No address: the household gets no letter."),
    "same_row": _("The same person stands in row %(row)s."),
    "looks_like": _("Looks like someone in household %(household)s, but the address is another."),
    "misspelt": _("Recognised, though the name is spelled differently in household %(household)s."),
    "lived_here_before": _("Lived here before, in household %(household)s."),
    "address_differs": _("Household %(household)s has another address. It was left as it is."),
    "part_moved": _("Only some of household %(household)s have moved. Its address was left as it is."),
    "held": _("The processing of household %(household)s is restricted: nothing of the row is saved."),
    "protection_stays": _("Household %(household)s is protected. That is lifted only by hand."),
}  # fmt: skip

SENTENCES = _OF_FILES | _OF_ROWS | _TOLD


@dataclass(frozen=True)
class Problem:
    code: str
    column: str = ""  # As the file calls it.
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        return self.code not in _TOLD

    @property
    def sentence(self) -> str:
        sentence = str(SENTENCES[self.code])
        return sentence % self.params if self.params else sentence

    def __str__(self) -> str:
        return f"{self.column}: {self.sentence}" if self.column else self.sentence

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "column": self.column, "params": self.params}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        return cls(value["code"], value.get("column", ""), value.get("params", {}))
