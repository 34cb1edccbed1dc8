"""The pages on which the log is checked: what runs now and how far it has come, what the last ones found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from municipalities.audit import checking
from municipalities.audit.models import AuditEntry, SystemEntry
from municipalities.audit.sealing import Chain
from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right

CHAINS_A_PAGE = 20
CHECKS_SHOWN = 6
SECONDS_BEFORE_WORRY = 20  # A worker that runs takes its work within a second or two.


@dataclass(frozen=True)
class Shown:
    """A chain with its newest checks; `floor` is its last shortening, `number` what the button sends."""

    title: str | Promise
    number: str
    running: Any
    done: list[Any]
    floor: Any
    nobody_took_it: bool

    @property
    def last(self) -> Any:
        return self.done[0] if self.done else None


def _shown(chain: Chain, title: str | Promise) -> Shown:
    checks = list(chain.checks().select_related("asked_by").order_by("-pk")[:CHECKS_SHOWN])
    running = next((check for check in checks if check.is_open), None)
    return Shown(
        title=title,
        number=str(chain),
        running=running,
        done=[check for check in checks if not check.is_open],
        floor=chain.floor(),
        nobody_took_it=running is not None and running.waits and _waits_long(running),
    )


def _waits_long(check: Any) -> bool:
    return (timezone.now() - check.asked_at).total_seconds() > SECONDS_BEFORE_WORRY


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_chains(request: HttpRequest) -> HttpResponse:
    """Those of the municipalities in which one may read the log; `?municipality=` shows one alone. POST with
    `chain`, a municipality's number in the database, asks for a check."""
    access = access_of(request)
    if not access.may(Right.READ_AUDIT):
        raise PermissionDenied
    places = access.municipalities(Right.READ_AUDIT).order_by("name")
    if request.method == "POST":
        return _ask(request, Chain(_one_of(places, request.POST.get("chain", "")).pk))
    if "municipality" in request.GET:
        places = places.filter(pk=_one_of(places, request.GET["municipality"]).pk)
    page = Paginator(places, CHAINS_A_PAGE).get_page(request.GET.get("page"))
    return _show(request, AuditEntry, [_shown(Chain(place.pk), place.name) for place in page], page)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_installation(request: HttpRequest) -> HttpResponse:
    if not access_of(request).everywhere:
        raise PermissionDenied
    if request.method == "POST":
        return _ask(request, Chain(None))
    return _show(request, SystemEntry, [_shown(Chain(None), _("The installation's own log"))])


def _one_of(places: models.QuerySet[Municipality], number: str) -> Municipality:
    found = places.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if found is None:
        raise Http404
    return found


def _ask(request: HttpRequest, chain: Chain) -> HttpResponse:
    checking.ask(chain=chain, by=access_of(request).user)
    messages.success(request, _("The log is being read again. You may leave this page."))
    return redirect(request.get_full_path())


def _show(
    request: HttpRequest, model: type[models.Model], shown: Iterable[Shown], page: Any = None
) -> HttpResponse:
    chains = list(shown)
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": model._meta,
        "title": _("Check of the log"),
        "chains": chains,
        "page": page,
        "at_work": any(chain.running for chain in chains),
        "address": request.get_full_path(),
    }
    return render(request, "tenancy/trail_check.html", context)
