"""The pages behind the links in the portal's mails: say that it was you, leave, and say whether you still plan to
come. Looking changes nothing: mail filters look too."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from municipalities.audit.recording import look
from municipalities.links import actions as links
from municipalities.links import grants
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from welcome.club import actions as club
from welcome.club.links import CLUB
from welcome.hosts import offering
from welcome.hosts.links import OFFER
from welcome.households import consents, planning
from welcome.households.consents import Consent, ConsentPurpose
from welcome.households.models import Household
from welcome.meetings import actions as meetings
from welcome.meetings.models import SignUpState
from welcome.orders import actions as orders
from welcome.orders.links import KEEP, ORDER
from welcome.orders.models import Order
from welcome.portal.around import people_of
from welcome.portal.page import page
from welcome.stories import actions as stories
from welcome.stories.links import STORY

GONE = {
    "order": gettext_lazy("What you had ordered is deleted."),
    "club": gettext_lazy("You are not on the list any more, and your name and e-mail are deleted."),
    "offer": gettext_lazy("Your offer is deleted."),
    "story": gettext_lazy("Nobody can read your story any more. It is deleted in a week."),
    "keep": gettext_lazy("Thank you for telling us. What we hold of you is deleted the next night."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@behind(ORDER)
def order(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST with `go`: `confirm`, `cancel` a seat at the meeting, or `withdraw` it all."""
    its: Order = opened.obj
    go, refused = request.POST.get("go", ""), ""
    if go == "confirm":
        orders.confirm(order=its)
        return redirect("portal:confirm-order", slot)
    try:
        if go == "cancel" and its.sign_up is not None:
            meetings.cancel(sign_up=its.sign_up, by=None)
            return redirect("portal:confirm-order", slot)
        if go == "withdraw" and not its.is_settled:
            orders.withdraw(order=its)
            return _gone(request, opened, slot, "order")
    except ValidationError as error:
        refused = error.messages[0]
    look(of=its, note="own")
    sign_up = its.sign_up
    return _show(
        request, opened, slot, "order", _("What you have ordered"),
        order=its, refused=refused, sign_up=sign_up,
        comes=sign_up is not None and sign_up.state == SignUpState.COMING,
        waits=sign_up is not None and sign_up.state == SignUpState.WAITING,
        cancelled=sign_up is not None and sign_up.state == SignUpState.CANCELLED,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@behind(CLUB)
def club_page(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST with `go`: `confirm` or `leave`."""
    member, go = opened.obj, request.POST.get("go", "")
    if go == "confirm":
        club.confirm(member=member)
    if go == "leave":
        club.leave(member=member, by=None)
        return _gone(request, opened, slot, "club")
    if request.method == "POST":
        return redirect("portal:confirm-club", slot)
    look(of=member, note="own")
    return _show(request, opened, slot, "club", _("The newcomers' club"), member=member)


@require_http_methods(["GET", "HEAD", "POST"])
@behind(OFFER)
def offer(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST with `go`: `confirm` or `withdraw`."""
    go = request.POST.get("go", "")
    if go == "confirm":
        offering.confirm(offer=opened.obj)
    if go == "withdraw":
        offering.withdraw(offer=opened.obj)
        return _gone(request, opened, slot, "offer")
    if request.method == "POST":
        return redirect("portal:confirm-offer", slot)
    look(of=opened.obj, note="own")
    return _show(request, opened, slot, "offer", _("Your offer to be a host"), offer=opened.obj)


@require_http_methods(["GET", "HEAD", "POST"])
@behind(STORY)
def story(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST with `go`: `withdraw`."""
    if request.POST.get("go") == "withdraw":
        stories.withdraw(story=opened.obj, by=None)
        links.revoke_all(of=opened.obj, by=None, purpose=STORY)
        return _gone(request, opened, slot, "story")
    if request.method == "POST":
        return redirect("portal:own-story", slot)
    look(of=opened.obj, note="own")
    return _show(request, opened, slot, "story", _("Your story"), story=opened.obj)


@require_http_methods(["GET", "HEAD", "POST"])
@behind(KEEP)
def keep(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST with `go`: `keep`, with the mark of the words that were read, or `forget`."""
    home: Household = opened.obj
    go, shown = request.POST.get("go", ""), ConsentPurpose.PLANNING.value
    text = consents.shown_words(home.municipality, shown, get_language() or "nb")
    if go == "keep":
        try:
            kept = consents.words_read(
                home.municipality, shown, get_language() or "nb", request.POST.get("seen", "")
            )
        except consents.Reworded:
            text = consents.shown_words(home.municipality, shown, get_language() or "nb")
        else:
            done = planning.prolong(household=home, text=kept, by=None)
            return _kept(request, opened, slot) if done else grants.over(request, KEEP)
    if go == "forget":
        for consent in Consent.objects.filter(household=home, purpose=shown, withdrawn_at=None):
            consents.withdraw(consent=consent, by=None)
        if not Consent.objects.filter(household=home, purpose=shown).exists():
            planning.let_run_out(household=home, by=None)
        links.revoke_all(of=home, by=None, purpose=KEEP)
        return _gone(request, opened, slot, "keep")
    look(of=home, note="own")
    return _show(
        request, opened, slot, "keep", _("Do you still plan to move here?"),
        text=text, until=home.consent_until, reworded=go == "keep",
        then=planning.planned_until(home.municipality, timezone.localdate()),
    )  # fmt: skip


def _kept(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    links.revoke_all(of=opened.obj, by=None, purpose=KEEP)
    grants.close(request, slot)
    done = _("Thank you. We keep what you have told us, and are glad to help.")
    return _show(request, opened, slot, "done", _("That was all"), done=done, until=opened.obj.consent_until)


def _gone(request: HttpRequest, opened: Opened, slot: str, what: str) -> HttpResponse:
    grants.close(request, slot)
    return _show(request, opened, slot, "done", _("That was all"), done=GONE[what])


def _show(
    request: HttpRequest, opened: Opened, slot: str, template: str, title: str, **context: object
) -> HttpResponse:
    municipality = opened.obj.municipality
    about = page(
        request,
        title=title,
        description=_("Your own page, behind a link that is yours alone."),
        municipality=municipality,
        indexed=False,
    )
    shown = {"page": about, "municipality": municipality, "slot": slot, "people": people_of(municipality)}
    shown |= context
    shown["again"] = reverse("portal:municipality", args=[municipality.slug])
    return render(
        request, f"portal/confirm/{template}.html", shown, status=422 if context.get("refused") else 200
    )
