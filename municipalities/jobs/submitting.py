"""What an employer without an account sends in: from the form to the queue, and back for a change."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from municipalities.jobs.models import Source, Vacancy, VacancySubmission
from municipalities.moderation import actions, nudges
from municipalities.moderation.models import OPEN, OUT, News, State
from municipalities.municipality.models import Municipality


@dataclass(frozen=True)
class Sender:
    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True)
class Said:
    """`facts` are fields of the vacancy by name."""

    facts: dict[str, Any] = field(default_factory=dict)


def submit(*, municipality: Municipality, said: Said, sender: Sender) -> VacancySubmission:
    """A draft that nobody sees before the sender has opened the link in the mail and said yes."""
    with transaction.atomic():
        vacancy = Vacancy.objects.create(municipality=municipality, source=Source.EMPLOYER, **said.facts)
        submission = VacancySubmission.objects.create(
            municipality=municipality, vacancy=vacancy, name=sender.name, email=sender.email,
            phone=sender.phone, language=vacancy.language, news=News.CONFIRM,
        )  # fmt: skip
        nudges.tell_soon(submission)
    return submission


def correct(*, submission: VacancySubmission, said: Said) -> bool:
    """Into the queue: what was published waits again until somebody has looked. False for what is gone."""
    with transaction.atomic():
        rows = Vacancy.objects.select_for_update(of=("self",)).select_related("municipality")
        vacancy = rows.filter(pk=submission.vacancy_id, state__in=[*OPEN, *OUT]).first()
        if vacancy is None:
            return False
        for name, value in said.facts.items():
            setattr(vacancy, name, value)
        vacancy.changed_at = timezone.now()
        vacancy.save()
        sent = VacancySubmission.objects.filter(pk=submission.pk)
        sent.update(language=vacancy.language)
        sent.filter(confirmed_at=None).update(confirmed_at=timezone.now())
        submission.vacancy, submission.language = vacancy, vacancy.language
        actions.move(vacancy, [State.DRAFT, *OUT], State.WAITING, None, waiting_since=timezone.now())
    return True


def forget(*, submission: VacancySubmission) -> None:
    """Who sent it; with it the draft that was never confirmed."""
    if submission.confirmed_at is None and submission.vacancy.state == State.DRAFT:
        submission.vacancy.delete()
    else:
        submission.delete()
