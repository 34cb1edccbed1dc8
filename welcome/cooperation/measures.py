"""Groups, what they do, and what it costs. Each change takes the measure's lock first: the last newcomer does not
leave a group that is being started."""

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links import actions as links
from municipalities.tenancy.models import User
from welcome.cooperation import tasks
from welcome.cooperation.links import TASK
from welcome.cooperation.measure_models import GroupMember, Measure, MeasureState, Spending, Task
from welcome.cooperation.models import Participant


def add_member(*, measure: Measure, participant: Participant, leads: bool, by: User) -> GroupMember:
    """Raises ValidationError for somebody who is in the group, for a second leader, and when it has ended."""
    with transaction.atomic():
        measure = _open(measure)
        member = GroupMember(
            municipality_id=measure.municipality_id, measure=measure, participant=participant, leads=leads
        )
        member.full_clean(exclude=["municipality"])
        member.save(force_insert=True)
        if participant.is_newcomer and measure.newcomer_id is None:
            Measure.objects.filter(pk=measure.pk).update(newcomer=member)
        record(action=Action.ADDED, of=member, note=f"measure={measure.pk}", by_id=by.pk)
    return member


def remove_member(*, member: GroupMember, by: User) -> None:
    """Raises ValidationError for who has open tasks, and for the only newcomer of what runs."""
    with transaction.atomic():
        measure = _open(member.measure)
        row = GroupMember.objects.filter(pk=member.pk).first()
        if row is None:
            return
        if row.tasks.filter(done_at=None).exists():
            raise ValidationError(_("They have tasks that are not done: give these to somebody else first."))
        if measure.newcomer_id == row.pk:
            other = _another_newcomer(measure, but=row)
            if other is None and measure.state == MeasureState.RUNNING:
                raise ValidationError(
                    _("They are the only newcomer in the group, and without one it does not go on.")
                )
            Measure.objects.filter(pk=measure.pk).update(newcomer=other)
        _take_out(row)
        record(action=Action.DELETED, of=member, note=f"measure={measure.pk}", by_id=by.pk)


def start(*, measure: Measure, by: User) -> None:
    """Raises ValidationError without a newcomer in the group."""
    with transaction.atomic():
        measure = _open(measure)
        if measure.state == MeasureState.RUNNING:
            return
        measure.state, measure.started_at = MeasureState.RUNNING, timezone.now()
        # Of a group whose people were newcomers only in hindsight.
        measure.newcomer = measure.newcomer or _another_newcomer(measure)
        measure.full_clean(exclude=["municipality"])
        _move(measure, by, "started_at", "newcomer")


def end(*, measure: Measure, state: MeasureState, by: User) -> None:
    """As done or as dropped. Raises ValidationError for what was never begun and is said to be done."""
    with transaction.atomic():
        measure = _open(measure)
        if state == MeasureState.DONE and measure.state != MeasureState.RUNNING:
            raise ValidationError(_("What was never begun is not done: drop it instead."))
        measure.state, measure.ended_at = state, timezone.now()
        _move(measure, by, "ended_at")


def give_task(*, measure: Measure, owner: GroupMember, title: str, due_on: datetime.date, by: User) -> Task:
    """By mail to who is to do it. Raises ValidationError for who is in another group or has no e-mail."""
    with transaction.atomic():
        measure = _open(measure)
        if owner.measure_id != measure.pk:
            raise ValidationError(_("Tasks are given to people of the group."))
        if not owner.participant.email:
            raise ValidationError(_("They have no e-mail, and would never hear of it."))
        task = Task(
            municipality_id=measure.municipality_id, measure=measure, owner=owner, title=title, due_on=due_on
        )
        task.full_clean(exclude=["municipality"])
        task.save(force_insert=True)
        record(action=Action.ADDED, of=task, note=f"measure={measure.pk}", by_id=by.pk)
        transaction.on_commit(tasks.mail_cooperation.delay, robust=True)
    return task


