"""Who comes to a meeting: the list that staff print and carry to the door, on screen and as a file. It tells of
allergies, so it asks for the right to write of people."""

import csv
import io
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from municipalities.audit.models import Action
from municipalities.audit.recording import list_of, look
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from municipalities.tenancy.spreadsheets import neutral
from welcome.households.household_pages import writable
from welcome.households.models import Household
from welcome.meetings import actions
from welcome.meetings.figures import counts
from welcome.meetings.forms import SignUpByHandForm
from welcome.meetings.models import SignUp, SignUpQuerySet, SignUpState, WelcomeMeeting


@never_cache
def listed(request: HttpRequest, object_id: int) -> HttpResponse:
    """POST with `cancel` (a sign-up's number) cancels it, with `verb` call_off the meeting, else signs somebody
    up who called."""
    meeting, by = writable_meeting(request, object_id), access_of(request).user
    form = SignUpByHandForm(
        municipality=meeting.municipality, initial={"language": meeting.municipality.home_language}
    )
    if request.method == "POST":
        if request.POST.get("verb") == "call_off":
            actions.call_off(meeting=meeting, by=by)
            messages.success(
                request, _("The meeting is called off. Who has a link sees it there; call those who come.")
            )
            return redirect("admin:welcome_welcomemeeting_signups", object_id)
        if "cancel" in request.POST:
            actions.cancel(sign_up=of_meeting(meeting, request.POST["cancel"]), by=by)
            messages.success(request, _("Signed off. Who waits has moved up, if the seats were enough."))
            return redirect("admin:welcome_welcomemeeting_signups", object_id)
        form = SignUpByHandForm(request.POST, municipality=meeting.municipality)
        if form.is_valid() and _signed_up(form, meeting, by):
            messages.success(request, _("%(name)s is signed up.") % {"name": form.cleaned_data["name"]})
            return redirect("admin:welcome_welcomemeeting_signups", object_id)
    rows = _rows(meeting)
    list_of(
        model=SignUp,
        municipality_ids=[meeting.municipality_id],
        note=f"meeting={meeting.pk} rows={len(rows)}",
    )
    request.current_app = admin.site.name
    count = counts([meeting])[meeting.pk]
    context = {
        **admin.site.each_context(request),
        "opts": WelcomeMeeting._meta,
        "title": _("Who comes"),
        "meeting": meeting,
        "count": count,
        "unlisted": count.taken + count.waiting - sum(row.seats for row in rows),
        "coming": [row for row in rows if row.state == SignUpState.COMING],
        "waiting": [row for row in rows if row.state == SignUpState.WAITING],
        "is_over": meeting.is_cancelled or meeting.starts_at <= timezone.now(),
        "form": form,
    }
    return render(request, "meetings/sign_ups.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def as_csv(request: HttpRequest, object_id: int) -> HttpResponse:
    meeting = writable_meeting(request, object_id)
    rows = _rows(meeting)
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerow([
        _("State"), _("Name"), _("Phone or e-mail"), _("Adults"), _("Ages of the children"), _("Language"),
        _("What we should know"), _("Signed up"),
    ])  # fmt: skip
    for row in rows:
        cells: list[Any] = [
            row.get_state_display(), who(row), row.contact, row.adults, ages(row), row.get_language_display(),
            row.needs, date_format(timezone.localtime(row.asked_at), "SHORT_DATETIME_FORMAT"),
        ]  # fmt: skip
        table.writerow([neutral(cell) for cell in cells])
    list_of(
        model=SignUp, municipality_ids=[meeting.municipality_id], action=Action.EXPORTED,
        note=f"meeting={meeting.pk} rows={len(rows)}",
    )  # fmt: skip
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    day = timezone.localtime(meeting.starts_at).date().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="{meeting.municipality.slug}-{day}.csv"'
    return answer


@never_cache
def of_household(request: HttpRequest, object_id: int) -> HttpResponse:
    """What one household has signed up for, and signing it off: also one that stands on no list."""
    household = writable(request, [object_id]).select_related("municipality").with_people().get()
    rows = SignUp.objects.filter(household=household, meeting__ends_at__gt=timezone.now()).standing()
    if request.method == "POST":
        number = request.POST.get("cancel", "")
        row = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
        if row is None:
            raise Http404
        actions.cancel(sign_up=row, by=access_of(request).user)
        messages.success(request, _("Signed off. Who waits has moved up, if the seats were enough."))
        return redirect("admin:welcome_household_meetings", object_id)
    look(of=household, note="meetings")
    theirs = list(rows.select_related("meeting").order_by("meeting__starts_at", "pk"))
    for row in theirs:
        row.ages = ages(row)  # type: ignore[attr-defined]
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": Household._meta,
        "title": _("Welcome meetings"),
        "household": household,
        "rows": theirs,
    }
    return render(request, "meetings/of_household.html", context)


def who(row: SignUp) -> str:
    """The adults' names."""
    if row.household is None:
        return row.name
    people = row.household.people.all()
    return ", ".join(person.full_name for person in people if person.role == "adult") or str(row.household)


def ages(row: SignUp) -> str:
    return ", ".join(map(str, row.children))


def writable_meeting(request: HttpRequest, pk: int) -> WelcomeMeeting:
    access = access_of(request)
    rows = WelcomeMeeting.objects.visible_to(request.user).filter(pk=pk)
    meetings = rows.select_related("municipality").prefetch_related("texts")
    if not access.narrow(meetings, Right.READ_PEOPLE).exists():
        raise Http404
    if (meeting := access.narrow(meetings, Right.WRITE_PEOPLE).first()) is None:
        raise PermissionDenied
    return meeting


def _rows(meeting: WelcomeMeeting) -> list[SignUp]:
    """Those who come, then those who wait, each in the order in which they asked. The list is carried to the door:
    who is protected, or may only be kept, is counted and in no row of it, whatever the row would say."""
    return shown(listable(meeting).order_by("state", "asked_at", "pk"))


def listable(meeting: WelcomeMeeting) -> SignUpQuerySet:
    rows: SignUpQuerySet = SignUp.objects.for_files().standing().filter(meeting=meeting)
    return rows


def shown(rows: models.QuerySet[SignUp]) -> list[SignUp]:
    found = list(rows.select_related("household").prefetch_related("household__people"))
    for row in found:
        row.who, row.ages = who(row), ages(row)  # type: ignore[attr-defined]
    return found


def of_meeting(meeting: WelcomeMeeting, number: str) -> SignUp:
    rows = SignUp.objects.for_files().filter(meeting=meeting)
    row = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if row is None:
        raise Http404
    return row


def _signed_up(form: SignUpByHandForm, meeting: WelcomeMeeting, by: Any) -> bool:
    said = form.cleaned_data
    try:
        actions.sign_up_by_hand(
            meeting=meeting, name=said["name"], contact=said["contact"], party=form.party, by=by
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
