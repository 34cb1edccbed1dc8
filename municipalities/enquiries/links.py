"""The link in an answer: it opens the person's own enquiry, where they read it and write back."""

import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.enquiries.models import Enquiry
from municipalities.links import actions
from municipalities.links.models import Link
from municipalities.links.purposes import Purpose

_LONG_ENOUGH = datetime.timedelta(days=30)


def language_on_screen(enquiry: Any) -> str:
    """The site's own language that lies nearest to the one they wrote from."""
    language = {"se": "nb"}.get(enquiry.language, enquiry.language)
    return language if language in dict(settings.LANGUAGES) else "en"


ENQUIRY = Purpose(
    code="enquiry",
    model=Enquiry,
    lifetime=datetime.timedelta(days=90),
    page="portal:enquiry",
    over=_("It led to something you asked the municipality. Ask again, or call, and somebody helps you on."),
    find=lambda pk: Enquiry.objects.select_related("municipality").filter(pk=pk).first(),
    state=lambda enquiry: enquiry.email,
    language=language_on_screen,
)


def link_to(enquiry: Enquiry) -> Link:
    """The one they have, so that the link in an earlier e-mail goes on working; a new one if it ends soon."""
    link = actions.active(purpose=ENQUIRY, of=enquiry)
    if link is not None and link.expires_at > timezone.now() + _LONG_ENOUGH:
        return link
    return actions.issue(purpose=ENQUIRY, of=enquiry, by=None)
