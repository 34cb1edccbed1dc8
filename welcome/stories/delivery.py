"""Who tells a story is told when it is published, with the link by which they take it back."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from municipalities.links import actions as links
from municipalities.municipality import scope
from welcome.stories.links import STORY
from welcome.stories.models import State, Storyteller

logger = logging.getLogger(__name__)


def tell_waiting() -> int:
    """How many were mailed. What can't be sent is tried again at the next round."""
    with scope.everywhere():
        rows = Storyteller.objects.untold().order_by("pk")
        waiting = list(rows.values_list("pk", "municipality_id"))
    sent = 0
    for pk, municipality_id in waiting:
        with scope.of(municipality_id):
            try:
                sent += _tell(pk)
            except OSError as error:
                # The fault's name only: its text holds the address.
                logger.warning("Teller %s could not be mailed: %s", pk, type(error).__name__)
    return sent


def _tell(pk: int) -> bool:
    with transaction.atomic():
        mine = Storyteller.objects.untold().select_for_update(of=("self",), skip_locked=True)
        teller = mine.select_related("story__municipality", "household").filter(pk=pk).first()
        if teller is None:
            return False  # Another worker was first.
        Storyteller.objects.filter(pk=pk).update(mailed_at=timezone.now())
        story, place = teller.story, teller.story.municipality
        # Locked, so that it is still shown when they are told that it is.
        if not type(story).objects.select_for_update().filter(pk=story.pk, state=State.PUBLISHED).exists():
            return False
        spoken = teller.household.language if teller.household else place.home_language
        with translation.override(spoken if spoken in dict(settings.LANGUAGES) else place.home_language):
            shown = settings.SITE_URL + reverse("portal:stories", args=[place.slug])
            words = {
                "teller": teller,
                "story": story,
                "municipality": place,
                "page": shown,
                "link": links.issue(purpose=STORY, of=story, by=None),
            }
            send_mail(
                subject=_("Your story is on %(place)s's pages") % {"place": place.name},
                message=render_to_string("stories/published_mail.txt", words),
                from_email=None,
                recipient_list=[teller.email],
            )
    return True
