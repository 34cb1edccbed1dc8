"""The queue of orders in the staff site."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy.admin import ScopedAdmin
from municipalities.tenancy.roles import Right
from welcome.orders import pages
from welcome.orders.models import Order, OrderState


class QueueFilter(admin.SimpleListFilter):
    """Without a choice the queue itself: what is done and what nobody has confirmed is looked for."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("Waits for us")),
            ("package", _("Package to hand out")),
            ("unconfirmed", _("E-mail not confirmed")),
            ("settled", _("Settled")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = {
            "waiting": queryset.waiting,
            "package": queryset.package_to_hand_out,
            "unconfirmed": lambda: queryset.filter(state=OrderState.UNCONFIRMED),
            "settled": lambda: queryset.filter(state=OrderState.SETTLED),
        }.get(self.value() or "")
        return chosen() if chosen else queryset


class WishFilter(admin.SimpleListFilter):
    title = _("wish")
    parameter_name = "wish"
    NAMES = ("package", "host", "meeting", "club")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, Order._meta.get_field(f"wants_{name}").verbose_name) for name in self.NAMES]  # type: ignore[union-attr]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(**{f"wants_{self.value()}": True}) if self.value() in self.NAMES else queryset


@admin.register(Order)
class OrderAdmin(ScopedAdmin):
    read = write = Right.WRITE_PEOPLE  # Is matched with people, protected ones too.
    shows_people = True
    list_display = ["who", "municipality", "wished", "where", "asked_at", "state_label"]
    list_display_links = ["who"]
    list_filter = [QueueFilter, WishFilter, "situation", "language"]
    list_select_related = ["municipality"]
    actions = None

    # Sent by people, answered by staff; nothing of it is typed or deleted by hand.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not object_id.isdecimal() or len(object_id) > 18:
            raise Http404
        return pages.settle(request, int(object_id))

    @display(description=_("who"))
    def who(self, order: Order) -> str:
        return order.full_name or str(order)

    @display(description=_("wishes"))
    def wished(self, order: Order) -> str:
        return ", ".join(order.wishes)

    @display(description=_("where and when"), empty_value="–")
    def where(self, order: Order) -> str | None:
        return pages.where_and_when(order) or None

    @display(
        description=_("state"),
        ordering="state",
        label={"waiting": "warning", "unconfirmed": "info", "phone": "danger", "settled": "success"},
    )
    def state_label(self, order: Order) -> tuple[str, str]:
        if order.state == OrderState.WAITING and not order.is_confirmed:
            return "phone", str(_("Waits · by phone, unconfirmed"))
        return order.state, order.get_state_display()
