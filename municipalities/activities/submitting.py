"""What somebody without an account sends in: from the form to the queue, and back for a change."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from municipalities.activities import changes
from municipalities.activities.models import Activity, News, State, Submission
from municipalities.activities.nudges import tell_soon
from municipalities.municipality.models import Municipality


@dataclass(frozen=True)
class Said:
    """`facts` are fields of the activity by name."""

    title: str
    body: str
    language: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sender:
    name: str
    email: str


def submit(*, municipality: Municipality, said: Said, sender: Sender) -> Submission:
    """A draft that nobody sees before the sender has opened the link in the mail and said yes."""
    with transaction.atomic():
        activity = Activity(municipality=municipality, **said.facts)
        changes.save(activity=activity)
        changes.write_text(activity=activity, language=said.language, title=said.title, body=said.body)
        submission = Submission.objects.create(
            municipality=municipality,
            activity=activity,
            name=sender.name,
            email=sender.email,
            language=said.language,
            news=News.CONFIRM,
        )
        tell_soon(submission.pk)
    return submission


def confirm(*, submission: Submission) -> bool:
    """The address is theirs: into the queue. False if that was done before."""
    now = timezone.now()
    with transaction.atomic():
        first = Submission.objects.filter(pk=submission.pk, confirmed_at=None).update(confirmed_at=now)
        if not first:
            return False
        submission.confirmed_at = now
        return changes.move(submission.activity, {State.DRAFT}, State.WAITING, None, waiting_since=now)


def correct(*, submission: Submission, said: Said) -> bool:
    """Other words and times, and into the queue again. False for what is published or withdrawn: who wants
    that changed writes to the municipality, or takes it back."""
    with transaction.atomic():
        drafts = Activity.objects.select_for_update(of=("self",)).select_related("municipality")
        activity = drafts.filter(pk=submission.activity_id, state__in=[State.DRAFT, State.WAITING]).first()
        if activity is None:
            return False
        for name, value in said.facts.items():
            setattr(activity, name, value)
        changes.save(activity=activity)
        changes.write_text(activity=activity, language=said.language, title=said.title, body=said.body)
        if said.language != submission.language:
            # Written in another language than was said at first: the same text, not one more.
            activity.texts.filter(language=submission.language).delete()
        rows = Submission.objects.filter(pk=submission.pk)
        rows.update(language=said.language)
        rows.filter(confirmed_at=None).update(confirmed_at=timezone.now())
        submission.activity, submission.language = activity, said.language
        changes.move(activity, {State.DRAFT}, State.WAITING, None, waiting_since=timezone.now())
    return True


def take_back(*, submission: Submission) -> bool:
    """The sender's own: it leaves the lists at once."""
    states = {State.DRAFT, State.WAITING, State.PUBLISHED}
    return changes.move(submission.activity, states, State.WITHDRAWN, None, withdrawn_at=timezone.now())


def forget(*, submission: Submission) -> None:
    """Who sent it; with it the draft that was never confirmed."""
    if submission.confirmed_at is None and submission.activity.state == State.DRAFT:
        submission.activity.delete()
    else:
        submission.delete()
