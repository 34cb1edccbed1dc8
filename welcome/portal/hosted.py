"""A household's page about its host: who is suggested, yes or no, how to reach them once both agree, and the way out.

Behind a link of the purpose HOSTED. Looking changes nothing; each change is a form that is sent.
"""

from typing import Any

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
from municipalities.municipality.models import TextKind, texts_of
from welcome.hosts import actions, keeping_on
from welcome.hosts.following import HostReply
from welcome.hosts.kinds import EndReason, Side
from welcome.hosts.links import HOSTED
from welcome.hosts.models import HostAssignment
from welcome.hosts.own_forms import PauseForm, ReplyForm
from welcome.portal.page import page

DONE = {
    "yes": gettext_lazy("Thank you. As soon as both have said yes, you see here how to reach your host."),
    "no": gettext_lazy("Thank you for telling us. That is quite all right: we look for somebody else."),
    "none": gettext_lazy(
        "Thank you for telling us. We ask no more; call us if you would like a host after all."
    ),
    "paused": gettext_lazy("You have a pause."),
    "resumed": gettext_lazy("Welcome back."),
    "stopped": gettext_lazy("It is ended, without blame: we look for somebody else."),
    "completed": gettext_lazy("You have said goodbye. Your host is thanked from us."),
    "replied": gettext_lazy("Thank you for your answer."),
    "over": gettext_lazy("Something had changed meanwhile; this page shows how it stands now."),
}


@require_safe
@behind(HOSTED)
def hosted(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _show(request, opened.obj, slot)


@require_POST
@behind(HOSTED)
def act(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    row, verb = opened.obj, request.POST.get("verb", "")
    if verb not in _VERBS:
        return _back(slot, "over")
    form: Any = (
        {"pause": PauseForm, "reply": ReplyForm}[verb](request.POST) if verb in {"pause", "reply"} else None
    )
    if form is not None and not form.is_valid():
        return _show(request, row, slot, wrong=form)
    try:
        done, word = _VERBS[verb](row, form.cleaned_data if form else {})
    except ValidationError:
        done, word = False, ""
    return _back(slot, word if done else "over")


def _back(slot: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('portal:hosted', args=[slot])}?done={done}")


_ME = Side.HOUSEHOLD
_VERBS: dict[str, Any] = {
    "yes": lambda row, said: (actions.accept(assignment=row, side=_ME, by=None), "yes"),
    "no": lambda row, said: (actions.decline(assignment=row, side=_ME), "no"),
    "none": lambda row, said: (actions.decline(assignment=row, side=_ME, wants_another=False), "none"),
    "pause": lambda row, said: (keeping_on.pause(assignment=row, weeks=said["weeks"], by=None), "paused"),
    "resume": lambda row, said: (keeping_on.pause(assignment=row, weeks=0, by=None), "resumed"),
    "stop": lambda row, said: (keeping_on.stop(assignment=row, side=_ME), "stopped"),
    "complete": lambda row, said: (keeping_on.complete(assignment=row), "completed"),
    "reply": lambda row, said: (keeping_on.reply(assignment=row, side=_ME, **said), "replied"),
}


def _show(request: HttpRequest, row: HostAssignment, slot: str, wrong: Any = None) -> HttpResponse:
    look(of=row, note="own")
    place, language = row.municipality, get_language() or "nb"
    about = page(
        request,
        title=_("Your host"),
        description=_("Your own page, behind a link that is yours alone."),
        municipality=place,
        indexed=False,
    )
    host = row.host
    completed = row.ended_why == EndReason.COMPLETED
    replied = completed and HostReply.objects.filter(assignment=row, side=_ME).exists()
    context = {
        "page": about,
        "municipality": place,
        "slot": slot,
        "row": row,
        # Before both have agreed, what is told of them names nobody.
        "told": host.told(language) | {"tel": host.phone.as_e164 if host.phone else ""},
        "is_told": row.may_tell_of_host,
        "story": host.story if row.is_running else "",
        "is_paused": row.paused_until is not None and row.paused_until >= timezone.localdate(),
        "asks": completed and not replied,
        "pause": wrong if isinstance(wrong, PauseForm) else PauseForm(),
        "reply": wrong if isinstance(wrong, ReplyForm) else ReplyForm(),
        "wrong": wrong,
        "can": texts_of(place, TextKind.HOST_CAN).best(language),
        "cannot": texts_of(place, TextKind.HOST_CANNOT).best(language),
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "portal/hosts/hosted.html", context, status=422 if wrong else 200)
