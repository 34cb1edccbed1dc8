from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.jobs import twins
from municipalities.jobs.delivery import page_of
from municipalities.jobs.models import FeedPosition, Source, Vacancy
from municipalities.moderation.models import Moderated
from municipalities.moderation.pages import ModeratedAdmin
from municipalities.national import nav
from municipalities.tenancy.admin import WordedResource
from municipalities.tenancy.forms import ScopedForm
from municipalities.texts.forms import RichTextInput


class VacancyAdminForm(ScopedForm):
    body = RichTextInput(label=gettext_lazy("Text"), required=False, max_length=12_000)

    class Meta:
        model = Vacancy
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "employer_name" in self.fields:
            self.fields["employer_name"].required = False

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        employer = said.get("employer")
        if employer is not None and not said.get("employer_name"):
            said["employer_name"] = employer.name
        elif "employer_name" in self.fields and not said.get("employer_name"):
            self.add_error("employer_name", _("Say who the employer is."))
        return said


class VacancyResource(WordedResource):
    """No word of who sent it in."""

    class Meta:
        model = Vacancy
        fields = [
            "id", "title", "employer_name", "employer_number", "field", "extent", "percent", "engagement",
            "positions", "postal_code", "postal_place", "due_on", "source", "source_url", "state", "published_at",
            "expires_on", "gone_at",
        ]  # fmt: skip


@admin.register(Vacancy)
class VacancyAdmin(ModeratedAdmin):
    form = VacancyAdminForm
    resource_classes = [VacancyResource]
    reserves = False
    decide_template = "jobs/decide.html"
    list_before_template = "jobs/feed_state.html"
    list_display = [
        "title", "municipality", "employer_name", "field", "extent", "due_on", "source", "expires_on", "state_label",
    ]  # fmt: skip
    list_filter = ["state", "source", "field", "extent", "engagement"]
    search_fields = ["title", "employer_name", "employer_number", "postal_place"]
    list_select_related = ["municipality"]
    autocomplete_fields = ["employer"]
    fieldsets = [
        (None, {"fields": ["title", ("field", "language"), "body"]}),
        (
            gettext_lazy("Employer"),
            {"fields": [("employer", "employer_name"), ("employer_number", "employer_url")]},
        ),
        (
            gettext_lazy("The job"),
            {"fields": [("extent", "percent", "engagement", "positions"), ("postal_code", "postal_place")]},
        ),
        (
            gettext_lazy("Applying"),
            {"fields": [("due_on", "due_words"), ("apply_url", "apply_email"), "expires_on"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Vacancy]:
        return super().get_queryset(request).select_related("submission", "employer")

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        # What NAV has published is changed there; here it would be overwritten within the hour.
        return super().has_change_permission(request, obj) and not (
            isinstance(obj, Vacancy) and obj.is_from_feed
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        state = {"configured": nav.configured(), "position": FeedPosition.objects.first()}
        return super().changelist_view(request, {**(extra_context or {}), "feed": state})

    def save_model(self, request: HttpRequest, obj: Vacancy, form: Any, change: bool) -> None:
        obj.changed_at = timezone.now()
        super().save_model(request, obj, form, change)

    def row_title(self, row: Vacancy) -> str:
        return row.title

    def row_page(self, row: Vacancy) -> str:
        return page_of(row)

    def problem(self, row: Vacancy) -> str:
        if not row.apply_url and not row.apply_email and row.source != Source.NAV:
            return _("It does not say where one applies.")
        return ""

    def more(self, row: Vacancy) -> dict[str, Any]:
        return {"alike": list(Vacancy.objects.of(row.municipality).alike(row)[:5])}

    def _done(self, row: Moderated, verb: str, word: str, request: HttpRequest) -> bool:
        done = super()._done(row, verb, word, request)
        if done and verb == "publish" and isinstance(row, Vacancy):
            twins.give_way(own=row)
        return done
