import logging
import os
import resource
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_process_init
from kombu.transport import redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tilflytter.settings")
logger = logging.getLogger(__name__)


class Channel(redis.Channel):
    """kombu's, whose answer on a connection that was closed meanwhile is an AttributeError. That ends a worker whose
    Redis comes and goes; a lost connection it gets over."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection.client is None:
            raise ConnectionError("The connection to Redis was closed meanwhile.")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]  # Not in the stubs.


redis.Transport.Channel = Channel
app = Celery("tilflytter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_who_could_look_over(**kwargs: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured
    from django.db import connections

    from municipalities.tenancy import guard  # The apps are loaded only now.

    try:
        guard.refuse_who_could_look_over()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None  # Celery would log any other and go on.
    connections.close_all()  # The children that are forked next must not share it.


@worker_process_init.connect
def limit_memory(**kwargs: Any) -> None:
    from django.conf import settings

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = settings.WORKER_MEMORY_MB << 20
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))
    except (OSError, ValueError):  # macOS knows no such limit.
        logger.warning("This system does not limit a worker's memory to WORKER_MEMORY_MB.")
