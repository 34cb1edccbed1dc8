"""Text in several languages: one row a language, each knowing its state.

An owner (a topic, a municipality) has rows of a concrete subclass of `Text`; a `TextSet` answers
what a reader should see and what an editor should do.
"""

import datetime
from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

import nh3
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from municipalities.texts.languages import CHOICES, LANGUAGES, fallback_order

ALLOWED_TAGS = {"p", "br", "strong", "em", "b", "i", "ul", "ol", "li", "a", "h2", "h3", "blockquote"}
ALLOWED_ATTRIBUTES = {"a": {"href"}}
ALLOWED_SCHEMES = {"http", "https", "mailto", "tel"}


class RichTextField(models.TextField):
    """HTML that is sanitised whichever way it reaches the database."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        if not value:
            return value
        return nh3.clean(
            value,
            tags=ALLOWED_TAGS,
            attributes=ALLOWED_ATTRIBUTES,
            url_schemes=ALLOWED_SCHEMES,
            link_rel="noopener",
        )


class TextState(models.TextChoices):
    CURRENT = "current", _("Current")
    DUE = "due", _("Due for review")
    BEHIND = "behind", _("Behind its source")
    MISSING = "missing", _("Missing")


class Text(models.Model):
    """One language's text. `version` grows with each change of its words; a translation remembers
    the version of the source it was made from, and is behind when the source has moved on."""

    WORDS: ClassVar[tuple[str, ...]] = ("title", "body")  # A change of these is a new version.

    language = models.CharField(_("language"), max_length=5, choices=CHOICES)
    title = models.CharField(_("title"), max_length=120, blank=True)
    body = RichTextField(_("text"), blank=True, validators=[MaxLengthValidator(6000)])
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    source_language = models.CharField(_("translated from"), max_length=5, choices=CHOICES, blank=True)
    source_version = models.PositiveIntegerField(
        _("version translated from"), null=True, blank=True, editable=False
    )
    reviewed_on = models.DateField(_("last found right"), default=timezone.localdate)
    reminded_on = models.DateField(_("owner reminded"), null=True, blank=True, editable=False)
    change_wanted = models.TextField(
        _("what needs a change"), max_length=1000, blank=True, help_text=_("Goes when the text is changed.")
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title or self.get_language_display()

    @property
    def is_empty(self) -> bool:
        return not (self.title.strip() or strip_tags(self.body).strip())

    @property
    def is_rtl(self) -> bool:
        return LANGUAGES[self.language].rtl


class ShortText(Text):
    """A title and a few words without marks, as they fit into a letter: no page of its own."""

    WORDS = ("title", "brief")

    body = None  # type: ignore[assignment]
    brief = models.CharField(_("in a few words"), max_length=220, blank=True)

    class Meta:
        abstract = True

    @property
    def is_empty(self) -> bool:
        return not (self.title.strip() or self.brief.strip())


def text_constraints(owner: str, *more: str) -> list[models.BaseConstraint]:
    """The constraints of a concrete text of `owner`: one row a language, and a translation that
    knows its source's version. `more` names further fields that tell texts of one owner apart."""
    return [
        models.UniqueConstraint(
            fields=[owner, *more, "language"],
            name=f"%(class)s_once_per_{owner}_and_language",
            violation_error_message=_("There is already a text in this language."),
        ),
        models.CheckConstraint(
            condition=models.Q(source_language="", source_version=None)
            | (~models.Q(source_language="") & models.Q(source_version__isnull=False)),
            name="%(class)s_translation_knows_its_source_version",
            violation_error_message=_("A translation must know which version it was made from."),
        ),
        models.CheckConstraint(
            condition=~models.Q(source_language=models.F("language")),
            name="%(class)s_is_not_its_own_source",
            violation_error_message=_("A text can't be translated from itself."),
        ),
    ]


T = TypeVar("T", bound=Text)


class TextSet(Generic[T]):
    """The texts of one owner. `home` is the municipality's own language, `review_months` how long a
    text stays right without anybody looking at it (None: for ever)."""

    def __init__(self, texts: Iterable[T], *, home: str, review_months: int | None = None) -> None:
        self._by_language = {text.language: text for text in texts if not text.is_empty}
        self._home = home
        self._review_months = review_months

    def in_language(self, language: str) -> T | None:
        return self._by_language.get(language)

    def best(self, language: str) -> T | None:
        """The text for a reader of `language`: theirs, or the nearest there is; None if there is none."""
        return next(
            (
                self._by_language[code]
                for code in fallback_order(language, self._home)
                if code in self._by_language
            ),
            None,
        )

    def source_of(self, text: T) -> T | None:
        return self._by_language.get(text.source_language)

    def state(self, language: str, today: datetime.date | None = None) -> TextState:
        text = self._by_language.get(language)
        if text is None:
            return TextState.MISSING
        source = self.source_of(text)
        if source is not None and source.version != text.source_version:
            return TextState.BEHIND
        if self.due_on(text) <= (today or timezone.localdate()):
            return TextState.DUE
        return TextState.CURRENT

    def due_on(self, text: T) -> datetime.date:
        if self._review_months is None:
            return datetime.date.max
        month = text.reviewed_on.month - 1 + self._review_months
        year, month = text.reviewed_on.year + month // 12, month % 12 + 1
        # The 28th exists in every month; a review a day or two early harms nobody.
        return datetime.date(year, month, min(text.reviewed_on.day, 28))
