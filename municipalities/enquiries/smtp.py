"""Giving one mail to the mail server, step by step, so that each failure is known by where it came.

SMTP gives a mail away in one moment: when the server has answered the last line. A connection that breaks
while that answer is awaited leaves nobody knowing (RFC 5321, 4.2.5), and nobody can be asked.
"""

import smtplib
from email.utils import parseaddr

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from municipalities.enquiries.models import MailReason


class Fault(Exception):
    """`detail` is a code or the fault's name: the server's own words tell the address."""

    def __init__(self, reason: MailReason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail[:80]


class NotTaken(Fault):
    """For good."""


class Later(Fault):
    """Not taken now."""


class MaybeTaken(Fault):
    """Nobody knows."""


def give(message: EmailMessage) -> None:
    """Raises NotTaken, Later or MaybeTaken."""
    connection = get_connection()
    try:
        connection.open()
    except smtplib.SMTPResponseException as error:
        raise Later(MailReason.OUT_OF_REACH, str(error.smtp_code)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise Later(MailReason.OUT_OF_REACH, type(error).__name__) from None
    try:
        if isinstance(connection, EmailBackend):
            _converse(connection.connection, message)
        else:
            connection.send_messages([message])
    except OSError as error:  # Of the backends for a trial, which write files.
        raise Later(MailReason.OUT_OF_REACH, type(error).__name__) from None
    finally:
        try:
            connection.close()
        except (smtplib.SMTPException, OSError):
            pass  # What it has taken it has taken.


def _converse(server: smtplib.SMTP | None, message: EmailMessage) -> None:
    if server is None:
        raise Later(MailReason.OUT_OF_REACH)
    try:
        server.ehlo_or_helo_if_needed()
        content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
        _must(*server.mail(parseaddr(message.from_email)[1]))
        _must(*server.rcpt(message.to[0]))
    except UnicodeEncodeError:
        raise NotTaken(MailReason.REFUSED, "address") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Later(MailReason.OUT_OF_REACH, type(error).__name__) from None
    try:
        code, words = server.data(content)
    except smtplib.SMTPDataError as error:  # It didn't want to hear it.
        code, words = error.smtp_code, error.smtp_error  # type: ignore[assignment]
    except (smtplib.SMTPException, OSError) as error:
        raise MaybeTaken(MailReason.NO_ANSWER, type(error).__name__) from None
    _must(code, words)


def _must(code: int, words: bytes | str) -> None:
    """2xx, or NotTaken for good (5xx) or for now (4xx)."""
    if code >= 500:
        raise NotTaken(MailReason.REFUSED, _codes(code, words))
    if not 200 <= code < 300:
        raise Later(MailReason.OUT_OF_REACH, _codes(code, words))


def _codes(code: int, words: bytes | str) -> str:
    """`550 5.1.1` without the words behind it."""
    first = (words.decode(errors="replace") if isinstance(words, bytes) else words).split(" ")[0]
    enhanced = first.replace(".", "").isdecimal() and first.count(".") == 2
    return f"{code} {first}" if enhanced else str(code)
