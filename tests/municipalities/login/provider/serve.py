"""Says on which port it answers, and answers until it is killed."""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.municipalities.login.provider.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


call_command("migrate", run_syncdb=True, verbosity=0)
for client, number in (("tilflytter", "3336"), ("nabo", "3337")):
    Application.objects.create(
        name=client,
        client_id=client,
        client_secret="en-hemmelighet",
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=" ".join(
            f"http://127.0.0.1:8000/{place}/{number}/back/" for place in ("account/openid", "idporten")
        ),
        skip_authorization=True,
        algorithm="RS256",
    )
server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
server.daemon_threads = True
server.set_app(get_wsgi_application())
sys.stdout.write(f"{server.server_port}\n")
sys.stdout.flush()
server.serve_forever()
