from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from municipalities.login import factors
from municipalities.tenancy.access import access_of

# What whoever gave only a password may reach, by the names of the addresses.
ALWAYS = {"set_language", "account_logout", "admin:logout", "healthz", "readyz"}
FIRST = {
    "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate",
}  # fmt: skip
# Who has a second factor shows that one; with a password alone nobody adds another.
AGAIN = {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


class WorksSomewhereMiddleware:
    """Whoever has no role left is logged out by their next request, by whatever way they came in. It
    stands behind the scope's middleware, which has asked for the roles: no query more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        access = access_of(request)
        if request.user.is_authenticated and not (access.everywhere or access.rights):
            logout(request)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Whoever logged in by password alone reaches nothing but the pages on which the second step is set
    up or taken."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *parts: Any) -> HttpResponse | None:
        if not factors.demanded() or not request.user.is_authenticated or factors.has_taken(request):
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in ALWAYS:
            return None
        has_one = factors.has_one(request)
        if name in (AGAIN if has_one else FIRST):
            return None
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        if not has_one:
            return redirect("mfa_index")
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
