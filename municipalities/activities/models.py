"""The calendar of what happens: activities, when they happen, and who sent them in."""

import datetime
import re
import uuid
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.activities import rules
from municipalities.activities.catalogue import Theme
from municipalities.activities.feed_models import CalendarFeed
from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.organisations.models import Organisation
from municipalities.texts.languages import CHOICES
from municipalities.texts.models import Text, TextSet, text_constraints

OLDEST = 120
DEAREST = 20_000  # Kroner.
LONGEST_EVENT = datetime.timedelta(days=120)


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waits for approval")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


def validate_days(value: object) -> None:
    """`["2026-12-24"]`: days on which it does not happen."""
    if not isinstance(value, list) or len(value) > rules.MOST_TIMES:
        raise ValidationError(_("Give the days as a list."))
    for each in value:
        _read_day(each)


def validate_moments(value: object) -> None:
    """`["2026-12-24T18:00"]`: further beginnings, local time."""
    if not isinstance(value, list) or len(value) > rules.MOST_TIMES:
        raise ValidationError(_("Give the days as a list."))
    for each in value:
        if not (isinstance(each, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d", each)):
            raise ValidationError(_("“%(day)s” is no day."), params={"day": str(each)[:40]})
        _read_day(each[:10])


def _read_day(value: object) -> datetime.date:
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return datetime.date.fromisoformat(value)
    except ValueError:
        pass
    raise ValidationError(_("“%(day)s” is no day."), params={"day": str(value)[:40]})


def new_uid() -> str:
    return str(uuid.uuid4())


class ActivityQuerySet(OwnedQuerySet["Activity"]):
    def published(self) -> Self:
        return self.filter(state=State.PUBLISHED, municipality__published=True)

    def waiting(self) -> Self:
        return self.filter(state=State.WAITING)

    def to_come(self, now: datetime.datetime | None = None) -> Self:
        """Published ones leave the lists by themselves once they have happened for the last time."""
        return self.filter(last_at__gte=now or timezone.now())

    def with_content(self) -> Self:
        """All that a page or a calendar shows of them, in a constant number of queries."""
        return self.select_related("municipality", "organisation", "contact").prefetch_related(
            "texts", "texts__changed_by"
        )


class Activity(MunicipalityOwned):
    """What happens once or again and again. `starts_at` and `ends_at` are those of the first time; of what lasts
    all day only their days count, and the last day is the day it ends on."""

    public_rows = Q(state=State.PUBLISHED)

    uid = models.CharField(_("name in calendars"), max_length=36, default=new_uid, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT, editable=False)
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.OTHER)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("organisation"),
        help_text=_("Empty: the municipality itself."),
    )
    arranger = models.CharField(
        _("who arranges it, if it is no organisation in the list"), max_length=80, blank=True
    )
    age_from = models.PositiveSmallIntegerField(
        _("from age"), null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    age_to = models.PositiveSmallIntegerField(
        _("to age"), null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    contact = models.ForeignKey(
        ContactPoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="activities",
        verbose_name=_("contact point where it happens"),
    )
    place = models.CharField(
        _("where it happens"), max_length=120, blank=True, help_text=_("Where that is no contact point.")
    )
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    price = models.PositiveIntegerField(
        _("price in kroner"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(DEAREST)],
        help_text=_("0 is free; empty: not told."),
    )
    sign_up_url = models.URLField(_("address for signing up"), max_length=500, blank=True)
    sign_up_phone = PhoneNumberField(_("phone for signing up"), blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    all_day = models.BooleanField(_("all day"), default=False)
    rule = models.CharField(
        _("recurs by the rule"),
        max_length=200,
        blank=True,
        help_text=_("As calendars write it, with an end: FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231"),
    )
    exceptions = models.JSONField(
        _("days on which it is cancelled"), default=list, blank=True, validators=[validate_days]
    )
    # Of calendars that list their days, or count by the clock of another country.
    more_times = models.JSONField(
        _("further times"), default=list, blank=True, editable=False, validators=[validate_moments]
    )
    last_at = models.DateTimeField(_("ends for the last time"), editable=False)

    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    waiting_since = models.DateTimeField(_("waits since"), null=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    feed = models.ForeignKey(
        CalendarFeed,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="activities",
        verbose_name=_("from the calendar"),
    )
    source_uid = models.CharField(_("its name there"), max_length=300, blank=True, editable=False)
    source_state = models.CharField(_("mark of what came"), max_length=64, blank=True, editable=False)
    gone_from_source = models.BooleanField(_("gone from the calendar"), default=False, editable=False)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["municipality", "state", "last_at"], name="activity_to_come"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["uid"],
                name="activity_uid_once",
                violation_error_message=_("There is an activity of this name in calendars already."),
            ),
            models.UniqueConstraint(
                fields=["feed", "source_uid"],
                condition=~Q(source_uid=""),
                name="activity_once_per_feed_and_source_uid",
                violation_error_message=_("This calendar has brought this activity already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")),
                name="activity_ends_after_it_begins",
                violation_error_message=_("It can't end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(last_at__gte=F("starts_at")),
                name="activity_last_time_is_not_before_the_first",
                violation_error_message=_("It can't end for the last time before it has begun."),
            ),
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=F("age_from")),
                name="activity_ages_run_upwards",
                violation_error_message=_("The ages run from the youngest to the oldest."),
            ),
            models.CheckConstraint(
                condition=Q(age_from__isnull=True) | Q(age_from__lte=OLDEST),
                name="activity_ages_are_of_people",
                violation_error_message=_("Nobody is that old."),
            ),
            models.CheckConstraint(
                condition=Q(price=None) | Q(price__lte=DEAREST),
                name="activity_price_can_be_paid",
                violation_error_message=_("A price is 0 to 20,000 kroner."),
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__range=(57, 81), longitude__range=(4, 32)),
                name="activity_map_point_lies_in_norway",
                violation_error_message=_("The map point needs latitude and longitude, in Norway."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED) | Q(published_at__isnull=False),
                name="activity_published_has_its_time",
                violation_error_message=_("What is published was so at some time."),
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WAITING) | Q(waiting_since__isnull=False),
                name="activity_waiting_has_its_time",
                violation_error_message=_("What waits has done so since some time."),
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=State.WITHDRAWN) & Q(withdrawn_at=None)),
                name="activity_withdrawn_has_its_time",
                violation_error_message=_("What is withdrawn was so at some time, and nothing else is."),
            ),
        ]

    def __str__(self) -> str:
        return _("Activity %(number)s") % {"number": self.pk}

    def clean(self) -> None:
        if self.starts_at and self.ends_at:
            # Of the times it had; reckoned anew when it is saved.
            self.last_at = self.ends_at
            if self.ends_at - self.starts_at > LONGEST_EVENT:
                raise ValidationError({"ends_at": _("One time lasts four months at most.")})
            try:
                rules.days(self.local_start, self.rule)
            except ValidationError as error:
                raise ValidationError({"rule": error.messages}) from error

    @property
    def local_start(self) -> datetime.datetime:
        """Without its zone, as the clock on the wall shows it."""
        return timezone.localtime(self.starts_at).replace(tzinfo=None)

    @property
    def cancelled_days(self) -> list[datetime.date]:
        return sorted(datetime.date.fromisoformat(day) for day in self.exceptions)

    @property
    def text_set(self) -> TextSet["ActivityText"]:
        return TextSet(self.texts.all(), home=self.municipality.home_language)

    @property
    def is_over(self) -> bool:
        return self.last_at < timezone.now()

    @property
    def recurs(self) -> bool:
        return bool(self.rule or self.more_times)


