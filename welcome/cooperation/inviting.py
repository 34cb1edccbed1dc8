"""From the list of organisations to people who can be invited."""

from collections.abc import Iterable

from django.db import transaction

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.organisations.models import Kind, Organisation
from municipalities.tenancy.models import User
from welcome.cooperation.figures import SIDE_OF
from welcome.cooperation.models import Participant


def speakers(*, organisations: Iterable[Organisation], by: User) -> list[Participant]:
    """Who answers for each of these, by its e-mail; of one e-mail there is one, whatever it speaks for."""
    with transaction.atomic():
        return [_speaker(organisation, by) for organisation in organisations if organisation.email]


def _speaker(organisation: Organisation, by: User) -> Participant:
    known = Participant.objects.of(organisation.municipality).filter(email__iexact=organisation.email).first()
    if known is not None:
        return known
    person = Participant.objects.create(
        municipality=organisation.municipality,
        organisation=organisation,
        name=organisation.name,
        email=organisation.email,
        side=SIDE_OF[Kind(organisation.kind)],
    )
    record(action=Action.ADDED, of=person, by_id=by.pk)
    return person
