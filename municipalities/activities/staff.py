"""The page on which staff decide about one activity, and the button by which a calendar is read now."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from municipalities.activities import actions, feeds
from municipalities.activities.feed_models import CalendarFeed
from municipalities.activities.models import Activity, State, Submission
from municipalities.activities.staff_forms import VERBS, DecisionForm
from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right

DONE = {
    "publish": gettext_lazy("It is published."),
    "send_back": gettext_lazy("It is sent back. Who sent it in gets your word and a link to change it."),
    "decline": gettext_lazy("It is declined."),
    "withdraw": gettext_lazy("It is taken out of lists and calendars."),
    "take_up": gettext_lazy("It is a draft again."),
}


@never_cache
def decide(request: HttpRequest, object_id: int) -> HttpResponse:
    activity = _writable(request, Activity.objects.with_content(), object_id)
    submission = Submission.objects.filter(activity=activity, confirmed_at__isnull=False).first()
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verb, word = form.cleaned_data["verb"], form.cleaned_data["word"]
        if verb not in _verbs(activity, submission):
            messages.warning(request, _("A colleague was first; this page shows how it stands now."))
        elif verb == "publish" and not _has_words(activity):
            form.add_error(None, _("It has no title in any language yet; write one first."))
            return _show(request, activity, submission, form)
        elif _done(verb, activity, word, access_of(request).user):
            messages.success(request, DONE[verb])
        else:
            messages.warning(request, _("A colleague was first; this page shows how it stands now."))
        return redirect("admin:municipalities_activity_decide", object_id)
    return _show(request, activity, submission, form)


def _done(verb: str, activity: Activity, word: str, by: Any) -> bool:
    if verb == "send_back":
        return actions.send_back(activity=activity, word=word, by=by)
    if verb == "decline":
        return actions.decline(activity=activity, word=word, by=by)
    act = {"publish": actions.publish, "withdraw": actions.withdraw, "take_up": actions.take_up}[verb]
    return act(activity=activity, by=by)


def _verbs(activity: Activity, submission: Submission | None) -> list[str]:
    """Without a sender there is nobody to send it back to."""
    verbs = VERBS[State(activity.state)]
    return [verb for verb in verbs if submission or verb != "send_back"]


def _has_words(activity: Activity) -> bool:
    return any(text.title for text in activity.texts.all())


def _show(
    request: HttpRequest, activity: Activity, submission: Submission | None, form: DecisionForm
) -> HttpResponse:
    request.current_app = admin.site.name
    times = activity.occurrences.order_by("starts_at")
    context = {
        **admin.site.each_context(request),
        "opts": Activity._meta,
        "title": _("Activity"),
        "activity": activity,
        "texts": [text for text in activity.texts.all() if not text.is_empty],
        "submission": submission,
        "times": times[:8],
        "count": times.count(),
        "verbs": _verbs(activity, submission),
        "form": form,
    }
    return render(request, "activities/decide.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def read_now(request: HttpRequest, object_id: int) -> HttpResponse:
    """`as_it_is`: staff have seen that most is gone, and it is right so."""
    feed = _writable(request, CalendarFeed.objects.all(), object_id)
    asked = feeds.ask(feed=feed, by=access_of(request).user, as_it_is="as_it_is" in request.POST)
    if asked:
        recording.record(action=Action.RETRIED, of=feed)
        messages.success(request, _("The calendar is being read. Load this page again in a moment."))
    else:
        messages.warning(request, _("The calendar is about to be read already."))
    return redirect("admin:municipalities_calendarfeed_change", object_id)


def _writable(request: HttpRequest, rows: models.QuerySet[Any], pk: int) -> Any:
    access = access_of(request)
    rows = rows.visible_to(request.user).filter(pk=pk)  # type: ignore[attr-defined]
    if not access.narrow(rows, Right.READ_TEXTS).exists():
        raise Http404
    if (found := access.narrow(rows, Right.WRITE_TEXTS).first()) is None:
        raise PermissionDenied
    return found
