"""The portal's settings for tests: a folder of its own, quick passwords, and nothing left behind."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="tilflytter-tests.")
_owner = os.getpid()
os.environ["DATA_DIR"] = _folder


@atexit.register
def _clean() -> None:
    if os.getpid() == _owner:  # Not in a forked child: the parent still works here.
        shutil.rmtree(_folder, ignore_errors=True)


from tilflytter.settings import *  # noqa: E402, F403
from tilflytter.settings import CACHES, REDIS_URL, STATIC_ROOT, STORAGES  # noqa: E402

STATIC_ROOT.mkdir(parents=True, exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # The real one is slow on purpose.
# No manifest: tests render pages without having collected the static files.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if REDIS_URL:
    # Processes of one test run share a Redis; each empties only its own numbered database.
    _number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 15
    CACHES = {
        "default": CACHES["default"] | {"LOCATION": f"{REDIS_URL.partition('?')[0].rstrip('/0')}/{_number}"}
    }
if "FAULTS" not in os.environ:
    # A message that a test sends must not reach the worker of somebody who is at work on this machine.
    CELERY_BROKER_URL = "memory://"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
