"""What the next thirty nights delete, by rule, before they do."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities.audit import pruning
from municipalities.audit.sealing import Chain
from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.privacy import retention
from welcome.privacy.cleanings import RetentionRun


def chosen(request: HttpRequest, right: Right) -> tuple[Municipality, list[Municipality]]:
    """The municipality asked for by `?municipality=`, else the first in which the user has that right;
    and all of those. 403 without the right, 404 for another's."""
    access = access_of(request)
    offered = list(access.municipalities(right).order_by("name"))
    if not offered:
        raise PermissionDenied
    wanted = request.GET.get("municipality", str(offered[0].pk))
    for place in offered:
        if str(place.pk) == wanted:
            return place, offered
    if wanted in {str(place.pk) for place in access.municipalities(Right.WRITE_PEOPLE)}:
        raise PermissionDenied
    raise Http404


def _of_the_log(place: Municipality) -> int:
    """How many entries are older than the municipality wants: for whoever runs the portal, not for the night."""
    stretch = pruning.foresee(Chain(place.pk))
    return stretch.entries if stretch else 0


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    place, offered = chosen(request, Right.WRITE_PEOPLE)
    today = timezone.localdate()
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": RetentionRun._meta,
        "title": _("What is deleted soon"),
        "place": place,
        "offered": offered,
        "due": retention.preview(place, today),
        "log": _of_the_log(place),
        "last": RetentionRun.objects.of(place).exclude(finished_at=None).first(),
    }
    return render(request, "privacy/retention.html", context)
