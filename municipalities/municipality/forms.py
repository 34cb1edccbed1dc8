"""Fields of the municipality that are more than one box to type in."""

import io
import uuid
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminColorInputWidget,
    UnfoldAdminTextInputWidget,
)

from municipalities.municipality.models import Municipality
from municipalities.texts.languages import CHOICES

LARGEST_FILE = 8 * 1024 * 1024
LARGEST_SIDE = 8000  # Pixels; a larger one is a mistake or an attack on our memory.
MOST_PIXELS = 50_000_000  # What telephones take; drawn, each needs four bytes of memory.
KEPT_SIDE = 2000  # Enough for paper at 300 dpi.


def reencode(upload: UploadedFile) -> InMemoryUploadedFile:
    """The picture drawn anew: nothing of the file survives but what one sees, so no EXIF and no
    place where it was taken. Raises ValidationError for what is no PNG, JPEG or WebP."""
    if upload.size and upload.size > LARGEST_FILE:
        raise ValidationError(_("The picture is larger than 8 MB. Save it smaller."))
    head = upload.read(1024)
    upload.seek(0)
    if PurePath(upload.name or "").suffix.lower() in {".svg", ".svgz"} or b"<svg" in head or b"<?xml" in head:
        raise ValidationError(
            _("SVG pictures can carry programs and are not taken. Save it as PNG, at least 600 pixels wide.")
        )
    try:
        picture = Image.open(upload, formats=["PNG", "JPEG", "WEBP"])
        if max(picture.size) > LARGEST_SIDE:
            raise ValidationError(_("The picture has more than 8000 pixels on a side. Save it smaller."))
        if picture.width * picture.height > MOST_PIXELS:
            raise ValidationError(_("The picture has more than 50 million pixels. Save it smaller."))
        picture.verify()  # A PNG's end is seen here, after which the file must be opened anew.
        upload.seek(0)
        picture = Image.open(upload, formats=["PNG", "JPEG", "WEBP"])
        picture.thumbnail((KEPT_SIDE, KEPT_SIDE))  # First: a JPEG is then never drawn in its full size.
        upright = ImageOps.exif_transpose(picture)
        drawn = io.BytesIO()
        if picture.format == "JPEG":
            upright.convert("RGB").save(drawn, "JPEG", quality=88, optimize=True)
            suffix, kind = "jpg", "image/jpeg"
        else:
            upright.convert("RGBA").save(drawn, "PNG", optimize=True)
            suffix, kind = "png", "image/png"
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise ValidationError(_("This is no picture we can read. Take a PNG, JPEG or WebP.")) from error
    # Not the uploader's name for it: that may hold a person's, and would be read in the address.
    name = f"{uuid.uuid4().hex}.{suffix}"
    return InMemoryUploadedFile(drawn, None, name, kind, drawn.tell(), None)


class LanguagesField(forms.MultipleChoiceField):
    """Codes in the order of `LANGUAGES`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=CHOICES, widget=UnfoldAdminCheckboxSelectMultipleWidget(), **kwargs)


class DaysField(forms.CharField):
    """`7, 30, 91` on screen, `[7, 30, 91]` in the database."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        try:
            return [int(part) for part in (super().to_python(value) or "").split(",") if part.strip()]
        except ValueError:
            raise ValidationError(
                _("Write whole numbers with commas between, for instance 7, 30, 91.")
            ) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class MunicipalityFields(forms.ModelForm):
    languages = LanguagesField(
        label=_("Languages offered"),
        help_text=_("Each topic is asked for in all of these."),
    )
    followup_days = DaysField(
        label=_("Follow-up rhythm"),
        help_text=_("Days after moving in on which somebody asks how it goes, with commas between."),
        widget=UnfoldAdminTextInputWidget(),
    )

    class Meta:
        model = Municipality
        fields = "__all__"  # noqa: DJ007 - the admin page lists them
        widgets = {"accent": UnfoldAdminColorInputWidget()}

    def _picture(self, name: str) -> Any:
        picture = self.cleaned_data.get(name)
        return reencode(picture) if isinstance(picture, UploadedFile) else picture

    def clean_arms(self) -> Any:
        return self._picture("arms")

    def clean_mayor_portrait(self) -> Any:
        return self._picture("mayor_portrait")

    def clean_mayor_signature(self) -> Any:
        return self._picture("mayor_signature")
