"""ID-porten as another way to one's own page. Setting it up begins on the page that the link has opened; the
next time one logs in instead. No account comes of it, and whoever is logged in as staff stays so.

Nothing here says whether a person is known: whoever logs in and has no page gets one answer, whatever the
reason.
"""

import logging

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from municipalities.audit import context
from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links import grants
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from municipalities.login import attempts, openid
from municipalities.login.attempts import Attempt
from municipalities.login.providers import IdentityProvider
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from welcome.households import logging_in
from welcome.households.links import NEWCOMER
from welcome.households.own_logins import OwnLogin
from welcome.portal.page import page

logger = logging.getLogger(__name__)
STARTED = "own_login_started"  # Not that of the staff: what was begun as the one ends as that.


def provider_of(municipality: Municipality) -> IdentityProvider | None:
    """The municipality's ID-porten, if it offers it."""
    with scope.of(municipality.pk):
        return IdentityProvider.objects.of(municipality).for_newcomers().first()


@require_http_methods(["GET", "HEAD", "POST"])
def own_page(request: HttpRequest, slug: str) -> HttpResponse:
    """How one comes to one's own page; POST leads to ID-porten, where the municipality offers it."""
    here = get_object_or_404(Municipality.objects.published(), slug=slug)
    provider = provider_of(here)
    if request.method == "POST":
        if provider is None:
            raise Http404
        return _leave(request, provider)
    about = page(
        request,
        title=_("Your own page"),
        description=_("What %(name)s holds about you who have moved here, and how you open it.")
        % {"name": here.name},
        municipality=here,
    )
    return render(
        request,
        "portal/own_page.html",
        {"page": about, "municipality": here, "offered": provider is not None},
    )


@require_POST
@behind(NEWCOMER)
def set_up(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    provider = provider_of(opened.obj.municipality)
    if provider is None:  # Switched off since the page was shown.
        return redirect("portal:my", slot=slot)
    return _leave(request, provider, slot)


@require_POST
@behind(NEWCOMER)
def end(request: HttpRequest, opened: Opened, slot: str, login: int) -> HttpResponse:
    """Also of somebody else in the household: they see and change all else of it too."""
    logging_in.end(login=get_object_or_404(opened.obj.own_logins, pk=login), by=None)
    if opened.login is not None and opened.login.pk == login:
        grants.close(request, slot)
        return _say(request, "ended", opened.obj.municipality, status=200)
    return redirect(f"{reverse('portal:my', args=[slot])}?done=no-login")


def _leave(request: HttpRequest, provider: IdentityProvider, slot: str = "") -> HttpResponse:
    """Answers with a page that leads on by itself: browsers let no form lead to another site."""
    start, language = openid.Start.make(), translation.get_language() or ""
    try:
        address = openid.address_to_log_in(provider, start, language=language)
    except openid.Refused as refusal:
        return _refuse(request, provider, refusal)
    attempts.keep(request, STARTED, provider=provider, start=start, slot=slot, language=language)
    shown = {"address": address, "municipality": provider.municipality}
    return grants.private(render(request, "portal/own_login/leave.html", shown), referrer="no-referrer")


@require_GET
def back(request: HttpRequest, number: str) -> HttpResponse:
    """`number` is the municipality's: what came back here was meant for no other one's ID-porten."""
    attempt = attempts.take(request, STARTED, number=number, among=IdentityProvider.objects.for_newcomers())
    if attempt is None:
        return _say(request, "again", None)
    provider = attempt.provider
    context.link(NEWCOMER.code)  # Whoever else is logged in in this browser has not done this.
    with translation.override(attempt.more["language"]), scope.of(provider.municipality_id):
        try:
            claims = attempts.claims_of(request, attempt)
        except openid.Refused as refusal:
            return _refuse(request, provider, refusal)
        who = {"issuer": claims["iss"], "subject": claims["sub"]}
        if attempt.more["slot"]:
            return _bind(request, attempt, who)
        login = logging_in.enter(municipality=provider.municipality, **who)
        if login is None:
            return _refuse(request, provider, openid.Refused("not-known"), kind="unknown")
        return _let_in(request, login, provider)


def _bind(request: HttpRequest, attempt: Attempt, who: dict[str, str]) -> HttpResponse:
    slot, place = attempt.more["slot"], attempt.provider.municipality
    opened = grants.granted(request, NEWCOMER, slot)
    if opened is None or opened.municipality_id != place.pk:
        return grants.over(request, NEWCOMER)  # The link was called back, or the hour is over.
    try:
        login = logging_in.set_up(household=opened.obj, **who)
    except IntegrityError:
        return _say(request, "again", place)  # In another window, this very moment.
    if login is not None and grants.granted(request, NEWCOMER, slot) is None:
        logging_in.end(login=login, by=None)  # Called back while it was set up: it would outlive the link.
        login = None
    if login is None:
        return grants.over(request, NEWCOMER)
    address = f"{reverse('portal:my', args=[slot])}?done=login"
    return grants.private(redirect(address), referrer="no-referrer")


def _let_in(request: HttpRequest, login: OwnLogin, provider: IdentityProvider) -> HttpResponse:
    # As it was when they left for it, not as it may be by now.
    opened = Opened(None, login.household, login)
    slot = grants.grant(request, opened, NEWCOMER, stands_on=provider.mark)
    return grants.private(redirect("portal:my", slot=slot), referrer="no-referrer")


def _refuse(
    request: HttpRequest, provider: IdentityProvider, refusal: openid.Refused, *, kind: str = ""
) -> HttpResponse:
    logger.warning("ID-porten %s of municipality %s let nobody in: %s",
                   provider.pk, provider.municipality_id, refusal.code)  # fmt: skip
    record(action=Action.LOGIN_FAILED, of=provider, note=refusal.code)
    status = 503 if isinstance(refusal, openid.NotAnswering) else 403
    return _say(request, kind or refusal.kind, provider.municipality, status=status)


def _say(
    request: HttpRequest, kind: str, municipality: Municipality | None, *, status: int = 403
) -> HttpResponse:
    shown = {"kind": kind, "municipality": municipality}
    answer = render(request, "portal/own_login/said.html", shown, status=status)
    return grants.private(answer, referrer="no-referrer")


def address_to_log_out(provider: IdentityProvider | None) -> str:
    """Where one is logged out of ID-porten itself, which portals of others let one in by too."""
    try:
        return openid.discover(provider).end_session if provider else ""
    except openid.Refused:
        return ""
