"""The queue of what people ask about their own data: the oldest first, with the days that are left."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.roles import Right
from welcome.households.links import mail_addresses
from welcome.privacy import requests, stranger_pages
from welcome.privacy.models import LONGEST, DataRequest, Outcome, RequestKind


class WaitingFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("yes", _("Waits for an answer")), ("no", _("Answered"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(handled_at=None)
        return queryset.exclude(handled_at=None) if self.value() == "no" else queryset


class AnswerForm(ScopedForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[("", "—"), *Outcome.choices], widget=UnfoldAdminSelectWidget
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=LONGEST,
        required=False,
        widget=UnfoldAdminTextareaWidget,
        help_text=_("What you tell them: what was done, or why not and where they can complain."),
    )
    to = forms.ChoiceField(label=_("Mail the answer to"), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = DataRequest
        fields = ("outcome", "answer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = mail_addresses(self.instance.household) if self.instance.household else []
        to: Any = self.fields.get("to")
        if to is not None:
            to.choices = [("", _("Nobody: I tell them myself")), *((each, each) for each in known)]
            to.initial = known[0] if known else ""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == Outcome.REFUSED and not cleaned.get("answer"):
            self.add_error("answer", _("Who is refused is told why: write the reason as the answer."))
        return cleaned

    def _post_clean(self) -> None:
        # Its answer closes it, but not before all is right: with errors the page must stay open to write in.
        before, self.instance.handled_at = self.instance.handled_at, timezone.now()
        super()._post_clean()
        self.instance.handled_at = before


@admin.register(DataRequest)
class DataRequestAdmin(ScopedAdmin):
    read = write = Right.WRITE_PEOPLE  # Words of people, protected ones too.
    shows_people = True
    form = AnswerForm
    list_display = ["kind", "municipality", "home", "received_at", "due_label", "state_label"]
    list_filter = [WaitingFilter, "kind"]
    list_select_related = ["municipality", "household"]
    list_before_template = "privacy/to_strangers.html"
    actions = None
    fieldsets = [
        (_("What they ask"), {"fields": ["kind", "home", "received_at", "due_on", "wrote", "ways"]}),
        (_("Your answer"), {"fields": ["outcome", "answer", "to"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "strangers/",
            self.admin_site.admin_view(stranger_pages.listed),
            name="welcome_datarequest_strangers",
        )
        return [page, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = [
            "kind",
            "home",
            "received_at",
            "due_on",
            "wrote",
            "ways",
            *super().get_readonly_fields(request, obj),
        ]
        if obj is not None and not obj.is_waiting:
            fields += ["outcome", "answer"]
        return fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and not obj.is_waiting:
            fieldsets[1] = (_("Your answer"), {"fields": ["outcome", "answer", "handled_at", "handled_by"]})
        return fieldsets

    # Asked by the person, answered once, kept as long as the answer must be shown.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_waiting)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: DataRequest, form: Any, change: bool) -> None:
        said = form.cleaned_data
        to, by = said["to"], access_of(request).user
        requests.answer(request=obj, outcome=said["outcome"], words=said["answer"], to=to, by=by)

    def note_change(self, request: HttpRequest, rows: Any, action: str) -> None:
        """The answer has left its entry, with its outcome."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:  # A colleague was first; the page now shows their answer.
            self.message_user(request, error.messages[0], messages.ERROR)
            return redirect(request.path)

    @display(description=_("household"), ordering="household", empty_value="–")
    def home(self, row: DataRequest) -> str | None:
        if row.household_id is None:
            return None
        address = reverse("admin:welcome_household_change", args=[row.household_id])
        return format_html('<a href="{}">{}</a>', address, row.household)

    @display(description=_("do it here"), empty_value="–")
    def ways(self, row: DataRequest) -> str | None:
        if row.household_id is None or not row.is_waiting:
            return None
        ways = [("change", _("Open the household")), ("report_pdf", _("What we hold (PDF)"))]
        if row.kind == RequestKind.DELETION:
            ways.append(("erase", _("Erase")))
        if row.kind in {RequestKind.HOLD, RequestKind.OBJECTION, RequestKind.CORRECTION}:
            ways.append(("hold", _("Restrict")))
        links = [
            (reverse(f"admin:welcome_household_{way}", args=[row.household_id]), text) for way, text in ways
        ]
        by_phone = reverse("admin:welcome_datarequest_strangers")
        links.append(
            (f"{by_phone}?municipality={row.municipality_id}", _("Signed up for a meeting by phone"))
        )
        return format_html_join(" · ", '<a class="underline" href="{}">{}</a>', links)

    @display(description=_("answer by"), ordering="due_on")
    def due_label(self, row: DataRequest) -> str:
        if not row.is_waiting:
            return "–"
        days = row.days_left
        if days < 0:
            return ngettext("%(n)s day too late", "%(n)s days too late", -days) % {"n": -days}
        return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}

    @display(description=_("state"), label={"waiting": "warning", "late": "danger", "done": "success"})
    def state_label(self, row: DataRequest) -> tuple[str, str]:
        if not row.is_waiting:
            return "done", row.get_outcome_display()
        return ("late" if row.days_left < 0 else "waiting"), str(_("Waits for an answer"))
