"""Giving a household its host, and ending it. Each takes the host's lock first: nobody is given more
households than they take, whoever works at the same moment."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.hosts.models import AssignmentState, EndReason, Host, HostAssignment
from welcome.households import history, holding
from welcome.households.models import Household, HouseholdState


def assign(*, household: Household, host: Host, agreed: bool = False, by: User | None) -> HostAssignment:
    """`agreed`: both have said yes already; else it is a proposal. Raises ValidationError where the host takes
    no more, the household has one, has left, may only be kept, or has a protected address: a host would come to
    know of them."""
    with transaction.atomic():
        host = Host.objects.select_for_update().get(pk=host.pk)
        home = Household.objects.select_for_update().get(pk=household.pk)
        _refuse(home, host)
        made = HostAssignment.objects.create(
            municipality_id=host.municipality_id,
            household=home,
            host=host,
            state=AssignmentState.AGREED if agreed else AssignmentState.PROPOSED,
        )
        _note(Action.ADDED, made, history.HOST_GIVEN, by)
    return made


def _refuse(home: Household, host: Host) -> None:
    if home.municipality_id != host.municipality_id:
        raise ValidationError(_("This belongs to another municipality."))
    if home.is_protected:
        raise ValidationError(
            _("Nobody is told of a household with a protected address, so it gets no host here.")
        )
    holding.refuse_held(home)
    if home.state == HouseholdState.LEFT:
        raise ValidationError(_("This household has moved on."))
    if HostAssignment.objects.running().of_household(home).exists():
        raise ValidationError(_("This household has a host already."))
    if not host.active:
        raise ValidationError(_("This host takes no households now."))
    if HostAssignment.objects.running().of_host(host).count() >= host.capacity:
        raise ValidationError(_("This host has as many households as they take."))


def agree(*, assignment: HostAssignment, by: User | None) -> bool:
    """Both have said yes. False if it was no proposal any more. Raises ValidationError where the household may only
    be kept."""
    with transaction.atomic():
        home = Household.objects.select_for_update().get(pk=assignment.household_id)
        holding.refuse_held(home)
        proposed = HostAssignment.objects.running().filter(pk=assignment.pk, state=AssignmentState.PROPOSED)
        if not proposed.update(state=AssignmentState.AGREED):
            return False
        _note(Action.CHANGED, assignment, history.HOST_AGREED, by)
    return True


def end(*, assignment: HostAssignment, on: datetime.date | None = None, by: User | None) -> bool:
    """`on` is today if not given, and never before it began. False if it had ended before."""
    with transaction.atomic():
        Host.objects.select_for_update().get(pk=assignment.host_id)
        running = HostAssignment.objects.running().filter(pk=assignment.pk).first()
        if running is None:
            return False
        running.state = AssignmentState.ENDED
        running.ended_why = EndReason.HAND
        running.until = max(on or timezone.localdate(), running.since)
        running.save(update_fields=["state", "until", "ended_why"])
        _note(Action.CHANGED, running, history.HOST_ENDED, by)
    return True


def _note(action: Action, assignment: HostAssignment, message: str, by: User | None) -> None:
    fields = ["state"] if action == Action.CHANGED else []
    note = f"household={assignment.household_id} host={assignment.host_id}"
    by_id = by.pk if by else None
    recording.record(action=action, of=assignment, fields=fields, note=note, by_id=by_id)
    history.note({assignment.household_id: assignment.municipality_id}, message, by_id=by_id)
