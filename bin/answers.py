#!/usr/bin/env python3
"""Does the web process of this container answer?  bin/answers.py /readyz; exits non-zero when not."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit

# Asked by the public name: a portal with ALLOWED_HOSTS refuses to be called 127.0.0.1.
host = urlsplit(os.environ.get("SITE_URL", "")).hostname or "127.0.0.1"
request = urllib.request.Request(f"http://127.0.0.1:8000{sys.argv[1]}", headers={"Host": host})
urllib.request.urlopen(request, timeout=4)
