"""The portal's settings for tests: a folder of its own, quick passwords, and nothing left behind."""

import atexit
import os
import shutil
import tempfile
from urllib.parse import urlsplit

_folder = tempfile.mkdtemp(prefix="tilflytter-tests.")
_owner = os.getpid()
os.environ["DATA_DIR"] = _folder


@atexit.register
def _clean() -> None:
    if os.getpid() == _owner:  # Not in a forked child: the parent still works here.
        shutil.rmtree(_folder, ignore_errors=True)


from tilflytter.settings import *  # noqa: E402, F403
from tilflytter.settings import CACHES, REDIS_URL, STATIC_ROOT, STORAGES  # noqa: E402

RATE_LIMIT_FACTOR = 1000  # All tests ask from one address; those of the limits set their own.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # The real one is slow on purpose.
# No manifest: tests render pages without having collected the static files.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Processes of one test run share a Redis; each empties only its own numbered database.
_number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 14
if REDIS_URL:
    CACHES = {
        "default": CACHES["default"] | {"LOCATION": urlsplit(REDIS_URL)._replace(path=f"/{_number}").geturl()}
    }
if "FAULTS" in os.environ:
    CELERY_BROKER_URL = urlsplit(REDIS_URL)._replace(path="/15").geturl()  # Emptied by the fault tests.
else:
    # A message that a test sends must not reach the worker of somebody who is at work on this machine.
    CELERY_BROKER_URL = "memory://"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
