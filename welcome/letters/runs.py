"""The steps of a letter run. Each takes its run's lock first and then looks at its state, so that two
people at once can't take a step twice: the second one is refused."""

import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.models import Action
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.households.quarters import Quarter
from welcome.letters import cohort, nudges, problems, salutation
from welcome.letters.channels import Choice
from welcome.letters.closing import deliver, finish
from welcome.letters.contents import Contents, letterhead
from welcome.letters.locking import locked, note
from welcome.letters.models import (
    LETTERS_A_FILE,
    FileState,
    LeftOut,
    Letter,
    LetterRun,
    LetterState,
    PrintFile,
    RunState,
    RunText,
)
from welcome.letters.telling import Telling
from welcome.letters.withdrawal import Refused, recall, withdraw, withdraw_changed

__all__ = [
    "Refused", "approve", "cancel", "deliver", "ensure", "finish", "freeze", "reopen", "retry", "settle", "thaw",
    "withdraw",
]  # fmt: skip

BATCH = 500
CANCELLABLE = [
    RunState.DRAFT, RunState.FROZEN, RunState.APPROVED, RunState.RENDERING, RunState.READY,
]  # fmt: skip


def ensure(*, municipality: Municipality, quarter: Quarter, by: User | None) -> LetterRun:
    """The run of this municipality and quarter, made if there is none; any number of callers at once
    get the same one."""
    find = LetterRun.objects.of(municipality).of_quarter(quarter)
    if run := find.first():
        return run
    try:
        with transaction.atomic():
            run = LetterRun.objects.create(
                municipality=municipality, year=quarter.year, number=quarter.number
            )
            note(Action.ADDED, run, by)
            return run
    except IntegrityError:
        return find.get()  # Another was first, and theirs holds.


def freeze(*, run: LetterRun, by: User | None, dated: datetime.date | None = None) -> LetterRun:
    """Turn the cohort into letters and left-outs, with all texts as they are now. All or nothing.
    `dated` is the date on the letters, today if not given."""
    with transaction.atomic():
        # Two runs of one municipality frozen at once must not both take the same late arrival.
        Municipality.objects.select_for_update(no_key=True).get(pk=run.municipality_id)
        with locked(run, [RunState.DRAFT]) as run:
            dated = dated or timezone.localdate()
            _refuse_without_sender(run.municipality)
            run.letterhead = _letterhead(run.municipality)
            contents = Contents(run.municipality, dated)
            run.template = contents.template if contents.template.pk else None
            run.cohort = _freeze_people(run, dated, contents)
            run.state, run.dated = RunState.FROZEN, dated
            run.frozen_at, run.frozen_by = timezone.now(), by
            run.save()
            counted = run.letters.count() + run.left_out.count()
            if counted != run.cohort:
                raise RuntimeError(f"Cohort {run.cohort}, but letters and left out are {counted}.")
            note(Action.FROZEN, run, by, f"cohort={run.cohort}")
    return run


def freeze_if_draft(*, run: LetterRun, by: User | None) -> LetterRun:
    """Freeze unless somebody has: what the clock says twice happens once. Raises Refused where the run
    is a draft that can't be frozen yet."""
    try:
        return freeze(run=run, by=by)
    except Refused:
        run = LetterRun.objects.get(pk=run.pk)
        if run.state == RunState.DRAFT:
            raise
        return run


def _refuse_without_sender(municipality: Municipality) -> None:
    if not municipality.accepts_letters:
        raise Refused(
            _("The municipality's visiting address and its mayor's name are missing: they sign the letter.")
        )


def _letterhead(municipality: Municipality) -> dict[str, Any]:
    try:
        return letterhead(municipality)
    except OSError as error:
        raise Refused(_("The arms or the signature can't be read; upload them again.")) from error


def _freeze_people(run: LetterRun, dated: datetime.date, contents: Contents) -> int:
    """Letters, left-outs and texts of everybody in the cohort; how many they are."""
    telling, choice = Telling(run.municipality, dated), Choice(run.municipality)
    letters: list[Letter] = []
    left_out: list[LeftOut] = []
    for member in cohort.members(run, dated):
        if member.reason is not None:
            left_out.append(
                LeftOut(
                    municipality=run.municipality,
                    run=run,
                    household=member.household,
                    reason=member.reason,
                )
            )
            continue
        wished = member.household.language
        language = contents.language_for(wished)
        if language is None:
            raise Refused(_("Write the mayor's greeting in at least one language first."))
        channel, email = choice.of(member.household.pk, member.adults)
        letters.append(
            Letter(
                municipality=run.municipality,
                run=run,
                household=member.household,
                language=language,
                wished_language="" if wished == language else wished,
                address=salutation.window_lines(
                    member.adults, member.household.address_lines, language, problems.measure_address
                ),
                salutation=salutation.greeting_names(member.adults, language),
                people=member.people,
                children=member.people - len(member.adults),
                host=telling.host_of(member, language),
                gifts=telling.gifts_of(member, language),
                channel=channel,
                email=email,
            )
        )
    letters.sort(key=lambda letter: letter.language)  # Stable: by address within a language.
    for number, letter in enumerate(letters, start=1):
        letter.number = number
    languages = sorted({letter.language for letter in letters})
    run.meeting = telling.meeting_in(languages)
    telling.invite(letters)
    RunText.objects.bulk_create([contents.in_language(run, language) for language in languages])
    Letter.objects.bulk_create(letters, batch_size=BATCH)
    LeftOut.objects.bulk_create(left_out, batch_size=BATCH)
    return len(letters) + len(left_out)


