"""What leaves the portal for a spreadsheet is text, whatever it begins with."""

from typing import Any

# What Excel and its kin take for the beginning of a formula, also behind a tab or a line break.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula, with an apostrophe before it; else the cell."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUNS) else cell
