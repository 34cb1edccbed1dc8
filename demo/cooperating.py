"""The cooperation in Ål: a meeting that chose two measures, and the one that is to come."""

import datetime

from django.utils import timezone

from demo.people import TODAY
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation
from welcome.cooperation.idea_models import Idea, Vote
from welcome.cooperation.measure_models import GroupMember, Measure, MeasureState, Spending, Task
from welcome.cooperation.models import Answer, Attendee, CooperationMeeting, MeetingState, Participant, Side

_PEOPLE = (
    ("Ingebjørg Strand", "rektor", Side.SCHOOL, True),
    ("Tor Arne Bakke", "dagleg leiar", Side.BUSINESS, True),
    ("Gunhild Torpo", "leiar i bygdekvinnelaget", Side.CLUBS, True),
    ("Sigrid Opheim", "kultursjef", Side.LEADERSHIP, False),
    ("Samira Haddad", "", Side.NEWCOMERS, False),
    ("Lukas Brandt", "", Side.NEWCOMERS, False),
)
_IDEAS = (
    ("Bakekveld der nye og gamle bakar lefse i lag", "Bord 1", (0, 1, 2, 4, 5)),
    ("Felles topptur til Reineskarvet i september", "Bord 2", (0, 3, 4, 5)),
    ("Skyss til trening for born utan bil i huset", "Bord 1", (1, 2)),
    ("Kart over kven som låner ut kva", "Bord 3", (3,)),
)


def add_cooperation(al: Municipality) -> None:
    people = _people(al)
    meeting = CooperationMeeting.objects.create(
        municipality=al,
        day=TODAY - datetime.timedelta(days=40),
        place="Ål kulturhus",
        about="Korleis tek vi imot dei som flytter hit?",
        state=MeetingState.CLOSED,
        gathering_at=_at(-40),
        voting_at=_at(-40),
        closed_at=_at(-40),
        next_on=TODAY + datetime.timedelta(days=21),
        said="Alle var samde om å byrje smått: to tiltak, og eitt møte til før jul.",
        agenda=[["without_host", 14], ["offers", 2], ["enquiries", 1], ["texts", 3]],
    )
    coming = [_invited(meeting, person) for person in people]
    ideas = [_idea(meeting, coming, *words) for words in _IDEAS]
    _baking(al, meeting, ideas[0], people)
    Measure.objects.create(
        municipality=al, meeting=meeting, slot=2, idea=ideas[1], title="Topptur for nye og gamle", kroner=3000
    )
    following = CooperationMeeting.objects.create(
        municipality=al,
        day=TODAY + datetime.timedelta(days=21),
        place="Ål kulturhus",
        about="Kva vart det av tiltaka? Og kva gjer vi så?",
    )
    for person in people[:4]:
        Attendee.objects.create(municipality=al, meeting=following, participant=person, mailed_at=_at(-2))


def _people(al: Municipality) -> list[Participant]:
    association = Organisation.objects.of(al).filter(kind="association").first()
    return [
        Participant.objects.create(
            municipality=al,
            name=name,
            works_as=work,
            side=side,
            organisation=association if side == Side.CLUBS else None,
            email=f"{name.split()[0].lower().replace('ø', 'o')}@samarbeid.example",
            is_newcomer=side == Side.NEWCOMERS,
            stands_behind_since=TODAY - datetime.timedelta(days=40) if behind else None,
        )
        for name, work, side, behind in _PEOPLE
    ]


def _invited(meeting: CooperationMeeting, person: Participant) -> Attendee:
    return Attendee.objects.create(
        municipality=meeting.municipality, meeting=meeting, participant=person, mailed_at=_at(-60),
        invited_at=_at(-60), answer=Answer.COMES, answered_at=_at(-55),
    )  # fmt: skip


def _idea(
    meeting: CooperationMeeting, people: list[Attendee], text: str, table: str, by: tuple[int, ...]
) -> Idea:
    idea = Idea.objects.create(
        municipality=meeting.municipality, meeting=meeting, text=text, table=table, created_at=_at(-40)
    )
    for number in by:
        voter = people[number]
        Vote.objects.create(
            municipality=meeting.municipality, idea=idea, attendance=voter, number=voter.votes.count() + 1
        )
    return idea


def _baking(al: Municipality, meeting: CooperationMeeting, idea: Idea, people: list[Participant]) -> None:
    measure = Measure.objects.create(
        municipality=al, meeting=meeting, slot=1, idea=idea, title="Lefsekveld på Torpo",
        what="Ein onsdag i månaden på samfunnshuset. Alle tek med kjevle, laget tek med mjøl.", kroner=8000, hours=60,
    )  # fmt: skip
    leader, newcomer, helper = (
        GroupMember.objects.create(municipality=al, measure=measure, participant=person, leads=leads)
        for person, leads in ((people[2], True), (people[4], False), (people[1], False))
    )
    measure.newcomer, measure.state, measure.started_at = newcomer, MeasureState.RUNNING, _at(-35)
    measure.save()
    for owner, title, due, more in (
        (leader, "Leige samfunnshuset ut våren", -20, {"done_at": _at(-25), "told_at": _at(-35)}),
        (newcomer, "Spørje dei nye i gata kven som vil vere med", -3, {"told_at": _at(-35), "told_late_at": _at(-2)}),
        (helper, "Skaffe mjøl og takker", 12, {"told_at": _at(-35), "help_wanted_at": _at(-1),
                                               "help_word": "Vi manglar to takker."}),
    ):  # fmt: skip
        Task.objects.create(
            municipality=al, measure=measure, owner=owner, title=title, given_at=_at(-35),
            due_on=TODAY + datetime.timedelta(days=due), **more,
        )  # fmt: skip
    for kroner, hours, note in (
        (1500, 0, "Leige av samfunnshuset"),
        (640, 0, "Mjøl og smør"),
        (0, 9, "Første kvelden"),
    ):
        Spending.objects.create(
            municipality=al, measure=measure, day=TODAY - datetime.timedelta(days=14), kroner=kroner, hours=hours,
            note=note,
        )  # fmt: skip


def _at(days: int, hour: int = 18) -> datetime.datetime:
    day = TODAY + datetime.timedelta(days=days)
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=timezone.get_default_timezone())
