"""Pages that ask before something happens to households: merge, moved on, protect, take a check back."""

import time
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from municipalities.audit import recording
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.households import actions, merging
from welcome.households.forms import LeftForm, MergeForm, ProtectForm
from welcome.households.models import Household, HouseholdQuerySet

MOST_AT_ONCE = 500
UNDO = "undo_checked"
UNDO_SECONDS = 600


def writable(request: HttpRequest, ids: list[str] | list[int]) -> HouseholdQuerySet:
    """Those households, at most 500, if all of them are the user's to change; else 404, or 403 where one
    may only read."""
    numbers = {int(pk) for pk in ids if str(pk).isdecimal() and len(str(pk)) < 19}
    visible = Household.objects.visible_to(request.user).filter(pk__in=numbers)
    access = access_of(request)
    readable = access.narrow(visible, Right.READ_PEOPLE)
    if not numbers or len(numbers) > MOST_AT_ONCE or readable.count() != len(numbers):
        raise Http404
    if access.narrow(visible, Right.WRITE_PEOPLE).count() != len(numbers):
        raise PermissionDenied
    return visible


@never_cache
def merge(request: HttpRequest) -> HttpResponse:
    households = list(writable(request, request.GET.getlist("id")).with_people().order_by("pk"))
    if len(households) != 2 or households[0].municipality_id != households[1].municipality_id:
        messages.error(request, _("Choose two households of one municipality."))
        return redirect("admin:welcome_household_changelist")
    form = MergeForm(request.POST or None, households=households)
    if request.method == "POST" and form.is_valid():
        keep, other = sorted(households, key=lambda home: home.pk != form.cleaned_data["keep"])
        try:
            actions.merge(keep=keep, other=other, by=access_of(request).user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The two households are one now."))
            return redirect("admin:welcome_household_change", keep.pk)
    _seen(households)
    first, second = households
    plans = [
        (home, merging.foresee(keep=home, other=second if home is first else first)) for home in households
    ]
    return _show(request, "merge", form, title=_("Merge two households"), plans=plans)


@never_cache
def left(request: HttpRequest) -> HttpResponse:
    households = writable(request, request.GET.getlist("id"))
    form = LeftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = actions.mark_left(households=households, **form.cleaned_data, by=access_of(request).user)
        except ValidationError as error:
            form.add_error(None if error.code == "held" else "on", error)
        else:
            text = ngettext("%(n)s household has moved on.", "%(n)s households have moved on.", count)
            messages.success(request, text % {"n": count})
            return redirect("admin:welcome_household_changelist")
    shown = list(households.with_people().order_by("pk"))
    _seen(shown)
    return _show(request, "left", form, title=_("Moved on"), households=shown)


@never_cache
def protect(request: HttpRequest, object_id: int) -> HttpResponse:
    household = writable(request, [object_id]).get()
    form = ProtectForm(request.POST or None, initial={"grade": household.protection})
    if request.method == "POST" and form.is_valid():
        actions.protect(household=household, grade=form.cleaned_data["grade"], by=access_of(request).user)
        messages.success(request, _("Done. The log says that it was done, and nothing of the address."))
        return redirect("admin:welcome_household_change", household.pk)
    recording.look(of=household)
    return _show(request, "protect", form, title=_("Address protection"), household=household)


@require_POST
def check(request: HttpRequest, object_id: int) -> HttpResponse:
    checked(request, writable(request, [object_id]))
    return redirect("admin:welcome_household_change", object_id)


def checked(request: HttpRequest, households: HouseholdQuerySet) -> None:
    """Marks them and remembers which, so that the next step can be to take it back."""
    held = households.filter(checked_at=None).held().count()
    ids = actions.mark_checked(households=households, by=access_of(request).user)
    if held:
        text = ngettext(
            "%(n)s household is restricted and stays as it is.",
            "%(n)s households are restricted and stay as they are.",
            held,
        )
        messages.warning(request, text % {"n": held})
    request.session[UNDO] = [time.time(), ids]
    text = ngettext("%(n)s household is checked.", "%(n)s households are checked.", len(ids))
    messages.success(request, text % {"n": len(ids)})


def to_undo(request: HttpRequest) -> list[int]:
    """What was checked last, for as long as one may remember having done so."""
    when, ids = request.session.get(UNDO, [0, []])
    return ids if time.time() - when < UNDO_SECONDS else []


@require_POST
def undo_check(request: HttpRequest) -> HttpResponse:
    ids = to_undo(request)
    request.session.pop(UNDO, None)
    if ids:
        # All of a long list may have been checked at once; who has lost the right since changes nothing.
        mine = Household.objects.visible_to(request.user).filter(pk__in=ids)
        mine = access_of(request).narrow(mine, Right.WRITE_PEOPLE)
        count = actions.undo_checked(households=mine, by=access_of(request).user)
        text = ngettext(
            "%(n)s household waits to be checked again.", "%(n)s households wait to be checked again.", count
        )
        messages.success(request, text % {"n": count})
    return redirect("admin:welcome_household_changelist")


def _seen(households: list[Household]) -> None:
    recording.look_at(model=Household, places={home.pk: home.municipality_id for home in households})


def _show(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    request.current_app = admin.site.name
    context = {**admin.site.each_context(request), "opts": Household._meta, "form": form, **context}
    status = 422 if form.errors else 200
    return render(request, f"households/{template}.html", context, status=status)
