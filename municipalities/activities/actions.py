"""Every change of an activity that somebody decides on. False where somebody else was first."""

from django.db import transaction
from django.utils import timezone

from municipalities.activities.changes import move
from municipalities.activities.models import Activity, News, State, Submission
from municipalities.activities.nudges import tell_soon
from municipalities.tenancy.models import User


def hand_in(*, activity: Activity, by: User | None) -> bool:
    """Into the queue of those who may publish."""
    return move(activity, {State.DRAFT}, State.WAITING, by, waiting_since=timezone.now())


def publish(*, activity: Activity, by: User | None) -> bool:
    """False if it is published already, or was withdrawn a moment ago by somebody else."""
    now = timezone.now()
    with transaction.atomic():
        moved = move(
            activity,
            {State.DRAFT, State.WAITING},
            State.PUBLISHED,
            by,
            published_at=now,
            gone_from_source=False,
        )
        if moved:
            _answer(activity, News.PUBLISHED, "", by)
    return moved


def send_back(*, activity: Activity, word: str, by: User) -> bool:
    """To who sent it in, with a word on what is to be changed. False if it waits no more."""
    with transaction.atomic():
        moved = move(activity, {State.WAITING}, State.DRAFT, by)
        if moved:
            _answer(activity, News.RETURNED, word, by)
    return moved


def decline(*, activity: Activity, word: str, by: User) -> bool:
    with transaction.atomic():
        moved = move(activity, {State.WAITING, State.DRAFT}, State.WITHDRAWN, by, withdrawn_at=timezone.now())
        if moved:
            _answer(activity, News.DECLINED, word, by)
    return moved


def withdraw(*, activity: Activity, by: User | None, gone_from_source: bool = False) -> bool:
    """Out of the lists and calendars; the row stays, so that it can be taken up again."""
    return move(
        activity,
        {State.PUBLISHED, State.WAITING, State.DRAFT},
        State.WITHDRAWN,
        by,
        withdrawn_at=timezone.now(),
        gone_from_source=gone_from_source,
    )


def take_up(*, activity: Activity, by: User | None) -> bool:
    """A withdrawn one, as a draft again."""
    return move(activity, {State.WITHDRAWN}, State.DRAFT, by, withdrawn_at=None, gone_from_source=False)


def _answer(activity: Activity, news: News, word: str, by: User | None) -> None:
    """What its sender, if it has one, is told by e-mail."""
    submission = Submission.objects.filter(activity=activity, confirmed_at__isnull=False).first()
    if submission is None:
        return
    submission.news, submission.word = news, word
    submission.answered_at, submission.answered_by = timezone.now(), by
    submission.save(update_fields=["news", "word", "answered_at", "answered_by"])
    tell_soon(submission.pk)
