"""Mail to those who look for something: to confirm the address, and of what fits."""

import datetime
import logging
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from housing.listings import delivery as homes
from housing.wishes.links import WISH
from housing.wishes.models import Match, Often, Wish
from municipalities.jobs import delivery as jobs
from municipalities.links import actions as links
from municipalities.municipality import scope

MOST = 20  # In one mail; the rest stands on their page.
MORNING = datetime.time(6, 30)
logger = logging.getLogger(__name__)


def mail_all(now: datetime.datetime | None = None) -> int:
    """Whoever is to confirm, and whoever is to be told now. How many mails were sent."""
    now = now or timezone.now()
    with scope.everywhere():
        asked = list(Wish.objects.to_confirm().values_list("pk", flat=True))
        told = list(due(now).values_list("pk", flat=True))
    return sum(_try(_ask, pk) for pk in asked) + sum(_try(_tell, pk) for pk in told)


def due(now: datetime.datetime) -> QuerySet[Wish]:
    """Those with something untold whose hour has come: at once, in the morning, on Monday's morning."""
    local = timezone.localtime(now)
    morning = local.replace(hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0)
    if local < morning:
        morning -= datetime.timedelta(days=1)
    monday = morning - datetime.timedelta(days=morning.weekday())
    not_since = {Often.DAILY: morning, Often.WEEKLY: monday}
    when = Q(often=Often.INSTANT)
    for often, moment in not_since.items():
        when |= Q(often=often) & (Q(told_at=None) | Q(told_at__lt=moment)) & Q(confirmed_at__lt=moment)
    untold = Match.objects.to_tell().filter(wish=OuterRef("pk"))
    return Wish.objects.active().told().filter(when, Exists(untold)).order_by("pk")


def _try(send: Callable[[int], bool], pk: int) -> bool:
    with scope.of_row(Wish, pk):
        try:
            return send(pk)
        except OSError as error:
            # The fault's name only: its text holds the address.
            logger.warning("Who has wish %s could not be told: %s", pk, type(error).__name__)
            return False


def _ask(pk: int) -> bool:
    with transaction.atomic():
        rows = Wish.objects.to_confirm().select_for_update(of=("self",), skip_locked=True)
        wish = rows.select_related("municipality").filter(pk=pk).first()
        if wish is None:
            return False  # Another worker was first.
        Wish.objects.filter(pk=pk).update(asked_at=timezone.now())
        with translation.override(_site_language(wish)):
            _send(wish, _("Confirm that you look for something in %(place)s"), "confirm", {})
    return True


def _tell(pk: int) -> bool:
    with transaction.atomic():
        rows = Wish.objects.active().told().select_for_update(of=("self",), skip_locked=True)
        wish = rows.select_related("municipality").filter(pk=pk).first()
        if wish is None:
            return False
        matches = list(
            Match.objects.to_tell().filter(wish=wish)
            .select_related("listing__municipality", "vacancy__municipality").order_by("pk")
        )  # fmt: skip
        if not matches:
            return False
        now = timezone.now()
        Match.objects.filter(pk__in=[match.pk for match in matches]).update(told_at=now)
        Wish.objects.filter(pk=pk).update(told_at=now)
        with translation.override(_site_language(wish)):
            subject = ngettext(
                "%(count)s thing in %(place)s that fits you",
                "%(count)s things in %(place)s that fit you",
                len(matches),
            )
            found = [_line(match, wish.language) for match in matches[:MOST]]
            _send(
                wish,
                subject,
                "found",
                {"found": found, "more": len(matches) - len(found)},
                count=len(matches),
            )
    return True


def _line(match: Match, language: str) -> dict[str, str]:
    if match.listing is not None:
        title, page, price = (
            homes.title_of(match.listing, language),
            homes.page_of(match.listing),
            match.listing.price,
        )
        words = f"{price} kr" if price is not None else ""
    else:
        assert match.vacancy is not None  # noqa: S101 - a constraint says so
        title, page = match.vacancy.title, jobs.page_of(match.vacancy)
        words = match.vacancy.employer_name
    return {"title": title, "words": words, "page": settings.SITE_URL + page}


def _send(wish: Wish, subject: str, name: str, more: dict[str, object], **words: object) -> None:
    link = links.issue(purpose=WISH, of=wish, by=None).url
    context = {"wish": wish, "municipality": wish.municipality, "link": link, **more}
    EmailMessage(
        subject=subject % {"place": wish.municipality.name, **words},
        body=render_to_string(f"wishes/{name}_mail.txt", context),
        to=[wish.email],
        headers={"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    ).send()


def _site_language(wish: Wish) -> str:
    return wish.language if wish.language in dict(settings.LANGUAGES) else "en"
