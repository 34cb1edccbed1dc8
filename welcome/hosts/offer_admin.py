"""The queue of those who have offered to be a host."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.decorators import display

from municipalities.audit.recording import look
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin
from municipalities.tenancy.roles import Right
from welcome.hosts import offering
from welcome.hosts.offer_forms import ApproveForm, DeclineForm
from welcome.hosts.offers import HostOffer


class ConfirmedFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Waits for an answer")), ("no", _("E-mail not confirmed"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.waiting()
        return queryset.unconfirmed() if self.value() == "no" else queryset


@admin.register(HostOffer)
class HostOfferAdmin(ScopedAdmin):
    shows_people = True
    list_display = ["name", "municipality", "place", "spoken", "asked_at", "state_label"]
    list_filter = [ConfirmedFilter]
    list_select_related = ["municipality"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not object_id.isdecimal() or len(object_id) > 18:
            raise Http404
        return answer(request, int(object_id))

    @display(description=_("languages"))
    def spoken(self, offer: HostOffer) -> str:
        return offer.spoken

    @display(description=_("state"), label={"waiting": "warning", "unconfirmed": "info"})
    def state_label(self, offer: HostOffer) -> tuple[str, str]:
        if offer.is_confirmed:
            return "waiting", str(_("Waits for an answer"))
        return "unconfirmed", str(_("E-mail not confirmed"))


@never_cache
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """POST with `verb`: approve or decline."""
    access, verb = access_of(request), request.POST.get("verb", "")
    rows = HostOffer.objects.visible_to(request.user).filter(pk=pk).select_related("municipality", "text")
    offer = access.narrow(rows, Right.READ_PEOPLE).first()
    if offer is None:
        if not access.may(Right.READ_PEOPLE):
            raise PermissionDenied
        raise Http404
    may_write = access.may(Right.WRITE_PEOPLE, offer.municipality_id)
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    approving = ApproveForm(request.POST if verb == "approve" else None)
    declining = DeclineForm(request.POST if verb == "decline" else None)
    try:
        if verb == "approve" and approving.is_valid():
            host = offering.approve(offer=offer, capacity=approving.cleaned_data["capacity"], by=access.user)
            messages.success(request, gettext("They are a host now. Call and tell them."))
            return redirect("admin:welcome_host_change", host.pk)
        if verb == "decline" and declining.is_valid():
            offering.decline(offer=offer, word=declining.cleaned_data["word"], by=access.user)
            messages.success(request, gettext("They are thanked by mail, and the offer is deleted."))
            return redirect("admin:welcome_hostoffer_changelist")
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("admin:welcome_hostoffer_changelist")
    except OSError:
        messages.error(request, gettext("The mail could not be sent, so nothing was changed."))
    look(of=offer)
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": HostOffer._meta,
        "title": offer.name,
        "offer": offer,
        "may_write": may_write,
        "approving": approving,
        "declining": declining,
    }
    wrong = approving.errors or declining.errors
    return render(request, "hosts/offer.html", context, status=422 if wrong else 200)
