"""What is gathered in a meeting, and who votes for what."""

from typing import Self

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.tenancy.anybody import new_sending
from welcome.cooperation.models import LONGEST_IDEA, MOST_VOTES, Attendee, CooperationMeeting


class IdeaQuerySet(OwnedQuerySet["Idea"]):
    def with_votes(self) -> Self:
        """With `got`, the most wanted first; of equals the one that came first."""
        return self.annotate(got=Count("votes")).order_by("-got", "pk")


class Idea(MunicipalityOwned):
    """Nobody's: which table it came from may stand there, who said it does not."""

    meeting = models.ForeignKey(
        CooperationMeeting, models.CASCADE, related_name="ideas", verbose_name=_("cooperation meeting")
    )
    text = models.CharField(_("idea"), max_length=LONGEST_IDEA)
    table = models.CharField(_("group or table"), max_length=40, blank=True)
    sent_as = models.CharField(max_length=16, default=new_sending, editable=False)
    created_at = models.DateTimeField(_("came"), default=timezone.now, editable=False)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "sent_as"],
                name="idea_sent_once",
                violation_error_message=_("This idea is sent already."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="idea_says_something",
                violation_error_message=_("Write what the idea is."),
            ),
        ]

    def __str__(self) -> str:
        return _("Idea %(number)s") % {"number": self.pk}


class Vote(MunicipalityOwned):
    """`number` counts the votes of one invited person from 1, so that the database itself knows no eleventh."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="votes", verbose_name=_("idea"))
    attendance = models.ForeignKey(
        Attendee,
        models.CASCADE,
        related_name="votes",
        verbose_name=_("invitation to a cooperation meeting"),
    )
    number = models.PositiveSmallIntegerField(_("which of their votes"))

    objects = OwnedQuerySet["Vote"].as_manager()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["attendance", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["attendance", "idea"],
                name="vote_once_per_person_and_idea",
                violation_error_message=_("Nobody votes for an idea twice."),
            ),
            models.UniqueConstraint(
                fields=["attendance", "number"],
                name="vote_once_per_person_and_number",
                violation_error_message=_("Each vote is given once."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_VOTES),
                name="vote_is_one_of_ten",
                violation_error_message=_("Nobody has more than ten votes."),
            ),
        ]

    def __str__(self) -> str:
        return _("Vote %(number)s") % {"number": self.pk}
