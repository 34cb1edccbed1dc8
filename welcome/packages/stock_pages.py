"""One gift: what lies on the shelf and how it came and went, its codes, and the link its sponsor redeems them with."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from municipalities.links import actions as links
from municipalities.links import codes
from municipalities.links.models import Link
from municipalities.tenancy.access import access_of
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right
from welcome.packages import stock, vouchers
from welcome.packages.forms import CodesForm, CountForm, ReceiveForm
from welcome.packages.links import REDEEM
from welcome.packages.models import Fulfilment, Gift
from welcome.packages.package_models import Voucher, VoucherState
from welcome.packages.stock_models import StockMovement

A_PAGE = 50
FORMS: dict[str, type[Any]] = {"receive": ReceiveForm, "count": CountForm, "codes": CodesForm}


@never_cache
def of_gift(request: HttpRequest, object_id: int) -> HttpResponse:
    """POST with `verb`: receive, count, codes; link makes the sponsor a new one, revoke ends it. The link itself is
    shown in the answer to its making, and never again."""
    gift, by = _writable(request, object_id), access_of(request).user
    verb = request.POST.get("verb", "") if request.method == "POST" else ""
    forms = {name: form() for name, form in FORMS.items()}
    if verb in FORMS:
        form = forms[verb] = FORMS[verb](request.POST, request.FILES)
        if form.is_valid() and _done(request, gift, form, by):
            return redirect("admin:welcome_gift_stock", object_id)
        return _show(request, gift, forms, status=422)
    if verb and gift.is_by_code and gift.sponsor:
        if verb == "link":
            return _show(request, gift, forms, fresh=links.issue(purpose=REDEEM, of=gift.sponsor, by=by))
        if verb == "revoke" and links.revoke_all(of=gift.sponsor, by=by, purpose=REDEEM):
            messages.success(request, _("The link is called back: it opens nothing any more."))
    if request.method == "POST":
        return redirect("admin:welcome_gift_stock", object_id)
    return _show(request, gift, forms)


def _writable(request: HttpRequest, pk: int) -> Gift:
    access = access_of(request)
    gifts = Gift.objects.visible_to(request.user).with_texts().filter(pk=pk)
    if not access.narrow(gifts, Right.READ_TEXTS).exists():
        raise Http404
    if (gift := access.narrow(gifts, Right.WRITE_PEOPLE).first()) is None:
        raise PermissionDenied
    return gift


def _done(request: HttpRequest, gift: Gift, form: Any, by: User) -> bool:
    does: dict[type[Any], Callable[[Gift, Any, User], str]] = {
        ReceiveForm: _receive, CountForm: _count, CodesForm: _upload,
    }  # fmt: skip
    try:
        messages.success(request, does[type(form)](gift, form, by))
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _receive(gift: Gift, form: Any, by: User) -> str:
    said = form.cleaned_data
    stock.receive(gift=gift, count=said["count"], reason=said["reason"], by=by)
    return _("They are in stock.")


def _count(gift: Gift, form: Any, by: User) -> str:
    said = form.cleaned_data
    change = stock.correct(gift=gift, counted=said["counted"], reason=said["why"], by=by)
    return (
        _("The count is corrected by %(change)+d.") % {"change": change}
        if change
        else _("The count was right.")
    )


def _upload(gift: Gift, form: Any, by: User) -> str:
    came, given = vouchers.upload(gift=gift, lines=form.lines, by=by)
    words = {"came": came, "given": given}
    return (
        _("%(came)d codes are taken in; %(given)d of them went to households that waited for theirs.") % words
    )


def _show(
    request: HttpRequest, gift: Gift, forms: dict[str, Any], *, fresh: Link | None = None, status: int = 200
) -> HttpResponse:
    moved = StockMovement.objects.filter(gift=gift).select_related("by").order_by("-pk")
    rows = Voucher.objects.filter(gift=gift)
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": Gift._meta,
        "title": _("Stock and codes"),
        "gift": gift,
        "is_counted": gift.fulfilment == Fulfilment.STOCK,
        "takes_codes": gift.fulfilment == Fulfilment.PARTNER_CODES,
        "balance": gift.stock.balance if hasattr(gift, "stock") else 0,
        "page": Paginator(moved, A_PAGE).get_page(request.GET.get("page")),
        "pooled": rows.pooled().count(),
        "issued": rows.issued().count(),
        "redeemed": rows.redeemed().count(),
        "cancelled": rows.filter(state=VoucherState.CANCELLED).count(),
        "forms": forms,
        "fresh": fresh,
        "active": links.active(purpose=REDEEM, of=gift.sponsor) if gift.is_by_code and gift.sponsor else None,
        "code": mark_safe(codes.svg(fresh.url, colour="currentColor")) if fresh else "",  # noqa: S308 - drawn by us
    }
    answer = render(request, "packages/stock.html", context, status=status)
    answer["Cache-Control"] = "no-store, private"
    return answer
