"""The staff site: Django's admin, with a way back for who forgot their password."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth import views
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse_lazy
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

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return theme_policy(super().login)(request, extra_context)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path(
                "r/<path:content_type_id>/<path:object_id>/",
                self.admin_view(no_shortcut),
                name="view_on_site",
            ),
            path(
                "password_reset/",
                self._open(
                    views.PasswordResetView,
                    success_url=reverse_lazy("admin:password_reset_done"),
                    email_template_name="registration/staff_password_mail.txt",
                    subject_template_name="registration/staff_password_mail_subject.txt",
                    extra_email_context={"site_url": settings.SITE_URL},
                ),
                name="admin_password_reset",
            ),
            path(
                "password_reset/done/",
                self._open(views.PasswordResetDoneView),
                name="password_reset_done",
            ),
            path(
                "reset/<uidb64>/<token>/",
                self._open(
                    views.PasswordResetConfirmView,
                    success_url=reverse_lazy("admin:password_reset_complete"),
                ),
                name="password_reset_confirm",
            ),
            path(
                "reset/done/",
                self._open(views.PasswordResetCompleteView),
                name="password_reset_complete",
            ),
            *super().get_urls(),
        ]

    def _open(self, view: Any, **options: Any) -> Callable[..., HttpResponse]:
        """A page of the staff site for who isn't logged in, in the theme's frame."""

        def page(request: HttpRequest, **parts: Any) -> HttpResponse:
            return view.as_view(extra_context=self.each_context(request), **options)(request, **parts)

        return theme_policy(page)


def municipality_line(request: HttpRequest) -> str:
    """Below the name of the site: where one works."""
    access = access_of(request)
    if access.everywhere:
        return str(_("All municipalities"))
    return ", ".join(access.names)


def environment(request: HttpRequest) -> list[str] | None:
    """A mark that tells a trial from the real portal."""
    return [str(_("Trial")), "warning"] if settings.DEBUG else None
