"""One enquiry: what was asked and said, and everything that staff do about it. What somebody typed survives, also
where a colleague was first."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from municipalities.audit.recording import look
from municipalities.enquiries import actions
from municipalities.enquiries.forms import AssignForm, CloseForm, LanguageForm, WriteForm
from municipalities.enquiries.models import AnswerMail, AnswerTemplate, Enquiry, Outcome, Reply, State
from municipalities.tenancy.access import access_of
from municipalities.tenancy.models import Membership, User
from municipalities.tenancy.roles import Right, roles_with


def colleagues(municipality_ids: list[int]) -> models.QuerySet[User]:
    """Who may answer in all of these municipalities."""
    rows = User.objects.filter(is_active=True)
    able = Membership.objects.filter(role__in=roles_with(Right.WRITE_PEOPLE))
    for pk in set(municipality_ids):
        rows = rows.filter(pk__in=able.filter(municipality=pk).values("user"))
    return rows.order_by("name", "pk")


def show(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """POST with `verb`: answer, answer_close, note, template, take, assign, language, close, reopen, again,
    done."""
    write = WriteForm(enquiry=enquiry, initial={"version": enquiry.version})
    if request.method != "POST":
        return _page(request, enquiry, write)
    if not access_of(request).may(Right.WRITE_PEOPLE, enquiry.municipality_id):
        raise PermissionDenied
    verb = request.POST.get("verb", "")
    if verb in {"again", "done"}:
        return _settle(request, enquiry, again=verb == "again")
    if verb in _WRITES or verb == "template":
        return _write(request, enquiry, verb)
    return _decide(request, enquiry, verb)


_WRITES = {"answer", "answer_close", "note"}


def _write(request: HttpRequest, enquiry: Enquiry, verb: str) -> HttpResponse:
    form = WriteForm(request.POST, enquiry=enquiry)
    if verb == "template":
        return _page(request, enquiry, _with_template(form, enquiry))
    if not form.is_valid():
        return _page(request, enquiry, form, status=422)
    by, said = access_of(request).user, form.cleaned_data
    try:
        if verb == "note":
            actions.note(enquiry=enquiry, text=said["text"], by=by, seen=said["version"])
            done = _("Noted. Only colleagues see it.")
        else:
            outcome = Outcome.ANSWERED.value if verb == "answer_close" else ""
            actions.answer(enquiry=enquiry, text=said["text"], by=by, seen=said["version"], outcome=outcome)
            done = _("The answer is on its way.") if enquiry.email else _("Written down as told.")
    except ValidationError as error:
        return _refused(request, enquiry, error, typed=said["text"])
    messages.success(request, done)
    return redirect(request.path)


def _with_template(form: WriteForm, enquiry: Enquiry) -> WriteForm:
    """What was typed, and the chosen words behind it."""
    form.is_valid()
    chosen: AnswerTemplate | None = form.cleaned_data.get("template")
    typed = form["text"].value() or ""
    text = "\n\n".join(part for part in (typed.strip(), chosen.text if chosen else "") if part)
    version = form.cleaned_data.get("version", enquiry.version)
    return WriteForm(enquiry=enquiry, initial={"version": version, "text": text})


def _decide(request: HttpRequest, enquiry: Enquiry, verb: str) -> HttpResponse:
    by, assign = access_of(request).user, _assign_form(request, enquiry)
    close = CloseForm(
        request.POST if verb == "close" else None, auto_id="close_%s", initial={"version": enquiry.version}
    )
    speak = LanguageForm(request.POST)
    try:
        match verb:
            case "take":
                actions.assign(enquiry=enquiry, to=by, by=by)
                done = _("It is yours.")
            case "assign" if assign.is_valid():
                said = assign.cleaned_data
                actions.assign(enquiry=enquiry, to=said["to"], by=by, seen=said["version"])
                done = _("Assigned.") if said["to"] else _("It is everybody's again.")
            case "close" if close.is_valid():
                said = close.cleaned_data
                actions.close(enquiry=enquiry, outcome=said["outcome"], by=by, seen=said["version"])
                done = _("Closed.")
            case "language" if speak.is_valid():
                said = speak.cleaned_data
                actions.speak(enquiry=enquiry, language=said["language"], by=by, seen=said["version"])
                done = _("The next answer goes out in this language.")
            case "reopen":
                actions.reopen(enquiry=enquiry, by=by)
                done = _("Open again.")
            case _:
                return _page(request, enquiry, _typed(request, enquiry), assign, close, status=422)
    except ValidationError as error:
        return _refused(request, enquiry, error)
    messages.success(request, done)
    return redirect(request.path)


def _settle(request: HttpRequest, enquiry: Enquiry, *, again: bool) -> HttpResponse:
    number = request.POST.get("mail", "")
    mails = AnswerMail.objects.filter(message__enquiry=enquiry).select_related("message__enquiry")
    mail = mails.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if mail and actions.settle(mail=mail, again=again, by=access_of(request).user):
        messages.success(request, _("It is sent again.") if again else _("Done with."))
    else:
        messages.info(request, _("There is nothing to decide about this e-mail any more."))
    return redirect(request.path)


def _typed(request: HttpRequest, enquiry: Enquiry) -> WriteForm:
    return WriteForm(
        enquiry=enquiry, initial={"version": enquiry.version, "text": request.POST.get("text", "")}
    )


def _refused(request: HttpRequest, enquiry: Enquiry, error: ValidationError, typed: str = "") -> HttpResponse:
    """The page as it is now, with the words that were not sent. Who reads it and sends again has seen it."""
    fresh = Enquiry.objects.select_related(*RELATED).get(pk=enquiry.pk)
    form = WriteForm(enquiry=fresh, initial={"version": fresh.version, "text": typed})
    return _page(request, fresh, form, refused=error.messages[0], status=409)


RELATED = ("municipality", "assigned_to", "answered_by", "closed_by")


def _assign_form(request: HttpRequest, enquiry: Enquiry) -> AssignForm:
    bound = request.POST if request.POST.get("verb") == "assign" else None
    initial = {"version": enquiry.version, "to": enquiry.assigned_to_id}
    return AssignForm(
        bound, colleagues=colleagues([enquiry.municipality_id]), initial=initial, auto_id="assign_%s"
    )


def _page(
    request: HttpRequest,
    enquiry: Enquiry,
    write: WriteForm,
    assign: AssignForm | None = None,
    close: CloseForm | None = None,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    look(of=enquiry)
    request.current_app = admin.site.name
    thread = list(enquiry.messages.select_related("by", "mail"))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "opts": Enquiry._meta,
        "title": str(enquiry),
        "enquiry": enquiry,
        "thread": thread,
        "write": write,
        "assign": assign or _assign_form(request, enquiry),
        "close": close or CloseForm(initial={"version": enquiry.version}, auto_id="close_%s"),
        "speak": LanguageForm(
            initial={"version": enquiry.version, "language": enquiry.language}, auto_id="speak_%s"
        ),
        "templates": write.fields["template"].queryset.exists(),  # type: ignore[attr-defined]
        "may_write": access_of(request).may(Right.WRITE_PEOPLE, enquiry.municipality_id),
        "is_open": enquiry.state != State.CLOSED,
        "is_mine": enquiry.assigned_to_id == request.user.pk,
        "wants_answer": enquiry.reply != Reply.NONE,
        "refused": refused,
    }
    return render(request, "enquiries/thread.html", context, status=status)
