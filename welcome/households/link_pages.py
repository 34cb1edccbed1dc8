"""Staff give a household the link to its own page: on the screen for a moment, on paper or by mail."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from municipalities.audit.recording import look
from municipalities.links import actions as links
from municipalities.links import codes
from municipalities.links.models import Link
from municipalities.tenancy.access import access_of
from welcome.households import logging_in
from welcome.households.household_pages import writable
from welcome.households.links import NEWCOMER, mail, mail_addresses
from welcome.households.models import Household


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_link(request: HttpRequest, object_id: int) -> HttpResponse:
    """The link itself is shown in the answer to its making, and never again."""
    household = writable(request, [object_id]).select_related("municipality").with_people().get()
    by, verb = access_of(request).user, request.POST.get("verb", "")
    fresh = None
    if verb == "make":
        fresh = links.issue(purpose=NEWCOMER, of=household, by=by)
    elif verb == "mail" and request.POST.get("to") in mail_addresses(household):
        try:
            mail(household=household, to=request.POST["to"], by=by)
        except OSError:
            messages.error(request, _("The mail could not be sent; the link they had still works."))
        else:
            messages.success(request, _("The link is mailed."))
    elif verb == "revoke":
        revoked = links.revoke_all(of=household, by=by, purpose=NEWCOMER)
        # Whoever it has fallen into the hands of may have set up a login by it; after it, as none comes any more.
        logging_in.end_all(of=[household.pk], by_id=by.pk if by else None)
        if revoked:
            messages.success(request, _("The link is called back: it opens nothing any more."))
    elif verb == "end_login":
        login = get_object_or_404(household.own_logins, pk=request.POST.get("login"))
        logging_in.end(login=login, by=by)
        messages.success(request, _("The login is taken away. The link works as before."))
    if request.method == "POST" and fresh is None:
        return redirect("admin:welcome_household_link", household.pk)
    return _show(request, household, fresh)


def _show(request: HttpRequest, household: Household, fresh: Link | None) -> HttpResponse:
    look(of=household, note="link")
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": Household._meta,
        "title": _("Link to their own page"),
        "household": household,
        "active": links.active(purpose=NEWCOMER, of=household),
        "fresh": fresh,
        "code": square(fresh.url) if fresh else "",
        "logins": household.own_logins.all(),
        "addresses": mail_addresses(household),
    }
    answer = render(request, "households/link.html", context)
    answer["Cache-Control"] = "no-store, private"
    return answer


def square(text: str) -> SafeString:
    """A QR code as SVG, in the colour of the text around it."""
    return mark_safe(codes.svg(text, colour="currentColor"))  # noqa: S308 - drawn by us, and holds no text
