"""Mail to those who sent an activity in."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from municipalities.activities.links import SUBMISSION
from municipalities.activities.models import News, Submission
from municipalities.links import actions as links
from municipalities.municipality import scope

logger = logging.getLogger(__name__)
SUBJECTS = {
    News.CONFIRM: gettext_lazy("Confirm your activity: %(title)s"),
    News.PUBLISHED: gettext_lazy("Your activity is published: %(title)s"),
    News.RETURNED: gettext_lazy("Your activity needs a change: %(title)s"),
    News.DECLINED: gettext_lazy("Your activity is not published: %(title)s"),
}


def tell_all() -> int:
    """Whoever was not told yet: a worker died, the mail server was away. How many were told now."""
    with scope.everywhere():
        waiting = list(Submission.objects.to_tell().values_list("pk", flat=True))
    return sum(tell(pk) for pk in waiting)


def tell(submission_id: int) -> bool:
    """False if there is nothing to tell, or the mail server takes it not now; then the clock tries again."""
    with scope.of_row(Submission, submission_id):
        try:
            return _tell(submission_id)
        except OSError as error:
            # The fault's name only: its text holds the address.
            logger.warning("Sender %s could not be told: %s", submission_id, type(error).__name__)
            return False


def _tell(submission_id: int) -> bool:
    with transaction.atomic():
        rows = Submission.objects.to_tell().select_for_update(of=("self",), skip_locked=True)
        submission = rows.select_related("activity", "municipality").filter(pk=submission_id).first()
        if submission is None:
            return False  # Another worker was first.
        news = News(submission.news)
        Submission.objects.filter(pk=submission.pk).update(news=News.NOTHING)
        language = submission.language if submission.language in dict(settings.LANGUAGES) else "en"
        with translation.override(language):
            text = submission.activity.texts.filter(language=submission.language).first()
            title = " ".join(text.title.split()) if text else ""
            context = {
                "submission": submission,
                "municipality": submission.municipality,
                "title": title,
                "link": links.issue(purpose=SUBMISSION, of=submission, by=None).url,
                "page": settings.SITE_URL + _page(submission, title),
            }
            send_mail(
                subject=str(SUBJECTS[news]) % {"title": title},
                message=render_to_string(f"activities/{news.value}_mail.txt", context),
                from_email=None,
                recipient_list=[submission.email],
            )
    return True


def _page(submission: Submission, title: str) -> str:
    name = f"{submission.activity_id}-{slugify(title) or 'x'}"
    return reverse("portal:activity", args=[submission.municipality.slug, name])
