"""Giving a household its host, and the two yeses. Each takes the host's lock first, then the household's:
nobody is given more households than they take, whoever works at the same moment."""

import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.hosts.ending import OTHER, end, mail, note
from welcome.hosts.kinds import AssignmentState, EndReason, MailKind, Side
from welcome.hosts.models import Host, HostAssignment
from welcome.hosts.rules import HostRules, rules_of
from welcome.households import history, holding
from welcome.households.models import Household, HouseholdState

_SAID = {Side.HOUSEHOLD: "household_said_at", Side.HOST: "host_said_at"}


def assign(*, household: Household, host: Host, agreed: bool = False, by: User | None) -> HostAssignment:
    """`agreed`: both have said yes already; else it is a proposal, of which both are told by mail. Raises
    ValidationError where the host takes no more, the household has one, has left, may only be kept, or has a protected
    address: a host would come to know of them."""
    with transaction.atomic():
        host = Host.objects.select_for_update().get(pk=host.pk)
        home = Household.objects.select_for_update().get(pk=household.pk)
        rules = rules_of(host.municipality_id)
        _refuse(home, host, rules)
        made = HostAssignment(
            municipality_id=host.municipality_id,
            household=home,
            host=host,
            slot=_free_place(host),
            answer_by=timezone.localdate() + datetime.timedelta(days=rules.answer_days),
        )
        if agreed:
            made.household_said_at = made.host_said_at = timezone.now()
            _begin(made, rules)
        _insert(made)
        note(Action.ADDED, made, history.HOST_GIVEN, by)
        if not agreed:
            mail(made, MailKind.ASKED, *Side)
    return made


def _refuse(home: Household, host: Host, rules: HostRules) -> None:
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
    if rules.certificate_needed and host.certificate_seen_on is None:
        raise ValidationError(_("This host has shown no police certificate yet."))


def _free_place(host: Host) -> int:
    """The lowest: whoever reads the same as another takes the same place, and the database gives it to one."""
    taken = set(HostAssignment.objects.running().of_host(host).values_list("slot", flat=True))
    free = [place for place in range(1, host.capacity + 1) if place not in taken]
    if not free or len(taken) >= host.capacity:
        raise ValidationError(_("This host has as many households as they take."))
    return free[0]


def _insert(made: HostAssignment) -> None:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        # Somebody got past the locks, and the database has refused: said as a sentence.
        made.validate_constraints()
        raise


def _begin(assignment: HostAssignment, rules: HostRules) -> None:
    today = timezone.localdate()
    assignment.state = AssignmentState.AGREED
    assignment.agreed_at = timezone.now()
    assignment.first_contact_by = today + datetime.timedelta(days=rules.first_contact_days)
    # Months of thirty days and a half: nobody counts on the day.
    assignment.ends_on = today + datetime.timedelta(days=round(rules.months * 30.5))


def accept(*, assignment: HostAssignment, side: Side, by: User | None) -> bool:
    """One of the two says yes; with the other's yes it is agreed. `by` is None where they say it themselves: only
    then does the host let the household know how to reach them. False if it was said, or decided, before. Raises
    ValidationError where the household may only be kept."""
    with transaction.atomic():
        row = _locked(assignment)
        if row is None or row.state != AssignmentState.PROPOSED or getattr(row, _SAID[side]) is not None:
            return False
        setattr(row, _SAID[side], timezone.now())
        row.host_may_be_told = row.host_may_be_told or (side == Side.HOST and by is None)
        if row.household_said_at and row.host_said_at:
            _begin(row, rules_of(row.municipality_id))
        row.save()
        agreed = row.state == AssignmentState.AGREED
        if agreed:
            mail(row, MailKind.AGREED, *Side)
        note(Action.CHANGED, row, history.HOST_AGREED if agreed else history.HOST_ANSWERED, by)
    return True


def agree(*, assignment: HostAssignment, by: User | None) -> bool:
    """Both have said yes to a colleague. False if it was no proposal any more. Raises ValidationError where the
    household may only be kept."""
    with transaction.atomic():
        row = _locked(assignment)
        if row is None or row.state != AssignmentState.PROPOSED:
            return False
        now = timezone.now()
        row.household_said_at = row.household_said_at or now
        row.host_said_at = row.host_said_at or now
        _begin(row, rules_of(row.municipality_id))
        row.save()
        mail(row, MailKind.AGREED, *Side)
        note(Action.CHANGED, row, history.HOST_AGREED, by)
    return True


def _locked(assignment: HostAssignment) -> HostAssignment | None:
    """Running, under the locks of both; of a household that is used at all."""
    Host.objects.select_for_update().get(pk=assignment.host_id)
    home = Household.objects.select_for_update().get(pk=assignment.household_id)
    holding.refuse_held(home)
    return HostAssignment.objects.running().usable().filter(pk=assignment.pk).first()


def decline(
    *, assignment: HostAssignment, side: Side, wants_another: bool = True, by: User | None = None
) -> bool:
    """Without blame: the other one is told that it came to nothing, not by whom, and only if they have said yes. A
    household that `wants_another` waits again. False where it was no proposal any more."""
    with transaction.atomic():
        Host.objects.select_for_update().get(pk=assignment.host_id)
        row = HostAssignment.objects.proposed().filter(pk=assignment.pk).first()
        if row is None:
            return False
        unwanted = side == Side.HOUSEHOLD and not wants_another
        other = OTHER[side] if getattr(row, _SAID[OTHER[side]]) else None
        why = EndReason.UNWANTED if unwanted else EndReason.DECLINED
        return end(assignment=row, why=why, tell=other, by=by)
