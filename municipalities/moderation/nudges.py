"""Messages to the workers, sent once the transaction is through. They are only nudges: what is to be done stands in
the rows, and the clock finds what was lost on the way."""

import logging
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction

TELL = "municipalities.moderation.tasks.tell"
logger = logging.getLogger(__name__)


def tell_soon(sender: Any) -> None:
    transaction.on_commit(partial(_send, TELL, [sender._meta.label_lower, sender.pk]))


def _send(task: str, args: list[Any]) -> None:
    try:
        current_app.send_task(task, args=args, retry=False)
    except Exception:
        logger.warning("The broker can't be reached; the clock will find %s of %s.", args, task)
