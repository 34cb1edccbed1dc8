"""What a letter is made of: named blocks, their order and their words, in versions that are never changed."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import Municipality, MunicipalityOwned, OwnedQuerySet
from municipalities.texts.languages import LANGUAGES
from municipalities.texts.models import RichTextField


class BlockKind(models.TextChoices):
    """In the order of the letter that nobody has changed."""

    GREETING = "greeting", _("The mayor's greeting")
    FAMILY = "family", _("To families with children")
    HOST = "host", _("About your host")
    MEETING = "meeting", _("The next welcome meeting")
    GIFTS = "gifts", _("Your gifts")
    PRACTICAL = "practical", _("Practical information")
    SIGNATURE = "signature", _("Signature")


def validate_blocks(value: object) -> None:
    """Every block once, with known languages; the greeting, which has its words elsewhere, is always shown."""
    if not isinstance(value, list) or sorted(block["kind"] for block in value) != sorted(BlockKind.values):
        raise ValidationError(_("Each block stands in the letter once."))
    for block in value:
        if any(language not in LANGUAGES for language in block["texts"]):
            raise ValidationError(_("Unknown language."))
        if block["kind"] == BlockKind.GREETING and not block["shown"]:
            raise ValidationError(_("A letter without its greeting is none."))


class BlocksField(models.JSONField):
    """[{"kind", "shown", "texts": {language: {"title", "body"}}}, …] in the letter's order. Titles are plain
    words, bodies HTML that is sanitised whichever way it reaches the database."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(
            sanitised(value) if isinstance(value, list) else value, connection, prepared
        )


def sanitised(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    clean = RichTextField().get_prep_value
    return [
        block
        | {
            "texts": {
                language: {"title": text["title"], "body": clean(text["body"])}
                for language, text in block["texts"].items()
            }
        }
        for block in blocks
    ]


class LetterTemplateQuerySet(OwnedQuerySet["LetterTemplate"]):
    def newest(self) -> "LetterTemplate | None":
        return self.order_by("-version").first()


class LetterTemplate(MunicipalityOwned):
    """One version of a municipality's letter; saving makes the next one."""

    append_only = True

    version = models.PositiveIntegerField(_("version"), editable=False)
    blocks = BlocksField(_("blocks"), validators=[validate_blocks])
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    # No key of the database's: a row that may only grow can't forget an account that is deleted.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("made by"),
    )
    # Which earlier version this one repeats, if it does.
    again = models.PositiveIntegerField(_("the same again as version"), null=True, editable=False)

    objects = LetterTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ["municipality", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "version"],
                name="lettertemplate_once_per_municipality_and_version",
                violation_error_message=_("Somebody else has saved the letter meanwhile."),
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="lettertemplate_versions_begin_with_one",
                violation_error_message=_("Versions are counted from 1."),
            ),
        ]

    def __str__(self) -> str:
        return _("Version %(number)s") % {"number": self.version}


def template_of(municipality: Municipality) -> LetterTemplate:
    """The newest version; where nobody has saved one, the letter as the portal brings it, which has no number."""
    return LetterTemplate.objects.of(municipality).newest() or LetterTemplate(
        municipality=municipality, version=0, blocks=standard_blocks()
    )


def standard_blocks() -> list[dict[str, Any]]:
    """All that a letter can tell, with the portal's words; the word to families only for those who want it."""
    return [{"kind": kind.value, "shown": kind != BlockKind.FAMILY, "texts": {}} for kind in BlockKind]
