"""Setting and lifting the restriction of processing of one household (GDPR art. 18)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from municipalities.tenancy.access import access_of
from welcome.households import holding
from welcome.households.household_pages import writable
from welcome.privacy.erasure_pages import show
from welcome.privacy.forms import HoldForm


@never_cache
def hold(request: HttpRequest, object_id: int) -> HttpResponse:
    """POST with `lift` lifts it, else it is set."""
    rows = writable(request, [object_id]).select_related("municipality", "held_by").with_people()
    household, by = rows.get(), access_of(request).user
    form = HoldForm(request.POST if request.method == "POST" and "lift" not in request.POST else None)
    if request.method == "POST" and "lift" in request.POST:
        holding.lift(household=household, by=by)
        messages.success(request, _("The restriction is lifted."))
        return redirect("admin:welcome_household_change", object_id)
    if form.is_bound and form.is_valid():
        holding.hold(household=household, why=form.cleaned_data["why"], by=by)
        messages.success(request, _("The processing is restricted: the household is kept and not used."))
        return redirect("admin:welcome_household_change", object_id)
    title = _("Restriction of processing")
    return show(request, "hold", household, 422 if form.errors else 200, title=title, form=form)
