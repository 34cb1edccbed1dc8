"""Messages to the workers, sent once the transaction is through. They are only nudges: what is to be done stands in
the rows, and the clock finds what was lost on the way."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction

TELL = "municipalities.activities.tasks.tell"
FETCH = "municipalities.activities.tasks.fetch"
logger = logging.getLogger(__name__)


def tell_soon(submission_id: int) -> None:
    transaction.on_commit(partial(_send, TELL, submission_id))


def fetch_soon(fetch_id: int) -> None:
    transaction.on_commit(partial(_send, FETCH, fetch_id))


def _send(task: str, pk: int) -> None:
    try:
        current_app.send_task(task, args=[pk], retry=False)
    except Exception:
        logger.warning("The broker can't be reached; the clock will find number %s of %s.", pk, task)
