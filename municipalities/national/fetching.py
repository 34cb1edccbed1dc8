"""The one way out: every address that somebody typed in is fetched through `session()`.

Whoever may configure an address could otherwise let the portal read what only the portal reaches: its
own database's port, a neighbour in the server room, the cloud's metadata with its keys. So the address is
judged after the name has been looked up, the connection goes to the very address that was judged (a name
that answers differently a moment later gains nothing), and each redirect is judged anew.
"""

import ipaddress
import math
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Never
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

CONNECT_SECONDS, READ_SECONDS = 5, 10
TOTAL_SECONDS = 30  # All of it, redirects included: a server that drips a byte a second is left.
LARGEST = 10 * 1024 * 1024  # Bytes, as sent and as unpacked.
REDIRECTS = 3
PORTS = {443, 8443}

# Never, not even for a host that is named: the keys of the machine itself lie here.
METADATA = [
    ipaddress.ip_network(text)
    for text in ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192")
]  # fmt: skip
NAT64 = ipaddress.ip_network("64:ff9b::/96")
UNICAST = ipaddress.ip_network("2000::/3")

Answer = requests.Response  # What a session gives back.

_deadline: ContextVar[float] = ContextVar("deadline", default=math.inf)


class FetchError(requests.RequestException):
    """The address was not fetched; the words say why, and name no more of it than its host.

    `reached`: a connection was open when it failed, so that what was sent may have been taken.
    """

    def __init__(self, words: str, *, reached: bool = False) -> None:
        super().__init__(words)
        self.reached = reached


class _Refused(Exception):
    """No OSError: urllib3 would take one for a broken network."""


def session(
    *, seconds: float = TOTAL_SECONDS, silence: float = READ_SECONDS, largest: int = LARGEST
) -> requests.Session:
    """A `requests.Session` that raises FetchError for every address it must not go to, for what takes longer
    than `seconds`, says nothing for `silence` seconds or is larger than `largest` bytes, and for every failure
    of the network. Answers are read whole before they are given. A status of 400 and above is an
    answer, not an error."""
    return _Guarded(seconds=seconds, silence=silence, largest=largest)


def allowed(address: str, *, named: bool) -> bool:
    """Whether a connection may go to this IP address; `named`: the host is in FETCH_PRIVATE_HOSTS."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        # The same machine in another spelling.
        if inner := ip.ipv4_mapped:
            return allowed(str(inner), named=named)
        if ip in NAT64:
            return allowed(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)), named=named)
    if any(ip in network for network in METADATA) or ip.is_multicast or ip.is_unspecified:
        return False
    if named:
        return True
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in UNICAST or ip.sixtofour or ip.teredo):
        return False
    return ip.is_global and not (ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_reserved)


def _is_named(host: str, port: int) -> bool:
    return bool({host, f"{host}:{port}"} & set(settings.FETCH_PRIVATE_HOSTS))


def resolve(host: str, port: int) -> list[str]:
    """IP addresses of a host, in the order to try them. Spellings such as `0x7f.1` become addresses here."""
    found = socket.getaddrinfo(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _reach(connection: HTTPConnection, scheme: str) -> socket.socket:
    host, port = connection._dns_host.strip("[]").rstrip(".").lower(), connection.port or 0
    if scheme != "https" and not _is_named(host, port):
        raise _Refused(
            _("%(host)s is not fetched: only addresses that begin with https:// are.") % {"host": host}
        )
    return _opened(host, port, PORTS)


def _opened(host: str, port: int, ports: set[int]) -> socket.socket:
    """A socket to `host`: looked up once, judged, and connected to as judged."""
    named = _is_named(host, port)
    if port not in ports and not named:
        raise _Refused(
            _("%(host)s is not fetched: port %(port)s is not allowed.") % {"host": host, "port": port}
        )
    try:
        addresses = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise _Refused(_("No server named %(host)s was found.") % {"host": host}) from error
    if not addresses or not all(allowed(address, named=named) for address in addresses):
        raise _Refused(
            _(
                "%(host)s is not fetched: it lies in a private network and is not on the list of those allowed."
            )
            % {"host": host}
        )
    for address in addresses:
        left = _deadline.get() - time.monotonic()
        if left <= 0:
            raise _Refused(_("%(host)s takes too long.") % {"host": host})
        try:
            return socket.create_connection((address, port), timeout=min(CONNECT_SECONDS, left))
        except OSError as error:
            failure = error
    raise _Refused(_("%(host)s does not answer.") % {"host": host}) from failure


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _watched(_reach(self, "http"))


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _watched(_reach(self, "https"))


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


# What ends a connection when its time is over, whoever sits waiting for it.
_watch: ContextVar[list[socket.socket] | None] = ContextVar("watch", default=None)


def _watched(opened: socket.socket) -> socket.socket:
    opened.settimeout(READ_SECONDS)
    if (watched := _watch.get()) is not None:
        twin = opened.dup()  # TLS takes the socket over; its twin still reaches the connection.
        watched.append(twin)
        if time.monotonic() >= _deadline.get():
            twin.shutdown(socket.SHUT_RDWR)  # Opened in the moment when all others were cut.
    return opened


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Cuts every connection made inside when `seconds` are over. Nested: the outermost holds."""
    if _watch.get() is not None:
        yield
        return
    sockets: list[socket.socket] = []
    deadline = _deadline.set(time.monotonic() + seconds)
    watch = _watch.set(sockets)

    def cut() -> None:
        for opened in list(sockets):
            try:
                opened.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It has ended by itself.

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        _watch.reset(watch)
        _deadline.reset(deadline)
        for opened in sockets:
            opened.close()


