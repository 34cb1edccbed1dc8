"""Who is at work now, and from where: known once per request, task or command, asked for by each entry."""

import ipaddress
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from pathlib import Path

from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from municipalities.audit.vocabulary import Actor


@dataclass(frozen=True)
class Origin:
    """`name` is the task's, the command's or the link's purpose; empty for people."""

    actor: str
    name: str = ""
    request: HttpRequest | None = None
    ip: str = ""
    request_id: str = ""

    @property
    def user_id(self) -> int | None:
        # Read late: somebody may log in during the request.
        user = getattr(self.request, "user", None)
        return user.pk if self.actor in {Actor.STAFF, Actor.VISITOR} and user is not None else None

    @property
    def kind(self) -> str:
        """A request's actor is a colleague once somebody is logged in."""
        return Actor.STAFF.value if self.actor == Actor.VISITOR and self.user_id is not None else self.actor

    @property
    def route(self) -> str:
        match = getattr(self.request, "resolver_match", None)
        return match.view_name[:80] if match is not None and match.view_name else ""


def _command() -> str:
    return sys.argv[1] if len(sys.argv) > 1 and Path(sys.argv[0]).name == "manage.py" else ""


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current() -> Origin:
    """Outside of requests and tasks somebody sits at the server."""
    return _origin.get() or Origin(Actor.COMMAND.value, _command())


@contextmanager
def acting(actor: str, name: str) -> Iterator[None]:
    """`name` does what follows; in a request, address and number of the request stay known."""
    token = _origin.set(replace(current(), actor=Actor(actor).value, name=name[:80]))
    try:
        yield
    finally:
        _origin.reset(token)


def link(purpose: str) -> None:
    """From here to its end this request is somebody's who came by a link. Outside of requests: nothing."""
    origin = _origin.get()
    if origin is not None and origin.request is not None:
        _origin.set(replace(origin, actor=Actor.LINK.value, name=purpose[:80]))


# --- requests ------------------------------------------------------------------------------------


def client_address(request: HttpRequest) -> str:
    """Of whoever asks. What stands in X-Forwarded-For is believed from our own proxy only, and of it
    only what that one added, which is last: all before it anybody can write. Empty if it is no address."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        address = forwarded.rpartition(",")[2].strip()
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


class OriginMiddleware:
    """Stands outermost, so that every answer, a refusal too, carries the number by which it is found."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Never the number that came with the request: it would be somebody else's words in our log.
        number = uuid.uuid4().hex
        token = _origin.set(Origin(Actor.VISITOR.value, "", request, client_address(request), number))
        try:
            response = self.get_response(request)
        finally:
            _origin.reset(token)
        response["X-Request-ID"] = number
        return response


def request_number() -> str:
    """Of the request that runs now; a dash outside of any."""
    origin = _origin.get()
    return (origin and origin.request_id) or "-"


# --- tasks: Celery knows no other place to say which one runs ------------------------------------

_tokens: dict[str, Token[Origin | None]] = {}


def _task_begins(task_id: str, task: object, **_more: object) -> None:
    _tokens[task_id] = _origin.set(Origin(Actor.TASK.value, str(getattr(task, "name", ""))[:80]))


def _task_ends(task_id: str, **_more: object) -> None:
    if (token := _tokens.pop(task_id, None)) is not None:
        _origin.reset(token)


def follow_tasks() -> None:
    task_prerun.connect(_task_begins, weak=False, dispatch_uid="audit-origin")
    task_postrun.connect(_task_ends, weak=False, dispatch_uid="audit-origin")
