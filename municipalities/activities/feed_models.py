"""An organisation's own calendar, read each night, and what came of each reading."""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.activities.catalogue import Theme
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.organisations.models import Organisation

LEASE = datetime.timedelta(minutes=5)


class CalendarFeed(MunicipalityOwned):
    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="feed", verbose_name=_("organisation")
    )
    address = models.URLField(
        _("address of the calendar"),
        max_length=500,
        validators=[URLValidator(schemes=["https", "http"])],
        help_text=_("As the organisation's calendar gives it out, usually ending in .ics."),
    )
    theme = models.CharField(_("theme of what comes"), max_length=10, choices=Theme, default=Theme.OTHER)
    active = models.BooleanField(_("read each night"), default=True)
    # What the server said of its answer, so that it need not send the same again.
    etag = models.CharField(_("mark of the last answer"), max_length=200, blank=True, editable=False)
    modified = models.CharField(_("day of the last answer"), max_length=60, blank=True, editable=False)

    objects = OwnedQuerySet["CalendarFeed"].as_manager()

    class Meta:
        verbose_name = _("calendar of an organisation")
        verbose_name_plural = _("calendars of organisations")
        ordering = ["organisation__name", "pk"]

    def __str__(self) -> str:
        return _("Calendar %(number)s") % {"number": self.pk}


class Outcome(models.TextChoices):
    WAITING = "waiting", _("Waiting to be read")
    READ = "read", _("Read")
    SAME = "same", _("Nothing new")
    HELD = "held", _("Held back: too much is gone")
    FAILED = "failed", _("Could not be read")


class FetchQuerySet(OwnedQuerySet["FeedFetch"]):
    def open(self) -> Self:
        return self.filter(outcome=Outcome.WAITING)

    def claimable(self, now: datetime.datetime) -> Self:
        """Nobody works on them, or who did is gone."""
        return self.open().filter(Q(begun_at=None) | Q(begun_at__lte=now - LEASE))

    def newest(self) -> Self:
        """The last of each calendar that is read each night."""
        later = FeedFetch.objects.filter(feed=models.OuterRef("feed"), pk__gt=models.OuterRef("pk"))
        finished = later.exclude(outcome=Outcome.WAITING)
        return self.filter(~models.Exists(finished), feed__active=True).exclude(outcome=Outcome.WAITING)

    def troubled(self) -> Self:
        return self.newest().filter(outcome__in=[Outcome.HELD, Outcome.FAILED])


class FeedFetch(MunicipalityOwned):
    """One reading. `refused` tells, event by event, what was not taken and why."""

    feed = models.ForeignKey(
        CalendarFeed, models.CASCADE, related_name="fetches", verbose_name=_("calendar of an organisation")
    )
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    # Staff have seen that much is gone, and say that it is right.
    as_it_is = models.BooleanField(_("taken as it is"), default=False, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    begun_at = models.DateTimeField(_("begun"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=7, choices=Outcome, default=Outcome.WAITING, editable=False
    )
    why = models.CharField(_("why"), max_length=300, blank=True, editable=False)
    added = models.PositiveSmallIntegerField(_("new"), default=0, editable=False)
    changed = models.PositiveSmallIntegerField(_("changed"), default=0, editable=False)
    withdrawn = models.PositiveSmallIntegerField(_("taken away"), default=0, editable=False)
    unchanged = models.PositiveSmallIntegerField(_("as before"), default=0, editable=False)
    refused = models.JSONField(_("refused"), default=list, editable=False)
    more_refused = models.PositiveIntegerField(_("further refused"), default=0, editable=False)

    objects = FetchQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading of a calendar")
        verbose_name_plural = _("readings of calendars")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["feed"],
                condition=Q(outcome=Outcome.WAITING),
                name="feedfetch_one_at_a_time",
                violation_error_message=_("This calendar is about to be read already."),
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.WAITING, finished_at=None)
                | (~Q(outcome=Outcome.WAITING) & Q(finished_at__isnull=False)),
                name="feedfetch_finished_has_its_time",
                violation_error_message=_("What is finished was so at some time."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=[Outcome.FAILED, Outcome.HELD]) | ~Q(why=""),
                name="feedfetch_that_failed_says_why",
                violation_error_message=_("A reading that failed says why."),
            ),
        ]

    def __str__(self) -> str:
        return _("Reading %(number)s") % {"number": self.pk}

    @property
    def refused_count(self) -> int:
        return len(self.refused) + self.more_refused
