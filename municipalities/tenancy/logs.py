"""Logs go further than the database does, so they hold no rows of it, and nothing that opens a page."""

import logging
import re
import traceback

from municipalities.audit import context

# PostgreSQL adds to its errors the row or the piece of SQL that it stumbled over ("DETAIL:  Failing row
# contains (…)"), last in an exception's text. Values may have line breaks of their own: all goes until
# the next exception begins. In a `repr` the line break is written out.
_INNARDS = re.compile(
    r"(?:^[ \t|]*|\\n)(?:DETAIL|CONTEXT|QUERY|LINE \d+):.*?"
    r"(?=\n(?:Traceback \(|The above exception was the direct cause|During handling of the above)|\Z)",
    re.DOTALL | re.MULTILINE,
)

# A link opens its page, or an account, for whoever reads it (links/urls.py, login/urls.py), and the code of a voucher
# is worth a gift; in a parameter its slashes are written out.
_LINK = re.compile(
    r"((?:/|%2F)(?:l(?:/|%2F)[\w-]+|voucher|redeem(?:/|%2F)[\w-]+|account(?:/|%2F)invitation(?:/|%2F)[\w-]+|account(?:/|%2F)password(?:/|%2F)new)"
    r"(?:/|%2F))[^\s\"'<>?&#/%]+",
    re.IGNORECASE,
)


def without_rows(text: str) -> str:
    """What went wrong in the database, without what stands in it."""
    return _INNARDS.sub("", text)


def without_tokens(text: str) -> str:
    """With the purpose of a link, but not what opens it."""
    return _LINK.sub(r"\1…", text)


def where(error: BaseException) -> str:
    """The way to a fault in something that was about a person, without the fault's own words: a layout that
    fails quotes the address it failed on."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


class WithoutRows(logging.Formatter):
    """A formatter and not a filter: only here do the exceptions have their words, those of causes too."""

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = context.request_number()
        return without_tokens(without_rows(super().format(record)))
