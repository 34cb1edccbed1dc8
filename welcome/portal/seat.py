"""The page behind the link in a mail about a seat at a welcome meeting: say yes to a seat that came free, or give it
back, and take the meeting into one's calendar.

Behind a link of the purpose SEAT. Looking changes nothing; each change is a form that is sent.
"""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from municipalities.audit.recording import look
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from welcome.meetings import actions, offers
from welcome.meetings.links import SEAT
from welcome.meetings.models import SignUp, SignUpState
from welcome.portal.meeting import as_file
from welcome.portal.page import page

DONE = {
    "confirmed": gettext_lazy("Thank you. The seat is yours."),
    "declined": gettext_lazy("You are signed off. Thank you for telling us: somebody else gets the seats."),
}


@require_safe
@behind(SEAT)
def seat(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _show(request, opened.obj, slot)


@require_POST
@behind(SEAT)
def confirm(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _do(request, opened, slot, lambda row: offers.confirm(sign_up=row), "confirmed")


@require_POST
@behind(SEAT)
def decline(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _do(request, opened, slot, lambda row: actions.decline(sign_up=row), "declined")


@require_safe
@behind(SEAT)
def calendar(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    look(of=opened.obj, note="own calendar")
    return as_file(opened.obj.meeting)


def _do(
    request: HttpRequest, opened: Opened, slot: str, act: Callable[[SignUp], object], done: str
) -> HttpResponse:
    try:
        act(opened.obj)
    except ValidationError as error:
        opened.obj.refresh_from_db()
        return _show(request, opened.obj, slot, refused=error.messages[0])
    return redirect(f"{reverse('portal:seat', args=[slot])}?done={done}")


def _show(request: HttpRequest, row: SignUp, slot: str, refused: str = "") -> HttpResponse:
    look(of=row, note="own")
    its, place = row.meeting, row.municipality
    text = its.text_set.best(get_language() or "nb")
    about = page(
        request,
        title=text.title if text and text.title else _("Welcome meeting"),
        description=_("Your own page, behind a link that is yours alone."),
        municipality=place,
        indexed=False,
    )
    comes = row.state == SignUpState.COMING
    to_come = not its.is_cancelled and its.starts_at > timezone.now()
    context = {
        "page": about,
        "municipality": place,
        "slot": slot,
        "meeting": its,
        "programme": its.programme.all(),
        "same_day": timezone.localdate(its.starts_at) == timezone.localdate(its.ends_at),
        "text": text,
        "sign_up": row,
        "waits": row.state == SignUpState.WAITING,
        "is_gone": row.state == SignUpState.CANCELLED,
        "asked": comes and to_come and row.answer_by is not None,
        "may_sign_off": not row.state == SignUpState.CANCELLED and its.takes_sign_ups(),
        "to_come": comes and to_come,
        "refused": refused,
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "portal/meeting/seat.html", context, status=422 if refused else 200)
