"""Mailing the answers to what people asked about their own data."""

import logging

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from municipalities.municipality import scope
from welcome.households.links import language_on_screen
from welcome.privacy.models import DataRequest

logger = logging.getLogger(__name__)


def mail_waiting() -> int:
    """How many were mailed. What can't be sent is tried again at the next round."""
    with scope.everywhere():
        waiting = list(DataRequest.objects.to_mail().values_list("pk", "municipality_id"))
    sent = 0
    for pk, municipality_id in waiting:
        with scope.of(municipality_id):
            try:
                sent += _mail(pk)
            except OSError as error:
                # The fault's name only: its text holds the address.
                logger.warning("Answer %s could not be mailed: %s", pk, type(error).__name__)
    return sent


def _mail(pk: int) -> bool:
    with transaction.atomic():
        rows = DataRequest.objects.to_mail().select_for_update(of=("self",), skip_locked=True)
        request = rows.select_related("municipality", "household").filter(pk=pk).first()
        if request is None:
            return False  # Another worker was first.
        to, household = request.answer_to, request.household
        DataRequest.objects.filter(pk=pk).update(answer_to="")
        language = language_on_screen(household) if household else request.municipality.home_language
        with translation.override(language):
            words = {"request": request, "municipality": request.municipality}
            send_mail(
                subject=_("Answer from %(place)s to what you asked") % {"place": request.municipality.name},
                message=render_to_string("privacy/answer_mail.txt", words),
                from_email=None,
                recipient_list=[to],
            )
        DataRequest.settle(household)
    return True