class ActivityText(Text, MunicipalityOwned):
    """What it is called and what one should know, in one language."""

    public_through = "activity"

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="texts", verbose_name=_("activity"))

    objects = OwnedQuerySet["ActivityText"].as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = text_constraints("activity")


class Occurrence(MunicipalityOwned):
    """One time that an activity happens: reckoned from its rule whenever it is saved (`timing.py`), so that a list
    by day is a query."""

    public_through = "activity"

    activity = models.ForeignKey(
        Activity, models.CASCADE, related_name="occurrences", verbose_name=_("activity")
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))

    objects = OwnedQuerySet["Occurrence"].as_manager()

    class Meta:
        verbose_name = _("time")
        verbose_name_plural = _("times")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["municipality", "ends_at"], name="occurrence_to_come")]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "starts_at"],
                name="occurrence_once_per_activity_and_time",
                violation_error_message=_("It begins at this time already."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")),
                name="occurrence_ends_after_it_begins",
                violation_error_message=_("It can't end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"


class News(models.TextChoices):
    """What the sender of an activity is to be told by e-mail."""

    NOTHING = "", _("Nothing")
    CONFIRM = "confirm", _("Asked to confirm the address")
    PUBLISHED = "published", _("Told that it is published")
    RETURNED = "returned", _("Told that it needs a change")
    DECLINED = "declined", _("Told that it is declined")


class SubmissionQuerySet(OwnedQuerySet["Submission"]):
    def to_tell(self) -> Self:
        return self.exclude(news=News.NOTHING)

    def over(self, *, sent_before: datetime.datetime, done_before: datetime.datetime) -> Self:
        """Whose address was never confirmed, and whose activity is over or withdrawn since long."""
        done = Q(activity__last_at__lte=done_before) | Q(activity__withdrawn_at__lte=done_before)
        return self.filter(Q(confirmed_at=None, sent_at__lte=sent_before) | done)


class Submission(MunicipalityOwned):
    """Who sent an activity in by the public form, and how far it has come."""

    activity = models.OneToOneField(
        Activity, models.CASCADE, related_name="submission", verbose_name=_("activity")
    )
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=5, choices=CHOICES, default="nb")
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("e-mail confirmed"), null=True, editable=False)
    word = models.TextField(_("word to the sender"), max_length=1000, blank=True)
    news = models.CharField(_("to be told"), max_length=9, choices=News, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity that was sent in")
        verbose_name_plural = _("activities that were sent in")
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive it: no names.
        return _("Submission %(number)s") % {"number": self.pk}
