"""Documents that staff take out: the access report of a household, the records of processing."""

import csv
from dataclasses import asdict, fields

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.municipality.models import Municipality
from municipalities.tenancy.roles import Right
from municipalities.tenancy.spreadsheets import neutral
from welcome.households.household_pages import writable
from welcome.households.models import Household
from welcome.privacy import paper, records
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.report import Report, report_of
from welcome.privacy.retention_pages import chosen


@never_cache
@require_safe
def report_pdf(request: HttpRequest, object_id: int) -> HttpResponse:
    report = _report(request, object_id, "pdf")
    content = paper.pdf(
        "print/access_report.html",
        place=report.municipality,
        language=report.language,
        context={"report": report},
    )
    return _file(content, "application/pdf", f"household-{object_id}.pdf")


@never_cache
@require_safe
def report_json(request: HttpRequest, object_id: int) -> HttpResponse:
    report = _report(request, object_id, "json")
    response = JsonResponse(report.as_json(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="household-{object_id}.json"'
    return response


def _report(request: HttpRequest, object_id: int, kind: str) -> Report:
    household: Household = writable(request, [object_id]).select_related("municipality").get()
    record(action=Action.EXPORTED, of=household, note=f"report={kind}")
    return report_of(household)


@require_safe
def processing(request: HttpRequest) -> HttpResponse:
    """On screen, or `?as=` pdf, csv or json."""
    place, offered = chosen(request, Right.MANAGE)
    kind = request.GET.get("as", "")
    if kind:
        if kind not in _AS:
            raise Http404
        return _AS[kind](place)
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": RetentionRun._meta,
        "title": _("Records of processing"),
        "place": place,
        "offered": offered,
        "records": records.records_of(place),
        "kinds": list(_AS),
    }
    return render(request, "privacy/records.html", context)


def _as_pdf(place: Municipality) -> HttpResponse:
    language = get_language() or "en"
    context = {"records": records.records_of(place)}
    content = paper.pdf("print/records.html", place=place, language=language, context=context)
    return _file(content, "application/pdf", f"records-{place.number}.pdf")


def _as_csv(place: Municipality) -> HttpResponse:
    response = _file("\ufeff", "text/csv; charset=utf-8", f"records-{place.number}.csv")
    writer = csv.writer(response, delimiter=";")
    writer.writerow([field.name for field in fields(records.Record)])
    for one in records.records_of(place):
        writer.writerow([neutral(value) for value in asdict(one).values()])
    return response


def _as_json(place: Municipality) -> HttpResponse:
    response = JsonResponse(records.as_json(place), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="records-{place.number}.json"'
    return response


_AS = {"pdf": _as_pdf, "csv": _as_csv, "json": _as_json}


def _file(content: bytes | str, kind: str, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=disposition)
