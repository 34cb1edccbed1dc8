"""Who leaves is out at once: rights are asked of the database at each request, and sessions end here."""

from collections.abc import Iterable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.municipality import scope
from municipalities.tenancy.models import Membership, User


def works_outside(user: User, municipality_ids: list[int]) -> bool:
    """Whether they have a role elsewhere too: asked of all municipalities, whoever asks."""
    with scope.everywhere():
        return Membership.objects.filter(user=user).exclude(municipality__in=municipality_ids).exists()


def note(action: str, user: User | None, fields: Iterable[str] = ()) -> None:
    """In the log of each municipality where they have a role, else in the installation's; who did it is
    known from the request. Of nobody: one entry, for the same queries."""
    with scope.everywhere():
        who = user.pk if user else 0
        places = set(Membership.objects.filter(user_id=who).values_list("municipality", flat=True))
    everywhere: set[int | None] = {None}
    for place in places or everywhere:
        record(action=action, of=user, municipality_id=place, fields=fields)


def end_sessions(user: User) -> int:
    """How many browsers are logged out: those that allauth lists, and any that it doesn't. Each session is
    opened to see whose it is; visitors have none, so there are not many."""
    UserSession.objects.filter(user=user).delete()
    running = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [row.pk for row in running.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)


def end_if_gone(user: User) -> None:
    """After a role was taken away: nothing is open for whoever has none left."""
    if not user.is_active or not (user.is_superuser or works_outside(user, [])):
        end_sessions(user)


@transaction.atomic
def lock_out(*, user: User, by: Any, municipality_ids: list[int] | None) -> None:
    """Of these municipalities, or of all where it is None. Who works elsewhere too keeps the account and
    loses the roles here; whoever doesn't keeps the roles, for the day they are let in again."""
    note(Action.LOCKED, user)
    if municipality_ids is not None and works_outside(user, municipality_ids):
        Membership.objects.filter(user=user, municipality__in=municipality_ids).delete()
    else:
        user.is_active = False
        user.invited_at = None
        user.save(update_fields=["is_active", "invited_at"])
    end_sessions(user)


@transaction.atomic
def let_in(*, user: User, by: Any) -> None:
    user.is_active = True
    user.save(update_fields=["is_active"])
    note(Action.CHANGED, user, ["is_active"])
