import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tilflytter.settings")
app = Celery("tilflytter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
