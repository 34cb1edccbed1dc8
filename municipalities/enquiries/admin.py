"""The list of enquiries, what is done with many at once, and the answers that staff keep ready."""

import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from municipalities.enquiries import actions, thread
from municipalities.enquiries.forms import AssignForm, ByHandForm
from municipalities.enquiries.mailbox_models import Mailbox, TakenMail
from municipalities.enquiries.models import AnswerTemplate, Enquiry, Source, State
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ExportAdmin, ScopedAdmin, WordedResource
from municipalities.tenancy.roles import Right


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("waiting", _("Waits for an answer")),
            ("overdue", _("Over its day")),
            ("undelivered", _("An answer may not have come")),
            *State.choices,
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "waiting":
                return queryset.waiting()
            case "overdue":
                return queryset.overdue()
            case "undelivered":
                return queryset.with_trouble()
            case value if value in State.values:
                return queryset.filter(state=value)
        return queryset


class WhoseFilter(admin.SimpleListFilter):
    title = _("assigned to")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("mine", _("Me")), ("nobody", _("Nobody")), ("others", _("Colleagues"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "mine":
                return queryset.filter(assigned_to=request.user.pk)
            case "nobody":
                return queryset.filter(assigned_to=None)
            case "others":
                return queryset.exclude(assigned_to=None).exclude(assigned_to=request.user.pk)
        return queryset


class AgeFilter(admin.SimpleListFilter):
    title = _("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("1", _("More than a day")), ("7", _("More than a week")), ("30", _("More than a month"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in {"1", "7", "30"}:
            return queryset
        last = timezone.now() - datetime.timedelta(days=int(self.value() or 0))
        return queryset.filter(received_at__lt=last)


class EnquiryResource(WordedResource):
    """Without e-mail and phone: a list for counting and learning is not one to call from."""

    class Meta:
        model = Enquiry
        fields = (
            "id", "municipality__name", "received_at", "source", "page", "language", "text", "reply", "state",
            "due_on", "assigned_to__name", "answered_at", "closed_at", "outcome",
        )  # fmt: skip
        export_order = fields


@admin.register(Enquiry)
class EnquiryAdmin(ExportAdmin):
    shows_people = True
    form = ByHandForm
    list_before_template = "enquiries/mailbox_state.html"
    resource_classes = [EnquiryResource]
    list_display = ["words", "municipality", "asked", "state_label", "due_label", "whose"]
    list_display_links = ["words"]
    list_filter = [StateFilter, WhoseFilter, AgeFilter, "source", "language"]
    list_select_related = ["municipality", "assigned_to"]
    search_fields = ["text", "page", "email", "phone"]
    # Who has waited longest first; what is answered comes behind, the newest first.
    ordering = [models.F("waiting_since").asc(nulls_last=True), "-received_at", "-pk"]
    actions = ["take", "assign_to"]
    fieldsets = [(None, {"fields": ["text", "contact", "language"]})]

    # --- one enquiry -----------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        is_number = object_id.isdecimal() and len(object_id) < 19
        rows = self.get_queryset(request).select_related(*thread.RELATED)
        enquiry = rows.filter(pk=object_id).first() if is_number else None
        if enquiry is None:
            raise Http404
        return thread.show(request, enquiry)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Enquiries are closed, not deleted; but somebody may ask to have what they wrote taken away."""
        return self.may(request, Right.MANAGE, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"language": "nb"} | super().get_changeform_initial_data(request)

    def save_model(self, request: HttpRequest, obj: Enquiry, form: Any, change: bool) -> None:
        email, phone = form.cleaned_data["contact"]
        made = actions.receive(
            municipality=obj.municipality,
            source=Source.STAFF,
            text=obj.text,
            language=obj.language,
            email=email,
            phone=phone,
            by=access_of(request).user,
        )
        obj.pk, obj._state.adding = made.pk, False

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """The action has noted it."""

    def response_add(self, request: HttpRequest, obj: Enquiry, post_url_continue: str | None = None) -> Any:
        return redirect("admin:municipalities_enquiry_change", obj.pk)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        access = access_of(request)
        boxes = Mailbox.objects.visible_to(access.user).troubled().select_related("municipality")
        failed = TakenMail.objects.visible_to(access.user).failed()
        more = {
            "mailboxes": access.narrow(boxes, Right.READ_PEOPLE),
            "not_taken": access.narrow(failed, Right.READ_PEOPLE).count(),
        }
        return super().changelist_view(request, more | (extra_context or {}))

    # --- many ------------------------------------------------------------------------------------

    @admin.action(description=_("I answer these"), permissions=["change"])
    def take(self, request: HttpRequest, queryset: models.QuerySet[Enquiry]) -> None:
        self._assign_each(request, queryset, access_of(request).user)

    @admin.action(description=_("Assign to a colleague …"), permissions=["change"])
    def assign_to(self, request: HttpRequest, queryset: models.QuerySet[Enquiry]) -> HttpResponse | None:
        rows = list(queryset.exclude(state=State.CLOSED).select_related("municipality"))
        able = thread.colleagues([row.municipality_id for row in rows])
        form = AssignForm(request.POST if "assign" in request.POST else None, colleagues=able)
        if form.is_bound and form.is_valid():
            self._assign_each(request, queryset, form.cleaned_data["to"])
            return None
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Assign to a colleague"),
            "rows": rows,
            "form": form,
        }
        return render(request, "enquiries/assign.html", context, status=422 if form.errors else 200)

    def _assign_each(self, request: HttpRequest, queryset: Any, to: Any) -> None:
        done = refused = 0
        for enquiry in queryset.exclude(state=State.CLOSED):
            try:
                actions.assign(enquiry=enquiry, to=to, by=access_of(request).user)
                done += 1
            except ValidationError:
                refused += 1  # Closed meanwhile, or of a municipality in which they don't answer.
        words = ngettext("%(n)d enquiry assigned.", "%(n)d enquiries assigned.", done) % {"n": done}
        self.message_user(request, words, messages.SUCCESS)
        if refused:
            words = ngettext(
                "%(n)d could not be assigned: it is closed, or they can't answer there.",
                "%(n)d could not be assigned: they are closed, or the colleague can't answer there.",
                refused,
            )
            self.message_user(request, words % {"n": refused}, messages.WARNING)

    # --- the list --------------------------------------------------------------------------------

    @display(description=_("what they ask"))
    def words(self, row: Enquiry) -> str:
        return Truncator(" ".join(row.text.split())).chars(90) or str(row)

    @display(description=_("received"), ordering="received_at")
    def asked(self, row: Enquiry) -> str:
        days = (timezone.localdate() - timezone.localdate(row.received_at)).days
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days} if days else str(_("Today"))

    @display(
        description=_("state"),
        ordering="state",
        label={"new": "warning", "assigned": "info", "answered": "success", "closed": "success"},
    )
    def state_label(self, row: Enquiry) -> tuple[str, str]:
        return row.state, row.get_outcome_display() if row.outcome else row.get_state_display()

    @display(
        description=_("answer by"),
        ordering="due_on",
        empty_value="–",
        label={"late": "danger", "soon": "warning", "left": "info"},
    )
    def due_label(self, row: Enquiry) -> Any:
        if not row.is_waiting:
            return None
        days = (row.due_on - timezone.localdate()).days
        if days < 0:
            return "late", ngettext("%(n)s day too late", "%(n)s days too late", -days) % {"n": -days}
        if days == 0:
            return "soon", str(_("Today"))
        return "left", ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}

    @display(description=_("assigned to"), ordering="assigned_to__name", empty_value=_("Nobody"))
    def whose(self, row: Enquiry) -> Any:
        return row.assigned_to


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(ScopedAdmin):
    """What many ask is answered in the same words, in the language of whoever asks."""

    list_display = ["name", "municipality", "language", "begins"]
    list_filter = ["language"]
    search_fields = ["name", "text"]
    ordering = ["name", "language"]
    fieldsets = [(None, {"fields": ["name", "language", "text"]})]

    @display(description=_("text"))
    def begins(self, row: AnswerTemplate) -> str:
        return Truncator(row.text).chars(90)
