from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation

from municipalities.municipality import scope
from municipalities.tenancy.access import access_of


class NoNulMiddleware:
    """No address and no cookie of ours has a NUL in it, and PostgreSQL refuses to look for one: 400 instead
    of a crash.
    Forms refuse it themselves."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = [request.path_info, unquote(request.META.get("QUERY_STRING", "")), *request.COOKIES.values()]
        if any("\0" in part for part in asked):
            raise SuspiciousOperation("NUL in the address or a cookie")
        return self.get_response(request)


class ScopeMiddleware:
    """A request reaches the rows of the municipalities its user works in, and on public pages what every
    visitor may read. A page behind a link sets its own scope, from the link."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        access = access_of(request)
        mine = None if access.everywhere else frozenset(access.rights)
        public = not request.path_info.startswith(self._staff())
        with scope.within(scope.Scope(mine, public=public)):
            return self.get_response(request)

    @staticmethod
    def _staff() -> str:
        return reverse("admin:index")


class StaffLanguageMiddleware:
    """The staff site speaks the language the user has chosen; public pages follow their address."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if language and not chosen and translation.get_language_from_path(request.path_info) is None:
            with translation.override(language):
                request.LANGUAGE_CODE = language
                return self.get_response(request)
        return self.get_response(request)


class ReadOrSendMiddleware:
    """Pages are read and forms are sent. Any other method is refused before somebody looks who asks for
    what, so that no view has to think of it and the answer tells nothing of what is there."""

    TAKEN = ("GET", "HEAD", "POST")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in self.TAKEN:
            return HttpResponseNotAllowed(self.TAKEN)
        return self.get_response(request)
