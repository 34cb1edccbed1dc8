"""What becomes of a story. Whoever moves it holds its row; who comes second is told."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.households.holding import refusal
from welcome.households.models import Household, Person
from welcome.stories import tasks
from welcome.stories.models import State, Story, Storyteller


class Refused(Exception):
    """The message is translated and for the one who pressed."""


def is_held(story: Story) -> bool:
    """It is told by somebody whose data may only be kept (GDPR art. 18): then it may be withdrawn, and nothing else."""
    teller = Storyteller.objects.filter(story=story).first()
    if teller is None:
        return False
    theirs = Q(pk=teller.household_id)
    if teller.email:
        theirs |= Q(people__email__iexact=teller.email)
    if teller.phone:
        theirs |= Q(people__phone=teller.phone)
    return Household.objects.filter(theirs, municipality=story.municipality_id).held().exists()


def publish(*, story: Story, by: User) -> bool:
    """Raises Refused where something is missing: the consent, who tells it, the words."""
    if is_held(story):
        raise Refused(refusal())
    if not story.consent_on or not story.consent_how:
        raise Refused(_("Say when and how they consented; without that nothing is published."))
    if not Storyteller.objects.filter(story=story).exists():
        raise Refused(_("Write who tells it, and how they are reached, before it is published."))
    if not any(text.title and not text.is_empty for text in story.texts.all()):
        raise Refused(_("It has no title in any language yet; write one first."))
    if story.ends_on < timezone.localdate():
        raise Refused(_("The day until which it may be shown has passed."))
    now = timezone.now()
    with transaction.atomic():
        moved = _move(
            story, {State.DRAFT, State.WITHDRAWN}, State.PUBLISHED, by, published_at=now, withdrawn_at=None
        )
        if moved:  # They are told each time it is shown anew.
            Storyteller.objects.filter(story=story).update(mailed_at=None)
            transaction.on_commit(tasks.tell_tellers.delay, robust=True)
    return moved


def withdraw(*, story: Story, by: User | None) -> bool:
    """They may always ask for it, and need not say why; `by` is None where they do it themselves. A week later it is
    deleted."""
    return _move(story, {State.DRAFT, State.PUBLISHED}, State.WITHDRAWN, by, withdrawn_at=timezone.now())


def _move(story: Story, start: set[State], end: State, by: User | None, **changes: Any) -> bool:
    with transaction.atomic():
        row = Story.objects.select_for_update(of=("self",)).filter(pk=story.pk).first()
        if row is None or row.state not in start:
            return False
        Story.objects.filter(pk=row.pk).update(state=end, **changes)
        recording.record(
            action=Action.CHANGED,
            of=row,
            fields=["state"],
            note=f"state={end.value}",
            by_id=by.pk if by else None,
        )
    return True


def tie(*, teller: Storyteller) -> None:
    """To the household whose e-mail or phone they have, if there is one."""
    same = Q(pk__in=[])
    if teller.email:
        same |= Q(email__iexact=teller.email)
    if teller.phone:
        same |= Q(phone=teller.phone)
    known = Person.objects.of(teller.story.municipality).filter(same).order_by("pk").first()
    teller.household_id = known.household_id if known else None
    teller.save(update_fields=["household"])
