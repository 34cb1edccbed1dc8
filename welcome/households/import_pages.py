"""The pages of an import: the file, what was understood, every row with its verdict, the decision."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from municipalities.audit import recording
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.households import actions, import_rows, importing
from welcome.households.forms import UploadForm
from welcome.households.imports import ImportBatch, ImportState, Verdict
from welcome.households.problems import Problem
from welcome.households.recognition import name_key
from welcome.households.report import conclusion

ROWS_A_PAGE = 50
_ENCODINGS = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252", "latin-1": "Latin-1",
}  # fmt: skip
_DELIMITERS = {";": _("semicolon"), ",": _("comma"), "\t": _("tab"), "|": _("vertical bar")}


# What needs a look stands first; those of whom all is known, mostly the longest list, last.
_ORDER = [Verdict.REFUSED, Verdict.HELD, Verdict.CHANGED, Verdict.JOINS, Verdict.NEW, Verdict.KNOWN]
_WEIGHT = Case(
    *(When(verdict=verdict, then=Value(place)) for place, verdict in enumerate(_ORDER)),
    output_field=IntegerField(),
)


def find_batch(request: HttpRequest, object_id: int) -> ImportBatch:
    """The guard of every page here: a foreign import is not found, a missing right is refused."""
    batches = ImportBatch.objects.visible_to(request.user)
    batch = get_object_or_404(batches.select_related("municipality", "created_by"), pk=object_id)
    if not access_of(request).may(Right.WRITE_PEOPLE, batch.municipality_id):
        raise PermissionDenied
    return batch


@never_cache
def upload(request: HttpRequest) -> HttpResponse:
    access = access_of(request)
    if not access.may(Right.WRITE_PEOPLE):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None, access=access)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        batch = actions.upload(
            municipality=form.chosen, file=file, filename=file.name, by=access_of(request).user
        )
        actions.read_batch(batch=batch)
        return redirect("admin:welcome_importbatch_change", batch.pk)
    status = 422 if form.errors else 200
    return _show(request, "upload", status=status, title=_("Import arrivals"), form=form)


@never_cache
def page(request: HttpRequest, object_id: int) -> HttpResponse:
    """The import where it is now; what moves is asked for again by htmx or by the browser itself."""
    batch = find_batch(request, object_id)
    context: dict[str, Any] = {"title": batch.filename, "batch": batch, "conclusion": conclusion(batch)}
    if batch.problem:
        context["problem"] = Problem.from_json(batch.problem)
    if batch.state in {ImportState.READING, ImportState.SAVING}:
        return _show(request, "working", **context, progress=importing.progress(batch))
    if batch.state == ImportState.REFUSED:
        return _show(request, "refused", **context)
    found = _rows(request, batch)
    if found["has_values"]:
        recording.look(of=batch, note=f"rows={len(found['rows'])}")
    return _show(request, "rows", **context, **found)


def _rows(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    verdict, q = request.GET.get("verdict", ""), request.GET.get("q", "").strip()[:100]
    rows = batch.rows.of(batch.municipality)
    if verdict in Verdict.values:
        rows = rows.filter(verdict=verdict)
    if q:
        wanted = Q(person_key__contains=name_key(q))
        rows = rows.filter(wanted | Q(number=int(q)) if q.isdecimal() and len(q) < 9 else wanted)
    shown = Paginator(rows.order_by(_WEIGHT, "number"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    counts = [(v.value, v.label, batch.counts.get(v.value, 0)) for v in _ORDER]
    refused, held = (batch.counts.get(verdict.value, 0) for verdict in (Verdict.REFUSED, Verdict.HELD))
    understood = batch.understood
    return {
        "shown": shown,
        "rows": [import_rows.line_of(row) for row in shown],
        "has_values": batch.state == ImportState.READ,  # Afterwards they are deleted.
        "verdict": verdict,
        "q": q,
        "counts": counts,
        "refused": refused,
        "held": held,
        "good": sum(batch.counts.values()) - refused - held,
        "encoding": _ENCODINGS.get(understood.get("encoding", ""), understood.get("encoding", "")),
        "delimiter": _DELIMITERS.get(understood.get("delimiter", "")),
        "columns": understood.get("columns", {}).values(),
    }


@require_POST
def act(request: HttpRequest, object_id: int, verb: str) -> HttpResponse:
    batch = find_batch(request, object_id)
    try:
        if verb == "save":
            with_refused = request.POST.get("with_refused") == "1"
            actions.save_batch(batch=batch, with_refused=with_refused, by=access_of(request).user)
        elif verb == "drop":
            actions.drop_batch(batch=batch, by=access_of(request).user)
        else:
            raise Http404
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("admin:welcome_importbatch_change", batch.pk)


def _show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    request.current_app = admin.site.name
    context = {**admin.site.each_context(request), "opts": ImportBatch._meta, **context}
    return render(request, f"households/import/{template}.html", context, status=status)
