from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation

from municipalities.municipality import scope
from municipalities.tenancy.access import access_of


class NoNulMiddleware:
    """No address of ours has a NUL in it, and PostgreSQL refuses to look for one: 400 instead of a crash.
    Forms refuse it themselves."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "\0" in unquote(request.META.get("QUERY_STRING", "")):
            raise SuspiciousOperation("NUL in the address")
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
