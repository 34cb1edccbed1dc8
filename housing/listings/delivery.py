"""Mail between those who look for a home and its owner, and to owners about what they have sent in."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from housing.listings.links import HOME, MESSAGE
from housing.listings.models import Listing, ListingSubmission, OwnerMessage
from municipalities.links import actions as links
from municipalities.moderation.desks import Desk
from municipalities.moderation.models import News
from municipalities.municipality import scope

logger = logging.getLogger(__name__)


def title_of(listing: Listing, language: str) -> str:
    text = listing.texts.filter(language=language).first() or listing.texts.first()
    return text.title if text and text.title else str(listing.get_kind_display())


def page_of(listing: Listing) -> str:
    name = f"{listing.pk}-{slugify(title_of(listing, '')) or 'x'}"
    return reverse("portal:home", args=[listing.municipality.slug, name])


DESK = Desk(
    model=ListingSubmission,
    rows=Listing,
    purpose=HOME,
    templates="listings",
    subjects={
        News.CONFIRM: gettext_lazy("Confirm the home you offer: %(title)s"),
        News.PUBLISHED: gettext_lazy("Your home is published: %(title)s"),
        News.RETURNED: gettext_lazy("Your home needs a change before it is published: %(title)s"),
        News.DECLINED: gettext_lazy("Your home is not published: %(title)s"),
        News.EXPIRES: gettext_lazy("Is it still free? %(title)s"),
    },
    title_of=title_of,
    page_of=page_of,
)


def mail_all() -> int:
    """Messages and answers that wait. How many mails were sent now."""
    with scope.everywhere():
        waiting = [
            *OwnerMessage.objects.to_pass_on().values_list("pk", flat=True),
            *OwnerMessage.objects.to_answer().values_list("pk", flat=True),
        ]
    return sum(mail(pk) for pk in dict.fromkeys(waiting))


def mail(message_id: int) -> bool:
    """False if there is nothing to mail, or the mail server takes it not now; then the clock tries again."""
    with scope.of_row(OwnerMessage, message_id):
        try:
            passed = _pass_on(message_id)
            return _answer(message_id) or passed
        except OSError as error:
            # The fault's name only: its text holds the address.
            logger.warning("Message %s could not be mailed: %s", message_id, type(error).__name__)
            return False


def _pass_on(pk: int) -> bool:
    with transaction.atomic():
        message = _claim(OwnerMessage.objects.to_pass_on(), pk)
        if message is None:
            return False
        OwnerMessage.objects.filter(pk=pk).update(passed_on_at=timezone.now())
        owner = message.listing.sent_in
        if owner is None:
            return False  # Forgotten meanwhile.
        with translation.override(_site_language(owner.language)):
            title = title_of(message.listing, owner.language)
            context = {
                "message": message, "owner": owner, "title": title, "municipality": message.municipality,
                "link": links.issue(purpose=MESSAGE, of=message, by=None).url,
            }  # fmt: skip
            EmailMessage(
                subject=_("Somebody asks about your home: %(title)s") % {"title": title},
                body=render_to_string("listings/message_mail.txt", context),
                to=[owner.email],
            ).send()
    return True


def _answer(pk: int) -> bool:
    with transaction.atomic():
        message = _claim(OwnerMessage.objects.to_answer(), pk)
        if message is None:
            return False
        OwnerMessage.objects.filter(pk=pk).update(answer_mailed_at=timezone.now())
        owner = message.listing.sent_in
        with translation.override(_site_language(message.language)):
            title = title_of(message.listing, message.language)
            context = {
                "message": message, "owner": owner, "title": title, "municipality": message.municipality,
                "page": settings.SITE_URL + page_of(message.listing),
            }  # fmt: skip
            EmailMessage(
                subject=_("An answer about %(title)s") % {"title": title},
                body=render_to_string("listings/answer_mail.txt", context),
                to=[message.email],
                reply_to=[owner.email] if owner else [],
            ).send()
    return True


def _claim(rows: QuerySet[OwnerMessage], pk: int) -> OwnerMessage | None:
    open_ones = rows.select_for_update(of=("self",), skip_locked=True)
    return open_ones.select_related("listing__municipality", "municipality").filter(pk=pk).first()


def _site_language(code: str) -> str:
    return code if code in dict(settings.LANGUAGES) else "en"
