"""A letter as an e-mail, with a link to it or with the PDF, and how far the mail server had taken it when it failed.

Nothing in it tells us whether it was read.

SMTP gives a letter away in one moment: when the server has answered the last line. A connection that breaks
while that answer is awaited leaves nobody knowing (RFC 5321, 4.2.5), and nobody can be asked.
"""

import smtplib
from collections.abc import Callable
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from municipalities.tenancy.logs import where
from welcome.letters import links
from welcome.letters.channels import Later, MaybeTaken, NotTaken
from welcome.letters.delivery_models import Delivery, Reason
from welcome.letters.models import Letter
from welcome.letters.speaking import speaking, spoken
from welcome.letters.words import is_right_to_left


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
    language = spoken(letter.language)
    with speaking(letter.language) as _:
        words = {
            "place": letter.run.letterhead.get("place") or municipality.name,
            "sender": _("%(place)s municipality") % {"place": municipality.name},
        }
        subject = _("Welcome to %(place)s") % words
        consent = _(
            "You get it by e-mail because your household has agreed to that. If you would rather have letters"
            " on paper, answer this e-mail and say so."
        )
        end = [consent, _("Kind regards") + "\n" + words["sender"]]
        if delivery.as_link:
            message = _linking(letter, _, words, end)
        else:
            said = _("Welcome to %(place)s. The municipality's welcome letter is attached as a PDF.") % words
            message = EmailMultiAlternatives(body=_paragraphs([_("Hello!"), said, *end]))
            message.attach(f"{subject}.pdf", content, "application/pdf")
    message.subject, message.to = subject, [letter.email]
    message.from_email = formataddr((words["sender"], parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
    message.reply_to = [municipality.email] if municipality.email else []
    message.extra_headers = {
        "Message-ID": delivery.message_id,
        # No holiday answer comes back to a mailbox that nobody reads for those (RFC 3834).
        "Auto-Submitted": "auto-generated",
        "Content-Language": language,
    }
    return message


def _linking(
    letter: Letter, _: Callable[[str], str], words: dict[str, str], end: list[str]
) -> EmailMultiAlternatives:
    """The words and the link, plain and as HTML. The link was made as the letter was claimed; where it has been
    ended since, as by protection, there is nothing to send."""
    link = links.of(letter)
    if link is None:
        raise NotTaken(Reason.LINK_ENDED)
    day = date_format(timezone.localtime(link.expires_at), "DATE_FORMAT")
    before = [_("Hello!"), _("%(sender)s has a welcome letter for you. Open it here:")]
    after = [
        _("The link works until %(day)s. It opens the letter for whoever has it, so keep it to yourself."),
        *end,
    ]
    words = words | {"day": day}
    parts = {
        "language": spoken(letter.language),
        "direction": "rtl" if is_right_to_left(letter.language) else "ltr",
        "subject": _("Welcome to %(place)s") % words,
        "before": [part % words for part in before],
        "url": link.url,
        "button": _("Open the letter"),
        "after": [part % words for part in after],
    }
    message = EmailMultiAlternatives(body=_paragraphs([*parts["before"], link.url, *parts["after"]]))
    message.attach_alternative(render_to_string("letters/link_mail.html", parts), "text/html")
    return message


def _paragraphs(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"


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
