"""Saving a municipality's letter: each time a new version, so that a run can say which one it printed."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.html import format_html
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from municipalities.texts.languages import LANGUAGES
from welcome.letters.default_blocks import words_for
from welcome.letters.speaking import spoken
from welcome.letters.template_models import BlockKind, LetterTemplate, sanitised, template_of


class Overtaken(Exception):
    """Somebody else has saved a version since this one was begun."""


def save(
    *,
    municipality: Municipality,
    blocks: list[dict[str, Any]],
    seen: int,
    by: User | None,
    again: int | None = None,
) -> LetterTemplate:
    """The next version, or the newest where nothing is changed. `seen` is the version it was written over.
    Raises Overtaken, ValidationError."""
    newest = template_of(municipality)
    if newest.version != seen:
        raise Overtaken
    made = LetterTemplate(
        municipality=municipality, version=seen + 1, blocks=sanitised(blocks), made_by=by, again=again
    )
    if newest.pk and made.blocks == newest.blocks:
        return newest
    made.clean_fields()
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Overtaken from error
    recording.record(
        action=Action.ADDED, of=made, note=f"version={made.version}", by_id=by.pk if by else None
    )
    return made


def use_again(*, template: LetterTemplate, by: User | None) -> LetterTemplate:
    """The newest version is then a copy of this earlier one; what came between stays."""
    newest = template_of(template.municipality)
    return save(
        municipality=template.municipality,
        blocks=template.blocks,
        seen=newest.version,
        by=by,
        again=template.version,
    )


@dataclass(frozen=True)
class Change:
    """What one version has otherwise than the one before, for people."""

    block: str
    what: str
    language: str = ""
    before: str = ""  # Words as they were and as they are: sanitised HTML.
    after: str = ""


def changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[Change]:
    found = []
    was = {block["kind"]: block for block in before}
    if [block["kind"] for block in before] != [block["kind"] for block in after]:
        order = ", ".join(str(BlockKind(block["kind"]).label) for block in after)
        found.append(Change("", _("The order: %(order)s") % {"order": order}))
    for block in after:
        name, old = str(BlockKind(block["kind"]).label), was[block["kind"]]
        if block["shown"] != old["shown"]:
            found.append(Change(name, _("Is in the letter") if block["shown"] else _("Is not in the letter")))
        for language in LANGUAGES:
            there, now = _text(old, language), _text(block, language)
            if there != now:
                found.append(Change(name, _("Other words"), language, _words(there), _words(now)))
    return found


def _text(block: dict[str, Any], language: str) -> dict[str, str] | None:
    """What the block says in this language: its own words, else the portal's where it has some."""
    if language in block["texts"] or block["kind"] == BlockKind.GREETING or spoken(language) != language:
        return block["texts"].get(language)
    return words_for(block["kind"], language)


def _words(text: dict[str, str] | None) -> str:
    if text is None:
        return ""
    title = format_html("<p><strong>{}</strong></p>", text["title"]) if text["title"] else ""
    return str(title) + text["body"]
