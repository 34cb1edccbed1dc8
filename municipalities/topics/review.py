"""The link in a reminder: it opens one text for its owner, without a login, for thirty days."""

import datetime

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.urls import reverse

from municipalities.topics.models import TopicText

SALT = "topics.review"
LIFETIME = datetime.timedelta(days=30)


def link(text: TopicText) -> str:
    state = [text.pk, text.topic.owner_id, text.version, text.reviewed_on.isoformat()]
    return settings.SITE_URL + reverse("review_text", args=[signing.dumps(state, salt=SALT)])


def opened_by(token: str) -> TopicText | None:
    """The text, unless the link is forged or too old, the text has been changed or confirmed since,
    or another owns the topic now, or its owner works no longer in the municipality."""
    try:
        pk, owner, version, reviewed_on = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (
        TopicText.objects.select_related("topic__municipality", "topic__owner")
        .filter(
            pk=pk,
            version=version,
            reviewed_on=reviewed_on,
            topic__owner=owner,
            topic__owner__is_active=True,
            topic__owner__memberships__municipality=F("topic__municipality"),
        )
        .first()
    )
