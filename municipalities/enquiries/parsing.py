"""An e-mail as it came, read as well as it can be. No bytes make it raise: what can't be read is left out, and
`broken` says so."""

import html
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

import nh3
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

LARGEST = 1024 * 1024  # Bytes that are read; of a larger one its beginning.
MOST_TEXT = 100_000  # Characters of it that are looked at.
MOST_PARTS = 100
MOST_ATTACHMENTS = 10
MOST_REFERENCES = 50

# Where what was written before begins, in bokmål, nynorsk and English, as the usual programs write it.
_OPENS = re.compile(
    r"(?:on|den|på|mon|tue|wed|thu|fri|sat|sun|man|tir|ons|tor|fre|lør|søn|mån|tys|laur|sund)[a-zæøå]*\b",
    re.IGNORECASE,
)
_WROTE = re.compile(r"\b(?:wrote|skrev|skreiv)\b", re.IGNORECASE)
_RULE = re.compile(
    r"(?:_{20,}|-{2,} ?(?:original message|opprinnelig melding|opphavleg melding|forwarded message"
    r"|videresendt melding|vidaresend melding) ?-{2,})\Z",
    re.IGNORECASE,
)
_FROM = ("from:", "fra:", "frå:")
_BELOW_FROM = ("sent:", "sendt:", "date:", "dato:", "to:", "til:")
# RFC 3676, 4.3, and what telephones put in by themselves.
_SIGNATURE = re.compile(
    r"(?:--|(?:sent from my|sendt fra min|sendt frå min|get outlook for|hent outlook for)\b.{0,80})\Z",
    re.IGNORECASE,
)
_LINES = re.compile(r"</?(?:p|div|br|li|ul|ol|tr|table|h[1-6]|blockquote|pre|hr)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")
_IDS = re.compile(r"<([^<>\s]{1,250})>")
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_PROGRAMS = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|noreply-.*|do-?not-?reply|ikke-?svar|svar-?ikke|bounces?[+=-].*)@",
    re.IGNORECASE,
)


class _Bounded(EmailPolicy):
    """The library takes quadratic time for some headers: hours for one of a megabyte."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: 500 if name.lower().startswith("content-") else 4000]


_POLICY = _Bounded()


@dataclass
class Read:
    """`sender` is a valid address in small letters, or empty. `alone`: why it is a program's and no person's."""

    message_id: str = ""
    sender: str = ""
    subject: str = ""
    text: str = ""
    references: list[str] = field(default_factory=list)
    alone: str = ""
    attachments: list[tuple[str, int]] = field(default_factory=list)
    more_attachments: int = 0
    dated: Any = None
    broken: bool = False
    cut: bool = False


def read(raw: bytes) -> Read:
    found = Read(cut=len(raw) > LARGEST)
    try:
        mail: Any = message_from_bytes(raw[:LARGEST], policy=_POLICY)
    except Exception:  # The library promises none, and has had some.
        return Read(text=clean(raw[:MOST_TEXT].decode("utf-8", "replace")), broken=True, cut=found.cut)
    found.message_id = _first_id(mail)
    found.sender = _sender(mail)
    found.subject = " ".join(_header(mail, "Subject").split())[:200]
    found.references = _references(mail)
    found.dated = _date(mail)
    found.alone = _alone(mail, found.sender)
    try:
        _parts(mail, found)
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        found.broken = True
    found.text = without_history(found.text)
    return found


def clean(text: str) -> str:
    """What every database and page takes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    text = _UNREADABLE.sub("", text).encode("utf-8", "replace").decode()
    return re.sub(r"\n[ \t]*\n(?:[ \t]*\n)+", "\n\n", text).strip()


def without_history(text: str) -> str:
    """What they wrote now. Where nothing would be left, all of it: somebody may write below what they quote."""
    kept: list[str] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _SIGNATURE.match(line.strip()) or _is_history(lines, number):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip() or text.strip()


def _is_history(lines: list[str], number: int) -> bool:
    """Whether the line begins what was written before."""
    line = lines[number].strip().strip("*")
    if _RULE.match(line):
        return True
    if line.lower().startswith(_FROM):
        below = (later.strip().strip("*").lower() for later in lines[number + 1 : number + 4])
        return any(later.startswith(_BELOW_FROM) for later in below)
    if not _OPENS.match(line):
        return False
    two = f"{line} {lines[number + 1].strip()}" if number + 1 < len(lines) else line
    return any(
        whole.endswith(":")
        and len(whole) < 300
        and bool(_WROTE.search(whole))
        and any(map(str.isdigit, whole))
        for whole in (line, two)
    )


