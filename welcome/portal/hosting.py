"""A host's own page: who is theirs, what was agreed, when to get in touch next, and one tap to note that they did.

Behind a link of the purpose HOST. Looking changes nothing; each change is a form that is sent.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from municipalities.audit.recording import look_at
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from municipalities.municipality.models import Municipality, TextKind, texts_of
from welcome.hosts import actions, keeping_on, own
from welcome.hosts.kinds import ContactKind, Side
from welcome.hosts.links import HOST
from welcome.hosts.mailing import hours_of
from welcome.hosts.models import Host, HostAssignment
from welcome.hosts.own_forms import ContactForm, PauseForm, ReplyForm
from welcome.households.models import Household
from welcome.portal.page import page

DONE = {
    "yes": gettext_lazy("Thank you. As soon as both have said yes, you see here who they are."),
    "no": gettext_lazy("Thank you for telling us. That is quite all right: we find them somebody else."),
    "noted": gettext_lazy("It is noted. Thank you!"),
    "paused": gettext_lazy("You have a pause. What is due comes so much later."),
    "resumed": gettext_lazy("Welcome back."),
    "stopped": gettext_lazy("It is ended, without blame: we find them somebody else."),
    "completed": gettext_lazy("You have said goodbye. Thank you for all you have done."),
    "replied": gettext_lazy("Thank you for your answer."),
    "over": gettext_lazy("Something had changed meanwhile; this page shows how it stands now."),
}


@require_safe
@behind(HOST)
def host(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _show(request, opened.obj, slot)


@require_POST
@behind(HOST)
def act(request: HttpRequest, opened: Opened, slot: str, assignment: int) -> HttpResponse:
    """`verb` is what the button says. Of what is not theirs, or not any more, nothing is done, and nothing told."""
    mine: Host = opened.obj
    row = HostAssignment.objects.usable().of_host(mine).filter(pk=assignment).first()
    verb = request.POST.get("verb", "")
    if row is None or verb not in _VERBS:
        return _back(slot, "over")
    form = _form(verb, request.POST, row)
    if form is not None and not form.is_valid():
        return _show(request, mine, slot, wrong=(row.pk, form))
    try:
        done, word = _VERBS[verb](row, form.cleaned_data if form else {})
    except ValidationError:
        done, word = False, ""  # The household may only be kept from now on: no more is said of it.
    return _back(slot, word if done else "over")


def _back(slot: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('portal:host', args=[slot])}?done={done}")


def _form(verb: str, data: Any, row: HostAssignment) -> Any:
    if verb in ContactKind.values:
        return ContactForm(data, prefix=f"c{row.pk}")
    if verb == "pause":
        return PauseForm(data, prefix=f"p{row.pk}")
    return ReplyForm(data, prefix=f"r{row.pk}") if verb == "reply" else None


def _noted(kind: ContactKind) -> Any:
    def do(row: HostAssignment, said: dict[str, Any]) -> tuple[bool, str]:
        keeping_on.note_contact(
            assignment=row, kind=kind, minutes=said["minutes"] or 0, note=said["note"], by=None
        )
        return row.is_running, "noted"  # Two taps are one, and both are told that it is noted.

    return do


_VERBS: dict[str, Any] = {
    "yes": lambda row, said: (actions.accept(assignment=row, side=Side.HOST, by=None), "yes"),
    "no": lambda row, said: (actions.decline(assignment=row, side=Side.HOST), "no"),
    "pause": lambda row, said: (keeping_on.pause(assignment=row, weeks=said["weeks"], by=None), "paused"),
    "resume": lambda row, said: (keeping_on.pause(assignment=row, weeks=0, by=None), "resumed"),
    "stop": lambda row, said: (keeping_on.stop(assignment=row, side=Side.HOST), "stopped"),
    "complete": lambda row, said: (keeping_on.complete(assignment=row), "completed"),
    "reply": lambda row, said: (keeping_on.reply(assignment=row, side=Side.HOST, **said), "replied"),
    **{kind.value: _noted(kind) for kind in ContactKind},
}


def _show(request: HttpRequest, mine: Host, slot: str, wrong: tuple[int, Any] | None = None) -> HttpResponse:
    shown = own.of_host(mine)
    look_at(
        model=Household,
        places={each.row.household_id: each.row.municipality_id for each in shown},
        note="host",
    )
    place: Municipality = mine.municipality
    about = page(
        request,
        title=_("Your page as a host"),
        description=_("Your own page, behind a link that is yours alone."),
        municipality=place,
        indexed=False,
    )
    language = get_language() or "nb"
    context = {
        "page": about,
        "municipality": place,
        "slot": slot,
        "host": mine,
        "cards": [(each, _forms(each.row, wrong)) for each in shown],
        "replies": [(row, _forms(row, wrong)) for row in own.to_reply(mine)],
        "hours": hours_of(own.minutes_of(mine)),
        "can": texts_of(place, TextKind.HOST_CAN).best(language),
        "cannot": texts_of(place, TextKind.HOST_CANNOT).best(language),
        "wrong": wrong[1] if wrong else None,
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "portal/hosts/host.html", context, status=422 if wrong else 200)


def _forms(row: HostAssignment, wrong: tuple[int, Any] | None) -> dict[str, Any]:
    forms: dict[str, Any] = {
        "contact": ContactForm(prefix=f"c{row.pk}"),
        "pause": PauseForm(prefix=f"p{row.pk}"),
        "reply": ReplyForm(prefix=f"r{row.pk}"),
    }
    if wrong and wrong[0] == row.pk:
        name = {ContactForm: "contact", PauseForm: "pause", ReplyForm: "reply"}[type(wrong[1])]
        forms[name] = wrong[1]
    return forms
