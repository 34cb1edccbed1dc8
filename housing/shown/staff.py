"""What the staff pages of homes, plots and projects have in common: texts and pictures below an object."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.forms import modelform_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from unfold.decorators import display

from housing.shown import pictures
from housing.shown.models import MOST_PHOTOS, Photo
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin, ScopedStackedInline, ScopedTabularInline
from municipalities.tenancy.forms import ScopedForm, ScopedFormSet
from municipalities.tenancy.roles import Right
from municipalities.texts.display import standing
from municipalities.texts.forms import TextForm, TextFormSet


class HomeTextForm(TextForm, ScopedForm):
    pass


class HomeTextFormSet(TextFormSet, ScopedFormSet):
    """Of anything that belongs to a municipality."""

    def offered_languages(self) -> list[str]:
        return self.instance.municipality.languages if self.instance.municipality_id else []

    def home_language(self) -> str:
        return self.instance.municipality.home_language

    def new_text(self) -> dict[str, Any]:
        return {"municipality": self.instance.municipality}


class TextInline(ScopedStackedInline):
    """A subclass names `model`."""

    formset = HomeTextFormSet
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["standing", "title", "body", "source_language", "still_right", "seen_version"]
    readonly_fields = ["standing"]
    verbose_name = verbose_name_plural = _("texts")
    hide_title = True
    can_delete = False
    max_num = 1  # The languages decide; there is nothing to add by hand.
    owner: ClassVar[str]  # The name of the foreign key.

    @display(description="")
    def standing(self, text: Any) -> str:
        owner = getattr(text, self.owner) if getattr(text, f"{self.owner}_id") else None
        return standing(text, owner.text_set) if owner is not None else ""


def text_form(model: type[models.Model]) -> "type[forms.ModelForm[Any]]":
    return modelform_factory(model, form=HomeTextForm, fields=["title", "body", "source_language"])


class PhotoForm(ScopedForm):
    """The picture is drawn anew; a new row without one is refused."""

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            drawn, self.instance.width, self.instance.height = pictures.take(file)
            return drawn
        return file

    def _post_clean(self) -> None:
        if not self.instance.width:
            # What was refused has no size; that is said at the picture already.
            self.instance.width = self.instance.height = 1
        super()._post_clean()


class PhotoFormSet(ScopedFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        if len(kept) - len(self.deleted_forms) > MOST_PHOTOS:
            raise ValidationError(_("At most 20 pictures."))

    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        if commit:
            pictures.forget(obj)


class PhotoInline(ScopedTabularInline):
    """A subclass names `model`."""

    formset = PhotoFormSet
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["look", "file", "alt", "order"]
    readonly_fields = ["look"]
    max_num = MOST_PHOTOS
    hide_title = True
    owner: ClassVar[str]  # The name of the foreign key.

    @display(description=_("picture"))
    def look(self, photo: Any) -> str:
        if not photo.pk:
            return ""
        owner = photo._meta.get_field(self.owner).related_model._meta
        page = f"admin:{owner.app_label}_{owner.model_name}_photo"
        address = reverse(page, args=[getattr(photo, f"{self.owner}_id"), photo.pk])
        return format_html(
            '<img src="{}" alt="{}" width="160" height="{}" loading="lazy">',
            address, photo.alt, round(160 * photo.height / photo.width),
        )  # fmt: skip


def photo_form(model: type[models.Model]) -> "type[forms.ModelForm[Any]]":
    return modelform_factory(
        model,
        form=PhotoForm,
        fields=["file", "alt", "order"],
        widgets={"file": forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"})},
    )


class PicturedAdmin(ScopedAdmin):
    """With an address for each picture of its rows, for staff who may see the row."""

    photos: ClassVar[type[Photo]]
    owner: ClassVar[str]

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}_photo"
        view = self.admin_site.admin_view(never_cache(require_safe(self.photo)))
        return [path("<int:object_id>/pictures/<int:photo>/", view, name=name), *super().get_urls()]

    def photo(self, request: HttpRequest, object_id: int, photo: int) -> HttpResponse:
        row = self.get_object(request, str(object_id))
        found: Any = None
        if row is not None:
            found = self.photos._default_manager.filter(pk=photo, **{self.owner: row.pk}).first()
        if found is None:
            raise Http404
        return shown(found, pictures.WIDTHS[0])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, TextFormSet):
            formset.by = access_of(request).user  # A text knows who changed it.
        super().save_formset(request, form, formset, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        for each in obj.photos.all():
            pictures.forget(each)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for each in self.photos._default_manager.filter(**{f"{self.owner}__in": queryset}):
            pictures.forget(each)
        super().delete_queryset(request, queryset)


def shown(photo: Photo, width: int) -> HttpResponse:
    """The picture's bytes. Raises Http404 where its file is gone."""
    try:
        content = pictures.rendition(photo, width)
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(content, content_type="image/webp")
