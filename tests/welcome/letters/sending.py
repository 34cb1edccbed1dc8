"""A municipality whose letters leave by wire, and a mail server that can be told to fail at each step."""

import datetime
import socketserver
import threading
from contextlib import contextmanager

from django.utils import timezone

from municipalities.national import svarut
from tests.factories.welcome import ChannelSettingsFactory
from tests.municipalities.national import svarut_double as double
from tests.welcome.letters.conftest import approved, arrive
from welcome.households import consents
from welcome.letters import delivering, printing, runs
from welcome.letters.channels import Printing
from welcome.letters.delivery_models import Delivery, DeliveryState


def ask_at(settings, server):
    """From now on SvarUt and Maskinporten are this server."""
    settings.FETCH_PRIVATE_HOSTS = [server.place]
    settings.SVARUT_URL, settings.MASKINPORTEN_URL = f"{server.url}/api", server.url


def open_svarut(place, **more):
    return ChannelSettingsFactory(
        municipality=place, printing=Printing.SVARUT, account_id=double.ACCOUNT,
        integration_id=double.INTEGRATION, integration_password=double.PASSWORD, client_id=double.CLIENT,
        key_id=double.KEY_ID, private_key=double.PEM, cost_code="1202", **more,
    )  # fmt: skip


def arrive_by_email(place, name, address, **more):
    home = arrive(place, name, **more)
    home.people.update(email=address)
    consents.give(household=home, purpose="email", how="form", by=None)
    return home


def begun(place):
    """The quarter's run with its files printed and its other letters waiting to be sent."""
    run = approved(place)
    print_files(run)
    return runs.deliver(run=run, by=None)


def print_files(run):
    for file in run.files.unfinished():
        printing.render(file.pk)
    runs.settle(run.pk)
    run.refresh_from_db()


def work_on(run, times=1):
    """As workers do minute by minute; what must wait has waited."""
    for _ in range(times):
        pass_time(run, datetime.timedelta(hours=1))
        delivering.work(run)


def pass_time(run, long=svarut.SETTLED):
    """As if this time had passed for all that waits, and every worker had let go."""
    now = timezone.now()
    run.deliveries.update(not_before=now)
    run.deliveries.filter(state=DeliveryState.CLAIMED).update(
        lease_expires_at=now - datetime.timedelta(seconds=1)
    )
    for delivery in Delivery.objects.filter(run=run, sending_at__isnull=False):
        Delivery.objects.filter(pk=delivery.pk).update(sending_at=delivery.sending_at - long)


def states(run):
    """{"svarut sent": 3, …}"""
    counted = {}
    for channel, state in run.deliveries.values_list("channel", "state"):
        counted[f"{channel} {state}"] = counted.get(f"{channel} {state}", 0) + 1
    return counted


class Post(socketserver.ThreadingTCPServer):
    """SMTP as far as a letter needs it. `fails_at` is a step and what happens there, such as
    `("data", b"550 5.7.1 No")`, `("end", "cut")`; once for each entry."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken, self.fails_at = [], []

    @property
    def port(self):
        return self.server_address[1]

    def handle_error(self, *_):
        pass


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 post\r\n")
        to = b""
        for line in self.rfile:
            word = line.split(b":")[0].strip().upper()
            step = {b"MAIL FROM": "mail", b"RCPT TO": "rcpt", b"DATA": "data"}.get(word, "")
            if word == b"QUIT":
                return self.wfile.write(b"221 bye\r\n")
            if step and self._fails(step):
                if self.wfile.closed:
                    return None
                continue
            if word == b"RCPT TO":
                to = line.split(b":", 1)[1].strip()
            if word != b"DATA":
                self.wfile.write(b"250 fine\r\n")
                continue
            self.wfile.write(b"354 go on\r\n")
            content = b""
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                content += line
            if self.server.fails_at and self.server.fails_at[0] == ("end", "cut"):
                self.server.fails_at.pop(0)
                self.server.taken.append((to, content))  # Taken, and nobody hears of it.
                return None
            if not self._fails("end"):
                self.server.taken.append((to, content))
                self.wfile.write(b"250 taken\r\n")
        return None

    def _fails(self, step):
        if not self.server.fails_at or self.server.fails_at[0][0] != step:
            return False
        _step, what = self.server.fails_at.pop(0)
        if what == "cut":
            self.connection.close()
            self.wfile.close()
        else:
            self.wfile.write(what + b"\r\n")
        return True


@contextmanager
def post_office(settings):
    with Post() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        try:
            yield server
        finally:
            server.shutdown()
