"""The blocks of one letter, filled with what this household is told. Pure: from frozen rows to HTML."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from welcome.letters import fields
from welcome.letters.directions import isolated
from welcome.letters.models import Letter, RunText
from welcome.letters.template_models import BlockKind
from welcome.letters.words import begins_right_to_left, is_right_to_left


@dataclass(frozen=True)
class Block:
    """`html` and `title` are filled and safe to print; `code` is what the QR code leads to, or ""."""

    kind: str
    title: SafeString
    html: SafeString
    language: str
    code: str = ""

    @property
    def template(self) -> str:
        return f"print/blocks/{self.kind}.html"

    @property
    def rtl(self) -> bool:
        return is_right_to_left(self.language)

    @property
    def shape(self) -> tuple[str, str, str, bool]:
        """Letters whose blocks have the same shapes are laid out alike; a code is a square, whatever it
        leads to."""
        return self.kind, self.title, self.html, bool(self.code)


def blocks_of(letter: Letter, text: RunText) -> list[Block]:
    """What `letter` tells, in order. `text` is its run's in its language, read through the run, which is
    asked for letterhead and meeting."""
    return [
        Block(
            kind=frozen["kind"],
            title=_readable(fields.fill(escape(frozen["title"]), letter, text), frozen["language"]),
            html=_readable(_html(frozen, letter, text), frozen["language"]),
            language=frozen["language"],
            code=letter.code if frozen["kind"] == BlockKind.MEETING else "",
        )
        for frozen in text.blocks or before_there_were_blocks(text)
        if is_told(frozen["kind"], letter, text)
    ]


def _readable(html: SafeString, language: str) -> SafeString:
    return isolated(html) if is_right_to_left(language) else html


def is_told(kind: str, letter: Letter, text: RunText) -> bool:
    """Whether there is anything to tell this household in a block of this kind."""
    match kind:
        case BlockKind.FAMILY:
            return letter.children > 0
        case BlockKind.HOST:
            return bool(letter.host)
        case BlockKind.MEETING:
            return bool(text.run.meeting)
        case BlockKind.GIFTS:
            return bool(letter.gifts)
    return True


def before_there_were_blocks(text: RunText) -> list[dict[str, Any]]:
    """A run that was frozen earlier prints as it did."""
    words = text.words
    return [
        {"kind": kind.value, "title": title, "body": body, "language": text.language}
        for kind, title, body in [
            (BlockKind.GREETING, "", ""),
            (
                BlockKind.PRACTICAL,
                words.get("practical_title", ""),
                f"<p>{escape(words.get('practical', ''))}</p>",
            ),
            (BlockKind.SIGNATURE, "", f"<p>{escape(words.get('closing', ''))}</p>"),
        ]
    ]


def _html(frozen: dict[str, Any], letter: Letter, text: RunText) -> SafeString:
    kind = frozen["kind"]
    body = fields.fill(text.greeting["body"] if kind == BlockKind.GREETING else frozen["body"], letter, text)
    match kind:
        case BlockKind.HOST:
            return body + _about_host(letter.host, text.words)
        case BlockKind.MEETING:
            return body + _about_meeting(letter, text)
        case BlockKind.GIFTS:
            return body + _list_of_gifts(letter.gifts, text.words)
    return body


def _about_host(host: dict[str, str], words: dict[str, str]) -> SafeString:
    about = format_html("<p>{}</p>", host["about"]) if host.get("about") else SafeString("")
    known = [
        format_html('<bdi class="nowrap ltr">{}</bdi>', known)
        for known in (host.get("phone", "").replace(" ", "\u00a0"), host.get("email", ""))
        if known
    ]
    if host.get("languages"):
        known.append(format_html("{} {}", words.get("speaks", ""), host["languages"]))
    reach = format_html('<p class="contact">{}</p>', _joined(known)) if known else SafeString("")
    return about + reach


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe(" · ".join(parts))  # noqa: S308 - each part is escaped


def _about_meeting(letter: Letter, text: RunText) -> SafeString:
    about = text.run.meeting.get("texts", {}).get(text.language, {})
    html = SafeString("")
    if about.get("body"):
        attributes = _foreign(about.get("language", text.language), text.language)
        html += format_html("<p{}>{}</p>", attributes, about["body"])
    if letter.code and text.words.get("scan"):
        html += format_html('<p class="scan">{}</p>', text.words["scan"])
    return html


def _foreign(language: str, around: str) -> SafeString:
    """Attributes of words in another language than those around them."""
    if language == around:
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', language, "rtl" if is_right_to_left(language) else "ltr")


def _list_of_gifts(gifts: list[dict[str, Any]], words: dict[str, str]) -> SafeString:
    return format_html('<ul class="gifts">{}</ul>', format_html_join("", "<li>{}</li>", (
        (_gift(gift, words),) for gift in gifts
    )))  # fmt: skip


def _gift(gift: dict[str, Any], words: dict[str, str]) -> SafeString:
    around = words.get("language", "en")
    title, giver, note = (_own_way(gift.get(name, ""), around) for name in ("title", "giver", "note"))
    return format_html(
        "<strong>{}{}</strong>{}{}",
        f"{gift['count']} × " if gift["count"] > 1 else "",
        title,
        format_html(" {} {}", words.get("gift_from", ""), giver) if giver else "",
        format_html(". {}", note) if note else "",
    )


def _own_way(text: str, around: str) -> SafeString:
    """`text`, which may be in a language that is written the other way than `around`: its full stop stays
    at its end."""
    rtl = begins_right_to_left(text)
    if not text or rtl == is_right_to_left(around):
        return format_html("{}", text)
    return format_html('<bdi dir="{}">{}</bdi>', "rtl" if rtl else "ltr", text)
