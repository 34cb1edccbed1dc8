"""The door of a meeting on a phone: who comes in is ticked. And what came of the meeting, in numbers."""

import csv
import io

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from municipalities.audit.models import Action
from municipalities.audit.recording import list_of
from municipalities.tenancy.access import access_of
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right
from welcome.households.models import Person
from welcome.meetings import attendance
from welcome.meetings.attendance import Attendance
from welcome.meetings.figures import Numbers, numbers
from welcome.meetings.forms import CameForm
from welcome.meetings.models import SignUp, SignUpQuerySet, WelcomeMeeting
from welcome.meetings.sign_up_pages import listable, of_meeting, shown, writable_meeting

ROWS_A_PAGE = 50


@never_cache
def door(request: HttpRequest, object_id: int) -> HttpResponse:
    """POST with `came` (a sign-up's number) or `walk_in`, and how many; with `undo` (an attendance's number)."""
    meeting, by = writable_meeting(request, object_id), access_of(request).user
    if request.method == "POST":
        try:
            back = _note(request, meeting, by)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            back = ""
        # On to where they were in the list: a phone shows few rows at once.
        return redirect(f"{request.get_full_path()}{back}")
    listed = _by_name(listable(meeting))
    page = Paginator(listed, ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = shown(listed[max(page.start_index() - 1, 0) : page.end_index()])
    list_of(
        model=SignUp,
        municipality_ids=[meeting.municipality_id],
        note=f"door meeting={meeting.pk} rows={len(rows)}",
    )
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": WelcomeMeeting._meta,
        "title": _("At the door"),
        "meeting": meeting,
        "numbers": numbers(meeting),
        "is_open": attendance.is_open(meeting),
        "rows": rows,
        "list": page,
        "walk_ins": Attendance.objects.walk_ins().filter(meeting=meeting).order_by("-pk")[:ROWS_A_PAGE],
        "form": CameForm(initial={"adults": 1, "children": 0}),
    }
    return render(request, "meetings/door.html", context)


@never_cache
@require_safe
def numbers_csv(request: HttpRequest, object_id: int) -> HttpResponse:
    meetings = WelcomeMeeting.objects.visible_to(request.user).filter(pk=object_id)
    meeting = access_of(request).narrow(meetings, Right.READ_PEOPLE).select_related("municipality").first()
    if meeting is None:
        raise Http404
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(told(numbers(meeting)))
    list_of(
        model=WelcomeMeeting, municipality_ids=[meeting.municipality_id], action=Action.EXPORTED,
        note=f"numbers meeting={meeting.pk}",
    )  # fmt: skip
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    day = timezone.localtime(meeting.starts_at).date().isoformat()
    name = f"{meeting.municipality.slug}-{day}-numbers.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def told(found: Numbers) -> list[tuple[str, int]]:
    """In the order of what happens; without what nobody can know yet."""
    rows = [
        (_("Households invited"), found.invited),
        (_("Households called"), found.called),
        (_("Sign-ups with a seat"), found.coming),
        (_("Sign-ups on the waiting list"), found.waiting),
        (_("Signed off"), found.signed_off),
        (_("Adults who came"), found.adults),
        (_("Children who came"), found.children),
        (_("Came without a sign-up"), found.walk_ins),
    ]
    if found.stayed_away is not None:
        rows.append((_("Had a seat and stayed away"), found.stayed_away))
    return rows


def _by_name(rows: SignUpQuerySet) -> SignUpQuerySet:
    first = Person.objects.filter(household=OuterRef("household")).order_by("order", "pk")
    name = Coalesce(Subquery(first.values("family_name")[:1]), "name")
    return rows.select_related("attendance").order_by(Lower(name), "pk")


def _note(request: HttpRequest, meeting: WelcomeMeeting, by: User | None) -> str:
    """What the answer leads on to, within the page."""
    said = request.POST
    if "undo" in said:
        rows = Attendance.objects.filter(meeting=meeting)
        number = said["undo"]
        row = rows.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
        if row is None:
            raise Http404
        attendance.undo(attendance=row, by=by)
        return f"#row-{row.sign_up_id}" if row.sign_up_id else "#walk-ins"
    form = CameForm(said)
    if not form.is_valid():
        raise ValidationError(_("Say how many adults and children came."))
    if "came" in said:
        sign_up = of_meeting(meeting, said["came"])
        attendance.came(sign_up=sign_up, by=by, **form.cleaned_data)
        return f"#row-{sign_up.pk}"
    attendance.walked_in(meeting=meeting, by=by, **form.cleaned_data)
    return "#walk-ins"
