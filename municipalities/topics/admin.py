from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect
from unfold.decorators import action, display

from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin, ScopedStackedInline, ScopedTabularInline
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right
from municipalities.texts.display import labels, standing
from municipalities.texts.forms import TextFormSet
from municipalities.texts.models import TextState
from municipalities.topics import actions
from municipalities.topics.forms import TopicTextForm, TopicTextFormSet
from municipalities.topics.models import Topic, TopicContact, TopicLink, TopicText


class StateFilter(SimpleListFilter):
    """Topics with at least one text in this state; the state is reckoned, not stored."""

    title = _("state of the texts")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*TextState.choices, ("wanted", _("Needs a change"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Topic]) -> models.QuerySet[Topic]:
        if self.value() is None:
            return queryset
        return queryset.filter(pk__in=[topic.pk for topic in queryset if self._fits(topic)])

    def _fits(self, topic: Topic) -> bool:
        if self.value() == "wanted":
            return any(text.change_wanted for text in topic.texts.all())
        text_set = topic.text_set
        return any(text_set.state(code) == self.value() for code in topic.municipality.languages)


class OwnerFilter(SimpleListFilter):
    title = _("owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        owners = User.objects.filter(owned_topics__in=model_admin.get_queryset(request)).distinct()
        return [("none", _("Nobody")), *((str(owner.pk), str(owner)) for owner in owners.order_by("name"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Topic]) -> models.QuerySet[Topic]:
        value = self.value() or ""
        if value == "none":
            return queryset.filter(owner=None)
        return queryset.filter(owner=int(value)) if value.isdecimal() else queryset


class TextInline(ScopedStackedInline):
    model = TopicText
    form = TopicTextForm
    formset = TopicTextFormSet
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["standing", "title", "body", "brief", "source_language", "still_right", "seen_version"]
    readonly_fields = ["standing"]
    verbose_name = verbose_name_plural = _("texts")
    hide_title = True
    can_delete = False
    max_num = 1  # The languages decide; there is nothing to add by hand.

    @display(description="")
    def standing(self, text: TopicText) -> str:
        return standing(text, text.topic.text_set) if text.topic_id else ""


class ContactInline(ScopedTabularInline):
    model = TopicContact
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    autocomplete_fields = ["contact"]
    fields = ["contact", "order"]
    ordering_field = "order"
    hide_ordering_field = True
    tab = True


class LinkInline(ScopedTabularInline):
    model = TopicLink
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    fields = ["label", "url", "language", "order"]
    ordering_field = "order"
    hide_ordering_field = True
    tab = True


@admin.register(Topic)
class TopicAdmin(ScopedAdmin):
    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    list_display = ["name", "municipality", "states", "door", "owner_name", "published"]
    list_filter = [StateFilter, "door", OwnerFilter, "published"]
    search_fields = ["slug", "texts__title"]
    ordering = ["municipality__name", "order", "slug"]
    inlines = [TextInline, ContactInline, LinkInline]
    actions = ["still_right"]
    actions_list = ["add_standard"]
    fieldsets = [
        (
            None,
            {"fields": ["slug", ("door", "order"), ("owner", "review_months"), ("published", "in_letter")]},
        )
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Topic]:
        rows: Any = super().get_queryset(request)
        return rows.with_states()

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        # The catalogue knows its topics by this name.
        return [*fields, "slug"] if isinstance(obj, Topic) and obj.is_standard else fields

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[type]:
        return [*self.inlines] if obj else []

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, TextFormSet):
            formset.by = access_of(request).user
        super().save_formset(request, form, formset, change)

    def response_add(self, request: HttpRequest, obj: Topic, post_url_continue: str | None = None) -> Any:
        # A topic without a word is of no use: straight on to its texts.
        post: Any = request.POST.copy()
        post["_continue"] = "1"
        request.POST = post
        return super().response_add(request, obj, post_url_continue)

    @display(description=_("topic"), ordering="slug")
    def name(self, topic: Topic) -> str:
        if topic.is_standard:
            return str(topic)
        text = topic.text_set.best(get_language() or "nb")
        return text.title if text and text.title else topic.slug

    @display(description=_("texts"))
    def states(self, topic: Topic) -> str:
        return labels(topic.text_set, topic.municipality.languages)

    @display(description=_("owner"), ordering="owner__name", empty_value=_("Nobody"))
    def owner_name(self, topic: Topic) -> User | None:
        return topic.owner

    @admin.action(description=_("Still right: confirm the texts"), permissions=["change"])
    def still_right(self, request: HttpRequest, queryset: models.QuerySet[Topic]) -> None:
        confirmed, behind = actions.still_right(topics=queryset)
        self.message_user(
            request,
            ngettext("%(number)d text confirmed.", "%(number)d texts confirmed.", confirmed)
            % {"number": confirmed},
            messages.SUCCESS,
        )
        if behind:
            self.message_user(
                request,
                ngettext(
                    "%(number)d text is behind its source and was left; read it beside the source.",
                    "%(number)d texts are behind their source and were left; read them beside the source.",
                    behind,
                )
                % {"number": behind},
                messages.WARNING,
            )

    @action(
        description=_("Add the standard topics"),
        icon="playlist_add",
        permissions=["add_standard"],
        dialog={
            "title": _("Add the standard topics"),
            "description": _(
                "The 18 subjects that a welcome letter should cover. What is there already stays as it is."
            ),
            "form_class": None,
            "form_submit_text": _("Add"),
        },
    )
    def add_standard(self, request: HttpRequest, form: Any) -> HttpResponse:
        municipalities = access_of(request).municipalities(self.write)
        added = sum(actions.add_standard(municipality=municipality) for municipality in municipalities)
        if added:
            text = ngettext("%(number)d topic added.", "%(number)d topics added.", added)
        else:
            text = gettext("All standard topics are there already.")
        self.message_user(request, text % {"number": added}, messages.SUCCESS)
        return HttpResponseClientRedirect(reverse("admin:municipalities_topic_changelist"))

    def has_add_standard_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.write)
