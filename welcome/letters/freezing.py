"""Freezing a run, and taking that back: its people, texts and letterhead are copied into it, all or nothing."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.models import Action
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.letters import cohort, problems, proofs, salutation, sampling
from welcome.letters.channels import Choice
from welcome.letters.contents import Contents, letterhead
from welcome.letters.locking import locked, note
from welcome.letters.models import LeftOut, Letter, LetterRun, RunState, RunText
from welcome.letters.telling import Telling
from welcome.letters.withdrawal import Refused

BATCH = 500


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
            proofs.begin(run, None)
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
                    member.adults,
                    member.household.address_lines,
                    language,
                    run.municipality.home_language,
                    problems.measure_address,
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
    sampling.drop_of(run)
    for rows in (run.proofs, run.letters, run.left_out, run.texts):
        rows.all().delete()
    run.state, run.cohort, run.letterhead, run.meeting, run.dated = RunState.DRAFT, 0, {}, {}, None
    run.template = None
    run.frozen_at = run.approved_at = run.rendering_at = run.ready_at = run.cancelled_at = None
    run.frozen_by = run.approved_by = run.goes_by_itself_on = None
    run.save()
