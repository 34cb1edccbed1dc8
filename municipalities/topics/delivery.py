"""Reminders to the owners of topics: once for each text that is due."""

import datetime
import logging

from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from municipalities.links import actions as links
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.texts.models import TextState
from municipalities.topics.models import Topic, TopicText
from municipalities.topics.review import REVIEW

logger = logging.getLogger(__name__)


def remind_owners(today: datetime.date) -> int:
    """How many were mailed. A text gets one reminder each time it becomes due."""
    with scope.everywhere():
        municipalities = list(Municipality.objects.order_by("pk"))
    return sum(_remind_of(municipality, today) for municipality in municipalities)


def _remind_of(municipality: Municipality, today: datetime.date) -> int:
    with scope.of(municipality.pk):
        return _remind_owners_of(municipality, today)


def _remind_owners_of(municipality: Municipality, today: datetime.date) -> int:
    topics = (
        Topic.objects.of(municipality)
        .with_content()
        # Who has left the municipality may still stand as owner.
        .filter(owner__is_active=True, owner__memberships__municipality=F("municipality"))
        .distinct()
    )
    return sum(
        _try(topic, text, today)
        for topic in topics
        for text in topic.texts.all()
        if topic.text_set.state(text.language, today) == TextState.DUE
        and (text.reminded_on is None or text.reminded_on < topic.text_set.due_on(text))
    )


def _try(topic: Topic, text: TopicText, today: datetime.date) -> bool:
    """An address that refuses its mail costs nobody else theirs; it is tried again tomorrow."""
    try:
        return _remind(topic, text, today)
    except OSError as error:
        # The fault's name only: its text holds the address.
        logger.warning("Reminder of text %s could not be sent: %s", text.pk, type(error).__name__)
        return False


def _remind(topic: Topic, text: TopicText, today: datetime.date) -> bool:
    owner = topic.owner
    assert owner is not None  # noqa: S101 - only topics with an owner come here
    with transaction.atomic():
        mine = TopicText.objects.filter(pk=text.pk, reminded_on=text.reminded_on).update(reminded_on=today)
        if not mine:
            return False  # Another process was first.
        text.topic = topic
        with translation.override(owner.language or topic.municipality.home_language):
            name = text.title or str(topic)
            send_mail(
                subject=_("Is this still right? %(topic)s") % {"topic": " ".join(name.split())},
                message=render_to_string(
                    "topics/review_mail.txt",
                    {
                        "owner": owner,
                        "name": name,
                        "language": text.get_language_display(),
                        "municipality": topic.municipality,
                        "reviewed_on": text.reviewed_on,
                        "link": links.issue(purpose=REVIEW, of=text, by=None).url,
                    },
                ),
                from_email=None,
                recipient_list=[owner.email],
            )
    return True
