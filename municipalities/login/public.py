"""Logging in through the municipality's own directory: the offer, the way there, the way back."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import login as flow
from allauth.account.models import Login as Attempt
from allauth.account.views import LoginView
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.login import attempts, factors, joining, openid, reach
from municipalities.login.providers import IdentityProvider
from municipalities.municipality import scope

logger = logging.getLogger(__name__)
STARTED = "openid_started"  # In the session: what each state was made for.
FEW = 6  # So many buttons stand below each other; with more one says first where one works.


class Login(LoginView):
    def get_context_data(self, **more: Any) -> dict[str, Any]:
        with scope.everywhere():  # What is offered to everybody; whose, is what one chooses here.
            providers = list(IdentityProvider.objects.offered())
        chosen = self.request.GET.get("municipality", "")
        several = len(providers) > FEW
        shown = [p for p in providers if not several or p.municipality.number == chosen]
        return super().get_context_data(**more) | {
            "providers": shown,
            "places": sorted({p.municipality for p in providers}, key=lambda p: p.name) if several else [],
            "chosen": chosen,
        }


@require_POST
@never_cache
@rate_limit(action="login")
def openid_start(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers with a page that leads on by itself: browsers let no form lead to another site."""
    with scope.everywhere():
        provider = get_object_or_404(IdentityProvider.objects.offered(), pk=pk)
    start = openid.Start.make()
    try:
        address = openid.address_to_log_in(provider, start)
    except openid.Refused as refusal:
        return _refuse(request, provider, refusal)
    after = _own(request, request.POST.get("next", ""))
    attempts.keep(request, STARTED, provider=provider, start=start, next=after)
    return render(request, "account/openid_leave.html", {"address": address, "provider": provider})


@require_GET
@never_cache
@rate_limit(action="login")
def openid_back(request: HttpRequest, number: str) -> HttpResponse:
    """`number` is the municipality's: what came back here was meant for no other one's provider."""
    attempt = attempts.take(request, STARTED, number=number, among=IdentityProvider.objects.offered())
    if attempt is None:
        return _page(request, "again", status=403)
    try:
        claims = attempts.claims_of(request, attempt)
        user = joining.enter(provider=attempt.provider, claims=claims)
    except openid.Refused as refusal:
        return _refuse(request, attempt.provider, refusal)
    return _let_in(request, attempt.provider, user, attempt.more["next"])


def _let_in(request: HttpRequest, provider: IdentityProvider, user: Any, after: str) -> HttpResponse:
    if request.user.is_authenticated:
        logout(request)  # Whoever was here before, and all that their session held.
    reach.limit(request, provider.municipality_id)
    attempt = Attempt(user=user, redirect_url=after)
    if not provider.levels:
        # As good as a password: the second step is asked for by the portal itself.
        flow.record_authentication(request, user, factors.OPENID_ALONE)
        return flow.perform_login(request, attempt)
    adapter, words = get_adapter(request), flow._get_login_hook_kwargs(attempt)
    refused = adapter.pre_login(request, user, **words)
    if refused is not None:
        return refused
    flow.record_authentication(request, user, factors.OPENID)
    adapter.login(request, user)
    return adapter.post_login(request, user, **words)


def _own(request: HttpRequest, wanted: str) -> str:
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _refuse(request: HttpRequest, provider: IdentityProvider, refusal: openid.Refused) -> HttpResponse:
    logger.warning("Login by OpenID %s of municipality %s refused: %s",
                   provider.pk, provider.municipality_id, refusal.code)  # fmt: skip
    record(action=Action.LOGIN_FAILED, of=provider, note=refusal.code)
    status = 503 if isinstance(refusal, openid.NotAnswering) else 403
    subject = getattr(refusal, "subject", "")
    return _page(request, refusal.kind, status=status, provider=provider, subject=subject)


def _page(request: HttpRequest, kind: str, *, status: int, **more: Any) -> HttpResponse:
    return render(request, "account/openid_refused.html", {"kind": kind} | more, status=status)
