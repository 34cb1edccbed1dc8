from typing import Any

from django.db import models

from municipalities.privacy.activities import COOPERATION
from municipalities.privacy.registry import Kind, Personal, declare, nothing_personal
from welcome.cooperation.idea_models import Idea, Vote
from welcome.cooperation.measure_models import GroupMember, Measure, Spending, Task
from welcome.cooperation.models import Attendee, CooperationMeeting, Participant
from welcome.cooperation.settings_models import CooperationSettings


def _of(path: str, model: Any) -> Any:
    def rows(household: models.Model) -> models.QuerySet[Any]:
        people = Participant.objects.of_household(household)  # type: ignore[arg-type]
        return model.objects.filter(**{f"{path}__in": people.values("pk")})

    return rows


DECLARATIONS = [
    declare(
        Participant,
        activity=COOPERATION,
        rows=lambda household: Participant.objects.of_household(household),
        personal={
            "name": Kind.IDENTITY,
            "organisation": Kind.IDENTITY,
            "works_as": Kind.IDENTITY,
            "side": Kind.IDENTITY,
            "email": Kind.CONTACT,
            "phone": Kind.CONTACT,
            "language": Kind.CHOICE,
            "is_newcomer": Kind.HOUSEHOLD,
            "stands_behind_since": Kind.CHOICE,
            "created_at": Kind.TRACE,
        },
        plain=["id", "municipality"],
    ),
    nothing_personal(
        CooperationMeeting, "id", "municipality", "day", "begins", "place", "about", "votes_each", "state",
        "gathering_at", "voting_at", "closed_at", "next_on", "said", "agenda",
    ),
    declare(
        Attendee,
        activity=COOPERATION,
        rows=_of("participant", Attendee),
        personal={
            "participant": Personal(Kind.IDENTITY, shown=False),
            "meeting": Kind.CHOICE,
            "invited_at": Kind.TRACE,
            "mailed_at": Kind.TRACE,
            "answer": Kind.CHOICE,
            "answered_at": Kind.TRACE,
            "sends": Kind.IDENTITY,
        },
        plain=["id", "municipality"],
    ),
    nothing_personal(Idea, "id", "municipality", "meeting", "text", "table", "sent_as", "created_at"),
    declare(
        Vote,
        activity=COOPERATION,
        rows=_of("attendance__participant", Vote),
        personal={"attendance": Personal(Kind.CHOICE, shown=False), "idea": Personal(
            Kind.CHOICE, words=lambda vote: vote.idea.text)},
        plain=["id", "municipality", "number"],
    ),
    nothing_personal(
        Measure, "id", "municipality", "meeting", "slot", "idea", "title", "what", "state", "newcomer", "started_at",
        "ended_at", "kroner", "hours", "activity",
    ),
    declare(
        GroupMember,
        activity=COOPERATION,
        rows=_of("participant", GroupMember),
        personal={
            "participant": Personal(Kind.IDENTITY, shown=False),
            "measure": Kind.CHOICE,
            "leads": Kind.CHOICE,
        },
        plain=["id", "municipality"],
    ),
    declare(
        Task,
        activity=COOPERATION,
        personal={"owner": Kind.IDENTITY, "help_word": Kind.FREE_TEXT},
        plain=[
            "id", "municipality", "measure", "title", "due_on", "given_at", "done_at", "help_wanted_at", "told_at",
            "reminded_at", "told_late_at",
        ],
    ),
    nothing_personal(Spending, "id", "municipality", "measure", "day", "kroner", "hours", "note"),
    nothing_personal(CooperationSettings, "id", "municipality", "most_roles"),
]  # fmt: skip
