"""A letter run and what all its letters share. `models.py` holds the letters and their files."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.languages import CHOICES
from welcome.households.quarters import Quarter
from welcome.letters.template_models import LetterTemplate


class RunState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    FROZEN = "frozen", _("Frozen, waiting for approval")
    APPROVED = "approved", _("Approved")
    RENDERING = "rendering", _("Rendering")
    READY = "ready", _("Ready to print")
    DELIVERING = "delivering", _("Being delivered")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


_FROZEN_AND_LATER = [
    RunState.FROZEN, RunState.APPROVED, RunState.RENDERING, RunState.READY,
    RunState.DELIVERING, RunState.DONE,
]  # fmt: skip
_APPROVED_AND_LATER = _FROZEN_AND_LATER[1:]
# A letter of such a run can still be taken back; while it is delivered, one that has not gone out.
RECALLABLE = [
    RunState.FROZEN, RunState.APPROVED, RunState.RENDERING, RunState.READY, RunState.DELIVERING,
]  # fmt: skip
_READY_AND_LATER = [RunState.READY, RunState.DELIVERING, RunState.DONE]


class LetterRunQuerySet(OwnedQuerySet["LetterRun"]):
    def of_quarter(self, quarter: Quarter) -> Self:
        return self.filter(year=quarter.year, number=quarter.number)

    def waiting_for_approval(self) -> Self:
        return self.filter(state=RunState.FROZEN)

    def going_by_themselves(self, today: datetime.date) -> Self:
        """Whose promised day has come."""
        return self.filter(state__in=[RunState.FROZEN, RunState.READY], goes_by_itself_on__lte=today)

    def at_work(self) -> Self:
        return self.filter(state__in=[RunState.APPROVED, RunState.RENDERING])

    def being_delivered(self) -> Self:
        return self.filter(state=RunState.DELIVERING)


class LetterRun(MunicipalityOwned):
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveSmallIntegerField(_("quarter"))
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.DRAFT)
    dated = models.DateField(_("date on the letters"), null=True, blank=True)
    letterhead = models.JSONField(_("letterhead"), default=dict, editable=False)
    # The next welcome meeting, {} where none is planned: {"day": "2026-12-03", "time": "18:00", "until": "20:00",
    # "deadline": "2026-12-01", "place": "Kulturhuset", "address": "Torget 2, 3570 Ål",
    # "texts": {"nb": {"title", "body", "language"}, …}} with each language of the run's letters; "body" is plain
    # words, and "language" differs where a fallback was taken. A household's own way to sign up is `Letter.code`.
    meeting = models.JSONField(_("meeting"), default=dict, editable=False)
    # Which letter was frozen; none where nobody had changed the portal's own. Its words stand in the texts.
    template = models.ForeignKey(
        LetterTemplate,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="runs",
        verbose_name=_("letter template"),
    )
    cohort = models.PositiveIntegerField(_("cohort"), default=0, editable=False)

    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    frozen_at = models.DateTimeField(_("frozen"), null=True, editable=False)
    announced_at = models.DateTimeField(_("coordinators told"), null=True, editable=False)
    # Promised to the coordinators; empty where somebody must approve it, or has taken it into their hands.
    goes_by_itself_on = models.DateField(_("goes by itself on"), null=True, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    rendering_at = models.DateTimeField(_("rendering began"), null=True, editable=False)
    ready_at = models.DateTimeField(_("ready"), null=True, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, editable=False)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("frozen by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
    )

    objects = LetterRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter run")
        verbose_name_plural = _("letter runs")
        ordering = ["-year", "-number", "municipality"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "year", "number"],
                name="letterrun_once_per_municipality_and_quarter",
                violation_error_message=_("This municipality has a run for this quarter already."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=4),
                name="letterrun_quarter_is_one_of_four",
                violation_error_message=_("A year has quarters 1 to 4."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_FROZEN_AND_LATER) | Q(frozen_at__isnull=False, dated__isnull=False),
                name="letterrun_frozen_has_its_time",
                violation_error_message=_(
                    "A frozen run knows when it was frozen and what date its letters bear."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(state=RunState.DRAFT) | Q(frozen_at=None, approved_at=None, cohort=0),
                name="letterrun_draft_has_no_times",
                violation_error_message=_("A draft is neither frozen nor approved, and nobody is in it yet."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_APPROVED_AND_LATER) | Q(approved_at__isnull=False),
                name="letterrun_approved_has_its_time",
                violation_error_message=_("Nothing is printed that nobody approved."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_READY_AND_LATER) | Q(ready_at__isnull=False),
                name="letterrun_ready_has_its_time",
                violation_error_message=_("A ready run knows when it became ready."),
            ),
            models.CheckConstraint(
                condition=~Q(state=RunState.RENDERING) | Q(rendering_at__isnull=False),
                name="letterrun_rendering_has_its_time",
                violation_error_message=_("A run that is rendering knows since when."),
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.DONE, done_at__isnull=False)
                | (~Q(state=RunState.DONE) & Q(done_at=None)),
                name="letterrun_done_has_its_time",
                violation_error_message=_("A finished run knows when it was finished."),
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=RunState.CANCELLED) & Q(cancelled_at=None)),
                name="letterrun_cancelled_has_its_time",
                violation_error_message=_("A cancelled run knows when it was cancelled."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} {self.quarter}"

    @property
    def quarter(self) -> Quarter:
        return Quarter(self.year, self.number)


class RunText(MunicipalityOwned):
    """What all letters of a run in one language share, as it stood when the run was frozen."""

    run = models.ForeignKey(LetterRun, models.CASCADE, related_name="texts", verbose_name=_("letter run"))
    language = models.CharField(_("language"), max_length=5, choices=CHOICES)
    # {"title", "body", "language"} of the greeting; "language" differs where a fallback was taken.
    greeting = models.JSONField(_("greeting"))
    # {"body", "language"}, empty where the municipality has written none.
    introduction = models.JSONField(_("introduction to the enclosure"), default=dict)
    # [{"title", "body", "language", "contacts": [str, …]}, …] in the enclosure's order.
    enclosure = models.JSONField(_("enclosure"))
    # The letter's fixed words, such as {"heading": "Welcome to Ål, {names}!"}: frozen as well, because
    # a better translation next year must not change a letter of today.
    words = models.JSONField(_("fixed words"), default=dict)
    # [{"kind", "title", "body", "language"}, …]: what is shown, in its order, with merge fields not yet filled;
    # "language" differs where a fallback was taken. The greeting's words stand in `greeting`. [] in runs of before
    # there were blocks.
    blocks = models.JSONField(_("blocks"), default=list, blank=True)

    objects = OwnedQuerySet["RunText"].as_manager()

    class Meta:
        verbose_name = _("text of a run")
        verbose_name_plural = _("texts of a run")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "language"],
                name="runtext_once_per_run_and_language",
                violation_error_message=_("The run has its texts in this language already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.language}"
