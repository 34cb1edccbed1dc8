"""Vacancies: entered by staff, sent in by employers, or read from NAV's feed."""

import datetime
from collections.abc import Iterable
from typing import Self

from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.jobs.catalogue import Engagement, Extent, Field
from municipalities.moderation.models import (
    OUT,
    Moderated,
    ModeratedQuerySet,
    SentIn,
    SentInQuerySet,
    State,
    moderated_constraints,
)
from municipalities.organisations.models import Organisation
from municipalities.texts.languages import CHOICES
from municipalities.texts.models import RichTextField

LONGEST_BODY = 12_000  # With its marks.


class Source(models.TextChoices):
    STAFF = "staff", _("Entered by staff")
    EMPLOYER = "employer", _("Sent in by the employer")
    NAV = "nav", _("NAV, arbeidsplassen.no")


class VacancyQuerySet(ModeratedQuerySet["Vacancy"]):
    def with_content(self) -> Self:
        return self.select_related("municipality", "employer")

    def saying(self, words: Iterable[Iterable[str]]) -> Self:
        """In title or employer, of each word one of its ways to be written."""
        rows = self
        for ways in words:
            found = Q()
            for way in ways:
                found |= Q(title__icontains=way) | Q(employer_name__icontains=way)
            rows = rows.filter(found)
        return rows

    def alike(self, vacancy: "Vacancy") -> Self:
        """What may be the same vacancy once more: same employer and title, not gone."""
        employer = Q(employer_name__iexact=vacancy.employer_name.strip())
        if vacancy.employer_number:
            employer |= Q(employer_number=vacancy.employer_number)
        return (
            self.exclude(pk=vacancy.pk)
            .exclude(state=State.GONE)
            .filter(employer, municipality=vacancy.municipality_id, title__iexact=vacancy.title.strip())
        )


