"""The link in a reminder: it opens one text for its owner, without a login, for thirty days."""

import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from municipalities.topics.models import TopicText


def _find(pk: int) -> TopicText | None:
    """The text, unless its owner works no longer in the municipality."""
    return (
        TopicText.objects.select_related("topic__municipality", "topic__owner")
        .filter(
            pk=pk,
            topic__owner__is_active=True,
            topic__owner__memberships__municipality=F("topic__municipality"),
        )
        .first()
    )


def _state(text: TopicText) -> str:
    """Another owner, other words or an answer: the link has done its work."""
    return f"{text.topic.owner_id} {text.version} {text.reviewed_on.isoformat()}"


REVIEW = Purpose(
    code="review",
    model=TopicText,
    lifetime=datetime.timedelta(days=30),
    page="review_text",
    over=_(
        "A link in a reminder opens one text until it is changed or answered. There is nothing you need to"
        " do; the texts that wait for you are there when you log in."
    ),
    find=_find,
    state=_state,
)
