"""The newcomers' club: a list that people agree to be on, and leave when they like."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from municipalities.links.confirming import ToConfirm, ToConfirmQuerySet
from municipalities.texts.languages import CHOICES
from welcome.households.consents import ConsentText
from welcome.households.models import Household, Person


class MemberQuerySet(ToConfirmQuerySet["Member"]):
    def for_files(self) -> Self:
        """Without those of households that are protected or may only be kept, and who is reached as one of them is:
        they go out in no file."""
        hidden = Person.objects.in_no_file().filter(municipality=OuterRef("municipality"))
        rows = (
            self.confirmed()
            .annotate(_folded=Lower("email"))
            .exclude(Exists(hidden.annotate(_same=Lower("email")).filter(_same=OuterRef("_folded"))))
        )
        return rows.filter(Q(household=None) | Q(household__protection="", household__held_at=None))

    def of_household(self, household: Household) -> Self:
        """Who of the household came with an order, or by themselves with an e-mail that one of them has."""
        emails = [email.lower() for email in household.people.values_list("email", flat=True) if email]
        rows = self.of(household.municipality).annotate(_email=Lower("email"))
        return rows.filter(Q(household=household) | Q(_email__in=emails))


class Member(ToConfirm):
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=5, choices=CHOICES, default="nb")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+", verbose_name=_("words"))
    household = models.ForeignKey(
        Household,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="club_members",
        verbose_name=_("household"),
    )

    objects = MemberQuerySet.as_manager()

    class Meta(ToConfirm.Meta):
        abstract = False
        verbose_name = _("member of the newcomers' club")
        verbose_name_plural = _("members of the newcomers' club")
        ordering = ["name", "pk"]
        constraints = [
            *ToConfirm.Meta.constraints,
            models.UniqueConstraint(
                "municipality",
                Lower("email"),
                condition=Q(confirmed_at__isnull=False),
                name="member_once_per_municipality_and_email",
                violation_error_message=_("This e-mail is on the list already."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(email=""),
                name="member_has_name_and_address",
                violation_error_message=_("A member has a name and an e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive the member: no names.
        return _("Member %(number)s") % {"number": self.pk}
