"""What homes and vacancies have in common: people send them in, staff decide, and they run out by themselves."""

import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.languages import CHOICES

RUNS_OUT_SOON = datetime.timedelta(days=7)


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waits for approval")
    PUBLISHED = "published", _("Published")
    RESERVED = "reserved", _("Reserved")
    GONE = "gone", _("Gone")


OUT = [State.PUBLISHED, State.RESERVED]  # What everybody sees.
OPEN = [State.DRAFT, State.WAITING]
M = TypeVar("M", bound="Moderated", covariant=True)
S = TypeVar("S", bound="SentIn", covariant=True)


class ModeratedQuerySet(OwnedQuerySet[M]):
    def shown(self, today: datetime.date | None = None) -> Self:
        """What everybody sees. Past its day it is not shown, also before the clock has put it away."""
        return self.filter(
            state__in=OUT, municipality__published=True, expires_on__gte=today or timezone.localdate()
        )

    def waiting(self) -> Self:
        return self.filter(state=State.WAITING)

    def run_out(self, today: datetime.date) -> Self:
        return self.filter(state__in=OUT, expires_on__lt=today)

    def running_out(self, today: datetime.date) -> Self:
        """Within a week."""
        return self.filter(state__in=OUT, expires_on__range=(today, today + RUNS_OUT_SOON))


class Moderated(MunicipalityOwned):
    """A subclass has a model of who sent it in, `SentIn`, that leads here as `submission`."""

    public_rows = Q(state__in=OUT)
    RUNS: ClassVar[int] = 90  # Days it is shown where nobody says otherwise.

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    waiting_since = models.DateTimeField(_("waits since"), null=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    gone_at = models.DateTimeField(_("gone since"), null=True, editable=False)
    expires_on = models.DateField(
        _("shown until"),
        null=True,
        blank=True,
        help_text=_("Empty: a while from the day it is published. Whoever sent it in is asked in time."),
    )

    class Meta:
        abstract = True

    @property
    def is_out(self) -> bool:
        return self.state in OUT

    @property
    def sent_in(self) -> Any:
        """Who sent it in; None for what staff have entered."""
        try:
            return self.submission  # type: ignore[attr-defined]
        except ObjectDoesNotExist:
            return None

    @property
    def may_be_extended(self) -> bool:
        return self.is_out and self.expires_on is not None


def moderated_constraints() -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            condition=~Q(state=State.WAITING) | Q(waiting_since__isnull=False),
            name="%(class)s_waiting_has_its_time",
            violation_error_message=_("What waits has done so since some time."),
        ),
        models.CheckConstraint(
            condition=~Q(state__in=OUT) | Q(published_at__isnull=False, expires_on__isnull=False),
            name="%(class)s_published_has_its_time_and_its_end",
            violation_error_message=_("What is published was so at some time, and is so until some day."),
        ),
        models.CheckConstraint(
            condition=Q(state=State.GONE, gone_at__isnull=False) | (~Q(state=State.GONE) & Q(gone_at=None)),
            name="%(class)s_gone_has_its_time",
            violation_error_message=_("What is gone went at some time, and nothing else did."),
        ),
    ]


class News(models.TextChoices):
    """What the sender is to be told by e-mail."""

    NOTHING = "", _("Nothing")
    CONFIRM = "confirm", _("Asked to confirm the address")
    PUBLISHED = "published", _("Told that it is published")
    RETURNED = "returned", _("Told that it needs a change")
    DECLINED = "declined", _("Told that it is declined")
    EXPIRES = "expires", _("Asked whether it is to be shown longer")


class SentInQuerySet(OwnedQuerySet[S]):
    def to_tell(self) -> Self:
        return self.exclude(news=News.NOTHING)


class SentIn(MunicipalityOwned):
    """Who sent something in by a public form. A subclass has `about`, the row it is about."""

    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=5, choices=CHOICES, default="nb")
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("e-mail confirmed"), null=True, editable=False)
    word = models.TextField(_("word to the sender"), max_length=1000, blank=True)
    news = models.CharField(_("to be told"), max_length=9, choices=News, blank=True, editable=False)
    asked_for = models.DateField(_("asked about the end on"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )

    class Meta:
        abstract = True
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive it: no names.
        return _("Submission %(number)s") % {"number": self.pk}

    @property
    def about(self) -> Any:
        raise NotImplementedError
