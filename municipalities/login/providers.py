"""Where people log in by OpenID Connect: the municipalities' own directories for their staff, and ID-porten for
newcomers who wish it. The two never meet: what is offered to the one is not offered to the other."""

import hashlib
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.privacy.encryption import EncryptedTextField
from municipalities.tenancy.models import Role, User


class Kind(models.TextChoices):
    ENTRA = "entra", "Entra ID"
    ANSATTPORTEN = "ansattporten", "Ansattporten"
    IDPORTEN = "idporten", _("ID-porten, for newcomers")
    OTHER = "other", _("Other OpenID Connect")


# Of ID-porten, from the one that is less sure: whoever demands one accepts those above it.
ASSURANCE = ["idporten-loa-substantial", "idporten-loa-high"]


def validate_issuer(value: str) -> None:
    """https, but for a host that FETCH_PRIVATE_HOSTS names: a double on one's own machine."""
    try:
        parts = urlsplit(value)
        named = {parts.hostname, parts.netloc} & set(settings.FETCH_PRIVATE_HOSTS)
    except ValueError:
        parts, named = urlsplit(""), set()
    if not (parts.scheme == "https" or (parts.scheme == "http" and named)) or not parts.hostname:
        raise ValidationError(_("Give the whole address, beginning with https://."))
    if parts.username is not None or parts.query or parts.fragment:
        raise ValidationError(_("The address has no user name, question mark or # in it."))


class IdentityProviderQuerySet(OwnedQuerySet["IdentityProvider"]):
    def offered(self) -> Self:
        """On the staff's login page, in the order of the municipalities' names."""
        staff = self.filter(active=True).exclude(kind=Kind.IDPORTEN)
        return staff.select_related("municipality").order_by("municipality__name", "name")

    def for_newcomers(self) -> Self:
        """To log in to one's own page; at most one in each municipality."""
        return self.filter(active=True, kind=Kind.IDPORTEN).select_related("municipality")


