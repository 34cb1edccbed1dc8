"""Reading one folder by IMAP (RFC 3501), over TLS always. Nothing is deleted, and nothing is marked by reading."""

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from municipalities.enquiries.mailbox_models import Fault, Mailbox
from municipalities.national import fetching

SECONDS = 60  # All of one round: a server that drips a byte a second is left.
PORTS = {993}
MOST_AT_ONCE = 2 * 1024 * 1024  # Bytes; no mail is asked for in larger pieces.
_NOT_PRINTED = re.compile(r"[^\x20-\x7e]+")


class Unread(Exception):
    """`words` say more where the connection was refused; they name the host and no more."""

    def __init__(self, fault: Fault, words: str = "") -> None:
        super().__init__(fault.value)
        self.fault, self.words = fault, words


class _Client(imaplib.IMAP4):
    """On a connection that is open and secured already."""

    def __init__(self, connected: ssl.SSLSocket) -> None:
        self._connected = connected
        super().__init__()

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        return self._connected

    def read(self, size: int) -> bytes:
        if size > MOST_AT_ONCE:
            raise self.abort("more than was asked for")
        return super().read(size)


class Folder:
    """An open one. `uids` are only worth something together with `validity`."""

    def __init__(self, client: _Client, validity: int) -> None:
        self._client, self.validity = client, validity

    def uids(self, *, after: int, since: Any) -> list[int]:
        """In the order in which they came."""
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        answer = self._ask("SEARCH", f"UID {after + 1}:*", "SINCE", day)
        found = {
            int(word) for line in answer if isinstance(line, bytes) for word in line.split() if word.isdigit()
        }
        # `7:*` names the last mail also where it is the sixth (RFC 3501, 6.4.8).
        return sorted(uid for uid in found if uid > after)

    def fetch(self, uid: int, most: int) -> bytes | None:
        """Its first `most` bytes; None where it is gone."""
        for part in self._ask("FETCH", str(uid), f"(BODY.PEEK[]<0.{most}>)"):
            if isinstance(part, tuple) and len(part) > 1 and b"BODY[]" in part[0].upper():
                return bytes(part[1])
        return None

    def mark_read(self, uid: int) -> None:
        self._ask("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def _ask(self, verb: str, *words: str) -> list[Any]:
        kind, answer = self._client.uid(verb, *words)
        if kind != "OK":
            raise Unread(Fault.TALK)
        return answer


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@contextmanager
def folder(mailbox: Mailbox) -> Iterator[Folder]:
    """Raises Unread."""
    try:
        with fetching.opened(mailbox.host, mailbox.port, ports=PORTS, seconds=SECONDS) as plain:
            secured = ssl.create_default_context().wrap_socket(plain, server_hostname=mailbox.host)
            with secured:
                client = _Client(secured)
                yield _entered(client, mailbox)
                _leave(client)
    except fetching.FetchError as error:
        raise Unread(Fault.REACH, str(error)) from None
    except ssl.SSLCertVerificationError:
        raise Unread(Fault.PROOF) from None
    except (imaplib.IMAP4.error, ssl.SSLError, OSError, ValueError):
        raise Unread(Fault.TALK) from None


def _entered(client: _Client, mailbox: Mailbox) -> Folder:
    client._encoding = "utf-8"  # type: ignore[attr-defined]  # A password may hold an å.
    try:
        client.login(client._quote(mailbox.username), mailbox.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise Unread(Fault.LOGIN) from None
    client._encoding = "ascii"  # type: ignore[attr-defined]
    kind, _answer = client.select(client._quote(in_utf7(mailbox.folder)), readonly=not mailbox.mark_read)
    if kind != "OK":
        raise Unread(Fault.FOLDER)
    _kind, said = client.response("UIDVALIDITY")
    if not said or not isinstance(said[0], bytes) or not said[0].isdigit():
        raise Unread(Fault.TALK)
    return Folder(client, int(said[0]))


def _leave(client: _Client) -> None:
    try:
        client.logout()
    except (imaplib.IMAP4.error, OSError):
        pass  # What was read was read.


def in_utf7(name: str) -> str:
    """As folders are named (RFC 3501, 5.1.3)."""

    def coded(match: re.Match[str]) -> str:
        code = base64.b64encode(match[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        return f"&{code}-"

    return _NOT_PRINTED.sub(coded, name.replace("&", "&-"))
