"""Colleagues: who has an account, and what they may do where."""

import secrets
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from municipalities.tenancy import account_steps, invitations, leaving
from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import ScopedAdmin, ScopedTabularInline
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.models import Membership, User
from municipalities.tenancy.roles import Right

admin.site.unregister(Group)  # Roles take its place.


class MembershipForm(ScopedForm):
    crosses = {"user"}  # A membership is what makes somebody belong.


class MembershipInline(ScopedTabularInline):
    model = Membership
    form = MembershipForm
    read = write = Right.MANAGE
    fields = ["municipality", "role"]
    chooses_municipality = True
    min_num = 1
    tab = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # An account without a place would be seen by nobody but the system's administrator.
        needed = obj is None and not access_of(request).everywhere
        return super().get_formset(request, obj, **kwargs, validate_min=needed)


class InviteForm(ScopedForm):
    """Somebody who has an account already, in another municipality, keeps it and gets a role here;
    whether that was so, the one who invites is not told."""

    class Meta:
        model = User
        fields = ["email", "name", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = str(self.data.get("email", "")).strip()
        self.known = User.objects.filter(email__iexact=email).first() if email else None
        if self.known is not None:
            self.instance = self.known

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "email" in cleaned:
            cleaned["email"] = cleaned["email"].lower()
        if self.known is not None:
            cleaned |= {"email": self.known.email, "name": self.known.name, "language": self.known.language}
        return cleaned


@admin.register(User)
class UserAdmin(ScopedAdmin):
    path = "memberships__municipality"
    read = write = Right.MANAGE
    list_display = ["name", "email", "roles", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["name", "email"]
    ordering = ["name"]
    inlines = [MembershipInline]
    readonly_fields = ["last_login", "invited_at", "account"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", "email"),
                    ("language", "is_active"),
                    ("last_login", "invited_at"),
                    "account",
                ]
            },
        )
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": [("name", "email"), "language"],
                "description": _("They get an e-mail with a link on which they choose their password."),
            },
        )
    ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        access = access_of(request)
        rows = User.objects.order_by(*self.ordering).prefetch_related(
            models.Prefetch(
                "memberships",
                access.narrow(Membership.objects.visible_to(request.user), self.read).select_related(
                    "municipality"
                ),
                to_attr="shown_memberships",
            )
        )
        if access.everywhere:
            return rows
        colleagues = access.narrow(Membership.objects.visible_to(request.user), self.read)
        return rows.filter(pk__in=colleagues.values("user"))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = InviteForm
        return super().get_form(request, obj, change=change, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who changes an e-mail address can take the account; so nobody changes that of somebody who
        works elsewhere too, or of the system's administrator."""
        access = access_of(request)
        if obj is None or access.everywhere:
            return access.may(self.write)
        elsewhere = leaving.works_outside(obj, access.with_right(self.write))
        return access.may(self.write) and not obj.is_superuser and not elsewhere

    def places_of(self, obj: models.Model) -> list[int | None]:
        """An account is told of wherever its owner works."""
        places = Membership.objects.filter(user=obj.pk).values_list("municipality", flat=True).distinct()
        return [*places] or [None]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        # `?password__startswith=` would tell the hash of a colleague's password, sign by sign.
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Others switch an account off, so that the log still knows who did what.
        return access_of(request).everywhere

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if change or form.known is not None:
            super().save_model(request, obj, form, change)
            if change and "email" in form.changed_data:
                invitations.begin_anew(user=obj, by=request.user)
            if "is_active" in form.changed_data:
                leaving.end_if_gone(obj)
            return
        obj.is_staff = True
        # Nobody knows it: the first real one is chosen behind the link.
        obj.set_password(secrets.token_urlsafe(32))
        super().save_model(request, obj, form, change)
        invitations.send(user=obj, by=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            leaving.end_if_gone(form.instance)

    def get_urls(self) -> list[Any]:
        address = path(
            "<int:object_id>/<str:verb>/account/",
            self.admin_site.admin_view(self.account_step),
            name="municipalities_user_account",
        )
        return [address, *super().get_urls()]

    def account_step(self, request: HttpRequest, object_id: int, verb: str) -> HttpResponse:
        """GET asks whether one is sure, POST does it. Whom: a colleague of one's own, never the system's
        administrator; who works elsewhere too only loses the roles here."""
        user = get_object_or_404(self.get_queryset(request), pk=object_id)
        step = account_steps.find(verb)
        if step is None:
            raise Http404
        access = access_of(request)
        if not account_steps.may(access, user, step):
            raise PermissionDenied
        if request.method == "POST":
            with transaction.atomic():
                step.do(access, user)  # It leaves its own entry in the log, where they work or worked.
                self.note_history(request, [user], CHANGE, [{"changed": {"fields": [verb]}}])
            messages.success(request, step.done % {"name": user})
            return redirect("admin:municipalities_user_changelist")
        context = self.admin_site.each_context(request) | {
            "opts": self.opts, "original": user, "title": step.title, "question": step.ask % {"name": user},
            "back": reverse("admin:municipalities_user_change", args=[user.pk]),
        }  # fmt: skip
        return TemplateResponse(request, "admin/municipalities/user/account_step.html", context)

    @display(description=_("account"))
    def account(self, user: User) -> str:
        links = [
            (reverse("admin:municipalities_user_account", args=[user.pk, step.verb]), step.title)
            for step in account_steps.STEPS
            if step.fits(user)
        ]
        return format_html_join(mark_safe(" · "), '<a href="{}" class="text-primary-600">{}</a>', links)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> Any:
        """The same words, built from what was typed, whether the account is new or was there: the name
        that stands on one that others made isn't told."""
        if IS_POPUP_VAR in request.POST:
            return super().response_add(request, obj, post_url_continue)  # It shows no words of its own.
        messages.success(
            request,
            _("%(email)s has a role here now. Somebody new gets an e-mail with a link.")
            % {"email": str(request.POST.get("email", "")).strip().lower()},
        )
        return self.response_post_save_add(request, obj)

    @display(description=_("roles"))
    def roles(self, user: Any) -> str:
        several = len({membership.municipality_id for membership in user.shown_memberships}) > 1
        return ", ".join(
            f"{membership.municipality}: {membership.get_role_display()}"
            if several
            else membership.get_role_display()
            for membership in user.shown_memberships
        )


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    read = write = Right.MANAGE
    form = MembershipForm
    list_display = ["user", "municipality", "role"]
    list_filter = ["role"]
    list_select_related = ["user", "municipality"]
    search_fields = ["user__name", "user__email"]
    ordering = ["user__name"]
    fieldsets = [(None, {"fields": ["user", "role"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "user"] if obj else fields

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        super().delete_model(request, obj)
        leaving.end_if_gone(obj.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        users = [membership.user for membership in queryset.select_related("user")]
        super().delete_queryset(request, queryset)
        for user in users:
            leaving.end_if_gone(user)
