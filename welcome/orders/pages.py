"""One order: what was written, which known households it may be of and why, and what staff decide."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache

from municipalities.audit.recording import look, look_at
from municipalities.tenancy.access import access_of
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right
from welcome.households.models import Household
from welcome.orders import matching, settling, taking
from welcome.orders.forms import DeclineForm
from welcome.orders.models import Order, OrderState


def where_and_when(order: Order) -> str:
    if order.moved_on is not None:
        day = date_format(order.moved_on, pgettext("date", "j F Y"))
        return " · ".join(part for part in (order.address.line, day) if part)
    if order.planned_for is not None:
        return _("Plans for %(month)s") % {
            "month": date_format(order.planned_for, pgettext("month and year", "F Y"))
        }
    return str(order.get_situation_display()) if order.situation else ""


def _writable(request: HttpRequest, pk: int) -> Order:
    rows = Order.objects.visible_to(request.user).filter(pk=pk)
    rows = rows.select_related("municipality", "meeting", "sign_up", "household", "settled_by", "needs_text")
    access = access_of(request)
    if not access.may(Right.WRITE_PEOPLE):
        raise PermissionDenied
    order = access.narrow(rows, Right.WRITE_PEOPLE).first()
    if order is None:
        raise Http404
    return order


@never_cache
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """POST with `verb`: join (with `household` and the ticked `take`), new, only, decline, handed."""
    order = _writable(request, pk)
    form = DeclineForm(request.POST if request.POST.get("verb") == "decline" else None)
    verb = request.POST.get("verb", "") if request.method == "POST" else ""
    if verb and (verb != "decline" or form.is_valid()):
        try:
            return _DO.get(verb, _nothing)(request, order, access_of(request).user)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        except OSError:
            messages.error(request, _("The mail could not be sent, so nothing was changed."))
        return redirect("admin:welcome_order_change", pk)
    return _show(request, order, form)


def _join(request: HttpRequest, order: Order, by: User) -> HttpResponse:
    number = request.POST.get("household", "")
    known = {match.household.pk: match.household for match in matching.matches(order)}
    home = known.get(int(number)) if number.isdecimal() and len(number) < 19 else None
    if home is None:
        raise Http404
    settling.join(order=order, household=home, take=request.POST.getlist("take"), by=by)
    messages.success(request, _("Settled: it is of this household."))
    _tell_of_seat(request, order)
    return redirect("admin:welcome_household_change", home.pk)


def _new(request: HttpRequest, order: Order, by: User) -> HttpResponse:
    home = settling.register(order=order, by=by)
    messages.success(request, _("Settled: this is their household."))
    _tell_of_seat(request, order)
    return redirect("admin:welcome_household_change", home.pk)


def _tell_of_seat(request: HttpRequest, order: Order) -> None:
    if order.wants_meeting and not Order.objects.filter(pk=order.pk).exclude(sign_up=None).exists():
        messages.warning(
            request,
            _(
                "They are not signed up for the meeting: it takes nobody any more, or their address is"
                " protected. Call them."
            ),
        )


def _only(request: HttpRequest, order: Order, by: User) -> HttpResponse:
    settling.only_do(order=order, by=by)
    messages.success(request, _("Done as they wished."))
    return redirect("admin:welcome_order_change", order.pk)


def _decline(request: HttpRequest, order: Order, by: User) -> HttpResponse:
    told = settling.decline(order=order, word=request.POST.get("word", "").strip(), by=by)
    messages.success(
        request, _("Declined and deleted; they are told by mail.") if told else _("Declined and deleted.")
    )
    return redirect("admin:welcome_order_changelist")


def _handed(request: HttpRequest, order: Order, by: User) -> HttpResponse:
    if settling.hand_out(order=order, by=by):
        messages.success(request, _("The package is handed out."))
    return redirect("admin:welcome_order_change", order.pk)


def _nothing(request: HttpRequest, order: Order, by: User) -> HttpResponse:
    return redirect("admin:welcome_order_change", order.pk)


_DO: dict[str, Callable[[HttpRequest, Order, User], HttpResponse]] = {
    "join": _join, "new": _new, "only": _only, "decline": _decline, "handed": _handed,
}  # fmt: skip


def _show(request: HttpRequest, order: Order, form: DeclineForm) -> HttpResponse:
    is_open = order.state == OrderState.WAITING
    found = matching.matches(order) if is_open else []
    look(of=order)
    homes = [match.household for match in found]
    if homes:
        look_at(model=Household, places={home.pk: home.municipality_id for home in homes}, note="match")
    request.current_app = admin.site.name
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "opts": Order._meta,
        "title": order.full_name or str(order),
        "order": order,
        "original": order,
        "is_open": is_open,
        "where": where_and_when(order),
        "others": [
            f"{each['name']} ({each['born']})" if each.get("born") else each["name"] for each in order.others
        ],
        "matches": [(match, taking.offered(order, match.household)) for match in found],
        "needs_household": order.wants_package or order.wants_host,
        "to_hand_out": order.is_settled and order.wants_package and order.package_given_at is None,
        "form": form,
    }
    return render(request, "orders/settle.html", context, status=422 if form.errors else 200)
