"""Erasing a household or one of its people (GDPR art. 17): rows, log, letters and their files, waiting
imports, links, and what this process remembers. Messages to the workers hold numbers only, and so does the
audit trail. What is on paper, in backups and in the archive is not here; docs/privacy.md tells of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links.models import Link
from municipalities.privacy.registry import Declaration, Erasure, Kind, of_households
from municipalities.tenancy.models import User
from welcome.club import actions as club
from welcome.cooperation import forgetting as cooperation
from welcome.households import forgetting, holding, logging_in, ties
from welcome.households.models import Household, Person
from welcome.letters import purging, showing
from welcome.letters.models import LeftOutReason, Letter, LetterQuerySet
from welcome.letters.withdrawal import withdraw
from welcome.orders import actions as orders
from welcome.privacy.models import DataRequest, Outcome

# The registry's general way is not enough for these: files hang on them, or the rest hangs on them.
_BY_HAND = {"welcome.Household", "welcome.Person", "welcome.Letter", "welcome.LeftOut"}
# What people send by themselves: what is settled goes with the household, the rest is found by what reaches them.
_SENT = {
    "welcome.Order", "welcome.Member", "welcome.Participant", "welcome.Attendee", "welcome.Vote",
    "welcome.GroupMember",
}  # fmt: skip
# What somebody wrote, and may name people in. The keys and the choices of a household name nobody.
_WRITTEN = {Kind.FREE_TEXT, Kind.SPECIAL, Kind.CONTACT}


class Refused(Exception):
    """Can't be erased now; the message is translated and for the person who asked."""


@dataclass(frozen=True)
class Plan:
    """What an erasure takes, for the page that asks before it happens. `rows` and `kept` are by the name
    of a model, with how many rows; `notes` the texts that name the person and are emptied."""

    household: Household
    people: list[Person]
    whole: bool
    withdrawn: list[Letter]
    blanked: list[Letter]
    files: int
    import_rows: int
    filenames: int
    notes: list["models.Field[Any, Any]"] = field(default_factory=list)
    rows: list[tuple[str, int]] = field(default_factory=list)


def foresee(*, household: Household, person: Person | None = None) -> Plan:
    """Who is the only one of a household takes it along."""
    everybody = list(household.people.all())
    whole = person is None or everybody == [person]
    people = everybody if person is None else [person]
    letters = list(_letters(household, None if whole else person).select_related("run", "file"))
    recallable = set(
        Letter.objects.filter(pk__in=[letter.pk for letter in letters])
        .recallable()
        .values_list("pk", flat=True)
    )
    withdrawn = [letter for letter in letters if letter.pk in recallable]
    blanked = [letter for letter in letters if letter not in withdrawn and letter.purged_at is None]
    return Plan(
        household=household,
        people=people,
        whole=whole,
        withdrawn=withdrawn,
        blanked=blanked,
        files=len({letter.file_id for letter in letters if letter.file is not None and letter.file.file}),
        import_rows=len(forgetting.waiting_rows(household.municipality, people)),
        filenames=len(forgetting.files_named_after(household.municipality, people)),
        notes=[] if whole or person is None else [column for _row, column in _notes(household, person)],
        rows=_counted(household) if whole or person is None else _counted_of(person),
    )


def _counted(household: Household) -> list[tuple[str, int]]:
    counted = [
        (str(said.model._meta.verbose_name_plural), _rows(said, household).count())
        for said in of_households()
        if said.label not in _BY_HAND and _changes(said)
    ]
    return [(name, count) for name, count in counted if count]


def _counted_of(person: Person) -> list[tuple[str, int]]:
    """What is this one's alone."""
    counted = [
        (str(said.model._meta.verbose_name_plural), said.of_person(person).count())
        for said in of_households()
        if said.of_person is not None
    ]
    return [(name, count) for name, count in counted if count]


