"""Mail to a municipality's coordinators about a run."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import override

from municipalities.tenancy.models import User
from municipalities.tenancy.told import coordinators_of
from welcome.letters.models import LetterRun

logger = logging.getLogger(__name__)


def link_to(run: LetterRun) -> str:
    return settings.SITE_URL + reverse("admin:welcome_letterrun_change", args=[run.pk])


def tell_coordinators(
    run: LetterRun, subject: Callable[[LetterRun], str], body: Callable[[LetterRun], str]
) -> bool:
    """Each in their language. False if there are some and none could be written to."""
    told = [_told(coordinator, run, subject, body) for coordinator in coordinators_of(run.municipality)]
    return any(told) or not told


def _told(
    coordinator: User, run: LetterRun, subject: Callable[[LetterRun], str], body: Callable[[LetterRun], str]
) -> bool:
    try:
        with override(coordinator.language or run.municipality.home_language):
            EmailMessage(subject=subject(run), body=body(run), to=[coordinator.email]).send()
    except OSError as error:
        # The fault's name only: its text holds the address.
        logger.warning("User %s could not be told of %s: %s", coordinator.pk, run, type(error).__name__)
        return False
    return True
