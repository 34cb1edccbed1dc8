"""The page that tells what an erasure takes and what stays, and asks before it happens."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from municipalities.audit.recording import look
from municipalities.tenancy.access import access_of
from welcome.households.household_pages import writable
from welcome.households.models import Household, Person
from welcome.letters import withdrawal
from welcome.privacy import erasure
from welcome.privacy.forms import EraseForm


@never_cache
def erase(request: HttpRequest, object_id: int) -> HttpResponse:
    """The household, or with `?person=` one of its people."""
    household = writable(request, [object_id]).select_related("municipality").with_people().get()
    person = _person(household, request.GET.get("person"))
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            plan = erasure.erase(household=household, person=person, by=access_of(request).user)
        except (erasure.Refused, withdrawal.Refused) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Erased. The log says that it was done, and nothing of who it was."))
            if plan.whole:
                return redirect("admin:welcome_household_changelist")
            return redirect("admin:welcome_household_change", object_id)
    plan = erasure.foresee(household=household, person=person)
    notes = [column.verbose_name for column in plan.notes]
    return show(
        request, "erase", household, 422 if form.errors else 200,
        title=_("Erase"), form=form, plan=plan, person=None if plan.whole else person, notes=notes,
    )  # fmt: skip


def _person(household: Household, number: str | None) -> Person | None:
    if number is None:
        return None
    found = household.people.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if found is None:
        raise Http404
    return found


def show(
    request: HttpRequest, template: str, household: Household, status: int = 200, **context: Any
) -> HttpResponse:
    look(of=household, note=template)
    request.current_app = admin.site.name
    frame = {**admin.site.each_context(request), "opts": Household._meta, "household": household}
    return render(request, f"privacy/{template}.html", frame | context, status=status)
