"""A letter as an e-mail with the PDF attached, and how far the mail server had taken it when it failed.

SMTP gives a letter away in one moment: when the server has answered the last line. A connection that breaks
while that answer is awaited leaves nobody knowing (RFC 5321, 4.2.5), and nobody can be asked.
"""

import smtplib
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext as _
from django.utils.translation import override

from municipalities.tenancy.logs import where
from welcome.letters.channels import Later, MaybeTaken, NotTaken
from welcome.letters.delivery_models import Delivery, Reason
from welcome.letters.models import Letter
from welcome.letters.speaking import catalogue_of


def send(delivery: Delivery, letter: Letter, content: bytes) -> str:
    """The Message-ID it went out with. Raises NotTaken, Later or MaybeTaken."""
    message = compose(delivery, letter, content)
    connection = get_connection()
    try:
        connection.open()
    except smtplib.SMTPResponseException as error:
        raise Later(Reason.OUT_OF_REACH, str(error.smtp_code)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise Later(Reason.OUT_OF_REACH, type(error).__name__) from None
    try:
        if isinstance(connection, EmailBackend):
            _give(connection.connection, message)
        else:
            connection.send_messages([message])
    except OSError as error:  # Of the backends for a trial, which write files; SMTP's are named in `_give`.
        raise Later(Reason.OUT_OF_REACH, where(error)) from None
    finally:
        try:
            connection.close()
        except (smtplib.SMTPException, OSError):
            pass  # What it has taken it has taken.
    return delivery.message_id


def compose(delivery: Delivery, letter: Letter, content: bytes) -> EmailMessage:
    """In the letter's language where the portal speaks it, otherwise in English."""
    municipality = letter.run.municipality
    place = letter.run.letterhead.get("place") or municipality.name
    with override(catalogue_of(letter.language)):
        subject = _("Welcome to %(place)s") % {"place": place}
        body = _(
            "Hello!\n\nWelcome to %(place)s. The municipality's welcome letter is attached as a PDF.\n\n"
            "You get it by e-mail because your household has agreed to that. If you would rather have letters"
            " on paper, answer this e-mail and say so.\n\nKind regards\n%(sender)s\n"
        ) % {"place": place, "sender": _("%(place)s municipality") % {"place": municipality.name}}
        filename = _("Welcome to %(place)s") % {"place": place}
        name = _("%(place)s municipality") % {"place": municipality.name}
    message = EmailMessage(
        subject=subject,
        body=body,
        from_email=formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[letter.email],
        reply_to=[municipality.email] if municipality.email else [],
        headers={
            "Message-ID": delivery.message_id,
            # No holiday answer comes back to a mailbox that nobody reads for those (RFC 3834).
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach(f"{filename}.pdf", content, "application/pdf")
    return message


def _give(server: smtplib.SMTP | None, message: EmailMessage) -> None:
    """The steps of SMTP one by one, so that each failure is known by where it came."""
    if server is None:
        raise Later(Reason.OUT_OF_REACH)
    sender = parseaddr(message.from_email)[1]
    try:
        server.ehlo_or_helo_if_needed()
        content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
        _must(*server.mail(sender))
        _must(*server.rcpt(message.to[0]))
    except UnicodeEncodeError:
        raise NotTaken(Reason.MAIL_REFUSED, "address") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Later(Reason.OUT_OF_REACH, type(error).__name__) from None
    try:
        code, words = server.data(content)
    except smtplib.SMTPDataError as error:  # It didn't want to hear the letter.
        code, words = error.smtp_code, error.smtp_error  # type: ignore[assignment]
    except (smtplib.SMTPException, OSError) as error:
        raise MaybeTaken(Reason.NO_ANSWER, type(error).__name__) from None
    _must(code, words)


def _must(code: int, words: bytes | str) -> None:
    """2xx, or NotTaken for good (5xx) or for now (4xx)."""
    if 200 <= code < 300:
        return
    if code >= 500:
        raise NotTaken(Reason.MAIL_REFUSED, _codes(code, words))
    raise Later(Reason.BUSY if code in {421, 450, 451, 452} else Reason.OUT_OF_REACH, _codes(code, words))


def _codes(code: int, words: bytes | str) -> str:
    """`550 5.1.1`: the server's words tell the address."""
    first = (words.decode(errors="replace") if isinstance(words, bytes) else words).split(" ")[0]
    enhanced = first.replace(".", "").isdecimal() and first.count(".") == 2
    return f"{code} {first}" if enhanced else str(code)
