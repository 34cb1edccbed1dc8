"""Mail to those who sent something in."""

import datetime
import logging
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from municipalities.links import actions as links
from municipalities.moderation import moving
from municipalities.moderation.desks import Desk, desk_of, desks
from municipalities.moderation.models import News
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality

logger = logging.getLogger(__name__)


def look_after(today: datetime.date | None = None) -> None:
    """By night: what has run out leaves the lists, and who sent in what runs out soon is asked."""
    today = today or timezone.localdate()
    with scope.everywhere():
        places = list(Municipality.objects.values_list("pk", flat=True))
    for place in places:
        with scope.of(place):
            for desk in desks():
                moving.put_away(desk.rows, today)
                moving.ask_before(desk.rows, today)


def tell_all() -> int:
    """Whoever was not told yet: a worker died, the mail server was away. How many were told now."""
    told = 0
    for desk in desks():
        rows: Any = desk.model._default_manager
        with scope.everywhere():
            waiting = list(rows.to_tell().values_list("pk", flat=True))
        told += sum(tell(desk.model._meta.label_lower, pk) for pk in waiting)
    return told


def tell(label: str, pk: int) -> bool:
    """False if there is nothing to tell, or the mail server takes it not now; then the clock tries again."""
    desk = desk_of(label)
    with scope.of_row(desk.model, pk):
        try:
            return _tell(desk, pk)
        except OSError as error:
            # The fault's name only: its text holds the address.
            logger.warning("Sender %s of %s could not be told: %s", pk, label, type(error).__name__)
            return False


def _tell(desk: Desk, pk: int) -> bool:
    rows: Any = desk.model._default_manager
    with transaction.atomic():
        open_ones = rows.to_tell().select_for_update(of=("self",), skip_locked=True)
        sender = open_ones.select_related("municipality").filter(pk=pk).first()
        if sender is None:
            return False  # Another worker was first.
        news = News(sender.news)
        rows.filter(pk=pk).update(news=News.NOTHING)
        language = sender.language if sender.language in dict(settings.LANGUAGES) else "en"
        with translation.override(language):
            title = " ".join(desk.title_of(sender.about, sender.language).split())
            context = {
                "submission": sender,
                "row": sender.about,
                "municipality": sender.municipality,
                "title": title,
                "link": links.issue(purpose=desk.purpose, of=sender, by=None).url,
                "page": settings.SITE_URL + desk.page_of(sender.about),
            }
            send_mail(
                subject=str(desk.subjects[news]) % {"title": title},
                message=render_to_string(f"{desk.templates}/{news.value}_mail.txt", context),
                from_email=None,
                recipient_list=[sender.email],
            )
    return True
