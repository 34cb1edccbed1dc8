"""The newcomer's own page: who and what waits for them, what the municipality holds about them, and what they can do.

Behind a link of the purpose NEWCOMER, or ID-porten (`own_login.py`), one address for each grant. Nothing
says whether an address is protected: none is held then, as of somebody whose address is unknown.
"""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from municipalities.audit.recording import look
from municipalities.links import actions as links
from municipalities.links import grants
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from welcome.hosts.links import HOSTED
from welcome.households import consents, logging_in, own
from welcome.households.consents import Consent, ConsentPurpose, ConsentText, How
from welcome.households.links import NEWCOMER
from welcome.households.models import Household
from welcome.letters import received
from welcome.meetings.links import MEETING
from welcome.portal import own_login, welcomed
from welcome.portal.letter import served
from welcome.portal.my_forms import AskForm, OwnForm
from welcome.portal.page import Crumb, page
from welcome.privacy import requests
from welcome.privacy.models import DataRequest, RequestKind

DONE = {
    "changed": gettext_lazy("It is changed."),
    "letters": gettext_lazy("Your wish about letters is noted."),
    "withdrawn": gettext_lazy("Your consent is taken back."),
    "login": gettext_lazy("From now on you can log in to this page with ID-porten."),
    "no-login": gettext_lazy("The login is taken away."),
    "agreed": gettext_lazy("Thank you. It is noted that you agree."),
    "reworded": gettext_lazy("The words have changed since you opened the page. Please read them again."),
    "asked": gettext_lazy("We have got your message. You get an answer within 30 days."),
}


@dataclass(frozen=True)
class Asking:
    """How one kind of request is asked for."""

    title: Promise
    words: Promise
    button: Promise
    if_empty: Promise | str = ""  # Told to who must write something and has not.


ASKING = {
    RequestKind.CORRECTION: Asking(
        gettext_lazy("Something is wrong"),
        gettext_lazy(
            "Tell us what is wrong and what it should be: a name, an address, a date, who belongs to the"
            " household. An employee puts it right."
        ),
        gettext_lazy("Send the correction"),
        if_empty=gettext_lazy("Write what is wrong, and what it should be."),
    ),
    RequestKind.DELETION: Asking(
        gettext_lazy("Have it deleted"),
        gettext_lazy(
            "Ask us to delete what we hold about you. An employee does it, or tells you what the law says we"
            " must keep. You need not say why."
        ),
        gettext_lazy("Ask for deletion"),
    ),
    RequestKind.OBJECTION: Asking(
        gettext_lazy("Object to how it is used"),
        gettext_lazy(
            "You can object to our using what we hold about you. Tell us what you do not want; we stop unless"
            " the law makes us go on."
        ),
        gettext_lazy("Send the objection"),
        if_empty=gettext_lazy("Write what you do not want us to do."),
    ),
    RequestKind.HOLD: Asking(
        gettext_lazy("Have us keep it without using it"),
        gettext_lazy(
            "If you say that something is wrong, have objected, or need what we hold for a claim of your own, you"
            " can ask us to keep it and do nothing else with it: no letters, and no deletion. Tell us which it is."
        ),
        gettext_lazy("Ask for it"),
        if_empty=gettext_lazy("Write why we should keep it without using it."),
    ),
}


