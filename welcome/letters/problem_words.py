"""What is said of a problem, in the reader's language: the problem itself is kept as a code and what it names."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.texts.languages import LANGUAGES
from welcome.letters import fields
from welcome.letters.template_models import BlockKind

Details = Mapping[str, Any]


def said(code: str, details: Details, letter: str = "") -> str:
    """`letter` is what it is called, where the problem is of one."""
    words = _SENTENCES[code](details) if code in _SENTENCES else code
    return f"{letter}: {words}" if letter else words


def _name(code: str) -> str:
    return LANGUAGES[code].own_name


def _block(kind: str) -> str:
    return str(BlockKind(kind).label)


def _glyph(of: Details) -> str:
    return _("no font can print %(characters)s.") % {"characters": ", ".join(of["characters"])}


def _text_glyph(of: Details) -> str:
    where = _("the texts in %(language)s") % {"language": _name(of["language"])} if of.get("language") else ""
    return _("No font can print %(characters)s in %(where)s.") % {
        "characters": ", ".join(of["characters"]),
        "where": where or _("the letterhead"),
    }


def _too_many_pages(of: Details) -> str:
    words = ngettext(
        "it takes %(count)d page before its enclosure: make a text shorter.",
        "it takes %(count)d pages before its enclosure: make a text shorter.",
        of["count"],
    )
    return words % of


def _language_fallback(of: Details) -> str:
    words = ngettext(
        "%(count)d household asked for %(wished)s, which has no greeting: %(taken)s is used.",
        "%(count)d households asked for %(wished)s, which has no greeting: %(taken)s is used.",
        of["count"],
    )
    return words % {"count": of["count"], "wished": _name(of["wished"]), "taken": _name(of["taken"])}


def _field(of: Details) -> str:
    faults = " ".join(fields.faults(of["words"], of["block"]))
    return _("“%(block)s” in %(language)s: %(fault)s") % {
        "block": _block(of["block"]), "language": _name(of["language"]), "fault": faults,
    }  # fmt: skip


def _block_fallback(of: Details) -> str:
    return _("Missing in %(language)s, and printed in another language: %(blocks)s.") % {
        "language": _name(of["language"]),
        "blocks": ", ".join(f"{_block(kind)} ({_name(language)})" for kind, language in of["blocks"]),
    }


def _topic_fallback(of: Details) -> str:
    return _("Missing in %(language)s, and printed in another language: %(topics)s.") % {
        "language": _name(of["language"]), "topics": ", ".join(of["topics"]),
    }  # fmt: skip


_SENTENCES: dict[str, Callable[[Details], str]] = {
    # --- of one letter ---------------------------------------------------------------------------
    "glyph": _glyph,
    "address_too_long": lambda of: (
        _("the address does not fit its window: %(lines)d lines of %(width)d mm.") % of
    ),
    "field_without_value": lambda of: (
        _("nothing is known for %(fields)s, so its place in the text stays empty.")
        % {"fields": ", ".join(f"{{{name}}}" for name in of["fields"])}
    ),
    "too_many_pages": _too_many_pages,
    "fatal": lambda of: _("%(count)d workers died while they laid it out.") % of,
    "unexpected": lambda of: _("it can't be laid out (%(name)s).") % of,
    # --- why something can't be laid out ---------------------------------------------------------
    "fetching": lambda of: _("it wants something from outside: %(what)s") % of,
    "too_slow": lambda of: _("laying it out took more than %(seconds)s seconds.") % of,
    "carries_file": lambda of: _("it wants to carry a file along."),
    "leaves_window": lambda of: _("the address line “%(text)s” leaves the window.") % of,
    "in_window": lambda of: _("“%(text)s” stands in the window.") % of,
    "off_page": lambda of: _("“%(text)s” leaves the printable area of page %(page)s.") % of,
    "too_long": lambda of: _("“%(text)s” is too long for its place.") % of,
    "picture_gone": lambda of: _("The picture %(path)s is missing.") % of,
    "picture_changed": lambda of: _("The picture %(path)s is not what was frozen.") % of,
    "unsettled": lambda of: _("the number of its pages changes with what is printed about it."),
    # --- of the whole run ------------------------------------------------------------------------
    "nobody": lambda of: _("Nobody gets a letter in this run."),
    "no_arms": lambda of: _("The municipality's arms are missing: a plain shield is printed."),
    "no_signature": lambda of: _(
        "The mayor's signature is missing: the name is printed, without a signature."
    ),
    "text_glyph": _text_glyph,
    "language_fallback": _language_fallback,
    "field": _field,
    "block_fallback": _block_fallback,
    "no_enclosure": lambda of: _("No topic is written for the enclosure in any language."),
    "topic_fallback": _topic_fallback,
}  # fmt: skip
