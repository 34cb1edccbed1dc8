"""Rows below an object of the staff site, in that object's municipality."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from municipalities.tenancy.access import access_of
from municipalities.tenancy.forms import ScopedFormSet
from municipalities.tenancy.scoped import Scoped, has_municipality


class ScopedInline(Scoped):
    """Rows below an object of a `ScopedAdmin`, in that object's municipality."""

    formset = ScopedFormSet
    extra = 0
    max_num: int | None = 60
    model: type[models.Model]
    chooses_municipality = False  # True where the object above belongs to none.

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)  # type: ignore[misc]
        return access_of(request).narrow(rows, self.read) if has_municipality(self.model) else rows

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may(request, self.write, obj)

    def get_formset(self, request: HttpRequest, obj: models.Model | None = None, **kwargs: Any) -> Any:
        # Django's own limit lets one request make 2,000 forms while it holds the database.
        return super().get_formset(request, obj, **{"absolute_max": 120, **kwargs})  # type: ignore[misc]

    def get_exclude(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        exclude = [*(super().get_exclude(request, obj) or ())]  # type: ignore[misc]
        if has_municipality(self.model) and not self.chooses_municipality:
            exclude.append("municipality")
        return exclude


class ScopedTabularInline(ScopedInline, TabularInline):
    pass


class ScopedStackedInline(ScopedInline, StackedInline):
    pass
