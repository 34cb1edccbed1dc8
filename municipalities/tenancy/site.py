"""The staff site: Django's admin. Who may come in is asked elsewhere: `municipalities/login`."""

from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from municipalities.tenancy.access import access_of

# The theme's Alpine evaluates its attributes and sets styles; the public pages stay strict.
# Its pages show letters in a frame of their own.
theme_policy: Any = csp_replace(
    {
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "frame-ancestors": [SELF],
        "require-trusted-types-for": None,
    }
)


def no_shortcut(request: HttpRequest, content_type_id: int, object_id: str) -> HttpResponse:
    """Django's own would tell of any model's any row whether it is there."""
    raise Http404


class StaffSite(UnfoldAdminSite):
    index_title = _("Today")
    enable_nav_sidebar = True

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return theme_policy(super().admin_view(view, cacheable))

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever works nowhere any more has no site to see, however they are still logged in."""
        access = access_of(request)
        return super().has_permission(request) and (access.everywhere or bool(access.rights))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            wanted = reverse("admin:index")
        if self.has_permission(request):
            return redirect(wanted)
        if request.user.is_authenticated:
            raise PermissionDenied  # Asking for a login again would lead here again.
        return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST":
            logout(request)
            return redirect("account_login")
        return redirect("account_logout")  # It asks first: an image on some page must log nobody out.

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path(
                "r/<path:content_type_id>/<path:object_id>/",
                self.admin_view(no_shortcut),
                name="view_on_site",
            ),
            *super().get_urls(),
        ]


def municipality_line(request: HttpRequest) -> str:
    """Below the name of the site: where one works."""
    access = access_of(request)
    if access.everywhere:
        return str(_("All municipalities"))
    return ", ".join(access.names)


def environment(request: HttpRequest) -> list[str] | None:
    """A mark that tells a trial from the real portal."""
    return [str(_("Trial")), "warning"] if settings.DEBUG else None