class Vacancy(Moderated):
    """In the one language it was written in; employers translate none of them."""

    RUNS = 60

    title = models.CharField(_("title"), max_length=150)
    body = RichTextField(_("text"), blank=True, validators=[MaxLengthValidator(LONGEST_BODY)])
    language = models.CharField(_("language"), max_length=5, choices=CHOICES, default="nb")
    employer = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="vacancies",
        verbose_name=_("organisation"),
        help_text=_("If it is in the list of organisations."),
    )
    employer_name = models.CharField(_("employer"), max_length=120)
    employer_number = models.CharField(
        _("organisation number"), max_length=9, blank=True,
        validators=[RegexValidator(r"^\d{9}\Z", _("Nine digits."))],
    )  # fmt: skip
    employer_url = models.URLField(_("employer's website"), max_length=500, blank=True)
    field = models.CharField(_("field of work"), max_length=10, choices=Field, default=Field.OTHER)
    extent = models.CharField(_("extent"), max_length=4, choices=Extent, blank=True)
    percent = models.PositiveSmallIntegerField(
        _("per cent"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    engagement = models.CharField(_("engagement"), max_length=10, choices=Engagement, blank=True)
    positions = models.PositiveSmallIntegerField(
        _("positions"), default=1, validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    postal_code = models.CharField(
        _("post code"), max_length=4, blank=True, validators=[RegexValidator(r"^\d{4}\Z", _("Four digits."))]
    )
    postal_place = models.CharField(_("post place"), max_length=40, blank=True)
    due_on = models.DateField(_("apply by"), null=True, blank=True)
    due_words = models.CharField(
        _("apply by, in words"), max_length=80, blank=True, help_text=_("For instance “as soon as possible”.")
    )
    apply_url = models.URLField(_("address for applying"), max_length=500, blank=True)
    apply_email = models.EmailField(_("e-mail for applying"), blank=True)
    source = models.CharField(_("source"), max_length=8, choices=Source, default=Source.STAFF, editable=False)
    source_url = models.URLField(_("address at the source"), max_length=500, blank=True, editable=False)
    feed_uuid = models.UUIDField(_("number in the feed"), null=True, blank=True, editable=False)
    feed_changed_at = models.DateTimeField(_("changed in the feed"), null=True, editable=False)

    objects = VacancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("vacancy")
        verbose_name_plural = _("vacancies")
        ordering = ["-published_at", "-pk"]
        indexes = [
            models.Index(
                F("published_at").desc(), F("id").desc(), name="vacancy_newest", condition=Q(state__in=OUT)
            ),
            # Lists are read in their order until a page is full, however many there are.
            models.Index(
                "municipality",
                F("published_at").desc(),
                F("id").desc(),
                name="vacancy_shown_by_age",
                condition=Q(state__in=OUT),
            ),
            models.Index(
                "municipality",
                "field",
                F("published_at").desc(),
                F("id").desc(),
                name="vacancy_shown_by_field",
                condition=Q(state__in=OUT),
            ),
            models.Index(fields=["state", "expires_on"], name="vacancy_by_end"),
            models.Index(fields=["state", "changed_at"], name="vacancy_by_change"),
            models.Index(
                fields=["feed_uuid"], name="vacancy_by_number", condition=Q(feed_uuid__isnull=False)
            ),
        ]
        constraints = [
            *moderated_constraints(),
            models.UniqueConstraint(
                fields=["municipality", "feed_uuid"],
                condition=Q(feed_uuid__isnull=False),
                name="vacancy_once_per_municipality_and_number",
                violation_error_message=_("This vacancy was read from the feed already."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RESERVED),
                name="vacancy_is_never_reserved",
                violation_error_message=_("A vacancy is open or gone."),
            ),
            models.CheckConstraint(
                condition=~Q(source=Source.NAV) | Q(feed_uuid__isnull=False),
                name="vacancy_of_the_feed_has_its_number",
                violation_error_message=_("What NAV has published has NAV's number."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_from_feed(self) -> bool:
        return self.source == Source.NAV


class VacancySubmissionQuerySet(SentInQuerySet["VacancySubmission"]):
    pass


class VacancySubmission(SentIn):
    """The employer who sent it in."""

    vacancy = models.OneToOneField(
        Vacancy, models.CASCADE, related_name="submission", verbose_name=_("vacancy")
    )
    phone = PhoneNumberField(_("phone"), blank=True)

    objects = VacancySubmissionQuerySet.as_manager()

    class Meta(SentIn.Meta):
        verbose_name = _("vacancy that was sent in")
        verbose_name_plural = _("vacancies that were sent in")

    @property
    def about(self) -> Vacancy:
        return self.vacancy


class FeedPosition(models.Model):
    """How far NAV's feed is read: one row, whose page is asked for next. It moves only with what was saved."""

    LEASE = datetime.timedelta(minutes=10)

    path = models.CharField(_("page"), max_length=200, blank=True)
    etag = models.CharField(_("mark"), max_length=100, blank=True)
    modified = models.CharField(_("last change"), max_length=100, blank=True)
    caught_up_at = models.DateTimeField(_("read to its end"), null=True)
    asked_at = models.DateTimeField(_("asked"), null=True)
    not_before = models.DateTimeField(_("not before"), null=True)
    held_until = models.DateTimeField(_("a worker has it until"), null=True)
    token = models.UUIDField(_("the worker's mark"), null=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    why = models.CharField(_("why not"), max_length=100, blank=True)
    taken = models.PositiveBigIntegerField(_("lines read"), default=0)
    refused = models.PositiveIntegerField(_("lines that could not be read"), default=0)

    class Meta:
        verbose_name = _("how far NAV's feed is read")
        verbose_name_plural = _("how far NAV's feed is read")
        constraints = [
            models.CheckConstraint(
                condition=Q(pk=1),
                name="feedposition_is_one",
                violation_error_message=_("The feed is read in one place."),
            ),
            models.CheckConstraint(
                condition=Q(held_until=None, token=None) | Q(held_until__isnull=False, token__isnull=False),
                name="feedposition_is_held_by_somebody",
                violation_error_message=_("Who has it is known."),
            ),
        ]

    def __str__(self) -> str:
        return self.path or "/"
