"""“Why people stay”: what residents tell in their own name, with their consent, until a day they have set.

The story is public; who tells it and how they are reached stand in a row of their own that no visitor can read.
"""

import datetime
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.texts.models import Text, TextSet, text_constraints
from welcome.households.models import Household

LONGEST_CONSENT = datetime.timedelta(days=3 * 366)


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Consented(models.TextChoices):
    PAPER = "paper", _("Signed on paper")
    EMAIL = "email", _("By e-mail")
    SPOKEN = "spoken", _("Said to one of us")


class StoryQuerySet(OwnedQuerySet["Story"]):
    def shown(self, today: datetime.date | None = None) -> Self:
        """What visitors read: published, and its day has not passed."""
        day = today or timezone.localdate()
        return self.filter(state=State.PUBLISHED, ends_on__gte=day, municipality__published=True)

    def over(self, *, day: datetime.date, withdrawn_before: datetime.datetime) -> Self:
        """To be deleted: consented to until a day that has passed, or withdrawn a while ago."""
        return self.filter(Q(ends_on__lt=day) | Q(withdrawn_at__lte=withdrawn_before))


class Story(MunicipalityOwned):
    public_rows = Q(state=State.PUBLISHED)

    shown_name = models.CharField(
        _("name as they want it"), max_length=60, help_text=_("First name, full name, or “a nurse at Torpo”.")
    )
    moved_from = models.CharField(_("moved from"), max_length=60, blank=True)
    moved_year = models.PositiveSmallIntegerField(
        _("moved in the year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1940), MaxValueValidator(2100)],
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT, editable=False)
    consent_on = models.DateField(
        _("consented on"), null=True, blank=True, help_text=_("Without it, nothing is published.")
    )
    consent_how = models.CharField(_("how they consented"), max_length=6, choices=Consented, blank=True)
    consent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("consent recorded by"),
    )
    ends_on = models.DateField(
        _("shown until"), help_text=_("The last day they have agreed to; the night after, it is deleted.")
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=State.PUBLISHED)
                | Q(published_at__isnull=False, consent_on__isnull=False) & ~Q(consent_how=""),
                name="story_published_was_consented_to",
                violation_error_message=_(
                    "Say when and how they consented; without that nothing is published."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=State.WITHDRAWN) & Q(withdrawn_at=None)),
                name="story_withdrawn_has_its_time",
                violation_error_message=_("What is withdrawn was so at some time, and nothing else is."),
            ),
            models.CheckConstraint(
                condition=Q(consent_on=None) | Q(ends_on__gte=F("consent_on")),
                name="story_ends_after_the_consent",
                violation_error_message=_("It can't end before they consented."),
            ),
        ]

    def __str__(self) -> str:
        # Shown in logs and histories, which outlive it: no names.
        return _("Story %(number)s") % {"number": self.pk}

    @property
    def text_set(self) -> TextSet["StoryText"]:
        return TextSet(self.texts.all(), home=self.municipality.home_language)


class StoryText(Text, MunicipalityOwned):
    """Their words in one language. The title is the one sentence by which it is told of elsewhere."""

    public_through = "story"

    story = models.ForeignKey(Story, models.CASCADE, related_name="texts", verbose_name=_("story"))

    objects = OwnedQuerySet["StoryText"].as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = text_constraints("story")


class StorytellerQuerySet(OwnedQuerySet["Storyteller"]):
    def untold(self) -> Self:
        """Whose story is shown, and who has not been told of it yet, by the e-mail they gave."""
        return self.filter(mailed_at=None, story__state=State.PUBLISHED).exclude(email="")


class Storyteller(MunicipalityOwned):
    """Who tells it, for the municipality only. `household` is found by e-mail and phone when it is saved, so that
    what ends with a household ends with it here too."""

    story = models.OneToOneField(Story, models.CASCADE, related_name="teller", verbose_name=_("story"))
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), blank=True)
    household = models.ForeignKey(
        Household,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="storytellers",
        verbose_name=_("household"),
    )
    mailed_at = models.DateTimeField(_("mailed"), null=True, editable=False)

    objects = StorytellerQuerySet.as_manager()

    class Meta:
        verbose_name = _("who tells it")
        verbose_name_plural = _("who tells it")
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""),
                name="storyteller_can_be_reached",
                violation_error_message=_("Give an e-mail or a phone number: they must be told of changes."),
            ),
        ]

    def __str__(self) -> str:
        return _("Teller of story %(number)s") % {"number": self.story_id}

    @classmethod
    def end_with_household(cls, households: list[int]) -> dict[int, list[int]]:
        """As `households.ties` asks for it: who left or came under protection is told of to nobody any more."""
        theirs = cls.objects.filter(household__in=households)
        stories = (
            Story.objects.filter(teller__in=theirs)
            .exclude(state=State.WITHDRAWN)
            .select_for_update(of=("self",))
        )
        ended: dict[int, list[int]] = {}
        taken = list(stories.values_list("pk", flat=True))
        for pk, place in theirs.filter(story__in=taken).values_list("pk", "municipality"):
            ended.setdefault(place, []).append(pk)
        Story.objects.filter(pk__in=taken).update(state=State.WITHDRAWN, withdrawn_at=timezone.now())
        return ended
