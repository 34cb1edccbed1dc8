from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from municipalities.login import joining
from municipalities.login.providers import Identity, IdentityProvider, Kind
from municipalities.tenancy.forms import ScopedForm


class IdentityProviderForm(ScopedForm):
    """The secret is written, never shown."""

    # To these addresses, or in this name, it would be sent; whoever changes them must know it.
    bound: ClassVar[set[str]] = {"issuer", "client_id"}
    client_secret = forms.CharField(
        label=_("client secret"),
        max_length=400,
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_("It is kept encrypted and not shown again. Empty: the one that was saved before stays."),
    )

    class Meta:
        model = IdentityProvider
        fields = "__all__"

    def clean_client_secret(self) -> str:
        typed: str = self.cleaned_data["client_secret"]
        if typed:
            return typed
        if self.instance.pk is None:
            raise ValidationError(_("Type the secret that the provider has given you."))
        if self.bound & set(self.changed_data):
            raise ValidationError(_("You have changed the issuer or the client id: type the secret anew."))
        return self.instance.client_secret

    def clean_kind(self) -> str:
        """What let staff in must not let newcomers in one day, with whoever is joined to it, nor the reverse."""
        kind = str(self.cleaned_data["kind"])
        was = self.instance.kind if self.instance.pk else kind
        if (Kind.IDPORTEN in {kind, was}) and kind != was:
            raise ValidationError(
                _("A login for newcomers and one for staff can't become each other: enter a new one.")
            )
        return kind

    def clean_issuer(self) -> str:
        return str(self.cleaned_data["issuer"]).strip()


class IdentityForm(ScopedForm):
    class Meta:
        model = Identity
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        provider, user = cleaned.get("provider"), cleaned.get("user")
        if provider is not None:
            self.instance.issuer = provider.issuer
            if provider.is_for_newcomers:
                self.add_error("provider", _("ID-porten is for newcomers: no colleague logs in by it."))
        if provider is not None and user is not None:
            if joining.reaches_further(user, provider.municipality_id):
                self.add_error(
                    "user",
                    _("This colleague works in more places, and logs in with password and second step."),
                )
        return cleaned
