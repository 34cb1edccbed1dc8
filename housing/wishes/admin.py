from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from housing.listings.delivery import title_of
from housing.listings.models import Listing
from housing.wishes import matching, staff
from housing.wishes.models import RUNS, Wish, WishField
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ExportAdmin, ScopedTabularInline, WordedResource
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.roles import Right

SHOWN = 20


class WishAdminForm(ScopedForm):
    class Meta:
        model = Wish
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        until: forms.Field | None = self.fields.get("expires_on")
        if until is not None:
            until.required = False
            self.initial.setdefault("expires_on", timezone.localdate() + RUNS)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "expires_on" in self.fields and not said.get("expires_on") and "expires_on" not in self.errors:
            said["expires_on"] = timezone.localdate() + RUNS
        return said


class WishResource(WordedResource):
    """What is looked for, without who looks."""

    class Meta:
        model = Wish
        fields = [
            "id", "wants_home", "offer", "kind", "village", "bedrooms", "area", "price", "pets", "step_free", "animals",
            "extent", "sent_at", "expires_on",
        ]  # fmt: skip


class FieldInline(ScopedTabularInline):
    model = WishField
    read, write = Right.READ_PEOPLE, Right.WRITE_PEOPLE
    fields = ["field"]
    hide_title = True
    max_num = 4


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("active", _("Looking now"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.active() if self.value() == "active" else queryset


class FitsFilter(admin.SimpleListFilter):
    """Who looks for this home: `?fits=` its number, from its own page."""

    title = _("fits the home")
    parameter_name = "fits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        asked = request.GET.get("fits", "")
        return [(asked, _("Home %(number)s") % {"number": asked})] if self._home(request, asked) else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        home = self._home(request, self.value() or "")
        return queryset if home is None else queryset.filter(pk__in=matching.wishes_for(home).values("pk"))

    @staticmethod
    def _home(request: HttpRequest, number: str) -> Listing | None:
        if not number.isdecimal() or len(number) > 18:
            return None
        return Listing.objects.visible_to(request.user).filter(pk=number).first()


@admin.register(Wish)
class WishAdmin(ExportAdmin):
    read, write = Right.READ_PEOPLE, Right.WRITE_PEOPLE
    shows_people = True
    form = WishAdminForm
    resource_classes = [WishResource]
    change_form_outer_before_template = "wishes/head.html"
    list_before_template = "wishes/list_head.html"
    list_display = [
        "name", "municipality", "offer", "kind", "village", "bedrooms", "price", "jobs", "often", "expires_on",
    ]  # fmt: skip
    list_filter = [StateFilter, FitsFilter, "wants_home", "offer", "kind", "fields__field", "often"]
    search_fields = ["name", "email", "phone", "village"]
    list_select_related = ["municipality"]
    inlines = [FieldInline]
    fieldsets = [
        (None, {"fields": [("name", "language"), ("email", "phone"), "text", ("often", "expires_on")]}),
        (
            _("The home"),
            {
                "fields": [
                    "wants_home", ("offer", "kind", "village"), ("bedrooms", "area", "price"),
                    ("pets", "step_free", "animals"),
                ]
            },
        ),
        (_("The job"), {"fields": ["extent"]}),
    ]  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        strategy = self.admin_site.admin_view(staff.strategy)
        return [path("strategy/", strategy, name="housing_wish_strategy"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Wish]:
        return super().get_queryset(request).prefetch_related("fields")

    def save_model(self, request: HttpRequest, obj: Wish, form: Any, change: bool) -> None:
        if not change:
            obj.by_staff = True
        matching.prepare(obj)
        super().save_model(request, obj, form, change)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if object_id.isdecimal() else None
        more: dict[str, Any] = {}
        if found is not None and access_of(request).may(self.read, found.municipality_id):
            homes = list(matching.homes_for(found).prefetch_related("texts")[:SHOWN])
            more = {
                "wish": found,
                "homes": [
                    (home, title_of(home, get_language() or "nb"), matching.fit(found, home))
                    for home in homes
                ],
                "vacancies": list(matching.vacancies_for(found)[:SHOWN]),
            }
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    @display(description=_("jobs"))
    def jobs(self, wish: Wish) -> str:
        return ", ".join(str(each) for each in wish.fields.all())
