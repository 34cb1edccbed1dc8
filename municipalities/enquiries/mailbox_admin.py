"""Which mailbox is read, whether it can be, and what came from it."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.enquiries import mailboxes
from municipalities.enquiries.imap import Unread
from municipalities.enquiries.mailbox_models import Mailbox, Taken, TakenMail
from municipalities.tenancy.admin import ScopedAdmin
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.roles import Right


class ReadingFilter(admin.SimpleListFilter):
    title = _("reading")
    parameter_name = "reading"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("trouble", _("Can't be read"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.troubled() if self.value() == "trouble" else queryset


class MailboxForm(ScopedForm):
    """The password is written, never shown."""

    # Whoever changes where it is sent must know it.
    bound: ClassVar[set[str]] = {"host", "port", "username"}
    password = forms.CharField(
        label=_("Password"),
        max_length=400,
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_("It is kept encrypted and not shown again. Empty: the one that was saved before stays."),
    )

    class Meta:
        model = Mailbox
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            self.initial["password"] = ""

    def clean_password(self) -> str:
        typed: str = self.cleaned_data["password"]
        kept: str = self.instance.password
        if any(sign < " " or sign == "\x7f" for sign in typed):
            raise ValidationError(_("Only what can be typed on one line."))
        if not typed and kept and self.bound & set(self.changed_data):
            raise ValidationError(_("You have changed what this belongs to: type it anew."))
        if not typed and not kept:
            raise ValidationError(_("Without a password nothing can be read."))
        return typed or kept


@admin.register(Mailbox)
class MailboxAdmin(ScopedAdmin):
    read = write = Right.MANAGE
    form = MailboxForm
    list_display = ["address", "municipality", "state_label", "read_at"]
    list_filter = ["active", ReadingFilter]
    list_select_related = ["municipality"]
    ordering = ["municipality"]
    readonly_fields = ["how_it_goes", "connection"]
    fieldsets = [
        (None, {"fields": ["address", ("active", "receipts"), "since", "how_it_goes"]}),
        (
            _("Where it lies"),
            {
                "fields": [("host", "port"), ("username", "password"), "folder", "mark_read", "connection"],
                "description": _(
                    "Read by IMAP, always encrypted. Answers of the portal name the address above, so that people"
                    " can answer them by e-mail."
                ),
            },
        ),
    ]

    def get_urls(self) -> list[Any]:
        test = self.admin_site.admin_view(self.try_connection)
        return [
            path("<int:object_id>/test/", test, name="municipalities_mailbox_test"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Mailbox, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if {"host", "port", "username", "password", "folder", "since", "active"} & set(form.changed_data):
            mailboxes.changed(obj)

    def try_connection(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """GET asks, POST looks into the mailbox and says what came of it."""
        found = get_object_or_404(self.get_queryset(request).select_related("municipality"), pk=object_id)
        if not self.has_change_permission(request, found):
            raise PermissionDenied
        back = reverse("admin:municipalities_mailbox_change", args=[found.pk])
        if request.method == "POST":
            works, words = knock(found)
            (messages.success if works else messages.error)(request, words)
            return redirect(back)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts, "original": found, "title": _("Test the connection"), "back": back,
            "question": _("The portal logs in and looks into the folder. Nothing is read or changed."),
        }  # fmt: skip
        return TemplateResponse(request, "admin/municipalities/user/account_step.html", context)

    @display(
        description=_("state"), label={"off": "info", "wrong": "danger", "well": "success", "new": "warning"}
    )
    def state_label(self, row: Mailbox) -> tuple[str, str]:
        if not row.active:
            return "off", str(_("Not read"))
        if row.fault:
            return "wrong", row.get_fault_display()
        return ("well", str(_("Is read"))) if row.read_at else ("new", str(_("Not read yet")))

    @display(description=_("how it goes"))
    def how_it_goes(self, row: Mailbox) -> str:
        if row.fault and row.failing_since:
            since = date_format(localtime(row.failing_since), "DATETIME_FORMAT")
            return str(_("%(what)s Not read since %(since)s. What comes meanwhile lies there and is read later.")) % {
                "what": row.get_fault_display(), "since": since,
            }  # fmt: skip
        if row.read_at is None:
            return str(_("Not read yet"))
        return str(_("Read last %(when)s.")) % {
            "when": date_format(localtime(row.read_at), "DATETIME_FORMAT")
        }

    @display(description=_("connection"))
    def connection(self, row: Mailbox) -> str:
        if row._state.adding:
            return str(_("Can be tested once it is saved."))
        address = reverse("admin:municipalities_mailbox_test", args=[row.pk])
        return format_html('<a href="{}" class="text-primary-600">{}</a>', address, _("Test the connection"))


def knock(mailbox: Mailbox) -> tuple[bool, str]:
    """Whether the mailbox can be read, and that in plain words."""
    try:
        count = mailboxes.try_out(mailbox)
    except Unread as error:
        return False, " ".join(filter(None, [str(error.fault.label), error.words]))
    return True, ngettext(
        "The mailbox can be read: %(n)d e-mail lies there since the day you have set.",
        "The mailbox can be read: %(n)d e-mails lie there since the day you have set.",
        count,
    ) % {"n": count}


@admin.register(TakenMail)
class TakenMailAdmin(ScopedAdmin):
    """What came in, without its words: those stand in the enquiry."""

    read, write = Right.READ_PEOPLE, Right.WRITE_PEOPLE
    list_display = ["at", "municipality", "became_label", "led_to", "sent_on", "uid", "detail"]
    list_display_links = None
    list_filter = ["became"]
    list_select_related = ["municipality", "enquiry"]
    ordering = ["-at", "-pk"]
    actions = ["have_read"]
    fieldsets = [(None, {"fields": ["at", "became", "enquiry", "sent_on", "uid", "detail"]})]
    readonly_fields = ["at", "became", "enquiry", "sent_on", "uid", "detail"]

    # The mailbox writes them; nothing of them is typed or deleted by hand.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return self.may(request, self.write)

    @admin.action(description=_("I have read these in the mailbox"), permissions=["settle"])
    def have_read(self, request: HttpRequest, queryset: models.QuerySet[TakenMail]) -> None:
        done = 0
        for row in queryset.filter(became=Taken.FAILED):
            if TakenMail.objects.filter(pk=row.pk, became=Taken.FAILED).update(became=Taken.SEEN):
                record(action=Action.CHANGED, of=row, fields=["became"])
                done += 1
        words = ngettext("%(n)d e-mail done with.", "%(n)d e-mails done with.", done) % {"n": done}
        self.message_user(request, words, messages.SUCCESS)

    @display(description=_("enquiry"), empty_value="–")
    def led_to(self, row: TakenMail) -> Any:
        if row.enquiry is None:
            return None
        address = reverse("admin:municipalities_enquiry_change", args=[row.enquiry.pk])
        return format_html('<a href="{}" class="text-primary-600">{}</a>', address, row.enquiry)

    @display(
        description=_("what it became"),
        ordering="became",
        label={
            "asked": "success",
            "back": "success",
            "other": "warning",
            "alone": "info",
            "failed": "danger",
            "seen": "info",
        },
    )
    def became_label(self, row: TakenMail) -> tuple[str, str]:
        return row.became, row.get_became_display()
