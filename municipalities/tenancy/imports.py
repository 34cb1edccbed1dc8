"""Lists of the staff site that can be taken in from a file: every row is shown before anything is saved.

The steps are django-import-export's: a file, its preview (a run that saves nothing), the confirmation. What is ours is
whose rows they are, that it is all or nothing, where the file waits, and what stands in the log.
"""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from import_export.admin import ImportMixin
from tablib import Dataset

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.import_files import MOST_BYTES, MOST_ROWS
from municipalities.tenancy.import_forms import (
    FORMATS,
    GONE,
    ConfirmForm,
    ScopedImportForm,
    SealedCache,
    Stopped,
)
from municipalities.tenancy.import_lines import ImportResult, Line, Verdict
from municipalities.tenancy.import_rows import ImportResource
from municipalities.tenancy.pages import ScopedAdmin

MOST_SHOWN = 200
_MOVED = _(
    "Something has changed since the rows were shown, so nothing was saved. Choose the file again and look once more."
)


class ImportAdmin(ImportMixin, ScopedAdmin):
    """A list into which rows can be taken from CSV or XLSX, in municipalities where one may write.

    Subclasses name one `import_resource_class`, and the words of the page in `import_template_name`, which extends
    `admin/import.html`.
    """

    import_resource_class: type[ImportResource]
    import_form_class = ScopedImportForm
    confirm_form_class = ConfirmForm
    import_template_name = "admin/import.html"
    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    tmp_storage_class = SealedCache
    skip_admin_log = True  # The library's would hold names; `note_import` writes ours.

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.write)

    def get_import_formats(self) -> list[type]:
        return FORMATS

    def get_import_resource_classes(self, request: HttpRequest) -> list[type[ImportResource]]:
        return [self.import_resource_class]

    def get_import_form_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        access = access_of(request)
        where = {
            "municipalities": access.municipalities(self.write),
            "only": access.only_municipality(self.write),
        }
        return super().get_import_form_kwargs(request) | where

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        return {}

    def get_confirm_form_kwargs(self, request: HttpRequest, import_form: Any = None) -> dict[str, Any]:
        where = access_of(request).municipalities(self.write)
        return {
            "data": None if import_form else request.POST, "salt": self._salt(request), "municipalities": where,
        }  # fmt: skip

    def _salt(self, request: HttpRequest) -> str:
        return f"import:{self.opts.label}:{request.user.pk}"

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        said = getattr(kwargs.get("form"), "cleaned_data", {})
        return {"municipality": said.get("municipality"), "by": access_of(request).user}

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"most_rows": MOST_ROWS, "most_megabytes": MOST_BYTES // 1024 // 1024}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {"rollback_on_validation_errors": True, "retain_instance_in_row_result": True}

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        if not isinstance(e, ValidationError):
            raise e
        form.add_error("import_file", e)

    # --- the preview -------------------------------------------------------------------------------

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = super().import_action(request, **kwargs)
        context = response.context_data
        form, result = context["form"], context.get("result")
        waiting = getattr(request.FILES.get("import_file"), "tmp_storage_name", None)
        if result is not None:
            context |= preview_of(result)
            municipality = form.cleaned_data["municipality"]
            if self.shows_people and result.rows:
                # What is known stands beside what is new.
                note = f"rows={len(result.rows)} import"
                recording.list_of(model=self.model, municipality_ids=[municipality.pk], note=note)
            if "confirm_form" in context and context["to_save"]:
                said = {"file": waiting, "municipality": municipality.pk, "digest": result.digest}
                said["format"] = form.cleaned_data["format"]
                signed = signing.dumps(said, salt=self._salt(request), compress=True)
                context["confirm_form"].initial["import_file_name"] = signed
            else:
                context.pop("confirm_form", None)
        if waiting and "confirm_form" not in context:
            SealedCache(name=waiting).remove()
        if form.errors or (result is not None and not result.is_clean):
            response.status_code = 422
        return response

    # --- the confirmation --------------------------------------------------------------------------

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        try:
            if request.POST.get("verb") == "drop":
                form = self.create_confirm_form(request)
                form.full_clean()
                SealedCache(name=form.cleaned_data["import_file_name"]).remove()
                messages.success(request, _("Nothing was saved, and the file is deleted."))
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
            return super().process_import(request, **kwargs)
        except Stopped as stopped:
            messages.error(request, stopped.sentence)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")

    def process_dataset(
        self, dataset: Dataset, form: Any, request: HttpRequest, **kwargs: Any
    ) -> ImportResult:
        if not SealedCache(name=form.cleaned_data["import_file_name"]).claim():
            raise Stopped(GONE)  # A second click: the first has it.
        try:
            with transaction.atomic():
                result: ImportResult = super().process_dataset(dataset, form, request, **kwargs)
                if result.digest != form.cleaned_data["digest"] or not result.is_clean:
                    raise Stopped(_MOVED)
                self.note_import(request, result, form.cleaned_data["municipality"])
        except DatabaseError as error:
            raise Stopped(_MOVED) from error  # A colleague saved or deleted the same row at this moment.
        return result

    def note_import(self, request: HttpRequest, result: ImportResult, municipality: Municipality) -> None:
        """As for rows saved one by one, but a statement for all that had the same fields changed."""

        def kind(row: Any) -> tuple[str, tuple[str, ...]]:
            return row.line.verdict.value, row.line.changed

        names = {field.name: field.verbose_name for field in self.opts.fields}
        saved = [row for row in result.rows if row.line.verdict in {Verdict.NEW, Verdict.CHANGED}]
        for (verdict, fields), group in groupby(sorted(saved, key=kind), key=kind):
            rows = [row.instance for row in group]
            is_new = verdict == Verdict.NEW
            recording.record_each(
                action=Action.ADDED if is_new else Action.CHANGED, model=self.model, ids=[row.pk for row in rows],
                municipality_id=municipality.pk, fields=fields, note="import", by_id=request.user.pk,
            )  # fmt: skip
            with translation.override(None):  # It is translated when it is read.
                labels = [str(names.get(name, name)) for name in fields]
            message = [{"added": {}}] if is_new else [{"changed": {"fields": labels}}]
            self.note_history(request, rows, ADDITION if is_new else CHANGE, message)

    def add_success_message(self, result: ImportResult, request: HttpRequest) -> None:
        counts = {verdict.value: result.counts[verdict] for verdict in Verdict}
        messages.success(
            request, _("The import is saved: %(new)s new, %(changed)s changed, %(known)s unchanged.") % counts
        )


def preview_of(result: ImportResult) -> dict[str, Any]:
    """For the page. All that is refused is shown, of the others as many as there is room for."""
    order = list(Verdict)
    lines: list[Line] = sorted(result.lines, key=lambda line: (order.index(line.verdict), line.number))
    room = max(MOST_SHOWN, result.counts[Verdict.REFUSED])
    return {
        "counts": [(verdict, result.counts[verdict]) for verdict in Verdict],
        "refused": result.counts[Verdict.REFUSED],
        "to_save": result.counts[Verdict.NEW] + result.counts[Verdict.CHANGED],
        "lines": lines[:room],
        "not_shown": len(lines[room:]),
        "problems": [sentence for error in result.base_errors for sentence in error.error.messages],
        "unused": result.unused,
    }
