"""The page on which staff find, hand out and erase what is held of somebody who is no known household.

Asked by POST, so that the name stands in no address, no browser's history and no log of a proxy.
"""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from municipalities.audit.models import Action
from municipalities.audit.recording import list_of
from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.meetings.models import SignUp
from welcome.privacy import paper, strangers
from welcome.privacy.forms import StrangerForm
from welcome.privacy.models import DataRequest
from welcome.privacy.report import report_of_rows
from welcome.privacy.retention_pages import chosen


@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """POST with `verb`: find (nothing else), pdf, json, or erase, the last three of the ticked rows."""
    place, offered = chosen(request, Right.WRITE_PEOPLE)
    verb = request.POST.get("verb", "")
    form = StrangerForm(request.POST if request.method == "POST" else None, erases=verb == "erase")
    found = strangers.find(place, form.cleaned_data["words"]) if form.is_bound and form.is_valid() else []
    ticked = [row for row in found if str(row.pk) in request.POST.getlist("row")]
    if verb in {"pdf", "json", "erase"} and form.is_valid():
        if not ticked:
            form.add_error(None, _("Tick those it is about."))
        elif verb == "erase":
            gone = strangers.erase(rows=ticked, by=access_of(request).user)
            messages.success(
                request,
                ngettext("%(n)s sign-up is erased.", "%(n)s sign-ups are erased.", gone) % {"n": gone},
            )
            return redirect(f"{request.path}?municipality={place.pk}")
        else:
            return _report(place, ticked, verb)
    list_of(model=SignUp, municipality_ids=[place.pk], note=f"strangers rows={len(found)}")
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": DataRequest._meta,
        "title": _("Signed up for a meeting by phone"),
        "place": place,
        "offered": offered,
        "form": form,
        "found": found[: strangers.MOST],
        "more": max(0, len(found) - strangers.MOST),
        "ticked": {row.pk for row in ticked},
    }
    return render(request, "privacy/strangers.html", context, status=422 if form.errors else 200)


def _report(place: Municipality, rows: list[SignUp], kind: str) -> HttpResponse:
    list_of(
        model=SignUp, municipality_ids=[place.pk], action=Action.EXPORTED,
        note=f"report={kind} strangers rows={len(rows)}",
    )  # fmt: skip
    report = report_of_rows(place, SignUp, [row.pk for row in rows], rows[0].language)
    answer: HttpResponse
    if kind == "json":
        answer = JsonResponse(report.as_json(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    else:
        content = paper.pdf(
            "print/access_report.html", place=place, language=report.language, context={"report": report}
        )
        answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="sign-ups.{kind}"'
    return answer
