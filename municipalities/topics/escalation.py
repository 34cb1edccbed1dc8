"""Once a week: coordinators are told of texts that nobody has looked at since they became due."""

import datetime
import logging
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import Membership, User
from municipalities.tenancy.told import coordinators_of
from municipalities.texts.models import TextState
from municipalities.topics.models import Topic, TopicText

PATIENCE = datetime.timedelta(days=14)  # An owner has been away that long and is back.
NAMED = 10  # Texts named in the mail; the rest is a number.

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waiting:
    """A text that is due. `owner` is None where the topic has none who works here."""

    text: TopicText
    name: str
    owner: User | None
    days: int


class NobodyTold(Exception):
    """No mail went out: what was written of having told is taken back, and the next round tries again."""


def tell_all(today: datetime.date) -> int:
    """How many coordinators were mailed."""
    with scope.everywhere():
        places = list(Municipality.objects.order_by("pk"))
    mailed = 0
    for place in places:
        with scope.of(place.pk):
            try:
                mailed += tell(place, today)
            except NobodyTold:
                logger.warning("%s: nobody could be told of texts that are due.", place.number)
    return mailed


def tell(place: Municipality, today: datetime.date) -> int:
    """One mail to each coordinator, once a day at the most. Raises NobodyTold."""
    rows = waiting(place, today)
    with transaction.atomic():
        texts = TopicText.objects.of(place).filter(pk__in=[row.text.pk for row in rows])
        if not texts.filter(Q(escalated_on=None) | Q(escalated_on__lt=today)).update(escalated_on=today):
            return 0  # None, or another process was first.
        told = [_write_to(user, place, rows) for user in coordinators_of(place)]
        if not any(told):
            raise NobodyTold
    return sum(told)


def waiting(place: Municipality, today: datetime.date) -> list[Waiting]:
    """Of published topics, those that wait longest first. An owner has two weeks; a text without one has none."""
    here = set(Membership.objects.of(place).values_list("user", flat=True))
    found = []
    for topic in Topic.objects.of(place).published().with_states():
        owner = topic.owner if topic.owner and topic.owner.is_active and topic.owner_id in here else None
        for text in topic.texts.all():
            if topic.text_set.state(text.language, today) != TextState.DUE:
                continue
            days = (today - topic.text_set.due_on(text)).days
            if owner is None or days >= PATIENCE.days:
                found.append(Waiting(text, text.title or str(topic), owner, days))
    return sorted(found, key=lambda row: (-row.days, row.name))


def _write_to(user: User, place: Municipality, rows: list[Waiting]) -> bool:
    with translation.override(user.language or place.home_language):
        count = len(rows)
        subject = ngettext(
            "%(place)s: %(count)d text has waited too long for its owner",
            "%(place)s: %(count)d texts have waited too long for their owners",
            count,
        ) % {"place": place.name, "count": count}
        words = {
            "user": user,
            "place": place,
            "rows": rows[:NAMED],
            "count": count,
            "more": max(0, count - NAMED),
            "link": settings.SITE_URL
            + reverse("admin:municipalities_topic_changelist")
            + f"?state=due&municipality__id__exact={place.pk}",
        }
        body = render_to_string("topics/old_mail.txt", words)
    try:
        send_mail(subject=subject, message=body, from_email=None, recipient_list=[user.email])
    except OSError as error:
        # The fault's name only: its text holds the address.
        logger.warning("User %s could not be told of texts: %s", user.pk, type(error).__name__)
        return False
    return True
