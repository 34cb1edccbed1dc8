"""What a household has agreed to, with the words; noted and taken back on its behalf by staff."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from municipalities.tenancy.access import access_of
from welcome.households import consents
from welcome.households.consents import Consent, How
from welcome.households.household_pages import writable
from welcome.privacy.erasure_pages import show
from welcome.privacy.forms import ConsentForm


@never_cache
def listed(request: HttpRequest, object_id: int) -> HttpResponse:
    """POST with `withdraw` (a consent's number) takes it back, else notes a new one."""
    household = writable(request, [object_id]).select_related("municipality").with_people().get()
    form = ConsentForm(household=household, initial={"how": How.PHONE})
    by = access_of(request).user
    if request.method == "POST" and "withdraw" in request.POST:
        number = forms.IntegerField(min_value=1, max_value=2**63 - 1)
        try:
            pk = number.clean(request.POST["withdraw"])
        except forms.ValidationError:
            pk = 0
        consents.withdraw(consent=get_object_or_404(household.consents, pk=pk), by=by)
        messages.success(request, _("The consent is taken back."))
        return redirect("admin:welcome_household_consents", object_id)
    if request.method == "POST":
        form = ConsentForm(request.POST, household=household)
        if form.is_valid():
            consents.give(household=household, by=by, **form.cleaned_data)
            messages.success(request, _("The consent is noted, with the words it was given to."))
            return redirect("admin:welcome_household_consents", object_id)
    words = [
        (purpose, consents.shown_words(household.municipality, purpose.value, household.language))
        for purpose in form.open
    ]
    given = Consent.objects.of(household.municipality).filter(household=household).select_related("text")
    return show(
        request, "consents", household, 422 if form.errors else 200,
        title=_("Consents"), form=form, given=given, words=words,
    )  # fmt: skip
