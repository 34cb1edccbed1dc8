"""Joining the newcomers' club and leaving it."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links import actions as links
from municipalities.links import confirming
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.club import tasks
from welcome.club.models import Member, MemberQuerySet
from welcome.households.consents import ConsentText
from welcome.households.models import Household, Person


def ask(*, member: Member) -> None:
    """Keeps the wish to join as its form was sent, once, and has it mailed to be confirmed."""
    if confirming.keep(member):
        transaction.on_commit(tasks.mail_members.delay, robust=True)


def confirm(*, member: Member) -> bool:
    """They are on the list; of who was on it before, this is the row now, with the words that were read last, so that
    the link in the newest mail is the one by which they leave. False if it was confirmed before."""
    with transaction.atomic():
        lock(member.municipality_id)
        mine = Member.objects.filter(pk=member.pk, confirmed_at=None)
        if not mine.exists():
            return False
        household = None
        for before in _on_the_list(member.municipality_id, member.email):
            household = before.household_id
            leave(member=before, by=None)
        mine.update(confirmed_at=timezone.now(), household=household)
        record(action=Action.CONSENTED, of=member, note="given club")
    return True


def lock(municipality_id: int) -> None:
    """A municipality's list, before any row is locked: two mails of one person, opened at once, make one member."""
    Municipality.objects.select_for_update(no_key=True).get(pk=municipality_id)


def _on_the_list(municipality_id: int, email: str) -> MemberQuerySet:
    members: MemberQuerySet = Member.objects.filter(municipality=municipality_id)
    return members.confirmed().filter(email__iexact=email)


def put_on_the_list(
    *,
    household: Household | None,
    municipality: Municipality,
    name: str,
    email: str,
    language: str,
    screen: str,
    text: ConsentText,
    agreed_at: datetime.datetime,
    by: User | None,
) -> Member | None:
    """Somebody who asked for it in an order, by an e-mail that they have confirmed. None if they were on it."""
    if _on_the_list(municipality.pk, email).exists():
        return None
    member = Member.objects.create(
        municipality=municipality,
        household=household,
        name=name,
        email=email,
        language=language,
        screen=screen,
        text=text,
        asked_at=agreed_at,
        confirmed_at=timezone.now(),
    )
    record(action=Action.ADDED, of=member, by_id=by.pk if by else None)
    transaction.on_commit(tasks.mail_members.delay, robust=True)
    return member


def leave(*, member: Member, by: User | None) -> bool:
    """Deletes them from the list. False if they had left."""
    with transaction.atomic():
        links.forget(of=member)
        number = member.pk
        if not Member.objects.filter(pk=number).delete()[0]:
            return False
        member.pk = number
        record(action=Action.DELETED, of=member, note="left", by_id=by.pk if by else None)
    return True


def forget_of(*, people: Iterable[Person], by: User | None) -> int:
    """Takes off the list who is reached by an e-mail of one of these; how many."""
    count = 0
    for person in people:
        if person.email:
            rows = Member.objects.of(person.municipality).filter(email__iexact=person.email)
            count += sum(leave(member=member, by=by) for member in rows)
    return count