def from_html(text: str) -> str:
    kept = nh3.clean(
        text,
        tags={
            "p",
            "div",
            "br",
            "li",
            "ul",
            "ol",
            "tr",
            "table",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "pre",
            "hr",
        },
        attributes={},
        clean_content_tags={"script", "style", "title", "blockquote"},
    )
    kept = re.sub(r"[ \t\r\n]+", " ", kept)
    kept = _TAGS.sub("", _LINES.sub("\n", kept))
    return "\n".join(line.strip() for line in html.unescape(kept).split("\n"))


def _header(mail: Any, name: str) -> str:
    """A header that can't be taken apart is an empty one."""
    try:
        return clean(str(mail.get(name, "")))
    except Exception:
        return ""


def _first_id(mail: Any) -> str:
    match = _IDS.search(_header(mail, "Message-ID"))
    return match[1] if match else ""


def _references(mail: Any) -> list[str]:
    """The mail it answers first."""
    answered = _IDS.findall(_header(mail, "In-Reply-To"))
    return (answered + _IDS.findall(_header(mail, "References"))[::-1])[:MOST_REFERENCES]


def _sender(mail: Any) -> str:
    for name in ("From", "Sender"):
        for address in _addresses(_header(mail, name)):
            try:
                validate_email(address)
            except ValidationError:
                continue
            if len(address) <= 254:
                return address
    return ""


def _addresses(header: str) -> list[str]:
    try:
        return [address.strip().lower() for _name, address in getaddresses([header])]
    except Exception:  # As of the whole mail.
        return []


def _date(mail: Any) -> Any:
    try:
        return parsedate_to_datetime(_header(mail, "Date")).date()
    except Exception:
        return None


def _alone(mail: Any, sender: str) -> str:
    """Programs say that they are some: RFC 3834, RFC 2919, RFC 3464, and what is older than these."""
    auto = _header(mail, "Auto-Submitted").split(";")[0].strip().lower()
    if auto and auto != "no":
        return "auto-submitted"
    if _header(mail, "Precedence").lower() in {"bulk", "junk", "list", "auto_reply"}:
        return "precedence"
    for name in ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond"):
        if mail.get(name) is not None:
            return name.lower()
    if _header(mail, "Return-Path").replace(" ", "") == "<>":
        return "null-path"
    kind = mail.get_content_type()
    if kind in {"multipart/report", "message/delivery-status", "message/disposition-notification"}:
        return "report"
    return "sender" if _PROGRAMS.match(sender) else ""


def _parts(mail: Any, found: Read) -> None:
    plain: list[str] = []
    rich: list[str] = []
    for number, part in enumerate(mail.walk()):
        if number >= MOST_PARTS:
            found.broken = True
            break
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        is_text = kind in {"text/plain", "text/html"}
        if part.get_content_disposition() == "attachment" or not is_text or part.get_filename():
            _attached(part, found)
        elif text := _text(part, found):
            (plain if kind == "text/plain" else rich).append(text)
    text = "\n\n".join(plain)
    if not text.strip() and rich:
        text = from_html("\n".join(rich)[:MOST_TEXT])
        found.broken = found.broken or not text.strip()
    found.text = clean(text[:MOST_TEXT])
    found.cut = found.cut or len(text) > MOST_TEXT


def _text(part: EmailMessage, found: Read) -> str:
    content = part.get_payload(decode=True)
    body = content if isinstance(content, bytes) else b""
    try:
        charset = (part.get_content_charset() or "utf-8").strip()
        return body.decode(charset)
    except (LookupError, ValueError):  # A charset that is none, or not the one it says.
        pass
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        found.broken = True
        return body.decode("cp1252", "replace")


def _attached(part: EmailMessage, found: Read) -> None:
    if len(found.attachments) >= MOST_ATTACHMENTS:
        found.more_attachments += 1
        return
    content = part.get_payload(decode=True)
    name = " ".join(clean(part.get_filename() or part.get_content_type()).split())[:80]
    found.attachments.append((name or "?", len(content) if isinstance(content, bytes) else 0))
