"""Messages to the workers. A nudge may be lost or doubled: what is to be done stands in the database,
and the sweep finds it within a minute."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)
RENDER_FILE = "welcome.letters.tasks.render_file"
PROVE = "welcome.letters.tasks.prove"
# The sweep comes again each minute; without an end, a night without workers would leave a message a minute.
SECONDS_TO_LIVE = 120
FREEZE = "welcome.letters.tasks.freeze"
DELIVER = "welcome.letters.tasks.deliver"


def after_commit(task: str, ids: list[int]) -> None:
    """Tell the workers once what is written here can be read by them."""
    transaction.on_commit(lambda: send(task, ids), robust=True)


def send(task: str, ids: list[int], *, expires: int | None = None) -> None:
    """`expires`: seconds after which a worker that comes to read the message drops it."""
    for pk in ids:
        try:
            current_app.send_task(task, [pk], retry=False, expires=expires)
        except (KombuError, OSError) as error:
            # The broker is down: nothing is lost, the sweep nudges again.
            logger.warning("No worker could be told of %s %s: %s", task, pk, error)
            return
