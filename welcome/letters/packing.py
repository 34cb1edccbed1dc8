"""The pages for whoever packs: the pick list of a run, and its address labels."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.tenancy.spreadsheets import neutral
from welcome.letters import labels, picking
from welcome.letters.downloads import BOM, attachment, for_printing, semicolons, stem
from welcome.letters.forms import quarter_name
from welcome.letters.models import LetterRun, RunState
from welcome.letters.run_lists import letters_of
from welcome.letters.run_page import on_step, show, step_url

PACKABLE = [RunState.READY, RunState.DELIVERING, RunState.DONE]
MOST_AT_ONCE = 3000  # Labels are laid out while somebody waits.


class LabelsForm(forms.Form):
    sheet = forms.ChoiceField(
        label=_("Sheet"),
        choices=[
            ("3x8", _("3 × 8 labels of 70 × 37 mm")),
            ("2x7", _("2 × 7 labels of 99.1 × 38.1 mm")),
        ],
    )
    start = forms.IntegerField(
        label=_("First free label on the first sheet"),
        help_text=_("Counted along the rows: 1 for a new sheet."),
        min_value=1,
        initial=1,
    )
    gifts = forms.BooleanField(label=_("Only letters that gifts belong to"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        sheet = labels.SHEETS.get(cleaned.get("sheet", ""))
        if sheet is not None and cleaned.get("start", 1) > sheet.size:
            words = _("A sheet of this kind has %(count)d labels.")
            self.add_error("start", words % {"count": sheet.size})
        return cleaned


@on_step("delivery")
def pick_list(request: HttpRequest, run: LetterRun) -> HttpResponse:
    return _pick_list(request, run, LabelsForm())


def _pick_list(request: HttpRequest, run: LetterRun, form: LabelsForm, status: int = 200) -> HttpResponse:
    return show(
        request, run, "delivery", template="pick_list", status=status, form=form,
        picks=picking.picks(run), totals=picking.totals(run),
    )  # fmt: skip


@for_printing
def pick_list_csv(request: HttpRequest, run: LetterRun) -> HttpResponseBase:
    _packable(run)
    head = ["letter", "language", "people", "gifts"]
    rows = [[row.number, row.code, row.people, neutral("\n".join(row.gifts))] for row in picking.picks(run)]
    content = BOM + semicolons([list(head), *rows])
    return attachment(content, "text/csv; charset=utf-8", f"{stem(run)}-pick-list.csv")


@for_printing
def pick_list_pdf(request: HttpRequest, run: LetterRun) -> HttpResponseBase:
    _packable(run)
    words = {"place": run.municipality, "quarter": quarter_name(run.quarter)}
    context = {
        "title": gettext("Pick list, %(place)s, %(quarter)s") % words,
        "rows": picking.picks(run),
        "totals": picking.totals(run),
    }
    content = labels.print_page("print/pick_list.html", context)
    return attachment(content, "application/pdf", f"{stem(run)}-pick-list.pdf")


@for_printing
def address_labels(request: HttpRequest, run: LetterRun) -> HttpResponseBase:
    """Never of anybody whose address is protected: those letters are taken back before this is asked for."""
    _packable(run)
    form = LabelsForm(request.GET)
    if not form.is_valid():
        return _pick_list(request, run, form, 422)
    letters = list(letters_of(run).order_by("number"))
    if form.cleaned_data["gifts"]:
        letters = [letter for letter in letters if letter.gifts]
    if not letters or len(letters) > MOST_AT_ONCE:
        messages.error(
            request,
            _("There is no letter for these labels.") if not letters else _("Too many labels at once."),
        )
        return redirect(step_url(run, "pick_list"))
    content = labels.pdf(letters, labels.SHEETS[form.cleaned_data["sheet"]], start=form.cleaned_data["start"])
    return attachment(content, "application/pdf", f"{stem(run)}-labels.pdf")


def _packable(run: LetterRun) -> None:
    if run.state not in PACKABLE:
        raise Http404
