"""Employers, clubs, associations and public offices: who is there, and who is part of the reception of newcomers."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.models import Text, TextSet, text_constraints

REVIEW_MONTHS = 12


class Kind(models.TextChoices):
    CLUB = "club", _("Club")
    ASSOCIATION = "association", _("Association")
    EMPLOYER = "employer", _("Employer")
    OFFICE = "office", _("Public office")


class OrganisationQuerySet(OwnedQuerySet["Organisation"]):
    def published(self) -> Self:
        return self.filter(published=True, municipality__published=True)

    def with_content(self) -> Self:
        """All that a page shows of them, in a constant number of queries."""
        return self.select_related("municipality", "contact").prefetch_related(
            "texts", "texts__changed_by", "contact__opening_hours", "contact__special_days"
        )


class Organisation(MunicipalityOwned):
    public_rows = Q(published=True)

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address on the site"), max_length=60)
    kind = models.CharField(_("kind"), max_length=11, choices=Kind, default=Kind.CLUB)
    contact = models.ForeignKey(
        ContactPoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("contact point"),
        help_text=_("Whom people may call or visit; shown on its page."),
    )
    website = models.URLField(_("website"), blank=True)
    email = models.EmailField(
        _("e-mail of who answers for it"), blank=True, help_text=_("For the municipality only; never shown.")
    )
    anchored = models.BooleanField(
        _("anchored in the reception work"),
        default=False,
        help_text=_("Its leadership has said that it takes part in receiving newcomers."),
    )
    trusted = models.BooleanField(
        _("its calendar is published at once"),
        default=False,
        help_text=_("Otherwise each activity from its calendar waits for one of you."),
    )
    published = models.BooleanField(_("shown to the public"), default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "slug"],
                name="organisation_once_per_municipality_and_slug",
                violation_error_message=_("This municipality has an organisation at this address already."),
            ),
            models.UniqueConstraint(
                fields=["municipality", "name"],
                name="organisation_once_per_municipality_and_name",
                violation_error_message=_("This organisation is there already."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(slug=""),
                name="organisation_has_name_and_address",
                violation_error_message=_("An organisation needs a name and an address on the site."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def text_set(self) -> TextSet["OrganisationText"]:
        return TextSet(self.texts.all(), home=self.municipality.home_language, review_months=REVIEW_MONTHS)


class OrganisationText(Text, MunicipalityOwned):
    """What an organisation is and whom it is for, in one language; with a title where its name is another there."""

    public_through = "organisation"

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="texts", verbose_name=_("organisation")
    )

    objects = OwnedQuerySet["OrganisationText"].as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = text_constraints("organisation")
