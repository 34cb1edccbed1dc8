"""What happens at a meeting, and when. The standard programme is that of the booklet's evening in Ål."""

import datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.tenancy.models import User
from welcome.meetings import seats
from welcome.meetings.models import WelcomeMeeting


class Subject(models.TextChoices):
    CULTURE = "culture", _("Welcome with a cultural feature")
    MAYOR = "mayor", _("Greeting from the mayor")
    SERVICE_OFFICE = "service_office", _("The service office and the website")
    TOURIST_OFFICE = "tourist_office", _("The tourist office")
    CULTURE_AND_SPORT = "culture_and_sport", _("Culture and sport")
    DEVELOPMENT = "development", _("What the municipality is building and planning")
    BUSINESS = "business", _("Businesses and jobs")
    LIBRARY = "library", _("The library")
    TOUR = "tour", _("A tour of the place")
    BREAK = "break", _("Food and talk")
    OTHER = "other", _("Something else")


# In the booklet's order, each a quarter of an hour.
STANDARD = (
    Subject.CULTURE, Subject.MAYOR, Subject.SERVICE_OFFICE, Subject.TOURIST_OFFICE, Subject.CULTURE_AND_SPORT,
    Subject.DEVELOPMENT, Subject.BUSINESS, Subject.LIBRARY, Subject.TOUR,
)  # fmt: skip
LONGEST_ITEM = datetime.timedelta(minutes=15)


class ProgrammeQuerySet(OwnedQuerySet["ProgrammeItem"]):
    def in_order(self) -> Self:
        return self.order_by("starts_at", "pk")


class ProgrammeItem(MunicipalityOwned):
    public_through = "meeting"

    meeting = models.ForeignKey(
        WelcomeMeeting, models.CASCADE, related_name="programme", verbose_name=_("welcome meeting")
    )
    starts_at = models.TimeField(_("begins"))
    subject = models.CharField(_("about"), max_length=20, choices=Subject)
    title = models.CharField(
        _("in own words"),
        max_length=120,
        blank=True,
        help_text=_("Shown instead of the subject, in the language that it is written in."),
    )
    speaker = models.CharField(
        _("speaker"), max_length=120, blank=True, help_text=_("Name and role, as the public page shows them.")
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of the programme")
        verbose_name_plural = _("programme")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "starts_at", "subject", "title"],
                name="programmeitem_once_at_a_time",
                violation_error_message=_("This item stands in the programme already."),
            ),
            models.CheckConstraint(
                condition=~Q(subject=Subject.OTHER) | ~Q(title=""),
                name="programmeitem_other_is_told",
                violation_error_message=_("Say in own words what it is about."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M} {self.name}"

    @property
    def name(self) -> str:
        return self.title or str(self.get_subject_display())


def start_from_standard(*, meeting: WelcomeMeeting, by: User | None) -> int:
    """How many items were added. Raises ValidationError where there is a programme already: nobody's work is mixed
    with it, also where two press the button at once."""
    with transaction.atomic():
        meeting = seats.locked(meeting)
        if meeting.programme.exists():
            raise ValidationError(_("There is a programme already."))
        begins = timezone.localtime(meeting.starts_at)
        # A short meeting is parted evenly, in whole minutes: the last item begins before it ends.
        each = min(LONGEST_ITEM, (meeting.ends_at - meeting.starts_at) / len(STANDARD))
        minutes = int(each.total_seconds()) // 60
        made = ProgrammeItem.objects.bulk_create(
            ProgrammeItem(
                municipality_id=meeting.municipality_id,
                meeting=meeting,
                starts_at=(begins + datetime.timedelta(minutes=minutes * number)).time(),
                subject=subject,
            )
            for number, subject in enumerate(STANDARD)
        )
        recording.record_each(
            action=Action.ADDED, model=ProgrammeItem, ids=[item.pk for item in made],
            municipality_id=meeting.municipality_id, note=f"standard meeting={meeting.pk}",
            by_id=by.pk if by else None,
        )  # fmt: skip
    return len(made)
