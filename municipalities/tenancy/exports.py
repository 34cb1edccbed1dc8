"""Lists of the staff site that can be taken out as a file."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import ModelResource
from tablib import Dataset
from unfold.contrib.import_export.forms import ExportForm

from municipalities.tenancy.pages import ScopedAdmin
from municipalities.tenancy.spreadsheets import neutral


class WordedResource(ModelResource):
    """Columns are headed as the screens name them, in the language of whoever takes the file out."""

    @classmethod
    def field_from_django_field(
        cls, field_name: str, django_field: "models.Field[Any, Any]", readonly: bool
    ) -> Field:
        field = super().field_from_django_field(field_name, django_field, readonly)
        field.column_name = django_field.verbose_name
        return field


class ExportAdmin(ExportMixin, ScopedAdmin):
    """A list that can be taken out as XLSX or CSV, as it stands: same rows, same filters.

    Subclasses name `resource_classes`; `export_rows` leaves out what no file may hold.
    """

    export_form_class = ExportForm
    export_template_name = "admin/export.html"

    def get_export_formats(self) -> list[type]:
        return [XLSX, CSV]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.read)

    def export_rows(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return rows

    def get_export_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.export_rows(super().get_export_queryset(request))

    def get_valid_export_item_pks(self, request: HttpRequest) -> list[Any]:
        return [*self.export_rows(self.get_queryset(request)).values_list("pk", flat=True)]

    def get_data_for_export(self, request: HttpRequest, queryset: Any, **kwargs: Any) -> Dataset:
        data = super().get_data_for_export(request, queryset, **kwargs)
        self.note_export(queryset, self.path, len(data))
        return Dataset(*[[neutral(cell) for cell in row] for row in data], headers=data.headers)