@require_safe
@behind(NEWCOMER)
def my(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    household: Household = opened.obj
    look(of=household, note="own")
    context: dict[str, object] = {
        "welcome": welcomed.welcome_of(household),
        "asked": household.data_requests.order_by("-received_at"),
        "to_agree": _to_agree(household),
        "consents": Consent.objects.running().filter(household=household).select_related("text"),
        "done": DONE.get(request.GET.get("done", "")),
        "until": opened.link.expires_at if opened.link else None,
        "logins": household.own_logins.all(),
        "idporten": own_login.provider_of(household.municipality),
        "kinds": [(kind.value, asking) for kind, asking in ASKING.items()],
    }
    return _show(request, "my", opened, slot, _("Your own page"), context)


@require_http_methods(["GET", "HEAD", "POST"])
@behind(NEWCOMER)
def change(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    form = OwnForm(request.POST if request.method == "POST" else None, household=opened.obj)
    if form.is_bound and form.is_valid():
        own.change(household=opened.obj, values=form.cleaned_data, people=form.of_people)
        return _back(slot, "changed")
    return _show(request, "change", opened, slot, _("Change what is yours"), {"form": form})


@require_POST
@behind(NEWCOMER)
def letters(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    own.want_letters(household=opened.obj, wanted=request.POST.get("wanted") == "yes")
    return _back(slot, "letters")


@require_safe
@behind(NEWCOMER)
def letter_pdf(request: HttpRequest, opened: Opened, slot: str, letter: int) -> HttpResponse:
    """A letter they were sent, to read or with `?save` to keep."""
    shown = [
        each.letter for each in received.letters_of(opened.obj) if each.is_shown and each.letter.pk == letter
    ]
    if not shown:
        raise Http404
    look(of=shown[0], note="own pdf")
    return served(request, shown[0])


@require_POST
@behind(NEWCOMER)
def meeting(request: HttpRequest, opened: Opened, slot: str, meeting: int) -> HttpResponse:
    """On to the page where they sign up for this meeting, change it or cancel it."""
    found = welcomed.open_meeting(opened.obj, meeting)
    if found is None:
        return _back(slot, "")
    return redirect("portal:meeting", slot=grants.grant(request, found, MEETING))


@require_POST
@behind(NEWCOMER)
def host(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """On to the page about the host they have, or that is suggested to them."""
    found = welcomed.open_host(opened.obj)
    if found is None:
        return _back(slot, "")
    return redirect("portal:hosted", slot=grants.grant(request, found, HOSTED))


@require_http_methods(["GET", "HEAD", "POST"])
@behind(NEWCOMER)
def ask(request: HttpRequest, opened: Opened, slot: str, kind: str) -> HttpResponse:
    if kind not in RequestKind.values:
        raise Http404
    asking = ASKING[RequestKind(kind)]
    form = AskForm(request.POST if request.method == "POST" else None, ask_for=asking.if_empty)
    if form.is_bound and form.is_valid():
        requests.receive(household=opened.obj, kind=kind, wrote=form.cleaned_data["wrote"])
        return _back(slot, "asked")
    waiting = DataRequest.objects.waiting().filter(household=opened.obj, kind=kind).first()
    context = {"form": form, "asking": asking, "waiting": waiting}
    return _show(request, "ask", opened, slot, str(asking.title), context)


@require_POST
@behind(NEWCOMER)
def withdraw(request: HttpRequest, opened: Opened, slot: str, consent: int) -> HttpResponse:
    given = get_object_or_404(Consent.objects.filter(household=opened.obj), pk=consent)
    consents.withdraw(consent=given, by=None)
    return _back(slot, "withdrawn")


def _to_agree(household: Household) -> ConsentText | None:
    """The words that somebody who plans to move here is asked to agree to, unless they have."""
    if not consents.planning_without(household.municipality).filter(pk=household.pk).exists():
        return None
    return consents.shown_words(household.municipality, ConsentPurpose.PLANNING.value, household.language)


@require_POST
@behind(NEWCOMER)
def agree(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """To the words they have seen: if those are others by now, they are shown first."""
    if _to_agree(opened.obj) is None:
        return _back(slot, "")
    purpose, seen = ConsentPurpose.PLANNING.value, request.POST.get("seen", "")
    try:
        consents.give(household=opened.obj, purpose=purpose, how=How.PAGE.value, by=None, seen=seen)
    except consents.Reworded:
        return _back(slot, "reworded")
    return _back(slot, "agreed")


@require_POST
@behind(NEWCOMER)
def leave(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """Closes the page on this device; the link in the letter, or the login, opens it again."""
    grants.close(request, slot)
    context: dict[str, object] = {}
    if opened.login is not None:
        provider = own_login.provider_of(opened.obj.municipality)
        context = {"by_login": True, "log_out": own_login.address_to_log_out(provider)}
    return _show(request, "left", opened, slot, _("The page is closed"), context)


@require_POST
@behind(NEWCOMER)
def not_mine(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """Somebody else's letter: the link opens nothing any more, for anybody, nor does what was set up by it."""
    if opened.link is None:
        raise Http404  # Who has logged in has no letter of somebody else's.
    links.revoke(link=opened.link, by=None)
    logging_in.end_all(of=[opened.obj.pk], by_id=None)
    grants.close(request, slot)
    return _show(request, "left", opened, slot, _("Thank you for telling us"), {"not_mine": True})


def _back(slot: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('portal:my', args=[slot])}?done={done}")


def _show(
    request: HttpRequest, template: str, opened: Opened, slot: str, title: str, context: dict[str, object]
) -> HttpResponse:
    municipality = opened.obj.municipality
    crumbs = () if template in {"my", "left"} else ((_("Your own page"), reverse("portal:my", args=[slot])),)
    about = page(
        request,
        title=title,
        description=_("Your own page, behind a link that is yours alone."),
        municipality=municipality,
        crumbs=[Crumb(*each) for each in crumbs],
        indexed=False,
    )
    form = context.get("form")
    status = 422 if getattr(form, "errors", None) else 200
    shown = {"page": about, "municipality": municipality, "household": opened.obj, "slot": slot} | context
    return render(request, f"portal/my/{template}.html", shown, status=status)
