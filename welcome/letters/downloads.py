"""What leaves the portal as files: print files, manifest, the whole run as ZIP, the report.

Never by a public address, never kept by a browser or proxy on the way.
"""

import csv
import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.roles import Right
from municipalities.tenancy.spreadsheets import neutral
from welcome.letters import figures
from welcome.letters.figures import file_name
from welcome.letters.models import FileState, LetterRun, PrintFile, PrintFileQuerySet
from welcome.letters.output import COLUMNS, MANIFEST_CSV, MANIFEST_JSON, rows_of
from welcome.letters.run_lists import cohort_of
from welcome.letters.run_page import find_run
from welcome.letters.storing import first_damaged
from welcome.letters.withdrawal import is_closed, withdraw_changed

CHUNK = 256 * 1024
BOM = "\ufeff"  # Excel reads UTF-8 only when it is told.

logger = logging.getLogger(__name__)


def for_printing(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Who asks for files to print gets none of a letter that may no longer be sent: protection and moves
    are read again right here. What had to be taken back is made anew without it."""

    @require_safe
    @wraps(view)
    def checked(request: HttpRequest, object_id: int, **more: int) -> HttpResponseBase:
        run = find_run(request, object_id, Right.RUN_LETTERS)
        if withdraw_changed(run):
            messages.warning(
                request,
                _("Some letters may no longer be sent and were taken out. Their files are being made anew."),
            )
            return redirect("admin:welcome_letterrun_change", run.pk)
        if is_closed(run):
            messages.error(
                request,
                _("A letter of this run may no longer be shown to anybody, so its files stay closed."),
            )
            return redirect("admin:welcome_letterrun_change", run.pk)
        response = view(request, run, **more)
        if response.status_code == 200:
            what = " ".join([view.__name__, *(f"{name}={value}" for name, value in more.items())])
            recording.record(action=Action.DOWNLOADED, of=run, note=what)
        return response

    return checked


@for_printing
def file(request: HttpRequest, run: LetterRun, sequence: int) -> HttpResponseBase:
    found = get_object_or_404(_finished(run), sequence=sequence)
    if found.purged_at:
        return _deleted(request, run)
    if (damaged := first_damaged([found])) is not None:
        return _refused(request, run, damaged)
    response = FileResponse(found.file.open("rb"), as_attachment=True, filename=file_name(found))
    response["Cache-Control"] = "no-store"
    return response


@for_printing
def manifest(request: HttpRequest, run: LetterRun) -> HttpResponseBase:
    rows = [row for found in _finished(run).kept() for row in rows_of(found)]
    return attachment(_manifest(rows), "text/csv; charset=utf-8", f"{stem(run)}-manifest.csv")


@for_printing
def archive(request: HttpRequest, run: LetterRun) -> HttpResponseBase:
    if not _finished(run).exists():
        raise Http404
    if not _finished(run).kept().exists():
        return _deleted(request, run)
    if (damaged := first_damaged(_finished(run).kept())) is not None:
        return _refused(request, run, damaged)
    # Read now: while it is being sent, nobody's scope holds any more.
    files = list(_finished(run).kept())
    rows = [row for found in files for row in rows_of(found)]
    whole = {"run": figures.report(run), "letters": rows}
    lists = {
        MANIFEST_CSV: _manifest(rows),
        MANIFEST_JSON: json.dumps(whole, ensure_ascii=False, indent=1) + "\n",
    }
    response = StreamingHttpResponse(_zipped(files, lists), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{stem(run)}.zip"'
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def report_json(request: HttpRequest, object_id: int) -> HttpResponse:
    run = find_run(request, object_id, Right.RUN_LETTERS)
    content = json.dumps(figures.report(run), ensure_ascii=False, indent=2) + "\n"
    return attachment(content, "application/json", f"{stem(run)}-report.json")


@require_safe
def report_csv(request: HttpRequest, object_id: int) -> HttpResponse:
    run = find_run(request, object_id, Right.RUN_LETTERS)
    counts = cohort_of(run, tells_protected=True)
    rows: list[list[object]] = [["what", "number"], ["cohort", counts.cohort], ["letters", counts.letters]]
    rows += [[f"left out: {reason.reason}", reason.count] for reason in counts.reasons]
    rows += [[f"pages in {file_name(found)}", found.pages] for found in _finished(run)]
    rows += [[f"delivered by {row.channel}: {row.state}", row.count] for row in _deliveries(run)]
    return attachment(BOM + semicolons(rows), "text/csv; charset=utf-8", f"{stem(run)}-report.csv")


def _deliveries(run: LetterRun) -> list[figures.Row]:
    """In the file's one language, as its other words are."""
    with override("en"):
        return figures.sending(run).rows


def _deleted(request: HttpRequest, run: LetterRun) -> HttpResponseBase:
    messages.error(request, _("This was deleted: an address in it may no longer be held by anybody."))
    return redirect("admin:welcome_letterrun_change", run.pk)


def _finished(run: LetterRun) -> PrintFileQuerySet:
    files = PrintFile.objects.of(run.municipality).filter(run=run, state=FileState.DONE)
    return files.select_related("run__municipality")


def _refused(request: HttpRequest, run: LetterRun, damaged: PrintFile) -> HttpResponseBase:
    logger.error("%s in storage is gone or is not the file that was made.", damaged)
    messages.error(
        request,
        _(
            "%(file)s is gone from storage or is not the file that was made. Nothing was fetched; tell "
            "whoever runs the portal."
        )
        % {"file": file_name(damaged)},
    )
    return redirect("admin:welcome_letterrun_change", run.pk)


def stem(run: LetterRun) -> str:
    return f"{run.municipality.number}-{run.quarter}"


def attachment(content: str | bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _manifest(rows: list[dict[str, Any]]) -> str:
    """As `letter_run` writes it beside the files, so that `verify_run` reads this one too."""
    lines = [[*(row[name] for name in COLUMNS[:-1]), "\n".join(map(neutral, row["address"]))] for row in rows]
    return BOM + semicolons([list(COLUMNS), *lines])


def semicolons(rows: list[list[object]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue()


class _Outlet(io.RawIOBase):
    """Where the ZIP is written to: what has come so far is taken out again and sent."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._held = b"".join(self._held), []
        return taken


def _zipped(files: list[PrintFile], lists: dict[str, str]) -> Iterator[bytes]:
    """Files and manifest as `letter_run` writes them out. Memory stays at one chunk, however long the
    files are; PDFs are compressed within, so they are stored as they are."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for found in files:
            with archive.open(file_name(found), "w", force_zip64=True) as entry, found.file.open() as source:
                while data := source.read(CHUNK):
                    entry.write(data)
                    yield outlet.take()
        for name, content in lists.items():
            archive.writestr(name, content)
    yield outlet.take()
