"""A model's pages in the staff site: lists, forms, actions, history.

A foreign object is not found (404), a missing right is refused (403). `tests/test_tenancy.py` asks
every address of the staff site as somebody from elsewhere.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from municipalities.audit.models import Action
from municipalities.tenancy.access import access_of
from municipalities.tenancy.audited import Audited, changed_fields
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.scoped import Scoped, ScopedRelatedFilter


class ScopedAdmin(Scoped, Audited, ModelAdmin):
    """`path` leads from a row to its municipality, as in a filter."""

    path = "municipality"
    list_filter_submit = True
    warn_unsaved_form = True
    list_per_page = 50
    view_on_site = False

    def __init__(self, model: type[models.Model], admin_site: Any) -> None:
        super().__init__(model, admin_site)
        if not issubclass(self.form, ScopedForm):
            raise ImproperlyConfigured(f"{type(self).__name__}.form must be a ScopedForm.")
        if self.list_editable:
            # Its form would save rows in which one may read but not write.
            raise ImproperlyConfigured(f"{type(self).__name__} can't have list_editable.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = self.model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]
        if ordering := self.get_ordering(request):
            rows = rows.order_by(*ordering)
        return access_of(request).narrow(rows, self.read, self.path)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.read)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.write)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> None:
        raise Http404

    # Django asks for the right before it looks for the object: what nobody may change or delete would be
    # refused, where it is not even there for the one who asks.

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        with self._unknown_rather_than_refused(request, object_id):
            return super().change_view(request, object_id, *args, **kwargs)

    def delete_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        with self._unknown_rather_than_refused(request, object_id):
            return super().delete_view(request, object_id, *args, **kwargs)

    @contextmanager
    def _unknown_rather_than_refused(self, request: HttpRequest, object_id: str) -> Iterator[None]:
        try:
            yield
        except PermissionDenied:
            if self.get_object(request, unquote(object_id)) is None:
                raise Http404 from None
            raise

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        try:
            response = super().changelist_view(request, extra_context)
            self.note_list(response)
            return response
        except OverflowError:
            # Asked for a number that no column holds: shown as any other filter that makes no sense.
            return redirect(f"{request.path}?{ERROR_FLAG}=1")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        response = super().changeform_view(request, object_id, form_url, extra_context)
        self.note_look(response)
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        response = super().history_view(request, object_id, extra_context)
        self.note_look(response, note="history")
        return response

    def response_action(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        picked = request.POST.getlist("_selected_action")
        if not all(pk.isdecimal() and len(pk) < 19 for pk in picked):
            raise Http404
        chosen = queryset.filter(pk__in=picked)
        writable = access_of(request).narrow(queryset, self.write, self.path)
        if writable.filter(pk__in=chosen.values("pk")).count() < chosen.count():
            raise PermissionDenied
        # "All of the list" may reach into a municipality where one may only read.
        return super().response_action(request, writable)

    # --- the municipality's own field ----------------------------------------------------------

    def _is_owned(self) -> bool:
        return self.path == "municipality"

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """The municipality first where one must choose, as a fact later, and nowhere if there is but one."""
        fieldsets = super().get_fieldsets(request, obj)
        if not self._is_owned():
            return fieldsets
        bare = [
            (title, options | {"fields": [name for name in options["fields"] if name != "municipality"]})
            for title, options in fieldsets
        ]
        if obj is None or access_of(request).several:
            bare[0][1]["fields"].insert(0, "municipality")
        return bare

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        fields = [*super().get_readonly_fields(request, obj)]
        return [*fields, "municipality"] if obj is not None and self._is_owned() else fields

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = [*super().get_list_display(request)]
        return columns if access_of(request).several else [c for c in columns if c != "municipality"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        filters: list[Any] = []
        for item in super().get_list_filter(request):
            is_relation = isinstance(item, str) and "__" not in item and self._is_relation(item)
            filters.append((item, ScopedRelatedFilter) if is_relation else item)
        if self._is_owned() and access_of(request).several:
            filters.insert(0, ("municipality", ScopedRelatedFilter))
        return filters

    def _is_relation(self, name: str) -> bool:
        return self.model._meta.get_field(name).is_relation

    # --- the log: it outlives the row, so it holds no names --------------------------------------

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        self.note_change(request, [obj], Action.ADDED)
        return self.note_history(request, [obj], ADDITION, message)[0]

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        self.note_change(request, [obj], Action.CHANGED)
        return self.note_history(request, [obj], CHANGE, message)[0]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        rows = list(queryset)
        self.note_change(request, rows, Action.DELETED)
        return self.note_history(request, rows, DELETION, "")

    def note_history(self, request: HttpRequest, rows: Any, flag: int, message: Any) -> list[LogEntry]:
        entries = []
        for row in rows:
            entry = LogEntry(
                user_id=request.user.pk or 0,
                content_type=ContentType.objects.get_for_model(row, for_concrete_model=False),
                object_id=str(row.pk),
                object_repr=f"{row._meta.verbose_name} {row.pk}",
                action_flag=flag,
            )
            entry.change_message = message if isinstance(message, str) else json.dumps(message)
            entries.append(entry)
        return LogEntry.objects.bulk_create(entries)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        message = super().construct_change_message(request, form, formsets, add)
        request._changed_fields = changed_fields(form, formsets)  # type: ignore[attr-defined]
        rows = [
            row
            for formset in formsets or ()
            for row in (
                *formset.new_objects,
                *(row for row, _changed in formset.changed_objects),
                *formset.deleted_objects,
            )
        ]
        named = [words for part in message for words in part.values() if "object" in words]
        for words, row in zip(named, rows, strict=True):
            words["object"] = str(row.pk)
        return message