@contextmanager
def opened(host: str, port: int, *, ports: set[int], seconds: float) -> Iterator[socket.socket]:
    """A socket to a server that speaks no HTTP, judged like every other, and cut when `seconds` are over. Raises
    FetchError where there is none to be had; what breaks later is an OSError."""
    with _within(seconds):
        try:
            made = _opened(host.rstrip(".").lower(), port, ports)
        except _Refused as refusal:
            raise FetchError(str(refusal)) from None
        with _watched(made):
            yield made


class _Adapter(HTTPAdapter):
    def __init__(self, largest: int, silence: float) -> None:
        self.largest, self.silence = largest, silence
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Never:
        raise _Refused(_("Proxies are not used: behind one nobody sees where a fetch ends."))

    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, *, verify: bool | str = True, **kwargs: Any
    ) -> requests.Response:
        parts = urlsplit(request.url or "")
        if parts.username is not None or parts.password is not None:
            host = parts.hostname
            raise _Refused(
                _("%(host)s is not fetched: its address holds a user name or password.") % {"host": host}
            )
        kwargs |= {"stream": True, "timeout": (CONNECT_SECONDS, self.silence)}
        # Certificates are always looked at; a path may name other authorities.
        answer = super().send(request, verify=verify or True, **kwargs)
        try:
            answer._content = self._body(answer, str(parts.hostname))
        finally:
            answer.close()
            self.poolmanager.clear()  # No connection is used twice: the next fetch looks the name up again.
        answer._content_consumed = True  # type: ignore[attr-defined]
        return answer

    def _body(self, answer: requests.Response, host: str) -> bytes:
        """The whole body, unpacked. Read piece by piece, so that no more than `largest` is ever held."""
        too_large = _Refused(_("%(host)s sends more than the portal takes.") % {"host": host})
        body = bytearray()
        while piece := answer.raw.read1(65536, decode_content=False):
            body += piece
            if len(body) > self.largest:
                raise too_large
        if time.monotonic() >= _deadline.get():
            raise _Refused(_("%(host)s takes too long.") % {"host": host})
        packed = answer.headers.get("Content-Encoding", "").strip().lower()
        if not body or packed in {"", "identity"}:
            return bytes(body)
        if packed not in {"gzip", "x-gzip", "deflate"}:
            raise _Refused(_("%(host)s sends something that can't be unpacked.") % {"host": host})
        unpacking = zlib.decompressobj(wbits=47)
        try:
            unpacked = unpacking.decompress(bytes(body), self.largest + 1)
        except zlib.error as error:
            raise _Refused(_("%(host)s sends something that can't be unpacked.") % {"host": host}) from error
        if len(unpacked) > self.largest:
            raise too_large
        if not unpacking.eof:
            raise _Refused(_("%(host)s sends something that can't be unpacked.") % {"host": host})
        return unpacked


class _Guarded(requests.Session):
    def __init__(self, *, seconds: float, silence: float, largest: int) -> None:
        super().__init__()
        self.seconds = seconds
        self.trust_env = False  # No proxy and no password file of whoever started the process.
        self.max_redirects = REDIRECTS
        self.headers.update(
            {"Accept-Encoding": "identity", "Connection": "close", "User-Agent": "Tilflytter"}
        )
        self.adapters.clear()
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(largest, silence))

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """From here on, for an address without a scheme or host fails before it is sent."""
        with _within(self.seconds), _plainly(url):
            return super().request(method, url, *args, **kwargs)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        with _within(self.seconds), _plainly(request.url):
            return super().send(request, **kwargs)


@contextmanager
def _plainly(url: Any) -> Iterator[None]:
    """Every failure as a FetchError, and nothing behind it: the words of the libraries tell the whole
    address, with what a query in it may hold, and would stand in logs."""
    try:
        yield
    except FetchError:
        raise
    except _Refused as refusal:
        raise FetchError(str(refusal), reached=bool(_watch.get())) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise FetchError(_words(error) % {"host": _host(url)}, reached=bool(_watch.get())) from None


def _words(error: Exception) -> str:
    if time.monotonic() >= _deadline.get() or isinstance(error, requests.Timeout | TimeoutError):
        return _("%(host)s takes too long.")
    if isinstance(error, requests.TooManyRedirects):
        return _("%(host)s leads on to other addresses too often.")
    if isinstance(error, requests.exceptions.SSLError):
        return _("%(host)s can't prove that it is itself: its certificate is not valid.")
    if isinstance(error, ValueError):  # requests' own error for an address that is none
        return _("%(host)s is no address that can be fetched.")
    return _("%(host)s broke off its answer, or sent one that can't be read.")


def _host(url: Any) -> str:
    try:
        return urlsplit(str(url)).hostname or "?"
    except ValueError:
        return "?"
