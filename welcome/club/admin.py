"""The list of the newcomers' club, on screen and as a file to write to them with."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from municipalities.links import actions as links
from municipalities.tenancy.admin import ExportAdmin, WordedResource
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.roles import Right
from welcome.club.models import Member


class MemberForm(ScopedForm):
    class Meta:
        model = Member
        fields = ("name", "language")


class MemberResource(WordedResource):
    language = Field(column_name=_("language"))

    class Meta:
        model = Member
        fields = ["name", "email", "language", "confirmed_at"]
        export_order = fields

    def dehydrate_language(self, member: Member) -> str:
        return member.get_language_display()


class ConfirmedFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "member"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("On the list")), ("no", _("E-mail not confirmed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.confirmed()
        return queryset.unconfirmed() if self.value() == "no" else queryset


@admin.register(Member)
class MemberAdmin(ExportAdmin):
    read = write = Right.WRITE_PEOPLE  # Members of protected households are among them.
    shows_people = True
    form = MemberForm
    resource_classes = [MemberResource]
    list_display = ["name", "municipality", "email", "language", "confirmed_at"]
    list_filter = [ConfirmedFilter, "language"]
    search_fields = ["name", "email"]
    list_select_related = ["municipality"]
    fieldsets = [(None, {"fields": ["name", "email", "language", "confirmed_at"]})]
    readonly_fields = ["email", "confirmed_at"]  # Another address would be one that nobody has confirmed.

    # Who is on the list has said so by themselves.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def export_rows(self, rows: Any) -> Any:
        return rows.for_files()

    def delete_model(self, request: HttpRequest, obj: Member) -> None:
        links.forget(of=obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Member]) -> None:
        for member in queryset:
            links.forget(of=member)
        super().delete_queryset(request, queryset)
