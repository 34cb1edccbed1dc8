"""The page of a meeting, from which staff lead it, and the one they show on the wall."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from municipalities.audit.recording import list_of
from municipalities.links import actions as links
from municipalities.links.codes import svg
from municipalities.tenancy.access import access_of
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right
from welcome.cooperation import actions, agenda, choosing, figures, inviting
from welcome.cooperation.idea_models import Idea
from welcome.cooperation.links import IDEAS
from welcome.cooperation.measure_models import MOST_MEASURES, Measure
from welcome.cooperation.models import Attendee, CooperationMeeting, MeetingState
from welcome.cooperation.staff_forms import CloseForm, InviteForm, MeetingForm

SHOWN = 40  # Ideas on the wall.


@never_cache
def meeting(request: HttpRequest, object_id: int) -> HttpResponse:
    """POST with `verb`: save, invite, gather, voting, drop, choose, take_back, close."""
    its, by = find_meeting(request, object_id), access_of(request).user
    verb, sent = request.POST.get("verb", ""), request.POST
    forms = {
        "save": MeetingForm(sent if verb == "save" else None, instance=find_meeting(request, object_id)),
        "invite": InviteForm(sent if verb == "invite" else None, meeting=its),
        "close": CloseForm(sent if verb == "close" else None, initial={"said": its.said}),
    }
    if request.method == "POST":
        try:
            done = _act(request, verb, its, forms.get(verb), by)
        except ValidationError as error:
            done = _told(request, forms.get(verb), error)
        if done:
            return redirect("admin:welcome_cooperationmeeting_change", object_id)
    return _show(request, its, forms)


def _act(request: HttpRequest, verb: str, its: CooperationMeeting, form: Any, by: User) -> bool:
    """Whether something was done, and the page is to be read anew. Raises ValidationError where it may not be."""
    if form is not None:
        return form.is_valid() and _written(request, verb, its, form.cleaned_data, by)
    if verb == "gather":
        actions.gather(meeting=its, by=by)
    elif verb == "voting":
        actions.open_voting(meeting=its, by=by)
    elif verb == "drop":
        choosing.drop_idea(idea=_row(request, Idea.objects.filter(meeting=its), "idea"), by=by)
    elif verb == "choose":
        idea = _row(request, Idea.objects.filter(meeting=its), "idea")
        choosing.choose(meeting=its, idea=idea, title=idea.text[:120], by=by)
    elif verb == "take_back":
        if not choosing.take_back(
            measure=_row(request, Measure.objects.filter(meeting=its), "measure"), by=by
        ):
            messages.warning(request, _("A group works on it already: drop it on its own page."))
    else:
        return False
    return True


def _written(
    request: HttpRequest, verb: str, its: CooperationMeeting, said: dict[str, Any], by: User
) -> bool:
    if verb == "save":
        if actions.reschedule(meeting=its, said=said, by=by):
            messages.success(request, _("Saved. Whoever is invited is asked anew by mail."))
    elif verb == "close":
        actions.close(meeting=its, next_on=said["next_on"], said=said["said"], by=by)
        messages.success(request, _("The meeting is closed. The minutes are ready."))
    else:
        people = [*said["participants"], *inviting.speakers(organisations=said["organisations"], by=by)]
        count = actions.invite(meeting=its, participants=people, by=by)
        messages.success(request, _("Invited: %(n)s. Their mails go out within a minute.") % {"n": count})
    return True


def _told(request: HttpRequest, form: Any, error: ValidationError) -> bool:
    if form is not None:
        for sentence in error.messages:
            form.add_error(None, sentence)
        return False
    messages.error(request, " ".join(error.messages))
    return True


def _show(request: HttpRequest, its: CooperationMeeting, forms: dict[str, Any]) -> HttpResponse:
    request.current_app = admin.site.name
    attendances = list(Attendee.objects.filter(meeting=its).select_related("participant__organisation"))
    list_of(
        model=Attendee, municipality_ids=[its.municipality_id], note=f"meeting={its.pk} rows={len(attendances)}"
    )  # fmt: skip
    measures = list(Measure.objects.filter(meeting=its).order_by("slot"))
    context = {
        **admin.site.each_context(request),
        "opts": CooperationMeeting._meta,
        "title": str(its),
        "meeting": its,
        "points": agenda.kept(its.agenda) if its.is_closed else agenda.agenda_of(its.municipality),
        "attendances": attendances,
        "coming": sum(row.answer in {"comes", "sends"} for row in attendances),
        "ideas": Idea.objects.filter(meeting=its).with_votes(),
        "measures": measures,
        "chosen": {measure.idea_id for measure in measures},
        "may_choose": its.state == MeetingState.VOTING and len(measures) < MOST_MEASURES,
        "anchoring": figures.anchoring(its.municipality),
        "forms": forms,
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "cooperation/meeting.html", context, status=422 if wrong else 200)


@never_cache
@require_safe
def wall(request: HttpRequest, object_id: int) -> HttpResponse:
    """For the large screen: no names on it, and while ideas are gathered the code by which a phone gets in."""
    its = find_meeting(request, object_id)
    link = links.active(purpose=IDEAS, of=its) if its.state == MeetingState.GATHERING else None
    ideas = Idea.objects.filter(meeting=its)
    context = {
        "meeting": its,
        "link": link,
        # Our own drawing, of an address that is letters and digits.
        "code": mark_safe(svg(link.url)) if link else "",  # noqa: S308
        "count": ideas.count(),
        "ideas": ideas.with_votes()[:SHOWN]
        if its.state != MeetingState.GATHERING
        else ideas.order_by("-pk")[:SHOWN],
        "shows_votes": its.state != MeetingState.GATHERING,
        "measures": Measure.objects.filter(meeting=its).order_by("slot"),
    }
    return render(request, "cooperation/wall.html", context)


def find_meeting(request: HttpRequest, pk: int) -> CooperationMeeting:
    rows = CooperationMeeting.objects.visible_to(request.user).filter(pk=pk).select_related("municipality")
    found = access_of(request).narrow(rows, Right.WRITE_PEOPLE).first()
    if found is None:
        raise Http404
    return found


def _row(request: HttpRequest, rows: Any, name: str) -> Any:
    number = request.POST.get(name, "")
    row = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if row is None:
        raise Http404
    return row
