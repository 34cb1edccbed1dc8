"""Packages on paper: the pick list, vouchers to enclose, and the yearly statement to a sponsor."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from municipalities.audit.models import Action
from municipalities.audit.recording import list_of, record
from municipalities.links import codes
from municipalities.organisations.models import Organisation
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.letters.downloads import attachment
from welcome.letters.labels import print_page
from welcome.packages import figures, picking
from welcome.packages.figure_pages import chosen_year
from welcome.packages.package_models import Package, Voucher
from welcome.packages.package_pages import A_PAGE, writable


def _picks(request: HttpRequest) -> list[picking.Pick]:
    """The page of the pick list that is looked at."""
    ids = picking.in_order(writable(request).to_pack())
    page = Paginator(ids, A_PAGE).get_page(request.GET.get("page"))
    found = picking.picks(list(page.object_list))
    places = {pick.package.municipality_id for pick in found}
    list_of(model=Package, municipality_ids=places, action=Action.DOWNLOADED, note=f"rows={len(found)}")
    return found


@require_safe
def pick_list_pdf(request: HttpRequest) -> HttpResponse:
    found = _picks(request)
    context = {"title": _("Pick list"), "picks": found, "fetches": picking.fetches(found)}
    return attachment(print_page("print/package_picks.html", context), "application/pdf", "pick-list.pdf")


@require_safe
def vouchers_pdf(request: HttpRequest) -> HttpResponse:
    """Those of the packages on this page of the pick list, to be cut and enclosed."""
    packages = [pick.package for pick in _picks(request)]
    rows = Voucher.objects.unused().filter(item__package__in=packages)
    found = {voucher.pk: voucher for voucher in rows.select_related("item__package", "gift__sponsor")}
    in_order = [
        found[voucher.pk]
        for package in packages
        for item in package.items.all()
        for voucher in item.vouchers.all()
        if voucher.pk in found
    ]
    context = {"title": _("Vouchers"), "vouchers": [_shown(voucher) for voucher in in_order]}
    return attachment(print_page("print/vouchers.html", context), "application/pdf", "vouchers.pdf")


def _shown(voucher: Voucher) -> dict[str, Any]:
    item = voucher.item
    return {
        "square": mark_safe(codes.svg(voucher.code)),  # noqa: S308 - drawn by us
        "title": item.title if item else "",
        "language": item.package.language if item else "",
        "package": item.package.code if item else "",
        "sponsor": voucher.gift.donor,
        "code": voucher.code,
    }


@require_safe
def statement_pdf(request: HttpRequest, object_id: int) -> HttpResponse:
    """In the municipality's own language, for last year or another; names no household."""
    access = access_of(request)
    rows = Organisation.objects.visible_to(request.user).select_related("municipality").filter(pk=object_id)
    if not access.narrow(rows, Right.READ_TEXTS).exists():
        raise Http404
    if (sponsor := access.narrow(rows, Right.WRITE_PEOPLE).first()) is None:
        raise PermissionDenied
    year, place = chosen_year(request), sponsor.municipality
    with override(place.home_language):
        context = {
            "title": _("Statement to %(sponsor)s, %(year)s") % {"sponsor": sponsor, "year": year},
            "sponsor": sponsor,
            "place": place,
            "year": year,
            "use": figures.of_sponsor(sponsor, year),
        }
        content = print_page("print/sponsor_statement.html", context)
    record(action=Action.DOWNLOADED, of=sponsor, note=f"statement={year}")
    return attachment(content, "application/pdf", f"{sponsor.slug}-{year}.pdf")
