"""Every change of households that touches several rows or the outside world."""

import datetime
import hashlib
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.households import (
    doors,
    forgetting,
    history,
    holding,
    importing,
    logging_in,
    merging,
    tasks,
    ties,
)
from welcome.households.addresses import NO_ADDRESS
from welcome.households.imports import ImportBatch, ImportState, Verdict
from welcome.households.models import TELLS_WHERE, Household, HouseholdQuerySet, HouseholdState, Protection

# --- imports -----------------------------------------------------------------------------------


def upload(*, municipality: Municipality, file: File, filename: str, by: User | None) -> ImportBatch:
    """Keeps the file for a worker, or for whoever calls `importing.read` at once."""
    digest = hashlib.sha256()
    for block in file.chunks():
        digest.update(block)
    name = "".join(c for c in filename.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())
    batch = ImportBatch(
        municipality=municipality, filename=name[:120] or "?", sha256=digest.hexdigest(), created_by=by
    )
    file.seek(0)
    batch.file.save("", file, save=False)
    with transaction.atomic():
        batch.save()
        recording.record(action=Action.ADDED, of=batch, by_id=by.pk if by else None)
    return batch


def read_batch(*, batch: ImportBatch) -> None:
    # Robust: if the broker is away, the sweep finds the batch; the upload is not lost.
    transaction.on_commit(partial(tasks.read_import.delay, batch.pk), robust=True)


def start_saving(*, batch: ImportBatch, with_refused: bool, by: User | None) -> None:
    """Decides to save; `with_refused` saves the good rows though others are refused.

    Raises ValidationError if rows are refused and that was not wanted, or if somebody decided before.
    """
    if batch.counts.get(Verdict.REFUSED.value) and not with_refused:
        raise ValidationError(_("Some rows are refused, so nothing was saved."))
    if not ImportBatch.objects.filter(pk=batch.pk, state=ImportState.READ).update(
        state=ImportState.SAVING, problem={}, **({"created_by": by} if by else {})
    ):
        raise ValidationError(_("This import is no longer waiting."))
    recording.record(
        action=Action.APPROVED,
        of=batch,
        note="with_refused" if with_refused else "",
        by_id=by.pk if by else None,
    )


def save_batch(*, batch: ImportBatch, with_refused: bool, by: User | None) -> None:
    """As `start_saving`, and gives the work to a worker."""
    with transaction.atomic():
        start_saving(batch=batch, with_refused=with_refused, by=by)
        transaction.on_commit(partial(tasks.save_import.delay, batch.pk), robust=True)


def drop_batch(*, batch: ImportBatch, by: User | None) -> None:
    """Raises ValidationError if it is being saved, or was."""
    if not importing.drop(batch, by_id=by.pk if by else None):
        raise ValidationError(_("This import is no longer waiting."))


# --- households --------------------------------------------------------------------------------


def mark_checked(*, households: HouseholdQuerySet, by: User | None) -> list[int]:
    """Those that were not checked before: what an undo must take back. Who may only be kept stays as they are."""
    with transaction.atomic():
        free = households.filter(checked_at=None).not_held()
        found = dict(free.select_for_update().values_list("pk", "municipality"))
        households.model.objects.filter(pk__in=found).update(checked_at=timezone.now())
        history.note(found, history.CHECKED, by_id=by.pk if by else None)
    return list(found)


def undo_checked(*, households: HouseholdQuerySet, by: User | None) -> int:
    with transaction.atomic():
        done = households.exclude(checked_at=None).not_held()
        found = dict(done.select_for_update().values_list("pk", "municipality"))
        households.model.objects.filter(pk__in=found).update(checked_at=None)
        history.note(found, history.NOT_CHECKED, by_id=by.pk if by else None)
    return len(found)


def mark_left(
    *, households: HouseholdQuerySet, on: datetime.date, to: str = "", why: str = "", by: User | None
) -> int:
    """How many moved on. Raises ValidationError if one had not moved in by then or may only be kept, and changes
    none."""
    with transaction.atomic():
        living = list(households.filter(state=HouseholdState.LIVING).select_for_update())
        if held := [str(home) for home in living if home.is_held]:
            raise ValidationError(
                _("The processing of these is restricted, they may only be kept: %(households)s"),
                code="held",
                params={"households": ", ".join(held)},
            )
        if late := [str(home) for home in living if home.moved_in is None or home.moved_in > on]:
            raise ValidationError(
                _("They can't have moved on before they moved in: %(households)s"),
                params={"households": ", ".join(late)},
            )
        found = {home.pk: home.municipality_id for home in living}
        moved = Household.objects.filter(pk__in=found)
        moved.update(state=HouseholdState.LEFT, left_on=on)
        # Where a protected household went is as protected as where it lived.
        moved.open_to_all().update(left_to=to, left_why=why)
        ties.end(of=found, by_id=by.pk if by else None)
        history.note(found, history.MOVED_ON, by_id=by.pk if by else None)
    return len(found)


def protect(*, household: Household, grade: str, by: User | None) -> None:
    """Sets a grade and deletes at once what is held of the address, in waiting imports too.

    An empty grade lifts the protection; the address must then be entered anew, as none is held.
    """
    grade = Protection(grade).value
    with transaction.atomic():
        home = Household.objects.select_for_update().get(pk=household.pk)
        if home.protection == grade:
            return
        if grade:
            names = home.people.values_list("name_key", flat=True)
            forgetting.hide_waiting(home.municipality, names=names, households=[home.pk])
            NO_ADDRESS.put_on(home)
            for name in TELLS_WHERE:
                setattr(home, name, "")
            ties.forget(of=[home.pk])
        home.protection = grade
        home.save()
        doors.close(of=[home.pk], by_id=by.pk if by else None)
        if grade:
            ties.end(of=[home.pk], by_id=by.pk if by else None, as_what=Action.PROTECTED)
        message = history.PROTECTED if grade else history.NOT_PROTECTED
        history.note({home.pk: home.municipality_id}, message, by_id=by.pk if by else None)
    household.refresh_from_db()


def merge(*, keep: Household, other: Household, by: User | None) -> None:
    """Puts all of `other` into `keep` and deletes it. Raises ValidationError across municipalities, and
    where one may only be kept."""
    if keep.pk == other.pk or keep.municipality_id != other.municipality_id:
        raise ValidationError(_("Choose two households of one municipality."))
    with transaction.atomic():
        locked = Household.objects.select_for_update().in_bulk(sorted([keep.pk, other.pk]))
        if len(locked) < 2:
            raise ValidationError(_("One of the households is no longer there."))
        holding.refuse_held(keep, other)
        by_id = by.pk if by else None
        # Whoever comes to the page of the one shall not come to that of both unasked.
        logging_in.end_all(of=[other.pk], by_id=by_id)
        if locked[keep.pk].protection != locked[other.pk].protection:
            # What is brought along would open again when the protection of both is lifted.
            doors.close(of=[other.pk], by_id=by_id)
            ties.end(of=[other.pk], by_id=by_id, as_what=Action.PROTECTED)
        strictest = merging.merge(keep=locked[keep.pk], other=locked[other.pk])
        if strictest != locked[keep.pk].protection:
            protect(household=locked[keep.pk], grade=strictest, by=by)
        recording.record(
            action=Action.DELETED, of=other, note=f"merged_into={keep.pk}", by_id=by.pk if by else None
        )
        history.note({keep.pk: keep.municipality_id}, history.MERGED, by_id=by.pk if by else None)
    keep.refresh_from_db()
