"""A message to the workers, sent once the transaction is through. What is to be done stands in the rows, and the
clock finds what was lost on the way."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction

MAIL = "housing.listings.tasks.mail_message"
logger = logging.getLogger(__name__)


def mail_soon(message_id: int) -> None:
    transaction.on_commit(partial(_send, message_id))


def _send(message_id: int) -> None:
    try:
        current_app.send_task(MAIL, args=[message_id], retry=False)
    except Exception:
        logger.warning("The broker can't be reached; the clock will find message %s.", message_id)
