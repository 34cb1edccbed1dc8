"""What every test stands on. Objects come from tests/factories; a slice's fixtures stand beside its tests."""

import ipaddress
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import translation

from tests.staff_client import StaffClient

pytest_plugins = ["tests.database"]

LOCAL_NAMES = {None, "", "localhost", b"localhost"}


def _is_local(host: str | bytes | None) -> bool:
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host if isinstance(host, str) else host.decode()).is_loopback
    except ValueError:
        return False


def _refuse_network(event: str, arguments: tuple) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_local(host):
        raise PermissionError(f"A test wanted to reach {host!r}: tests stay on this machine.")


# An audit hook can't be taken off again, and no library gets past it.
sys.addaudithook(_refuse_network)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`only_on("sqlite", why=…)`: a test that would prove nothing more on the other database."""
    for item in items:
        mark = item.get_closest_marker("only_on")
        if mark and mark.args[0] != connection.vendor:
            item.add_marker(pytest.mark.skip(reason=f"only on {mark.args[0]}: {mark.kwargs['why']}"))


@pytest.fixture(scope="session")
def _files(tmp_path_factory) -> Iterator[Path]:
    """One folder after the other, made without looking through all before it."""
    above = tmp_path_factory.mktemp("files")
    return (above / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _own_files(settings, _files):
    """Files that a test keeps are gone for the next one, and so is what it cached."""
    settings.MEDIA_ROOT = next(_files)
    settings.MEDIA_ROOT.mkdir()
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language(settings):
    """A request leaves its language behind in the thread; the next test begins in the portal's own."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def client():
    """`force_login` logs in as staff do: with the second step taken."""
    return StaffClient()


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def refuse_mail_to(monkeypatch):
    """refuse_mail_to(address): the mail server refuses that one from now on, and takes all others."""
    take, refused = EmailBackend.send_messages, set()

    def send(self, messages):
        for message in messages:
            if turned_away := refused & set(message.to):
                raise SMTPRecipientsRefused({address: (550, b"No such user") for address in turned_away})
        return take(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    return refused.add


def pytest_terminal_summary(terminalreporter):
    """What the sweeps have counted, in a line each."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "counted":
                terminalreporter.write_line(value)