def thaw(*, run: LetterRun, by: User | None) -> LetterRun:
    """Back to a draft, to correct a household or a text; the frozen letters go."""
    with locked(run, [RunState.FROZEN]) as run:
        _empty(run)
        note(Action.THAWED, run, by)
    return run


def reopen(*, run: LetterRun, by: User | None) -> LetterRun:
    """Give a cancelled run another try."""
    with locked(run, [RunState.CANCELLED]) as run:
        _empty(run)
        note(Action.REOPENED, run, by)
    return run


def _empty(run: LetterRun) -> None:
    for rows in (run.letters, run.left_out, run.texts):
        rows.all().delete()
    run.state, run.cohort, run.letterhead, run.meeting, run.dated = RunState.DRAFT, 0, {}, {}, None
    run.template = None
    run.frozen_at = run.approved_at = run.rendering_at = run.ready_at = run.cancelled_at = None
    run.frozen_by = run.approved_by = None
    run.save()


def approve(*, run: LetterRun, by: User | None) -> LetterRun:
    """Say that these letters may go, and hand them to the workers. `by` is None on the command line,
    which is nobody: a municipality where two people approve demands a name."""
    withdraw_changed(LetterRun.objects.get(pk=run.pk))
    with locked(run, [RunState.FROZEN]) as run:
        withdraw_changed(
            run
        )  # Once more: before, so that a refusal undoes nothing; here, so that none slips by.
        if run.municipality.second_approver and (by is None or by.pk == run.frozen_by_id):
            raise Refused(
                _("In this municipality another person must approve than the one who froze the run.")
            )
        if blocking := [problem for problem in problems.of_run(run) if problem.blocking]:
            raise Refused(
                _("Problems to be solved first (%(count)d): %(first)s")
                % {"count": len(blocking), "first": blocking[0].message}
            )
        run.state, run.approved_at, run.approved_by = RunState.APPROVED, timezone.now(), by
        run.save(update_fields=["state", "approved_at", "approved_by"])
        note(Action.APPROVED, run, by)
        nudges.after_commit(nudges.RENDER_FILE, _divide(run))
        settle(run.pk)  # A run without letters has nothing to wait for.
    run.refresh_from_db()
    return run


def _divide(run: LetterRun) -> list[int]:
    """Print files of at most 500 letters, in the order of the letters' numbers."""
    numbers = list(run.letters.for_print().order_by("number").values_list("number", flat=True))
    files = []
    for sequence, start in enumerate(range(0, len(numbers), LETTERS_A_FILE), start=1):
        chunk = numbers[start : start + LETTERS_A_FILE]
        file = PrintFile.objects.create(municipality=run.municipality, run=run, sequence=sequence)
        run.letters.for_print().filter(number__range=(chunk[0], chunk[-1])).update(file=file)
        files.append(file.pk)
    return files


def settle(run_id: int) -> bool:
    """Ready, if every file is done or set aside. Says whether it became so now."""
    with transaction.atomic():
        run = LetterRun.objects.select_for_update().get(pk=run_id)
        if run.state not in (RunState.APPROVED, RunState.RENDERING) or run.files.unfinished().exists():
            return False
        run.state, run.ready_at = RunState.READY, timezone.now()
        run.save(update_fields=["state", "ready_at"])
    return True


def settle_file(file_id: int) -> bool:
    """`settle` for the run of this file."""
    file = PrintFile.objects.filter(pk=file_id).only("run_id").first()
    return file is not None and settle(file.run_id)


def cancel(*, run: LetterRun, by: User | None) -> LetterRun:
    """Stop a run that isn't handed over. Its PDFs go; its people count for the next run."""
    with locked(run, CANCELLABLE) as run:
        for file in run.files.exclude(file=""):
            _delete_after_commit(file.file.name or "")
        run.letters.exclude(state=LetterState.WAITING).update(
            state=LetterState.WAITING, first_page=None, pages=0, error=""
        )
        run.files.all().delete()
        run.state, run.cancelled_at = RunState.CANCELLED, timezone.now()
        run.save(update_fields=["state", "cancelled_at"])
        note(Action.CANCELLED, run, by)
    return run


def _delete_after_commit(path: str) -> None:
    transaction.on_commit(lambda: default_storage.delete(path), robust=True)


def retry(*, file: PrintFile, by: User | None) -> PrintFile:
    """Try a file again that was set aside, or in which letters failed."""
    run = LetterRun.objects.get(pk=file.run_id)
    retried = [RunState.APPROVED, RunState.RENDERING, RunState.READY, RunState.DELIVERING]
    with locked(run, retried) as run:
        current = PrintFile.objects.select_for_update().get(pk=file.pk)
        failed = current.letters.failed()
        if current.state != FileState.SET_ASIDE and not failed.exists():
            raise Refused(_("Nothing failed in this file."))
        failed.update(state=LetterState.WAITING, error="")
        note(Action.RETRIED, run, by, f"file={current.sequence}")
        recall(current, run)
        current.refresh_from_db()
    return current
