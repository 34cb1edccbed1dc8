"""What a load balancer asks of a web process: is it alive, and can it do its work?"""

import logging
import os
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from redis import Redis

SECONDS = 2.0  # Who asks waits some five; a broker that lets one wait longer is as good as gone.

logger = logging.getLogger(__name__)


class NotReady(Exception):
    """A part answers, and yet can't be worked with."""


def database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady("Some migrations are not applied.")


def broker() -> None:
    if settings.REDIS_URL:
        with Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=SECONDS, socket_timeout=SECONDS
        ) as redis:
            redis.ping()
    elif not os.access(settings.DATA_DIR / "broker/queue", os.W_OK | os.X_OK):
        raise NotReady("The broker's folder can't be written to.")


def files() -> None:
    """Written and deleted again: a full disk answers every other question as if nothing were wrong."""
    name = default_storage.save(f"health/{uuid4().hex}", ContentFile(b"ok"))
    default_storage.delete(name)


# In this order: the first that fails is named, and what stands on it isn't asked.
PARTS: tuple[Callable[[], None], ...] = (database, migrations, broker, files)


@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Anybody may ask, so it answers with the part's name alone; why, stands in the log."""
    for part in PARTS:
        try:
            part()
        except Exception:
            logger.exception("Not ready: %s", part.__name__)
            return HttpResponse(f"{part.__name__}\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
