"""How a municipality's letters are sent: its ways and its keys, and whether those open."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget

from municipalities.national import maskinporten, svarut
from municipalities.tenancy.admin import ScopedAdmin
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.roles import Right
from welcome.letters.channels import ChannelSettings, Printing

_KEPT = _("It is kept encrypted and not shown again. Empty: the one that was saved before stays.")


class ChannelSettingsForm(ScopedForm):
    """Password and key are written, never shown."""

    # With these they belong together; whoever changes one must know the other.
    bound: ClassVar[dict[str, set[str]]] = {
        "integration_password": {"account_id", "integration_id"},
        "private_key": {"client_id", "key_id"},
    }
    integration_password = forms.CharField(
        label=_("Integration password"),
        max_length=400,
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_KEPT,
    )
    private_key = forms.CharField(
        label=_("Private key"),
        max_length=10_000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_KEPT,
    )

    class Meta:
        model = ChannelSettings
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.bound:
            if name in self.fields:
                self.initial[name] = ""

    def clean_integration_password(self) -> str:
        return self._typed_or_kept("integration_password")

    def clean_private_key(self) -> str:
        key = self._typed_or_kept("private_key")
        if key and not maskinporten.is_key(key):
            raise ValidationError(
                _(
                    "This is no RSA private key without a password. It begins with -----BEGIN PRIVATE KEY-----."
                )
            )
        return key

    def _typed_or_kept(self, name: str) -> str:
        typed: str = self.cleaned_data[name].strip()
        kept: str = getattr(self.instance, name)
        if not typed and kept and self.bound[name] & set(self.changed_data):
            raise ValidationError(_("You have changed what this belongs to: type it anew."))
        return typed or kept

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("printing") == Printing.SVARUT:
            for name in (
                "account_id",
                "integration_id",
                "integration_password",
                "client_id",
                "key_id",
                "private_key",
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("SvarUt needs this."))
        return cleaned


@admin.register(ChannelSettings)
class ChannelSettingsAdmin(ScopedAdmin):
    read = write = Right.MANAGE
    form = ChannelSettingsForm
    list_display = ["title", "municipality", "printing", "by_email", "email_as"]
    list_filter = ["printing", "by_email"]
    list_select_related = ["municipality"]
    ordering = ["municipality"]
    readonly_fields = ["connection"]
    fieldsets = [
        (None, {"fields": ["by_email", "email_as", "printing"]}),
        (
            _("SvarUt"),
            {
                "fields": [
                    "account_id", ("integration_id", "integration_password"), ("client_id", "key_id"),
                    "private_key", "cost_code", "connection",
                ],
                "description": _(
                    "SvarUt prints and posts all of them. It delivers nothing digitally: that asks for the recipient's"
                    " national identity number, which is not held here. Letters that are frozen keep the way they were"
                    " frozen with; what is changed here holds for the next run."
                ),
            },
        ),
    ]  # fmt: skip

    def get_urls(self) -> list[Any]:
        address = path(
            "<int:object_id>/test/",
            self.admin_site.admin_view(self.try_connection),
            name="welcome_channelsettings_test",
        )
        return [address, *super().get_urls()]

    def try_connection(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """GET asks, POST knocks at SvarUt and says what came of it."""
        found = get_object_or_404(self.get_queryset(request).select_related("municipality"), pk=object_id)
        if not self.has_change_permission(request, found):
            raise PermissionDenied
        back = reverse("admin:welcome_channelsettings_change", args=[found.pk])
        if request.method == "POST":
            works, words = knock(found)
            (messages.success if works else messages.error)(request, words)
            return redirect(back)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts, "original": found, "title": _("Test the connection"), "back": back,
            "question": _(
                "The portal logs in at Maskinporten and asks SvarUt for a letter that is not there. Nothing is sent."
            ),
        }  # fmt: skip
        return TemplateResponse(request, "admin/municipalities/user/account_step.html", context)

    @display(description=_("how letters are sent"))
    def title(self, row: ChannelSettings) -> str:
        return str(row)

    @display(description=_("connection"))
    def connection(self, row: ChannelSettings) -> str:
        if row._state.adding:
            return str(_("Can be tested once it is saved."))
        address = reverse("admin:welcome_channelsettings_test", args=[row.pk])
        return format_html('<a href="{}" class="text-primary-600">{}</a>', address, _("Test the connection"))


def knock(row: ChannelSettings) -> tuple[bool, str]:
    """Whether SvarUt lets the municipality in, and that in plain words. Asks nobody while a field is empty."""
    account = row.account
    if account is None:
        return False, str(_("Something is missing: SvarUt is not asked before all of it is entered."))
    try:
        svarut.check(account)
    except svarut.Fault as fault:
        return False, f"{_words(fault)} ({fault.code})"
    return True, str(_("SvarUt lets the municipality in."))


def _words(fault: svarut.Fault) -> str:
    code = fault.code
    if code == "key":
        return str(_("The private key can't be read. Paste the whole of it, with its first and last line."))
    if code.startswith("token"):
        if isinstance(fault, svarut.NotLetIn):
            return str(
                _(
                    "Maskinporten does not know this client with this key, or the client lacks the scope ks:fiks."
                    " Compare the client, the key's id and the key with what stands at Maskinporten."
                )
            )
        return str(_("Maskinporten does not answer. Try again later."))
    if "404" in code:
        return str(_("SvarUt knows no account of this id."))
    if isinstance(fault, svarut.NotLetIn):
        return str(
            _(
                "SvarUt refuses the integration: its id or password is wrong, or it may not use this account."
                " Give it the right to the account in KS Fiks."
            )
        )
    if isinstance(fault, svarut.TryAgain):
        return str(_("SvarUt does not answer as it should. Try again later."))
    return str(_("SvarUt did not understand the question. Is the account's id right?"))
