"""Topics: what the municipality's information covers, with texts, contact points and an owner."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from municipalities.tenancy.models import User
from municipalities.texts.languages import CHOICES
from municipalities.texts.models import Text, TextSet, text_constraints
from municipalities.topics.catalogue import BY_SLUG, Door


class TopicQuerySet(OwnedQuerySet["Topic"]):
    def published(self) -> Self:
        return self.filter(published=True, municipality__published=True)

    def in_letter(self) -> Self:
        """Also of a municipality whose pages are not open to the public yet: its letters go out."""
        return self.filter(published=True, in_letter=True)

    def with_content(self) -> Self:
        """All that a page or an enclosure shows of a topic, in a constant number of queries."""
        return self.select_related("municipality", "owner").prefetch_related(
            "texts",
            "texts__changed_by",
            "links",
            "topiccontact_set__contact__opening_hours",
            "topiccontact_set__contact__special_days",
        )

    def with_states(self) -> Self:
        """What the states of the texts are reckoned from, without the texts themselves."""
        texts = TopicText.objects.only(
            "topic", "language", "title", "version", "source_language", "source_version", "reviewed_on",
            "change_wanted",
        )  # fmt: skip
        return self.select_related("municipality", "owner").prefetch_related(
            models.Prefetch("texts", queryset=texts)
        )


class Topic(MunicipalityOwned):
    public_rows = Q(published=True)

    slug = models.SlugField(_("address on the site"), max_length=40)
    door = models.CharField(_("door"), max_length=9, choices=Door, default=Door.PRACTICAL)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    published = models.BooleanField(_("shown to the public"), default=True)
    in_letter = models.BooleanField(_("in the letter's enclosure"), default=True)
    owner = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_topics",
        verbose_name=_("owner"),
        help_text=_("Gets an e-mail when a text is due."),
    )
    review_months = models.PositiveSmallIntegerField(
        _("review every … months"), default=6, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    contacts = models.ManyToManyField(ContactPoint, through="TopicContact", verbose_name=_("contact points"))

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["order", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "slug"],
                name="topic_once_per_municipality_and_slug",
                violation_error_message=_("This municipality has a topic at this address already."),
            ),
            models.CheckConstraint(
                condition=Q(review_months__gte=1, review_months__lte=24),
                name="topic_is_reviewed_within_two_years",
                violation_error_message=_("A topic is reviewed every 1 to 24 months."),
            ),
        ]

    def __str__(self) -> str:
        return str(BY_SLUG[self.slug].name) if self.slug in BY_SLUG else self.slug

    @property
    def is_standard(self) -> bool:
        return self.slug in BY_SLUG

    @property
    def text_set(self) -> TextSet["TopicText"]:
        return TextSet(
            self.texts.all(), home=self.municipality.home_language, review_months=self.review_months
        )


class TopicText(Text, MunicipalityOwned):
    """What a topic says in one language. `body` is the page; `brief` the few lines of the letter."""

    WORDS = ("title", "body", "brief")
    public_through = "topic"

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="texts", verbose_name=_("topic"))
    brief = models.CharField(
        _("in the letter"),
        max_length=220,
        blank=True,
        help_text=_("One or two sentences for the letter's enclosure; empty: the page's first paragraph."),
    )
    escalated_on = models.DateField(_("coordinators told"), null=True, blank=True, editable=False)

    objects = OwnedQuerySet["TopicText"].as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["language"]
        constraints = text_constraints("topic")


class TopicContact(MunicipalityOwned):
    public_through = "topic"

    topic = models.ForeignKey(Topic, models.CASCADE, verbose_name=_("topic"))
    contact = models.ForeignKey(ContactPoint, models.CASCADE, verbose_name=_("contact point"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OwnedQuerySet["TopicContact"].as_manager()

    class Meta:
        verbose_name = _("contact point of the topic")
        verbose_name_plural = _("contact points of the topic")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "contact"],
                name="topiccontact_once_per_topic_and_contact",
                violation_error_message=_("The topic has this contact point already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.contact)


class TopicLink(MunicipalityOwned):
    public_through = "topic"

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="links", verbose_name=_("topic"))
    label = models.CharField(_("link text"), max_length=80)
    url = models.URLField(_("address"))
    language = models.CharField(
        _("only for readers of"),
        max_length=5,
        choices=CHOICES,
        blank=True,
        help_text=_("Empty: for everybody."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OwnedQuerySet["TopicLink"].as_manager()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "url", "language"],
                name="topiclink_once_per_topic_address_and_language",
                violation_error_message=_("The topic has this link already."),
            )
        ]

    def __str__(self) -> str:
        return self.label
