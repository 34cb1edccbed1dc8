import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tilflytter.settings")
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
