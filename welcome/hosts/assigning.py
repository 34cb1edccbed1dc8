"""The pages on which staff give a household its host, from either side."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from municipalities.audit.recording import look, look_at
from municipalities.tenancy.access import access_of
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right
from welcome.hosts import actions, ending, keeping_on
from welcome.hosts.forms import ChooseHostForm, ChooseHouseholdForm
from welcome.hosts.kinds import ContactKind, Side
from welcome.hosts.models import Host, HostAssignment, HostAssignmentQuerySet
from welcome.households.household_pages import writable
from welcome.households.models import Household


@never_cache
def of_household(request: HttpRequest, object_id: int) -> HttpResponse:
    """The host of one household: give it one, say that both agree, or end it."""
    household = writable(request, [object_id]).select_related("municipality").with_people().get()
    assignments: HostAssignmentQuerySet = HostAssignment.objects.of_household(household)
    form = ChooseHostForm(request.POST or None, municipality=household.municipality)
    if request.method == "POST":
        if _acted(request, assignments):
            return redirect("admin:welcome_household_host", object_id)
        if form.is_valid() and _assigned(request, form, household=household, host=form.cleaned_data["host"]):
            return redirect("admin:welcome_household_host", object_id)
    look(of=household, note="host")
    return _show(
        request, "of_household", form, household=household, title=_("Host"),
        assignments=assignments.select_related("host").prefetch_related("contacts", "mails"),
        running=assignments.running().first(),
    )  # fmt: skip


@never_cache
def of_host(request: HttpRequest, object_id: int) -> HttpResponse:
    """The households of one host, and room for another."""
    host = _writable_host(request, object_id)
    assignments: HostAssignmentQuerySet = HostAssignment.objects.of_host(host).open_to_all()
    form = ChooseHouseholdForm(request.POST or None, municipality=host.municipality)
    if request.method == "POST":
        if _acted(request, assignments):
            return redirect("admin:welcome_host_households", object_id)
        if form.is_valid() and _assigned(request, form, household=form.cleaned_data["household"], host=host):
            return redirect("admin:welcome_host_households", object_id)
    shown = list(
        assignments.select_related("household").prefetch_related("household__people", "contacts", "mails")
    )
    _seen([row.household for row in shown])
    _seen(list(form.fields["household"].queryset))  # type: ignore[attr-defined]
    return _show(
        request, "of_host", form, host=host, title=host.name, assignments=shown,
        load=HostAssignment.objects.running().of_host(host).count(),
    )  # fmt: skip


def _writable_host(request: HttpRequest, pk: int) -> Host:
    access = access_of(request)
    hosts = Host.objects.visible_to(request.user).filter(pk=pk).select_related("municipality")
    if not access.narrow(hosts, Right.READ_PEOPLE).exists():
        raise Http404
    if (host := access.narrow(hosts, Right.WRITE_PEOPLE).first()) is None:
        raise PermissionDenied
    return host


def _acted(request: HttpRequest, assignments: HostAssignmentQuerySet) -> bool:
    """Whether a button beside one of these was pressed; what was done is said."""
    verb, number = request.POST.get("verb", ""), request.POST.get("assignment", "")
    if verb not in _VERBS:
        return False
    row = assignments.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if row is None:
        raise Http404
    do, words = _VERBS[verb]
    try:
        done = do(row, access_of(request).user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return True
    if done:
        messages.success(request, str(words))
    else:
        messages.warning(request, _("A colleague was first; this page shows how it stands now."))
    return True


def _noted(kind: ContactKind) -> tuple[Callable[[HostAssignment, User], bool], Promise]:
    return (
        lambda row, by: keeping_on.note_contact(assignment=row, kind=kind, by=by),
        gettext_lazy("The contact is noted."),
    )


_VERBS: dict[str, tuple[Callable[[HostAssignment, User], bool], Promise]] = {
    "agree": (
        lambda row, by: actions.agree(assignment=row, by=by),
        gettext_lazy("Both have agreed."),
    ),
    "household_yes": (
        lambda row, by: actions.accept(assignment=row, side=Side.HOUSEHOLD, by=by),
        gettext_lazy("The household's yes is noted."),
    ),
    "host_yes": (
        lambda row, by: actions.accept(assignment=row, side=Side.HOST, by=by),
        gettext_lazy("The host's yes is noted."),
    ),
    "end": (
        lambda row, by: ending.end(assignment=row, by=by),
        gettext_lazy("It is ended. Whom they had stays in the history."),
    ),
    "complete": (
        lambda row, by: keeping_on.complete(assignment=row, by=by),
        gettext_lazy("It is ended with a farewell; both are thanked and asked how it was."),
    ),
    **{kind.value: _noted(kind) for kind in ContactKind},
}


def _assigned(request: HttpRequest, form: Any, *, household: Household, host: Host) -> bool:
    agreed, by = form.cleaned_data["agreed"], access_of(request).user
    try:
        actions.assign(household=household, host=host, agreed=agreed, by=by)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    words = (
        _("%(name)s is their host now.") if agreed else _("%(name)s is proposed, and both are asked by mail.")
    )
    messages.success(request, words % {"name": host.name})
    return True


def _seen(households: list[Household]) -> None:
    look_at(model=Household, places={home.pk: home.municipality_id for home in households}, note="host")


def _show(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    request.current_app = admin.site.name
    frame = {**admin.site.each_context(request), "opts": Host._meta, "form": form}
    return render(request, f"hosts/{template}.html", frame | context, status=422 if form.errors else 200)
