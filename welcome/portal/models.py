"""What is counted of the public pages: how often each is opened, whether people found what they needed, and what
they search for in vain. Nothing of who they are."""

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.languages import CHOICES


class PageDayQuerySet(OwnedQuerySet["PageDay"]):
    def of_month(self, first: datetime.date) -> Self:
        return self.filter(day__year=first.year, day__month=first.month)


class PageDay(MunicipalityOwned):
    """One page in one language on one day."""

    path = models.CharField(_("page"), max_length=200)  # Without the language: /al/topics/doctor/
    language = models.CharField(_("language"), max_length=5)
    day = models.DateField(_("day"))
    views = models.PositiveIntegerField(_("times opened"), default=0)
    found = models.PositiveIntegerField(_("found what they needed"), default=0)
    missed = models.PositiveIntegerField(_("did not find it"), default=0)
    asked = models.PositiveIntegerField(_("answers wanted"), default=0)

    objects = PageDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure of a page")
        verbose_name_plural = _("figures of the pages")
        ordering = ["-day", "path", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "day", "path", "language"],
                name="pageday_once_per_page_language_and_day",
                violation_error_message=_("This day of this page is counted already."),
            ),
            models.CheckConstraint(
                condition=Q(asked__lte=F("missed")),
                name="pageday_answers_are_wanted_by_who_missed_something",
                violation_error_message=_("Only who did not find something wants an answer."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.day}"


class MissedSearchQuerySet(OwnedQuerySet["MissedSearch"]):
    def told(self) -> Self:
        """Those whose words are kept."""
        return self.filter(days__gte=2)

    def of_last_weeks(self, weeks: int) -> Self:
        return self.filter(week__gt=timezone.localdate() - datetime.timedelta(weeks=weeks))


class MissedSearch(MunicipalityOwned):
    """What people searched for in one week without an answer. On the first day only a keyed fingerprint is kept,
    which nobody can read; the words come when they are searched for on a second day. What was asked on one day
    alone goes at the end of the week, unread."""

    week = models.DateField(_("week from"))  # Its Monday.
    fingerprint = models.CharField(max_length=64, editable=False)
    words = models.CharField(_("searched for"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=CHOICES)
    times = models.PositiveIntegerField(_("times"), default=0)
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    last_on = models.DateField(_("last searched"))

    objects = MissedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("search without an answer")
        verbose_name_plural = _("searches without an answer")
        ordering = ["-week", "-times", "words"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "week", "fingerprint"],
                name="missedsearch_once_per_week",
                violation_error_message=_("These words are counted for this week already."),
            ),
            models.CheckConstraint(
                condition=Q(days__gte=2) | Q(words=""),
                name="missedsearch_of_one_day_has_no_words",
                violation_error_message=_("What was searched for on one day only is kept without its words."),
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=7),
                name="missedsearch_lies_in_its_week",
                violation_error_message=_("A week has seven days."),
            ),
        ]

    def __str__(self) -> str:
        return self.words or _("Search %(number)s") % {"number": self.pk}
