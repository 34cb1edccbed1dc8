"""Whom each host receives, from the proposal to the farewell. The hosts themselves are in `registered.py`."""

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from welcome.hosts.kinds import RUNNING, AssignmentState, EndReason
from welcome.hosts.registered import (
    MOST_CHILDREN,
    MOST_HOUSEHOLDS,
    Host,
    HostAway,
    HostQuerySet,
    validate_children,
    validate_spoken,
)
from welcome.households.models import Household, Protection

__all__ = [
    "MOST_CHILDREN", "MOST_HOUSEHOLDS", "RUNNING", "AssignmentState", "EndReason", "Host", "HostAssignment",
    "HostAssignmentQuerySet", "HostAway", "HostQuerySet", "validate_children", "validate_spoken",
]  # fmt: skip


class HostAssignmentQuerySet(OwnedQuerySet["HostAssignment"]):
    def proposed(self) -> Self:
        return self.running().filter(state=AssignmentState.PROPOSED)

    def agreed(self) -> Self:
        return self.running().filter(state=AssignmentState.AGREED)

    def running(self) -> Self:
        return self.filter(state__in=RUNNING, merged=False)

    def of_household(self, household: Household) -> Self:
        return self.filter(household=household)

    def of_host(self, host: Host) -> Self:
        return self.filter(host=host)

    def open_to_all(self) -> Self:
        """Without those of protected households: what lists and letters start from."""
        return self.filter(household__protection=Protection.NONE)

    def tellable(self) -> Self:
        """Those that a letter may tell of: both have agreed, the host to being named as well."""
        return self.agreed().filter(host__named_since__isnull=False).open_to_all()

    def overdue(self, day: datetime.date) -> Self:
        """Those that a person must look after: no answer, no first contact, or no end, though the day has passed."""
        return self.running().filter(
            Q(state=AssignmentState.PROPOSED, answer_by__lt=day)
            | Q(state=AssignmentState.AGREED, first_contact_at=None, first_contact_by__lt=day)
            | Q(state=AssignmentState.AGREED, ends_on__lt=day)
        )

    def usable(self) -> Self:
        """Those that a page or a mail may be about: a household that may only be kept is in none."""
        return self.filter(merged=False, household__held_at=None).open_to_all()


