"""Where packages are packed and given: one package, the counter, and the pick list."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from municipalities.audit.recording import list_of, look
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.packages import actions, picking
from welcome.packages.package_models import (
    CODE_LENGTH,
    OUT,
    Package,
    PackageQuerySet,
    PackageState,
    as_key,
)

A_PAGE = 50
MOST_HITS = 20
STEPS: dict[str, tuple[Callable[..., bool], Promise]] = {
    "pack": (actions.pack, gettext_lazy("It is packed.")),
    "hand_out": (actions.hand_out, gettext_lazy("It is handed out.")),
    "post": (actions.post, gettext_lazy("It is posted.")),
    "take_back": (actions.take_back, gettext_lazy("It came back; what was in it is in stock again.")),
    "cancel": (actions.cancel, gettext_lazy("It is cancelled; what was packed is in stock again.")),
}


def writable(request: HttpRequest) -> PackageQuerySet:
    """Of nobody whose address is protected."""
    access = access_of(request)
    if not access.may(Right.WRITE_PEOPLE):
        raise PermissionDenied
    rows: PackageQuerySet = access.narrow(
        Package.objects.visible_to(request.user).open_to_all(), Right.WRITE_PEOPLE
    )
    return rows


@never_cache
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """POST with `verb`, one of STEPS."""
    access = access_of(request)
    rows = access.narrow(Package.objects.visible_to(request.user).open_to_all(), Right.READ_PEOPLE)
    package = (
        rows.with_items()
        .select_related("municipality", "packed_by", "out_by", "ended_by")
        .filter(pk=pk)
        .first()
    )
    if package is None:
        raise Http404
    if request.method == "POST":
        if not access.may(Right.WRITE_PEOPLE, package.municipality_id):
            raise PermissionDenied
        _take_step(request, package, request.POST.get("verb", ""))
        return redirect("admin:welcome_package_change", pk)
    look(of=package)
    items = [(picking.line(item), item) for item in package.items.all()]
    return _show(
        request, "package", package=package, original=package, title=_("Package %(code)s") % {"code": package.code},
        who=picking.who(package), items=items, is_out=package.state in OUT,
        is_held=package.state in {PackageState.WAITING, PackageState.PACKED},
        may_write=access.may(Right.WRITE_PEOPLE, package.municipality_id),
    )  # fmt: skip


def _take_step(request: HttpRequest, package: Package, verb: str) -> None:
    step = STEPS.get(verb)
    if step is None:
        return
    action, words = step
    try:
        done = action(package=package, by=access_of(request).user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return
    if done:
        messages.success(request, str(words))
    else:
        messages.warning(request, _("A colleague was first; this page shows how it stands now."))


@never_cache
def counter(request: HttpRequest) -> HttpResponse:
    """Found by the code on its label or on the household's own page, or by name; handed out by one press. POST with
    `package`."""
    rows = writable(request)
    if request.method == "POST":
        number = request.POST.get("package", "")
        package = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
        if package is not None:
            _take_step(request, package, "hand_out")
        return redirect("admin:welcome_package_counter")
    typed = request.GET.get("q", "").strip()[:80]
    found = list(_search(rows, typed).with_items()[: MOST_HITS + 1]) if typed else []
    if typed:
        places = {package.municipality_id for package in found}
        list_of(model=Package, municipality_ids=places, note=f"rows={len(found)} counter")
    hits = [
        (package, picking.who(package), [picking.line(item) for item in package.items.all()])
        for package in found
    ]
    return _show(
        request, "counter", title=_("At the counter"), typed=typed, hits=hits[:MOST_HITS],
        has_more=len(found) > MOST_HITS,
    )  # fmt: skip


def _search(rows: PackageQuerySet, typed: str) -> PackageQuerySet:
    """What can be handed out first."""
    key = as_key(typed)
    by_code = rows.filter(code=key) if len(key) == CODE_LENGTH else rows.none()
    if by_code.exists():
        return by_code
    named = rows.filter(household__isnull=False, household__held_at=None).exclude(
        state=PackageState.CANCELLED
    )
    for word in typed.split()[:5]:
        name = Q(household__people__given_name__icontains=word) | Q(
            household__people__family_name__icontains=word
        )
        named = named.filter(name)
    return named.distinct().order_by("out_at", "ended_at", "-composed_at", "-pk")


@never_cache
def pick_list(request: HttpRequest) -> HttpResponse:
    """By road, or `by` shelf. POST with the ticked `package`s packs them; those that can't be are told of."""
    rows = writable(request).to_pack()
    if request.method == "POST":
        _pack_ticked(request, rows)
        return redirect(request.get_full_path())
    ids = picking.in_order(rows)
    page = Paginator(ids, A_PAGE).get_page(request.GET.get("page"))
    found = picking.picks(list(page.object_list))
    places = {pick.package.municipality_id for pick in found}
    list_of(model=Package, municipality_ids=places, note=f"rows={len(found)} picking")
    by_shelf = request.GET.get("by") == "shelf"
    return _show(
        request, "pick_list", title=_("Pick list"), page=page, picks=found, by_shelf=by_shelf,
        fetches=picking.fetches(found),
    )  # fmt: skip


def _pack_ticked(request: HttpRequest, rows: PackageQuerySet) -> None:
    ticked = [
        number
        for number in request.POST.getlist("package")[:A_PAGE]
        if number.isdecimal() and len(number) < 19
    ]
    packed, refused = 0, []
    for package in rows.filter(pk__in=ticked).order_by("pk"):
        try:
            packed += actions.pack(package=package, by=access_of(request).user)
        except ValidationError as error:
            refused.append(f"{package.code}: {error.messages[0]}")
    if packed:
        said = ngettext("%(n)d package is packed.", "%(n)d packages are packed.", packed)
        messages.success(request, said % {"n": packed})
    for words in refused:
        messages.error(request, words)


def _show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    request.current_app = admin.site.name
    frame = {**admin.site.each_context(request), "opts": Package._meta}
    return render(request, f"packages/{template}.html", frame | context)
