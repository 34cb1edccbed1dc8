from typing import Any
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from municipalities.login import openid
from municipalities.login.provider_forms import IdentityForm, IdentityProviderForm
from municipalities.login.providers import Identity, IdentityProvider, RoleClaim, redirect_uri
from municipalities.tenancy.admin import ScopedAdmin, ScopedTabularInline
from municipalities.tenancy.roles import Right

# allauth's own lists know no municipality, and would show everybody's.
for foreign in (EmailAddress, Authenticator, UserSession):
    if admin.site.is_registered(foreign):
        admin.site.unregister(foreign)


class RoleClaimInline(ScopedTabularInline):
    model = RoleClaim
    read = write = Right.MANAGE
    fields = ["value", "role"]
    tab = False


@admin.register(IdentityProvider)
class IdentityProviderAdmin(ScopedAdmin):
    read = write = Right.MANAGE
    form = IdentityProviderForm
    list_display = ["name", "municipality", "kind", "active"]
    list_filter = ["kind", "active"]
    list_select_related = ["municipality"]
    search_fields = ["name"]
    ordering = ["name"]
    inlines = [RoleClaimInline]
    readonly_fields = ["return_address", "connection"]
    fieldsets = [
        (None, {"fields": [("name", "kind"), "active"]}),
        (
            _("At the provider"),
            {
                "fields": [
                    "return_address",
                    "issuer",
                    "tenant_id",
                    ("client_id", "client_secret"),
                    "connection",
                ]
            },
        ),
        (_("Who comes in"), {"fields": ["acr_values", ("roles_claim", "creates_memberships")]}),
    ]

    def get_urls(self) -> list[Any]:
        address = path(
            "<int:object_id>/test/",
            self.admin_site.admin_view(self.try_connection),
            name="municipalities_identityprovider_test",
        )
        return [address, *super().get_urls()]

    def try_connection(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """GET asks, POST fetches what the provider publishes and says what came of it."""
        provider = get_object_or_404(self.get_queryset(request).select_related("municipality"), pk=object_id)
        if not self.has_change_permission(request, provider):
            raise PermissionDenied
        back = reverse("admin:municipalities_identityprovider_change", args=[provider.pk])
        if request.method == "POST":
            content, words = attempt(provider)
            (messages.success if content else messages.error)(request, words)
            return redirect(back)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts, "original": provider, "title": _("Test the connection"), "back": back,
            "question": _("The portal asks %(host)s for its addresses and keys. Nobody is logged in.")
            % {"host": urlsplit(provider.issuer).hostname},
        }  # fmt: skip
        return TemplateResponse(request, "admin/municipalities/user/account_step.html", context)

    @display(description=_("address to send people back to"))
    def return_address(self, provider: IdentityProvider) -> str:
        if provider._state.adding:
            words = _(
                "%(address)s, for ID-porten %(newcomers)s – with your municipality's number in the place of the dots"
            )
            return words % {
                "address": redirect_uri("0000").replace("0000", "…"),
                "newcomers": redirect_uri("0000", newcomers=True).replace("0000", "…"),
            }
        return provider.redirect_uri

    @display(description=_("connection"))
    def connection(self, provider: IdentityProvider) -> str:
        if provider._state.adding:
            return str(_("Can be tested once it is saved."))
        address = reverse("admin:municipalities_identityprovider_test", args=[provider.pk])
        return format_html('<a href="{}" class="text-primary-600">{}</a>', address, _("Test the connection"))


def attempt(provider: IdentityProvider) -> tuple[bool, str]:
    """Whether the provider publishes what a login needs, and that in plain words."""
    try:
        keys = openid.keys_of(provider, openid.discover(provider, anew=True), anew=True)
    except openid.Refused as refusal:
        return False, str(SAYINGS.get(refusal.code, SAYINGS["discovery"]))
    count = len(keys)
    return True, ngettext(
        "The provider answers, and has published one key.",
        "The provider answers, and has published %(count)s keys.",
        count,
    ) % {"count": count}


SAYINGS = {
    "discovery": _("Nothing that can be read lies at the issuer's address. Is it written right?"),
    "discovery-issuer": _(
        "The provider calls itself something else than the issuer here. Copy it letter by letter."
    ),
    "discovery-addresses": _("The provider does not name its own addresses as it should."),
    "keys": _("The provider names an address for its keys, and there are none."),
}


@admin.register(Identity)
class IdentityAdmin(ScopedAdmin):
    """By hand, where neither mail address nor role could tell whose account it is."""

    read = write = Right.MANAGE
    form = IdentityForm
    list_display = ["user", "provider", "joined_at", "last_login_at"]
    list_filter = ["provider"]
    list_select_related = ["user", "provider", "municipality"]
    search_fields = ["user__name", "user__email"]
    ordering = ["user__name"]
    fieldsets = [(None, {"fields": ["provider", "user", "subject"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "provider", "user", "subject"] if obj else fields
