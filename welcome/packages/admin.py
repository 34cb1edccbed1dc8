from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin, ScopedStackedInline
from municipalities.tenancy.roles import Right
from municipalities.texts.display import labels, standing
from municipalities.texts.forms import TextFormSet
from welcome.packages import figure_pages, stock_pages
from welcome.packages.forms import GiftTextForm, GiftTextFormSet
from welcome.packages.models import Gift, GiftText


class GiftTextInline(ScopedStackedInline):
    model = GiftText
    form = GiftTextForm
    formset = GiftTextFormSet
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["standing", "title", "brief", "source_language", "still_right", "seen_version"]
    readonly_fields = ["standing"]
    verbose_name = verbose_name_plural = _("texts")
    hide_title = True
    can_delete = False
    max_num = 1  # The languages decide; there is nothing to add by hand.

    @display(description="")
    def standing(self, text: GiftText) -> str:
        return standing(text, text.gift.text_set) if text.gift_id else ""


@admin.register(Gift)
class GiftAdmin(ScopedAdmin):
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    list_display = [
        "title",
        "municipality",
        "giver",
        "rule",
        "most",
        "fulfilment",
        "valid_from",
        "valid_until",
        "states",
        "order",
    ]
    list_display_links = ["title"]
    list_filter = ["rule", "fulfilment", "sponsor"]
    search_fields = ["giver", "texts__title"]
    ordering = ["municipality__name", "order", "pk"]
    inlines = [GiftTextInline]
    change_form_outer_before_template = "packages/gift_head.html"
    fieldsets = [
        (None, {"fields": [("giver", "order"), ("valid_from", "valid_until")]}),
        (_("How it is given"), {"fields": [("fulfilment", "sponsor"), ("value", "warn_below", "shelf")]}),
        (_("Who gets it"), {"fields": [("rule", "most"), ("age_from", "age_to")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Gift]:
        rows: Any = super().get_queryset(request)
        return rows.with_texts()

    def get_urls(self) -> list[URLPattern]:
        staff_only = self.admin_site.admin_view
        return [
            path("<int:object_id>/stock/", staff_only(stock_pages.of_gift), name="welcome_gift_stock"),
            path("figures/", staff_only(figure_pages.figures), name="welcome_gift_figures"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # What was given stays in the figures and in the sponsor's statement: its agreement ends instead.
        unused = obj is None or not (obj.items.exists() or obj.movements.exists() or obj.vouchers.exists())
        return super().has_delete_permission(request, obj) and unused

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, TextFormSet):
            formset.by = access_of(request).user
        super().save_formset(request, form, formset, change)

    def response_add(self, request: HttpRequest, obj: Gift, post_url_continue: str | None = None) -> Any:
        # A gift without a word is told of to nobody: straight on to its texts.
        post: Any = request.POST.copy()
        post["_continue"] = "1"
        request.POST = post
        return super().response_add(request, obj, post_url_continue)

    @display(description=_("gift"))
    def title(self, gift: Gift) -> str:
        return str(gift)

    @display(description=_("texts"))
    def states(self, gift: Gift) -> str:
        return labels(gift.text_set, gift.municipality.languages)
