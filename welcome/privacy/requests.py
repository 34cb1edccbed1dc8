"""Asking for a correction, deletion or objection, and answering it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.tenancy.models import User
from welcome.households.models import Household
from welcome.privacy import tasks
from welcome.privacy.models import LONGEST, DataRequest


def receive(*, household: Household, kind: str, wrote: str) -> DataRequest:
    """The same words sent twice are one request for as long as it waits."""
    wrote = wrote.strip()[:LONGEST]
    with transaction.atomic():
        home = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
        asked = {"municipality_id": home.municipality_id, "household": home, "kind": kind, "wrote": wrote}
        if waiting := DataRequest.objects.waiting().filter(**asked).first():
            return waiting
        request = DataRequest.objects.create(**asked)
        record(action=Action.ADDED, of=request, note=f"kind={kind}")
    return request


def answer(*, request: DataRequest, outcome: str, words: str, to: str, by: User) -> None:
    """Closes it; `words` are mailed to `to` if that is not empty. Raises ValidationError if somebody has
    answered it already."""
    with transaction.atomic():
        mine = DataRequest.objects.waiting().filter(pk=request.pk)
        closed = {"handled_at": timezone.now(), "handled_by_id": by.pk}
        if not mine.update(outcome=outcome, answer=words, answer_to=to, **closed):
            raise ValidationError(_("Somebody has answered this request already."))
        record(action=Action.CHANGED, of=request, fields=["outcome", "answer"], note=f"outcome={outcome}")
        if to:
            # Robust: if the broker is away, the clock's own round finds it.
            transaction.on_commit(tasks.mail_answers.delay, robust=True)
        DataRequest.settle(request.household)
    request.refresh_from_db()
