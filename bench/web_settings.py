"""The portal's settings with one page more, that does nothing; BENCH_BARE=1: without any of the portal around it."""

import os

from tilflytter.settings import *  # noqa: F403

ROOT_URLCONF = "bench.web_urls"
if os.environ.get("BENCH_BARE"):
    MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]  # It refuses to start without.
