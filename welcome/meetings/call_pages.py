"""The call list in the staff site, and one call on a phone: whom, in which language, and what came of it."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from municipalities.audit.recording import list_of, look
from municipalities.tenancy.access import access_of
from welcome.households.models import Household
from welcome.meetings import calls
from welcome.meetings.call_forms import CallListForm
from welcome.meetings.calls import Call, Outcome
from welcome.meetings.forms import SignUpForm
from welcome.meetings.models import WelcomeMeeting
from welcome.meetings.sign_up_pages import writable_meeting

ROWS_A_PAGE = 50
# Who comes says how many they are, in a form of its own.
BUTTONS = (Outcome.DECLINES, Outcome.NOT_REACHED, Outcome.AGAIN, Outcome.WRONG_NUMBER)


@never_cache
def listed(request: HttpRequest, object_id: int) -> HttpResponse:
    """With `?mine`, those of whoever asks. POST shares more households out."""
    meeting, by = writable_meeting(request, object_id), access_of(request).user
    form = CallListForm(request.POST if request.method == "POST" else None, meeting=meeting)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            added = calls.plan(
                meeting=meeting, homes=form.homes, callers=said["callers"], due_on=said["due_on"], by=by
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            told = ngettext(
                "%(n)s household is on the list now.", "%(n)s households are on the list now.", added
            )
            messages.success(request, told % {"n": added})
            return redirect("admin:welcome_welcomemeeting_calls", object_id)
    rows = Call.objects.listed().filter(meeting=meeting)
    mine = "mine" in request.GET
    shown = rows.filter(caller=by) if mine else rows
    people = shown.with_answers().select_related("household", "caller").prefetch_related("household__people")
    page = Paginator(people.order_by("due_on", "pk"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    list_of(
        model=Household, municipality_ids=[meeting.municipality_id],
        note=f"calls meeting={meeting.pk} rows={len(page.object_list)}",
    )  # fmt: skip
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": WelcomeMeeting._meta,
        "title": _("Call list"),
        "meeting": meeting,
        "list": page,
        "mine": mine,
        "left": rows.open().count(),
        "is_over": meeting.is_cancelled or meeting.starts_at <= timezone.now(),
        "form": form,
    }
    return render(request, "meetings/calls.html", context, status=422 if form.errors else 200)


@never_cache
def one(request: HttpRequest, object_id: int, call: int) -> HttpResponse:
    """POST with `outcome`; who comes is signed up by the same form."""
    meeting, by = writable_meeting(request, object_id), access_of(request).user
    rows = Call.objects.listed().filter(meeting=meeting, pk=call)
    found = rows.select_related("household", "meeting").prefetch_related("household__people").first()
    if found is None:
        raise Http404
    outcome = request.POST.get("outcome", "")
    form = SignUpForm(
        request.POST if outcome == Outcome.COMES else None,
        municipality=meeting.municipality,
        initial={"language": found.household.language},
    )
    if request.method == "POST" and (outcome in BUTTONS or form.is_valid()):
        try:
            calls.note(call=found, outcome=outcome, by=by, party=form.party if form.is_bound else None)
        except ValidationError as error:
            if form.is_bound:
                form.add_error(None, error)
            else:
                messages.error(request, error.messages[0])
        else:
            messages.success(request, _("Noted."))
            return redirect("admin:welcome_welcomemeeting_calls", object_id)
    look(of=found.household, note="call")
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": WelcomeMeeting._meta,
        "title": str(found.household),
        "meeting": meeting,
        "call": found,
        "people": [person for person in found.household.people.all() if person.died_on is None],
        "buttons": BUTTONS,
        "is_over": meeting.is_cancelled or meeting.starts_at <= timezone.now(),
        "form": form,
    }
    return render(request, "meetings/call.html", context, status=422 if form.errors else 200)
