"""People who have offered themselves as a host, and are none yet."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.links.confirming import ToConfirm, ToConfirmQuerySet
from municipalities.texts.languages import LANGUAGES
from welcome.hosts.models import validate_spoken
from welcome.households.consents import ConsentText


class HostOfferQuerySet(ToConfirmQuerySet["HostOffer"]):
    def waiting(self) -> Self:
        """For staff to answer; who has not confirmed their e-mail is nobody yet."""
        return self.confirmed()


class HostOffer(ToConfirm):
    """Approved it becomes a Host, declined it is deleted: it never outlives its answer."""

    name = models.CharField(_("name"), max_length=80)
    phone = PhoneNumberField(_("phone"), blank=True)
    place = models.CharField(_("village"), max_length=60)
    languages = models.JSONField(_("languages"), default=list, validators=[validate_spoken])
    interests = models.CharField(_("interests"), max_length=300, blank=True)
    about = models.CharField(_("about them"), max_length=240, blank=True)
    may_be_named = models.BooleanField(_("may be named in letters"), default=False)
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+", verbose_name=_("words"))

    objects = HostOfferQuerySet.as_manager()

    class Meta(ToConfirm.Meta):
        abstract = False
        verbose_name = _("offer to be a host")
        verbose_name_plural = _("offers to be a host")
        ordering = ["asked_at", "pk"]
        constraints = [
            *ToConfirm.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(name=""),
                name="hostoffer_has_a_name",
                violation_error_message=_("Who offers to be a host has a name."),
            ),
            models.CheckConstraint(
                condition=~Q(email=""),
                name="hostoffer_has_an_address",
                violation_error_message=_("Who offers to be a host gives an e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive it: no names.
        return _("Offer to be a host %(number)s") % {"number": self.pk}

    @property
    def spoken(self) -> str:
        return ", ".join(LANGUAGES[code].own_name for code in self.languages if code in LANGUAGES)
