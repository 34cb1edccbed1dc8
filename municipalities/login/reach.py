"""How far a session reaches that began with a municipality's own login: no further than this municipality."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from municipalities.tenancy.access import access_of

KEY = "openid_municipality"


def limit(request: HttpRequest, municipality_id: int) -> None:
    request.session[KEY] = municipality_id


def is_exceeded(request: HttpRequest) -> bool:
    """Reads what is known of the request anyhow: no query."""
    place = request.session.get(KEY)
    if place is None or not request.user.is_authenticated:
        return False
    access = access_of(request)
    return access.everywhere or not set(access.rights) <= {place}


class ReachMiddleware:
    """Somebody who logged in through A's directory and is given a role in B, or in the whole system,
    logs in anew, with password and second step: A may have let in whom it likes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_exceeded(request):
            logout(request)
            return redirect("account_login")
        return self.get_response(request)
