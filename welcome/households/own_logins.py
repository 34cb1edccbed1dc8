"""Logins by which people open their household's own page without its link. Who they are is not held."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import Municipality, MunicipalityOwned, OwnedQuerySet
from municipalities.privacy import encryption
from welcome.households.models import Household

FINGERPRINT = r"^[0-9a-f]{64}$"


def fingerprints(municipality: Municipality, *, issuer: str, subject: str) -> list[str]:
    """One for each of FIELD_KEYS, today's first. The same person has another one in each municipality, so
    that nobody can see from the rows that somebody has moved from one to the next."""
    return encryption.digests(f"{issuer}\0{subject}", f"own-login:{municipality.number}")


class OwnLoginQuerySet(OwnedQuerySet["OwnLogin"]):
    def of_person(self, municipality: Municipality, *, issuer: str, subject: str) -> Self:
        """At most one, but for the moment in which FIELD_KEYS are changed."""
        known = fingerprints(municipality, issuer=issuer, subject=subject)
        return self.of(municipality).filter(fingerprint__in=known)


class OwnLogin(MunicipalityOwned):
    """`fingerprint` finds the row when the same person logs in again; nobody can read out of it who it is.
    `state` is that of what must not have changed since, as with links: address protection."""

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="own_logins", editable=False, verbose_name=_("household")
    )
    fingerprint = models.CharField(_("fingerprint of the person"), max_length=64, editable=False)
    state = models.CharField(_("fingerprint of the household"), max_length=64, editable=False)
    created_at = models.DateTimeField(_("set up"), default=timezone.now, editable=False)
    used_at = models.DateTimeField(_("last login"), default=timezone.now, editable=False)

    objects = OwnLoginQuerySet.as_manager()

    class Meta:
        verbose_name = _("login to their own page")
        verbose_name_plural = _("logins to their own page")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "fingerprint"],
                name="own_login_one_household_per_person",
                violation_error_message=_("This person logs in to the page of a household already."),
            ),
            models.CheckConstraint(
                condition=Q(fingerprint__regex=FINGERPRINT, state__regex=FINGERPRINT),
                name="own_login_holds_fingerprints_only",
                violation_error_message=_("Of who logs in, only a fingerprint may be held."),
            ),
            models.CheckConstraint(
                condition=Q(used_at__gte=F("created_at")),
                name="own_login_used_after_it_was_set_up",
                violation_error_message=_("Nobody has logged in before it was set up."),
            ),
        ]

    def __str__(self) -> str:
        return _("Login %(number)s") % {"number": self.pk}

    @property
    def opens(self) -> bool:
        """Whether the household is as it was when the person set this up."""
        return self.state in states(self.household, fingerprint=self.fingerprint)


def bound_to(household: Household) -> str:
    """What must stay as it is for links and logins to open: letters lie where somebody lived. When protection
    comes, or is lifted, nothing from before opens."""
    return household.protection


def states(household: Household, *, fingerprint: str) -> list[str]:
    """One for each of FIELD_KEYS, today's first. The household's number is in it: whoever's row is moved to
    another household, as by a merge, opens nothing there."""
    return encryption.digests(f"{fingerprint}\0{household.pk}\0{bound_to(household)}", "own-login-state")
