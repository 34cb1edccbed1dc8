"""The sponsor's counter: a voucher's code is typed, or scanned with the phone's own camera, and redeemed.

Behind a link of the purpose REDEEM, for any phone, without a script. Each form has a stamp of its own: sent again,
because it was pressed twice or the network was gone, it is answered as the first time and redeems nothing more.
"""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from municipalities.audit.recording import look
from municipalities.links import grants
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from municipalities.organisations.models import Organisation
from municipalities.tenancy import limits
from welcome.packages import vouchers
from welcome.packages.links import REDEEM
from welcome.packages.package_models import LONGEST_CODE
from welcome.portal.page import page

# So many codes may one link try in ten minutes: a long queue types no more, and whoever guesses gets nowhere.
TRIES = (120, 600)
DONE = {
    "redeemed": gettext_lazy("It is redeemed. Give them what it is for."),
    "undone": gettext_lazy("It is taken back: the voucher can be used again."),
    "late": gettext_lazy("It can't be taken back here any more. Ask the municipality."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@behind(REDEEM)
def redeem(request: HttpRequest, opened: Opened, slot: str, code: str = "") -> HttpResponse:
    """A GET changes nothing; `code` is what the camera has read, and waits in the form for the press."""
    partner: Organisation = opened.obj
    if request.method != "POST":
        return _show(request, partner, slot, typed=code)
    typed, stamp = request.POST.get("code", "")[:80], request.POST.get("stamp", "")
    if limits.is_over(request, "redeem", key=lambda group, request: f"partner {partner.pk}", rate=TRIES):
        return _show(
            request, partner, slot, typed=typed, refused=_("Too many tries. Wait ten minutes."), status=429
        )
    try:
        vouchers.redeem(partner=partner, typed=typed, stamp=stamp)
    except vouchers.Refused as refusal:
        return _show(request, partner, slot, typed=typed, refused=str(refusal), status=422)
    return _back(slot, "redeemed")


@require_POST
@behind(REDEEM)
def undo(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    number = request.POST.get("voucher", "")
    known = number.isdecimal() and len(number) < 19
    done = known and vouchers.undo(partner=opened.obj, voucher_id=int(number))
    return _back(slot, "undone" if done else "late")


@never_cache
@require_safe
def voucher(request: HttpRequest, code: str) -> HttpResponse:
    """Where a voucher's QR code leads: at the counter of a sponsor whose link was opened on this phone, on to its form;
    for anybody else to a page that says where to show it. Nobody is told whether there is such a code."""
    if slot := grants.newest(request, REDEEM):
        answer: HttpResponse = redirect("portal:redeem-code", slot=slot, code=code)
    else:
        about = page(
            request,
            title=_("A gift for those who have moved here"),
            description=_("Show this code at the counter of whoever gives it."),
            municipality=None,
            indexed=False,
        )
        answer = render(request, "portal/redeem/voucher.html", {"page": about})
    return grants.private(answer, referrer="no-referrer")


def _back(slot: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('portal:redeem', args=[slot])}?done={done}")


def _show(
    request: HttpRequest,
    partner: Organisation,
    slot: str,
    *,
    typed: str = "",
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    look(of=partner, note="redeem")
    context: dict[str, Any] = {
        "page": page(
            request,
            title=_("Redeem a voucher"),
            description=_("Your own page, behind a link that is yours alone."),
            municipality=partner.municipality,
            indexed=False,
        ),
        "municipality": partner.municipality,
        "partner": partner,
        "slot": slot,
        "typed": typed[:LONGEST_CODE],
        "refused": refused,
        "stamp": secrets.token_urlsafe(18),
        "recent": vouchers.just_redeemed(partner),
        "minutes": vouchers.UNDO_MINUTES,
        "done": DONE.get(request.GET.get("done", "")) if not refused else None,
        "is_done": request.GET.get("done") != "late",
    }
    return render(request, "portal/redeem/redeem.html", context, status=status)
