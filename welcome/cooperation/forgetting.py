"""Taking people out of the cooperation."""

import datetime
from collections.abc import Iterable

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links import actions as links
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.cooperation import measures
from welcome.cooperation.measure_models import MeasureState
from welcome.cooperation.models import Attendee, Participant
from welcome.households.models import Person


def forget(*, participant: Participant, by: User | None) -> bool:
    """With their invitations and votes. Ideas, and what a group has done, name nobody and stay. False if they are
    gone already."""
    with transaction.atomic():
        if not Participant.objects.filter(pk=participant.pk).exists():
            return False
        measures.leave_groups(participant=participant)
        for attendance in Attendee.objects.filter(participant=participant):
            links.forget(of=attendance)
        number = participant.pk
        Participant.objects.filter(pk=number).delete()
        participant.pk = number
        record(action=Action.ERASED, of=participant, by_id=by.pk if by else None)
    return True


def forget_of(*, people: Iterable[Person], by: User | None) -> int:
    """Whoever is reached by an e-mail or a phone of one of these; how many."""
    count = 0
    for person in people:
        reached = Q(pk=None)
        if person.email:
            reached |= Q(_email=person.email.lower())
        if person.phone:
            reached |= Q(phone=person.phone)
        rows = Participant.objects.of(person.municipality).annotate(_email=Lower("email"))
        count += sum(forget(participant=each, by=by) for each in rows.filter(reached))
    return count


def over(place: Municipality, last: datetime.datetime) -> models.QuerySet[Participant]:
    """Who was added before `last`, and invited to nothing since; not who stands behind the reception, or is in a group
    that is at work."""
    rows = Participant.objects.of(place).filter(created_at__lte=last, stands_behind_since=None)
    invited = Attendee.objects.filter(invited_at__gt=last).values("participant")
    at_work = Q(groups__measure__state__in=[MeasureState.PLANNED, MeasureState.RUNNING])
    busy = Participant.objects.filter(at_work).values("pk")
    return rows.exclude(pk__in=invited).exclude(pk__in=busy)
