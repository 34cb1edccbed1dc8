"""The page of everything that happened with one household."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from municipalities.audit.recording import look
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.followup import timeline
from welcome.followup.timeline import About
from welcome.households.models import Household

A_PAGE = 50


@never_cache
@require_safe
def shown(request: HttpRequest, object_id: int) -> HttpResponse:
    """Whoever sees the household's own page sees this; the protected are there for nobody else either."""
    page: Any = admin.site.get_model_admin(Household)
    household = page.get_object(request, str(object_id))
    if household is None or not page.has_view_permission(request, household):
        raise Http404
    may_write = access_of(request).may(Right.WRITE_PEOPLE, household.municipality_id)
    events = timeline.of(household, may_write=may_write)
    about = request.GET.get("about", "")
    there = [each for each in About if any(event.about == each for event in events)]
    if about in there:
        events = [event for event in events if event.about == about]
    look(of=household, note="timeline")
    request.current_app = admin.site.name
    part = Paginator(events, A_PAGE).get_page(request.GET.get("page"))
    frame = admin.site.each_context(request) | {
        "opts": Household._meta, "household": household, "page": part, "about": about, "there": there,
        "title": _("Everything that happened"),
    }  # fmt: skip
    return render(request, "followup/timeline.html", frame)