class HostAssignment(MunicipalityOwned):
    household = models.ForeignKey(
        Household, models.CASCADE, related_name="host_assignments", verbose_name=_("household")
    )
    host = models.ForeignKey(Host, models.CASCADE, related_name="assignments", verbose_name=_("host"))
    state = models.CharField(
        _("state"), max_length=8, choices=AssignmentState, default=AssignmentState.PROPOSED
    )
    # Which of the host's places: the lowest that is free. Two who take the last one take the same, and the database
    # refuses the second, whether or not they waited for each other. Who has had it stays written when it is over.
    slot = models.PositiveSmallIntegerField(_("place with the host"), null=True, editable=False)
    since = models.DateField(_("since"), default=timezone.localdate)
    answer_by = models.DateField(_("answer by"), null=True, editable=False)
    household_said_at = models.DateTimeField(_("the household said yes"), null=True, editable=False)
    host_said_at = models.DateTimeField(_("the host said yes"), null=True, editable=False)
    # GDPR art. 6(1)(a): said by the host on their own page, of this household alone.
    host_may_be_told = models.BooleanField(
        _("the host lets this household know how to reach them"), default=False, editable=False
    )
    agreed_at = models.DateTimeField(_("both agreed"), null=True, editable=False)
    # Empty for those that were agreed before there were deadlines.
    first_contact_by = models.DateField(_("first contact by"), null=True, editable=False)
    first_contact_at = models.DateTimeField(_("first contact"), null=True, editable=False)
    paused_until = models.DateField(_("paused until"), null=True, editable=False)
    ends_on = models.DateField(_("agreed period ends"), null=True, editable=False)
    until = models.DateField(_("until"), null=True, blank=True)
    ended_why = models.CharField(
        _("why it ended"), max_length=9, choices=EndReason, blank=True, db_default="", editable=False
    )
    # Two households that were one had a host each: this one's household was merged into that of the other,
    # whose host holds.
    merged = models.BooleanField(_("merged"), default=False, db_default=False, editable=False)

    objects = HostAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("host of a household")
        verbose_name_plural = _("hosts of households")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(state__in=RUNNING, merged=False),
                name="hostassignment_one_running_per_household",
                violation_error_message=_("This household has a host already."),
            ),
            models.UniqueConstraint(
                fields=["host", "slot"],
                condition=Q(state__in=RUNNING, merged=False),
                name="hostassignment_one_running_per_place",
                violation_error_message=_("This host has as many households as they take."),
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.ENDED)
                | Q(slot__isnull=False, slot__gte=1, slot__lte=MOST_HOUSEHOLDS),
                name="hostassignment_running_has_a_place",
                violation_error_message=_("A host takes 1 to 20 households at a time."),
            ),
            models.CheckConstraint(
                condition=~Q(state=AssignmentState.PROPOSED) | Q(answer_by__isnull=False, agreed_at=None),
                name="hostassignment_proposed_has_its_deadline",
                violation_error_message=_("What is proposed has a day to answer by, and is not agreed."),
            ),
            models.CheckConstraint(
                condition=~Q(state=AssignmentState.AGREED) | Q(agreed_at__isnull=False),
                name="hostassignment_agreed_has_its_time",
                violation_error_message=_("What is agreed has the time of it."),
            ),
            models.CheckConstraint(
                condition=Q(agreed_at=None) | Q(household_said_at__isnull=False, host_said_at__isnull=False),
                name="hostassignment_agreed_by_both",
                violation_error_message=_("It is agreed when both have said yes."),
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=False)
                | Q(first_contact_by=None, first_contact_at=None, paused_until=None, ends_on=None),
                name="hostassignment_goes_on_once_agreed",
                violation_error_message=_("First contact, pause and end come after both have agreed."),
            ),
            models.CheckConstraint(
                condition=~Q(ended_why=EndReason.COMPLETED) | Q(agreed_at__isnull=False),
                name="hostassignment_completed_was_agreed",
                violation_error_message=_("Only what was agreed can be completed."),
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.ENDED, until__isnull=False)
                | (~Q(state=AssignmentState.ENDED) & Q(until=None)),
                name="hostassignment_ended_has_its_day",
                violation_error_message=_("What has ended has a day of it, and nothing else."),
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.ENDED, ended_why__in=EndReason.values)
                | (~Q(state=AssignmentState.ENDED) & Q(ended_why="")),
                name="hostassignment_ended_says_why",
                violation_error_message=_("What has ended says why, and nothing else."),
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="hostassignment_ends_after_it_began",
                violation_error_message=_("It can't have ended before it began."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive the household: no names.
        return _("Host of a household %(number)s") % {"number": self.pk}

    @classmethod
    def end_with_household(cls, households: list[int]) -> dict[int, list[int]]:
        """As `households.ties` asks for it. None of these comes back by itself: staff find a host anew. No host is
        locked, as ending only makes room; whoever gives one at the same moment holds the household's lock."""
        running = cls.objects.filter(household__in=households, state__in=RUNNING).select_for_update(
            of=("self",)
        )
        ended: dict[int, list[int]] = {}
        for pk, place in running.values_list("pk", "municipality"):
            ended.setdefault(place, []).append(pk)
        cls.objects.filter(pk__in=[pk for ids in ended.values() for pk in ids]).update(
            state=AssignmentState.ENDED,
            ended_why=EndReason.HOUSEHOLD,
            until=Greatest(F("since"), Value(timezone.localdate()), output_field=models.DateField()),
        )
        return ended

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING and not self.merged

    @property
    def is_unanswered(self) -> bool:
        late = self.answer_by is not None and self.answer_by < timezone.localdate()
        return self.state == AssignmentState.PROPOSED and late

    @property
    def lacks_first_contact(self) -> bool:
        late = self.first_contact_by is not None and self.first_contact_by < timezone.localdate()
        return self.state == AssignmentState.AGREED and self.first_contact_at is None and late

    @property
    def is_past_its_end(self) -> bool:
        late = self.ends_on is not None and self.ends_on < timezone.localdate()
        return self.state == AssignmentState.AGREED and late

    @property
    def may_tell_of_host(self) -> bool:
        """Whether the household may know the host's name and how to reach them."""
        agreed = self.state == AssignmentState.AGREED
        return agreed and (self.host_may_be_told or self.host.named_since is not None)
