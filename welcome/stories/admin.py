"""Stories in the staff site: words, consent, who tells it, and the two buttons."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from unfold.decorators import display

from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin, ScopedStackedInline
from municipalities.tenancy.roles import Right
from municipalities.texts.display import labels, standing
from municipalities.texts.forms import TextFormSet
from welcome.stories import actions
from welcome.stories.forms import StoryForm, StoryTextForm, StoryTextFormSet
from welcome.stories.models import State, Story, Storyteller, StoryText

COLOURS = {State.DRAFT: "info", State.PUBLISHED: "success", State.WITHDRAWN: "danger"}


class TextInline(ScopedStackedInline):
    model = StoryText
    form = StoryTextForm
    formset = StoryTextFormSet
    fields = ["standing", "title", "body", "source_language", "still_right", "seen_version"]
    readonly_fields = ["standing"]
    verbose_name = verbose_name_plural = gettext_lazy("texts")
    hide_title = True
    can_delete = False
    max_num = 1  # The languages decide; there is nothing to add by hand.

    @display(description="")
    def standing(self, text: StoryText) -> str:
        return standing(text, text.story.text_set) if text.story_id else ""


class TellerInline(ScopedStackedInline):
    model = Storyteller
    fields = ["name", ("email", "phone")]
    hide_title = True
    max_num = 1


@admin.register(Story)
class StoryAdmin(ScopedAdmin):
    """Of residents, by name: as all that is held of people."""

    read, write = Right.READ_PEOPLE, Right.WRITE_PEOPLE
    shows_people = True
    form = StoryForm
    list_display = ["title", "municipality", "shown_name", "state_label", "consent_on", "ends_on", "states"]
    list_filter = ["state"]
    search_fields = ["shown_name", "texts__title"]
    list_select_related = ["municipality"]
    ordering = ["municipality__name", "-pk"]
    inlines = [TellerInline, TextInline]
    change_form_outer_before_template = "stories/story_head.html"
    readonly_fields = ["consent_by"]
    fieldsets = [
        (None, {"fields": ["shown_name", ("moved_from", "moved_year")]}),
        (
            gettext_lazy("Their consent"),
            {"fields": [("consent_on", "consent_how"), "ends_on", "consent_by"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Story]:
        return super().get_queryset(request).prefetch_related("texts")

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and not (isinstance(obj, Story) and actions.is_held(obj))

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and not (isinstance(obj, Story) and actions.is_held(obj))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Story]) -> None:
        """Those that may only be kept stay."""
        free = [story.pk for story in queryset if not actions.is_held(story)]
        super().delete_queryset(request, queryset.filter(pk__in=free))

    def get_urls(self) -> list[URLPattern]:
        move_one = self.admin_site.admin_view(move)
        return [path("<int:object_id>/move/", move_one, name="welcome_story_move"), *super().get_urls()]

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def save_model(self, request: HttpRequest, obj: Story, form: Any, change: bool) -> None:
        if {"consent_on", "consent_how"} & {*form.changed_data}:
            obj.consent_by = access_of(request).user if obj.consent_on else None
        if change:  # The state is the buttons': a colleague may have pressed one meanwhile.
            columns = [*form.base_fields.keys() - {"municipality"}, "consent_by"]
            obj.save(update_fields=[name for name in columns if name in {f.name for f in obj._meta.fields}])
        else:
            super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, TextFormSet):
            formset.by = access_of(request).user
        super().save_formset(request, form, formset, change)
        if formset.model is Storyteller:
            for teller in Storyteller.objects.filter(story=form.instance):
                actions.tie(teller=teller)

    def response_add(self, request: HttpRequest, obj: Story, post_url_continue: str | None = None) -> Any:
        # A story without a word is none: straight on to its texts.
        post: Any = request.POST.copy()
        post["_continue"] = "1"
        request.POST = post
        return super().response_add(request, obj, post_url_continue)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if object_id.isdecimal() else None
        more = {
            "story": found,
            "may_write": found is not None and super().has_change_permission(request, found),
        }
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    @display(description=gettext_lazy("story"))
    def title(self, story: Story) -> str:
        text = story.text_set.best(get_language() or "nb")
        return text.title if text and text.title else str(story)

    @display(description=gettext_lazy("texts"))
    def states(self, story: Story) -> str:
        return labels(story.text_set, story.municipality.languages)

    @display(description=gettext_lazy("state"), label=COLOURS)
    def state_label(self, story: Story) -> tuple[str, str]:
        return story.state, story.get_state_display()


@never_cache
@require_POST
def move(request: HttpRequest, object_id: int) -> HttpResponse:
    access = access_of(request)
    rows = Story.objects.visible_to(request.user).filter(pk=object_id)
    if not access.narrow(rows, Right.READ_PEOPLE).exists():
        raise Http404
    if (story := access.narrow(rows, Right.WRITE_PEOPLE).first()) is None:
        raise PermissionDenied
    act = {"publish": actions.publish, "withdraw": actions.withdraw}.get(request.POST.get("verb", ""))
    try:
        if act is None or not act(story=story, by=access.user):
            messages.warning(request, _("A colleague was first; this page shows how it stands now."))
        elif act is actions.publish:
            messages.success(request, _("It is published."))
        else:
            messages.success(request, _("It is withdrawn, and in a week it is deleted."))
    except actions.Refused as refused:
        messages.error(request, str(refused))
    return redirect("admin:welcome_story_change", object_id)
