"""The staff pages of what is moderated: a list by state, and the page on which one row is decided about."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from unfold.decorators import display

from municipalities.moderation import actions
from municipalities.moderation.models import Moderated, State
from municipalities.moderation.staff_forms import VERBS, DecisionForm
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ExportAdmin
from municipalities.tenancy.roles import Right

COLOURS = {
    State.DRAFT: "info",
    State.WAITING: "warning",
    State.PUBLISHED: "success",
    State.RESERVED: "success",
    State.GONE: "danger",
}
DONE = {
    "publish": gettext_lazy("It is published."),
    "send_back": gettext_lazy("It is sent back. Who sent it in gets your word and a link to change it."),
    "decline": gettext_lazy("It is declined."),
    "reserve": gettext_lazy("It is shown as reserved."),
    "free": gettext_lazy("It is free again."),
    "extend": gettext_lazy("It is shown longer."),
    "take_out": gettext_lazy("It is taken out of the lists."),
    "take_up": gettext_lazy("It is a draft again."),
}


class ModeratedAdmin(ExportAdmin):
    """`decide_template` shows what is decided about; `reserves` whether there is anything to reserve."""

    read, write = Right.READ_TEXTS, Right.WRITE_TEXTS
    change_form_outer_before_template = "moderation/head.html"
    decide_template: ClassVar[str]
    reserves: ClassVar[bool] = True

    def row_title(self, row: Any) -> str:
        raise NotImplementedError

    def row_page(self, row: Any) -> str:
        """The address of what is published."""
        raise NotImplementedError

    def more(self, row: Any) -> dict[str, Any]:
        """What else `decide_template` shows."""
        return {}

    def problem(self, row: Any) -> str:
        """Why it can't be published as it is; empty where it can."""
        return ""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None and request.method == "POST" and connection.in_atomic_block:
            # The form writes every column: that it was published since it was read would be lost.
            rows: Any = self.model._default_manager
            row = rows.visible_to(request.user).select_for_update(of=("self",)).get(pk=row.pk)
        return row

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}_decide"
        decide = self.admin_site.admin_view(never_cache(self.decide))
        return [path("<int:object_id>/decide/", decide, name=name), *super().get_urls()]

    def decide(self, request: HttpRequest, object_id: int) -> HttpResponse:
        row = self._writable(request, object_id)
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            verb = form.cleaned_data["verb"]
            if verb == "publish" and (problem := self.problem(row)):
                form.add_error(None, problem)
                return self._show(request, row, form)
            if verb in self._verbs(row) and self._done(row, verb, form.cleaned_data["word"], request):
                messages.success(request, DONE[verb])
            else:
                messages.warning(request, _("A colleague was first; this page shows how it stands now."))
            return redirect(request.path)
        return self._show(request, row, form)

    def _done(self, row: Moderated, verb: str, word: str, request: HttpRequest) -> bool:
        by: Any = access_of(request).user
        if verb == "send_back":
            return actions.send_back(row=row, word=word, by=by)
        if verb == "decline":
            return actions.decline(row=row, word=word, by=by)
        act = {
            "publish": actions.publish, "reserve": actions.reserve, "free": actions.free,
            "extend": actions.extend, "take_out": actions.take_out, "take_up": actions.take_up,
        }[verb]  # fmt: skip
        return act(row=row, by=by)

    def _verbs(self, row: Moderated) -> list[str]:
        """Without a confirmed sender there is nobody to send it back to."""
        sender = row.sent_in
        has_sender = sender is not None and sender.confirmed_at is not None
        unwanted = {"reserve", "free"} if not self.reserves else set()
        if not has_sender:
            unwanted.add("send_back")
        if sender is not None and not has_sender:
            unwanted.add("publish")  # Nobody knows whose address it is.
        return [verb for verb in VERBS[State(row.state)] if verb not in unwanted]

    def _show(self, request: HttpRequest, row: Moderated, form: DecisionForm) -> HttpResponse:
        request.current_app = self.admin_site.name
        opts = self.model._meta
        context = {
            **self.admin_site.each_context(request),
            "opts": opts,
            "title": opts.verbose_name,
            "row": row,
            "row_title": self.row_title(row),
            "page": self.row_page(row) if row.is_out else "",
            "submission": row.sent_in,
            "verbs": self._verbs(row),
            "form": form,
            "details": self.decide_template,
            "list_url": f"admin:{opts.app_label}_{opts.model_name}_changelist",
            "change_url": f"admin:{opts.app_label}_{opts.model_name}_change",
            **self.more(row),
        }
        return render(request, "moderation/decide.html", context, status=422 if form.errors else 200)

    def _writable(self, request: HttpRequest, pk: int) -> Any:
        access = access_of(request)
        rows = self.get_queryset(request).filter(pk=pk)
        if not rows.exists():
            raise Http404
        if (found := access.narrow(rows, self.write).first()) is None:
            raise PermissionDenied
        return found

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if object_id.isdecimal() else None
        more = {} if found is None else {
            "row": found,
            "may_write": self.has_change_permission(request, found),
            "submission": found.sent_in,
            "decide_url": f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_decide",
        }  # fmt: skip
        return super().change_view(request, object_id, form_url, more | (extra_context or {}))

    def response_add(
        self, request: HttpRequest, obj: models.Model, post_url_continue: str | None = None
    ) -> Any:
        # Without a word it is of no use: straight on to its texts.
        post: Any = request.POST.copy()
        post["_continue"] = "1"
        request.POST = post
        return super().response_add(request, obj, post_url_continue)

    @display(description=gettext_lazy("state"), label=COLOURS, ordering="state")
    def state_label(self, row: Moderated) -> tuple[str, str]:
        return row.state, row.get_state_display()