def finish_task(*, task: Task, by: User | None) -> bool:
    """By who has it, behind their link (`by` is None), or by staff. False if it was done before."""
    with transaction.atomic():
        done = Task.objects.filter(pk=task.pk, done_at=None).update(done_at=timezone.now())
        if done:
            record(action=Action.FINISHED, of=task, by_id=by.pk if by else None)
    return bool(done)


def ask_for_help(*, task: Task, word: str) -> bool:
    """Staff see it on the measure's page. The last word holds. False when it is done."""
    with transaction.atomic():
        asked = Task.objects.filter(pk=task.pk, done_at=None)
        if not asked.update(help_wanted_at=timezone.now(), help_word=word):
            return False
        record(action=Action.CHANGED, of=task, fields=["help_wanted_at"])
    return True


def hand_over(*, task: Task, owner: GroupMember, due_on: datetime.date, by: User) -> None:
    """To somebody else, or to another day: they are told anew, and whoever had it before opens it no more. Raises
    ValidationError as `give_task`, and for what is done."""
    with transaction.atomic():
        measure = _open(task.measure)
        row = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if row.done_at is not None:
            raise ValidationError(_("It is done already."))
        if owner.measure_id != measure.pk or not owner.participant.email:
            raise ValidationError(_("Tasks are given to people of the group who have an e-mail."))
        row.owner, row.due_on = owner, due_on
        row.told_at = row.reminded_at = row.told_late_at = row.help_wanted_at = None
        row.help_word = ""
        row.save()
        record(action=Action.CHANGED, of=row, fields=["owner", "due_on"], by_id=by.pk)
        transaction.on_commit(tasks.mail_cooperation.delay, robust=True)


def spend(
    *, measure: Measure, day: datetime.date, kroner: int, hours: Decimal, note: str, by: User
) -> Spending:
    """Raises ValidationError for a line of nothing. Also of what has ended: bills come late."""
    with transaction.atomic():
        line = Spending(
            municipality_id=measure.municipality_id, measure=measure, day=day, kroner=kroner, hours=hours, note=note
        )  # fmt: skip
        line.full_clean(exclude=["municipality"])
        line.save(force_insert=True)
        record(action=Action.ADDED, of=line, note=f"measure={measure.pk}", by_id=by.pk)
    return line


def leave_groups(*, participant: Participant) -> None:
    """Somebody is to be forgotten: they are in no group any more, and their tasks wait for somebody else. What runs
    without another newcomer is planned again. In the caller's transaction."""
    members = GroupMember.objects.filter(participant=participant)
    measures: models.QuerySet[Measure] = Measure.objects.select_for_update(of=("self",))
    for measure in measures.filter(pk__in=members.values("measure")).order_by("pk"):
        row = members.get(measure=measure)
        if measure.newcomer_id == row.pk:
            measure.newcomer = _another_newcomer(measure, but=row)
            if measure.newcomer is None and measure.state == MeasureState.RUNNING:
                measure.state = MeasureState.PLANNED
            measure.save(update_fields=["newcomer", "state"])
        row.tasks.update(help_word="")  # Their own words.
        _take_out(row)


def _take_out(member: GroupMember) -> None:
    """What they have done stays, without them."""
    links.revoke_each(purpose=TASK, ids=list(member.tasks.values_list("pk", flat=True)), by_id=None)
    GroupMember.objects.filter(pk=member.pk).delete()


def _another_newcomer(measure: Measure, *, but: GroupMember | None = None) -> GroupMember | None:
    members = GroupMember.objects.filter(measure=measure, participant__is_newcomer=True).order_by("pk")
    return next((member for member in members if member != but), None)


def _move(measure: Measure, by: User, *fields: str) -> None:
    measure.save(update_fields=["state", *fields])
    record(action=Action.CHANGED, of=measure, fields=["state"], note=f"to={measure.state}", by_id=by.pk)


def _open(measure: Measure) -> Measure:
    """As it stands now, under its lock until the transaction ends."""
    rows: models.QuerySet[Measure] = Measure.objects.select_for_update(of=("self",))
    found = rows.get(pk=measure.pk)
    if not found.is_open:
        raise ValidationError(_("This measure has ended."))
    return found