class IdentityProvider(MunicipalityOwned):
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(
        _("name on the button"),
        max_length=40,
        help_text=_("What your staff call it, for instance “Dalen login”."),
    )
    issuer = models.CharField(
        _("issuer"),
        max_length=200,
        validators=[validate_issuer],
        help_text=_(
            "Letter by letter as the provider gives it. Entra ID:"
            " https://login.microsoftonline.com/<tenant>/v2.0 · Ansattporten: https://ansattporten.no"
            " · ID-porten: https://idporten.no"
        ),
    )
    client_id = models.CharField(_("client id"), max_length=200)
    client_secret = EncryptedTextField(_("client secret"), max_length=400)
    tenant_id = models.CharField(
        _("tenant"),
        max_length=36,
        blank=True,
        validators=[RegexValidator(r"^[0-9a-f-]{36}$", _("36 digits, letters a–f and hyphens."))],
        help_text=_("Only for Entra ID: the directory's (tenant) id."),
    )
    acr_values = models.CharField(
        _("levels accepted"),
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^[\x21-\x7e]+( [\x21-\x7e]+)*$", _("Divide the levels by one space."))],
        help_text=_(
            "The login must say one of these (acr), for instance idporten-loa-high. For Entra ID an"
            " authentication context that demands a second step, for instance c1. Empty: the portal asks"
            " for its own second step after each login."
        ),
    )
    roles_claim = models.CharField(
        _("claim with roles"),
        max_length=60,
        blank=True,
        help_text=_("For instance roles or groups. Empty: roles are given here by hand."),
    )
    creates_memberships = models.BooleanField(
        _("lets new colleagues in"),
        default=False,
        help_text=_("Whoever has a role by the table below gets an account at the first login."),
    )
    active = models.BooleanField(
        _("offered on the login page"),
        default=False,
        help_text=_("ID-porten is offered to newcomers, on the page about their own page."),
    )

    objects = IdentityProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("login of one's own")
        verbose_name_plural = _("logins of one's own")
        ordering = ["municipality", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "name"],
                name="identity_provider_once_per_municipality_and_name",
                violation_error_message=_("There is already a login of this name."),
            ),
            models.CheckConstraint(
                condition=Q(issuer__regex=r"^https?://[^?#@ ]+$"),
                name="identity_provider_issuer_is_an_address",
                violation_error_message=_("The issuer is an address without question mark or #."),
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.ENTRA) ^ Q(tenant_id=""),
                name="identity_provider_has_a_tenant_if_it_is_entra",
                violation_error_message=_("Entra ID needs the id of its tenant, and nothing else has one."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.ANSATTPORTEN, acr_values=""),
                name="identity_provider_ansattporten_demands_a_level",
                violation_error_message=_(
                    "Ansattporten needs at least one level, such as idporten-loa-high."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(creates_memberships=True, roles_claim=""),
                name="identity_provider_lets_in_by_roles_only",
                violation_error_message=_("To let new colleagues in, say which claim holds their roles."),
            ),
            models.UniqueConstraint(
                fields=["municipality"],
                condition=Q(kind=Kind.IDPORTEN),
                name="identity_provider_one_idporten_per_municipality",
                violation_error_message=_("This municipality has entered ID-porten already."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.IDPORTEN) | Q(acr_values__in=ASSURANCE),
                name="identity_provider_idporten_demands_a_level",
                violation_error_message=_(
                    "ID-porten needs one level: idporten-loa-substantial, which accepts the higher one too, or"
                    " idporten-loa-high."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.IDPORTEN) | Q(roles_claim="", creates_memberships=False),
                name="identity_provider_idporten_lets_no_staff_in",
                violation_error_message=_("ID-porten is for newcomers: it gives nobody a role."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_for_newcomers(self) -> bool:
        return self.kind == Kind.IDPORTEN

    @property
    def levels(self) -> set[str]:
        if self.is_for_newcomers:
            return set(ASSURANCE[ASSURANCE.index(self.acr_values) :])
        return set(self.acr_values.split())

    @property
    def mark(self) -> str:
        """Of what a login by it stands on: with another one, it was another login."""
        told = "\0".join((str(self.pk), self.issuer, self.client_id, self.acr_values))
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def redirect_uri(self) -> str:
        return redirect_uri(self.municipality.number, newcomers=self.is_for_newcomers)


def redirect_uri(number: str, *, newcomers: bool = False) -> str:
    """Where the municipality's providers send people back to: never from what a request calls the host.

    One for each municipality, known before a provider is entered. Were it the same for all, the provider
    of one could lead people on to that of another, and be given the code meant for it.
    """
    return settings.SITE_URL + reverse("own_login_back" if newcomers else "openid_back", args=[number])


class RoleClaim(MunicipalityOwned):
    """Whoever comes with this value in the provider's claim has this role, for as long as they do."""

    provider = models.ForeignKey(
        IdentityProvider, models.CASCADE, related_name="role_claims", verbose_name=_("login of one's own")
    )
    value = models.CharField(_("value of the claim"), max_length=120)
    role = models.CharField(_("role"), max_length=16, choices=Role)

    objects = OwnedQuerySet["RoleClaim"].as_manager()

    class Meta:
        verbose_name = _("role by claim")
        verbose_name_plural = _("roles by claim")
        ordering = ["value", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "value", "role"],
                name="role_claim_once_per_provider_value_and_role",
                violation_error_message=_("This value gives this role already."),
            ),
            models.CheckConstraint(
                condition=~Q(value=""),
                name="role_claim_has_a_value",
                violation_error_message=_("Say which value gives the role."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} → {self.get_role_display()}"


class Identity(MunicipalityOwned):
    """A colleague as a provider knows them. Issuer and subject are the identity; mail and name can pass
    on to somebody else."""

    provider = models.ForeignKey(
        IdentityProvider, models.CASCADE, related_name="identities", verbose_name=_("login of one's own")
    )
    issuer = models.CharField(_("issuer"), max_length=200, editable=False)
    subject = models.CharField(
        _("subject"),
        max_length=255,
        help_text=_("The identifier that the colleague was shown when the portal did not know them."),
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="identities", verbose_name=_("user"))
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)
    last_login_at = models.DateTimeField(_("last login"), null=True, editable=False)

    objects = OwnedQuerySet["Identity"].as_manager()

    class Meta:
        verbose_name = _("joined colleague")
        verbose_name_plural = _("joined colleagues")
        ordering = ["provider", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "issuer", "subject"],
                name="identity_once_per_provider_and_subject",
                violation_error_message=_("This identifier is joined with a colleague already."),
            ),
            models.UniqueConstraint(
                fields=["provider", "issuer", "user"],
                name="identity_once_per_provider_and_user",
                violation_error_message=_("This colleague is joined already."),
            ),
            models.CheckConstraint(
                condition=~Q(subject=""),
                name="identity_has_a_subject",
                violation_error_message=_("Type the identifier."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.provider}"
