"""The page behind the code in a welcome letter: sign up for the meeting, change it, cancel it.

Behind a link of the purpose MEETING. Looking changes nothing; each change is a form that is sent.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from municipalities.audit.recording import look
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from welcome.meetings import actions, figures, rendering
from welcome.meetings.forms import SignUpForm
from welcome.meetings.links import MEETING
from welcome.meetings.models import Invitation, SignUp, SignUpState, WelcomeMeeting
from welcome.portal.page import page

DONE = {
    "coming": gettext_lazy("You are signed up. Welcome!"),
    "waiting": gettext_lazy(
        "You are on the waiting list, and move up by yourselves when there are seats enough."
    ),
    "changed": gettext_lazy("It is changed."),
    "cancelled": gettext_lazy("You are signed off. Thank you for telling us: somebody else gets the seats."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@behind(MEETING)
def meeting(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    invitation: Invitation = opened.obj
    known = (
        SignUp.objects.standing().filter(meeting=invitation.meeting, household=invitation.household).first()
    )
    form = SignUpForm(
        request.POST if request.method == "POST" else None,
        municipality=invitation.municipality,
        initial=_as_typed(known) if known else {"language": invitation.household.language},
    )
    if form.is_bound and form.is_valid():
        try:
            made = actions.sign_up(
                meeting=invitation.meeting, household=invitation.household, party=form.party
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _back(slot, "changed" if known else made.state)
    return _show(request, invitation, slot, known, form)


@require_POST
@behind(MEETING)
def cancel(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    invitation: Invitation = opened.obj
    known = (
        SignUp.objects.standing().filter(meeting=invitation.meeting, household=invitation.household).first()
    )
    if known is not None:
        try:
            actions.cancel(sign_up=known, by=None)
        except ValidationError as error:
            form = SignUpForm(municipality=invitation.municipality, initial=_as_typed(known))
            return _show(request, invitation, slot, known, form, refused=error.messages[0])
    return _back(slot, "cancelled")


@require_safe
@behind(MEETING)
def calendar(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    look(of=opened.obj, note="own calendar")
    return as_file(opened.obj.meeting)


def as_file(its: WelcomeMeeting) -> HttpResponse:
    """The meeting for one's own calendar."""
    body = rendering.calendar(
        its,
        language=get_language() or "nb",
        host=urlsplit(settings.SITE_URL).hostname or "tilflytter",
        title=_("Welcome meeting"),
    )
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return answer


def _as_typed(known: SignUp) -> dict[str, object]:
    ages = ", ".join(map(str, known.children))
    return {"adults": known.adults, "children": ages, "language": known.language, "needs": known.needs}


def _back(slot: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('portal:meeting', args=[slot])}?done={done}")


def _show(
    request: HttpRequest,
    invitation: Invitation,
    slot: str,
    known: SignUp | None,
    form: SignUpForm,
    refused: str = "",
) -> HttpResponse:
    look(of=invitation, note="own")
    its, place = invitation.meeting, invitation.municipality
    text = its.text_set.best(get_language() or "nb")
    count = figures.counts([its])[its.pk]
    about = page(
        request,
        title=text.title if text and text.title else _("Welcome meeting"),
        description=_("Your own page, behind a link that is yours alone."),
        municipality=place,
        indexed=False,
    )
    context = {
        "page": about,
        "municipality": place,
        "slot": slot,
        "meeting": its,
        "programme": its.programme.all(),
        "same_day": timezone.localdate(its.starts_at) == timezone.localdate(its.ends_at),
        "text": text,
        "sign_up": known,
        "waits": known is not None and known.state == SignUpState.WAITING,
        "is_open": its.takes_sign_ups(),
        "is_full": count.free == 0 or count.waiting > 0,
        "form": form,
        "refused": refused,
        "done": DONE.get(request.GET.get("done", "")),
    }
    status = 422 if form.errors or refused else 200
    return render(request, "portal/meeting/meeting.html", context, status=status)
