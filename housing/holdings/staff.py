"""The board of the talks by stage, and the buttons by which a holding moves and a notice is settled."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from housing.holdings import actions, figures
from housing.holdings.models import Holding, Outcome, OwnerNotice, Reason, Stage, StageChange
from housing.holdings.staff_forms import MoveForm, SettleForm
from municipalities.audit import recording
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right

A_COLUMN = 12
ON_THE_MAP = 500
TONES = {Stage.SETTLED: "settled", Stage.DECLINED: "ended", Stage.UNSUITED: "ended", Stage.REGISTERED: ""}


@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """By stage, each column with the first and how many there are; the figures of all that one may read."""
    access = access_of(request)
    if not access.may(Right.READ_PEOPLE):
        raise PermissionDenied
    rows = access.narrow(Holding.objects.visible_to(request.user), Right.READ_PEOPLE)
    rows = rows.select_related("municipality").prefetch_related("reasons").order_by("-stage_on", "pk")
    known = list(rows)
    changes = access.narrow(StageChange.objects.visible_to(request.user), Right.READ_PEOPLE)
    columns = []
    for stage in Stage:
        there = [row for row in known if row.stage == stage]
        columns.append({"stage": stage, "count": len(there), "first": there[:A_COLUMN]})
    recording.list_of(
        model=Holding, municipality_ids={row.municipality_id for row in known}, note=f"rows={len(known)}"
    )
    request.current_app = admin.site.name
    talks = figures.talks(known)
    points = [_point(row) for row in known if row.latitude is not None]
    context = {
        **admin.site.each_context(request),
        "opts": Holding._meta,
        "title": _("Lights in all windows"),
        "columns": columns,
        "talks": talks,
        "outcomes": [(label, talks.outcomes[value]) for value, label in Outcome.choices],
        "reasons": [
            (label, talks.reasons[value]) for value, label in Reason.choices if value in talks.reasons
        ],
        "years": figures.years(known),
        "stays": [
            (Stage(stay.stage).label, stay)
            for stay in figures.stays(changes.order_by("holding", "since", "pk"), timezone.localdate())
        ],
        "several": access.several,
        "points": points[:ON_THE_MAP],
        "more_points": len(points) > ON_THE_MAP,
    }
    return render(request, "holdings/board.html", context)


def _point(holding: Holding) -> dict[str, Any]:
    """As the map's script reads it: staff see where it lies exactly."""
    words = [holding.get_stage_display(), holding.get_outcome_display() if holding.outcome else ""]
    return {
        "at": [float(holding.latitude or 0), float(holding.longitude or 0)],
        "title": str(holding),
        "words": ": ".join(filter(None, words)),
        "path": reverse("admin:housing_holding_change", args=[holding.pk]),
        "tone": TONES.get(Stage(holding.stage), "begun"),
    }


@require_POST
def move(request: HttpRequest, object_id: int) -> HttpResponse:
    holding = _writable(request, Holding, object_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label}: {' '.join(map(str, errors))}")
        return redirect("admin:housing_holding_change", object_id)
    said = form.cleaned_data
    by: Any = access_of(request).user
    moved = actions.move(
        holding=holding, stage=Stage(said["stage"]), outcome=said["outcome"], since=said["since"], by=by
    )
    if moved:
        messages.success(request, _("It is noted."))
    else:
        messages.warning(request, _("It stands there already."))
    return redirect("admin:housing_holding_change", object_id)


@require_POST
def settle(request: HttpRequest, object_id: int) -> HttpResponse:
    """`verb`: make a holding of it, or set it aside."""
    notice = _writable(request, OwnerNotice, object_id)
    by: Any = access_of(request).user
    if request.POST.get("verb") == "aside":
        done = actions.set_aside(notice=notice, by=by)
        messages.success(request, _("It is set aside.")) if done else messages.warning(
            request, _("A colleague was first; this page shows how it stands now.")
        )
        return redirect("admin:housing_ownernotice_change", object_id)
    form = SettleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give gårdsnummer and bruksnummer as whole numbers from 1."))
        return redirect("admin:housing_ownernotice_change", object_id)
    if notice.settled_at is not None:
        messages.warning(request, _("A colleague was first; this page shows how it stands now."))
        return redirect("admin:housing_ownernotice_change", object_id)
    holding = actions.register_from(
        notice=notice, gnr=form.cleaned_data["gnr"], bnr=form.cleaned_data["bnr"], by=by
    )
    messages.success(request, _("The talk has begun; the owner stands below."))
    return redirect("admin:housing_holding_change", holding.pk)


def _writable(request: HttpRequest, model: Any, pk: int) -> Any:
    access = access_of(request)
    rows = model.objects.visible_to(request.user).filter(pk=pk)
    if not access.narrow(rows, Right.READ_PEOPLE).exists():
        raise Http404
    if (found := access.narrow(rows, Right.WRITE_PEOPLE).first()) is None:
        raise PermissionDenied
    return found
