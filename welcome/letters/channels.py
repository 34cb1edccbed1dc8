"""The ways by which a letter reaches a household, and which of them a municipality has opened.

A letter's way is chosen and frozen with it. Paper needs nothing and is what every other way falls back to.
"""

import datetime
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import Municipality, MunicipalityOwned, OwnedQuerySet
from municipalities.national import maskinporten, svarut
from municipalities.privacy.encryption import EncryptedTextField
from welcome.households.consents import Consent, ConsentPurpose
from welcome.households.models import Person


class Channel(models.TextChoices):
    PRINT = "print", _("Print")
    EMAIL = "email", _("E-mail")
    SVARUT = "svarut", _("SvarUt")


class NotTaken(Exception):
    """This letter won't go this way, now or later. `reason` is one of `delivery_models.Reason`; `detail` a
    code for staff and logs, in which no address stands."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason = reason
        self.detail = detail[:80]


class Later(NotTaken):
    """Not taken now. `after`: how long to wait, where the receiver has said so."""

    def __init__(self, reason: str, detail: str = "", after: datetime.timedelta | None = None) -> None:
        super().__init__(reason, detail)
        self.after = after


class MaybeTaken(NotTaken):
    """Nobody knows yet."""


class Printing(models.TextChoices):
    OWN = "own", _("The municipality prints and posts them itself")
    SVARUT = "svarut", _("SvarUt prints and posts them")


class EmailAs(models.TextChoices):
    LINK = "link", _("as a link that opens the letter")
    ATTACHED = "attached", _("attached as a PDF")


_UUID = RegexValidator(
    r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    _("Copy the whole number: 32 digits and letters a–f, with dashes."),
)


class ChannelSettingsQuerySet(OwnedQuerySet["ChannelSettings"]):
    def with_svarut(self) -> Self:
        return self.filter(printing=Printing.SVARUT)


class ChannelSettings(MunicipalityOwned):
    """How one municipality's letters may go. None, and they are printed by itself."""

    printing = models.CharField(_("letters on paper"), max_length=6, choices=Printing, default=Printing.OWN)
    by_email = models.BooleanField(
        _("letters by e-mail"),
        default=False,
        help_text=_("To households that have agreed to it, as it stands on their page."),
    )
    email_as = models.CharField(
        _("the letter in the e-mail"),
        max_length=8,
        choices=EmailAs,
        default=EmailAs.LINK,
        db_default=EmailAs.LINK,
        help_text=_(
            "Behind a link, name and address don't lie in mailboxes, and the link is ended if they get address"
            " protection. An attachment can't be called back."
        ),
    )
    account_id = models.CharField(
        _("account"), max_length=36, blank=True, validators=[_UUID],
        help_text=_("The id (kontoId) of the account in SvarUt that the letters are sent from."),
    )  # fmt: skip
    integration_id = models.CharField(
        _("integration id"), max_length=36, blank=True, validators=[_UUID],
        help_text=_("From KS Fiks (IntegrasjonId)."),
    )  # fmt: skip
    integration_password = EncryptedTextField(_("integration password"), blank=True)
    client_id = models.CharField(
        _("client at Maskinporten"), max_length=60, blank=True,
        help_text=_("The client must have the scope ks:fiks."),
    )  # fmt: skip
    key_id = models.CharField(_("key's id (kid)"), max_length=100, blank=True)
    private_key = EncryptedTextField(_("private key"), blank=True)
    cost_code = models.CharField(
        _("cost code"),
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^[\w\-.]{1,20}$", _("Letters, digits, dash, dot and underscore only."))],
        help_text=_("Stands on SvarUt's invoice (konteringskode)."),
    )

    objects = ChannelSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("settings for sending letters")
        verbose_name_plural = _("settings for sending letters")
        ordering = ["municipality"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality"],
                name="channelsettings_once_per_municipality",
                violation_error_message=_("The municipality has said this already: change that instead."),
            ),
            models.CheckConstraint(
                condition=Q(printing=Printing.OWN)
                | ~Q(account_id="") & ~Q(integration_id="") & ~Q(client_id="") & ~Q(key_id=""),
                name="channelsettings_svarut_has_its_account",
                violation_error_message=_(
                    "SvarUt needs the account, the integration, the client at Maskinporten and its key."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(_("How letters are sent"))

    @property
    def account(self) -> svarut.Account | None:
        """What SvarUt is asked with; None while something is not entered."""
        client = maskinporten.Client(self.client_id, self.key_id, self.private_key)
        account = svarut.Account(self.account_id, self.integration_id, self.integration_password, client)
        entered = [
            account.account_id, account.integration_id, account.integration_password,
            client.client_id, client.key_id, client.private_key,
        ]  # fmt: skip
        return account if all(entered) else None


def settings_of(municipality: Municipality | int) -> ChannelSettings | None:
    return ChannelSettings.objects.filter(municipality=municipality).first()


class Choice:
    """Which way each household's letter of one municipality goes, as things stand now: two queries for all."""

    def __init__(self, municipality: Municipality) -> None:
        opened = settings_of(municipality)
        by_svarut = opened is not None and opened.printing == Printing.SVARUT and opened.account is not None
        self._paper = Channel.SVARUT if by_svarut else Channel.PRINT
        self._agreed: set[int] = set()
        if opened is not None and opened.by_email:
            consents = Consent.objects.of(municipality).running().filter(purpose=ConsentPurpose.EMAIL)
            self._agreed = set(consents.values_list("household_id", flat=True))

    def of(self, household_id: int, adults: list[Person]) -> tuple[Channel, str]:
        """The channel, and the address where it is e-mail: that of the first adult who has one."""
        if household_id in self._agreed:
            for adult in adults:
                if adult.email:
                    return Channel.EMAIL, adult.email
        return self._paper, ""
