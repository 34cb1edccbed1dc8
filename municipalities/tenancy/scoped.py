"""What lists, forms and inlines of the staff site share: one sees and touches only one's own municipalities."""

from typing import Any

from django.contrib.admin import RelatedFieldListFilter
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.forms import HiddenInput, ModelForm
from django.http import HttpRequest

from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.forms import ScopedForm, municipality_id_of
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right


def has_municipality(model: type[models.Model]) -> bool:
    try:
        return model._meta.get_field("municipality").related_model is Municipality
    except FieldDoesNotExist:
        return False


class ScopedRelatedFilter(RelatedFieldListFilter):
    """Offers the user's own rows; Django's would name everybody's."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [(row.pk, str(row)) for row in model_admin.visible_rows(field.related_model, request)]


class Scoped:
    """What lists and inlines share. `read` and `write` are the rights their rows ask for."""

    read = Right.READ_PEOPLE
    write = Right.WRITE_PEOPLE
    form: type[ModelForm] = ScopedForm
    model: type[models.Model]
    admin_site: Any

    def may(self, request: HttpRequest, right: Right, obj: models.Model | None = None) -> bool:
        """In `obj`'s municipality; without an object (or with one that has no municipality yet), in any."""
        return access_of(request).may(right, municipality_id_of(obj))

    def visible_rows(self, model: type[models.Model], request: HttpRequest) -> models.QuerySet[Any]:
        """The rows of another model that this user may choose or filter by."""
        access = access_of(request)
        if model is Municipality:
            return access.municipalities(self.read)
        if model is User:
            return access.members(self.read)
        if model in self.admin_site._registry:
            return self.admin_site._registry[model].get_queryset(request)
        if has_municipality(model):
            return access.narrow(model._default_manager.visible_to(request.user), self.read)  # type: ignore[attr-defined]
        raise ImproperlyConfigured(f"{model.__name__} belongs to no municipality; don't offer its rows.")

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may(request, self.read, obj)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may(request, self.write, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.may(request, self.write, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "municipality":
            access = access_of(request)
            kwargs["queryset"] = access.municipalities(self.write)
            if (only := access.only_municipality(self.write)) is not None:
                # Disabled: what a browser sends for it is not even read.
                kwargs |= {"initial": only, "disabled": True, "widget": HiddenInput()}
        elif "queryset" not in kwargs:
            kwargs["queryset"] = self.visible_rows(db_field.related_model, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if "queryset" not in kwargs:
            kwargs["queryset"] = self.visible_rows(db_field.related_model, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
