"""Restriction of processing (GDPR art. 18): a household that is kept and not used. It gets no letter, is deleted
neither by hand nor by the clock, is changed by nobody but its own people on their page, and goes out in no file.
Address protection comes all the same."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.tenancy.models import User
from welcome.households.models import HoldReason, Household


def hold(*, household: Household, why: str, by: User) -> None:
    """A hold that is set already stays, with who set it. Frozen letters are taken back by the next sweep, and
    before any file is made or handed out."""
    free = Household.objects.filter(pk=household.pk).not_held()
    with transaction.atomic():
        if free.update(held_at=timezone.now(), held_by=by, held_why=HoldReason(why)):
            record(action=Action.CHANGED, of=household, fields=["held_at"], note=f"hold=set why={why}")


def lift(*, household: Household, by: User) -> None:
    held = Household.objects.filter(pk=household.pk).held()
    with transaction.atomic():
        if held.update(held_at=None, held_by=None, held_why=""):
            record(action=Action.CHANGED, of=household, fields=["held_at"], note="hold=lifted", by_id=by.pk)


def refuse_held(*households: Household) -> None:
    """Raises ValidationError, for the person who wants to do something with one of them. The caller has locked
    them: a restriction that comes this very moment waits."""
    if Household.objects.filter(pk__in=[home.pk for home in households]).held().exists():
        raise ValidationError(refusal())


def refusal() -> str:
    return _("The processing of this household is restricted: it may only be kept.")