def erase(
    *, household: Household, person: Person | None = None, by: User | None, by_the_clock: bool = False
) -> Plan:
    """Erases `person`, or the household with all its people, and what they have sent by themselves and waits; not
    that `by_the_clock`, as it may be newer than what has run out, and has a time of its own. Letters of open runs are
    taken back first, those of finished runs emptied and their files deleted. Raises Refused while an import of the
    municipality is being read or saved, and where the household may only be kept. What was there is answered; doing
    it again does nothing."""
    with transaction.atomic():
        if forgetting.import_at_work(household.municipality):
            raise Refused(_("A list is being read or saved just now. Try again in a few minutes."))
        plan = foresee(household=household, person=person)
        # Letters before the household: every step of a run locks the run first.
        for letter in plan.withdrawn:
            withdraw(letter=letter, reason=LeftOutReason.ASKED_NOT_TO, by=by)
        for run in {letter.run for letter in plan.blanked}:
            purging.forget(run=run, letters=_letters(household, None if plan.whole else person))
        forgetting.forget_rows(forgetting.waiting_rows(household.municipality, plan.people))
        forgetting.forget_filenames(forgetting.files_named_after(household.municipality, plan.people))
        if not by_the_clock:
            orders.forget_of(people=plan.people, by=by)
            club.forget_of(people=plan.people, by=by)
            cooperation.forget_of(people=plan.people, by=by)
        home = Household.objects.select_for_update().filter(pk=household.pk).first()
        if home is not None and home.is_held:
            raise Refused(holding.refusal())  # All of it is undone: who may only be kept is kept.
        if home is not None:
            record(
                action=Action.ERASED, of=home if plan.whole else plan.people[0], by_id=by.pk if by else None
            )
            if plan.whole:
                _settle_requests(home, by)
                _erase_household(home, _SENT if by_the_clock else set(), by.pk if by else None)
            else:
                _erase_person(home, plan.people[0], by)
        transaction.on_commit(_leave_no_copy, robust=True)
    return plan


def _letters(household: Household, person: Person | None) -> LetterQuerySet:
    """The letters of a household, or those that name one of its people."""
    letters: LetterQuerySet = Letter.objects.of(household.municipality).filter(household=household)
    if person is None:
        return letters
    naming = [
        letter.pk
        for letter in letters
        if _is_named(person, [*letter.address, letter.salutation, letter.error])
    ]
    return letters.filter(pk__in=naming)


def _is_named(person: Person, words: Sequence[str]) -> bool:
    text = " ".join(words).casefold()
    return any(name.casefold() in text for name in person.given_name.split())


def _settle_requests(home: Household, by: User | None) -> None:
    """Whatever they asked for is answered with this; emptied of words, the request would wait for ever."""
    DataRequest.objects.of(home.municipality).waiting().filter(household=home).update(
        outcome=Outcome.DONE, handled_at=timezone.now(), handled_by=by
    )


def _erase_household(home: Household, but: set[str], by_id: int | None) -> None:
    # What waits on a shelf for them goes back; its row stays as a number.
    ties.end(of=[home.pk], by_id=by_id, as_what=Action.ERASED)
    for said in of_households():
        if said.label not in _BY_HAND | but:
            _take(said, home)
    home.delete()


def _erase_person(home: Household, person: Person, by: User | None) -> None:
    for said in of_households():
        if said.of_person is not None:
            said.of_person(person).delete()
    for row, column in _notes(home, person):
        type(row)._base_manager.filter(pk=row.pk).update(**{column.name: ""})
    log = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Person))
    log.filter(object_id=str(person.pk)).delete()
    Link.objects.to(person).delete()
    # Whose login is whose can't be told: all of the household's go, this person's among them.
    logging_in.end_all(of=[home.pk], by_id=by.pk if by else None)
    person.delete()


def _notes(home: Household, person: Person) -> "list[tuple[models.Model, models.Field[Any, Any]]]":
    """Texts about the household, wherever they stand, that name this one of it."""
    return [
        (row, column)
        for said in of_households()
        if said.label not in {"welcome.Person", "welcome.Letter", "welcome.LeftOut"}
        for column in said.model._meta.concrete_fields
        if column.name in said.personal and said.personal[column.name].kind in _WRITTEN
        for row in _rows(said, home)
        if forgetting.names(str(column.value_from_object(row) or ""), person)
    ]


# --- as the registry says ------------------------------------------------------------------------


def _rows(said: Declaration, household: Household) -> models.QuerySet[Any]:
    assert said.rows is not None  # noqa: S101 - of_households() has no others
    return said.rows(household)


def _changes(said: Declaration) -> bool:
    return any(field.erasure != Erasure.KEEP for field in said.personal.values())


def _goes(said: Declaration) -> bool:
    """A row goes altogether unless something of it stays, empty or not. Which employee it names is of no
    concern: that goes with it."""
    return all(field.erasure == Erasure.ROW or field.kind == Kind.STAFF for field in said.personal.values())


def _take(said: Declaration, household: Household) -> None:
    rows = _rows(said, household)
    if _goes(said):
        rows.delete()
    elif emptied := {
        name: _empty(said.model._meta.get_field(name))
        for name, field in said.personal.items()
        if field.erasure in {Erasure.BLANK, Erasure.UNLINK} and field.kind != Kind.STAFF
    }:
        rows.update(**emptied)


def _empty(column: Any) -> Any:
    if column.null:
        return None
    return column.get_default() if column.has_default() else ""


def _leave_no_copy() -> None:
    showing.forget()
    if connection.vendor == "sqlite":
        # Pages from before the erasure stand in the log of writes until it is begun anew.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
