"""A meeting from its invitation to its minutes, as actions."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from municipalities.audit.models import Action, AuditEntry
from tests.factories.municipalities import OrganisationFactory
from tests.factories.welcome import (
    AttendeeFactory,
    CooperationMeetingFactory,
    HostAssignmentFactory,
    HouseholdFactory,
    IdeaFactory,
    ParticipantFactory,
)
from tests.welcome.letters.frozen import protect
from welcome.cooperation import actions, agenda, choosing, inviting
from welcome.cooperation.idea_models import Idea, Vote
from welcome.cooperation.measure_models import Measure
from welcome.cooperation.models import Answer, Attendee, Participant

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def waiting(place):
    return {point.name: point.count for point in agenda.agenda_of(place)}


def test_the_agenda_counts_households_without_host_and_never_the_protected(place):
    hosted, alone, hidden = HouseholdFactory.create_batch(3, municipality=place)
    HostAssignmentFactory(household=hosted)
    protect(hidden)
    HouseholdFactory()  # Of another municipality.
    assert alone
    assert waiting(place)["without_host"] == 1


def test_the_agenda_takes_as_many_questions_however_much_waits(place, django_assert_max_num_queries):
    HouseholdFactory.create_batch(4, municipality=place)
    with django_assert_max_num_queries(14):
        agenda.agenda_of(place)


def test_inviting_organisations_makes_one_person_of_an_e_mail(place, boss, meeting):
    choir = OrganisationFactory(municipality=place, email="Felles@bygda.example")
    sports = OrganisationFactory(municipality=place, email="felles@bygda.example")
    silent = OrganisationFactory(municipality=place, email="")
    people = inviting.speakers(organisations=[choir, sports, silent], by=boss)
    assert actions.invite(meeting=meeting, participants=set(people), by=boss) == 1
    assert actions.invite(meeting=meeting, participants=people[:1], by=boss) == 0
    assert Participant.objects.get().organisation == choir


def test_nobody_of_another_municipality_is_invited(boss, meeting):
    assert actions.invite(meeting=meeting, participants=[ParticipantFactory()], by=boss) == 0


def test_another_day_asks_everybody_anew(place, boss):
    meeting = CooperationMeetingFactory(municipality=place)
    row = AttendeeFactory(meeting=meeting)
    actions.answer(attendance=row, answer=Answer.COMES)
    Attendee.objects.update(mailed_at="2026-01-01T12:00Z")
    said = {"about": "Kaffe"}
    assert not actions.reschedule(meeting=meeting, said=said, by=boss)
    row.refresh_from_db()
    assert (row.answer, row.mailed_at is None) == (Answer.COMES, False)
    assert actions.reschedule(meeting=meeting, said={"day": meeting.day + datetime.timedelta(1)}, by=boss)
    row.refresh_from_db()
    assert (row.answer, row.answered_at, row.mailed_at) == ("", None, None)


def test_ideas_are_taken_only_while_they_are_gathered_and_once(place, boss):
    meeting = CooperationMeetingFactory(municipality=place)
    idea = {"text": "Bakekveld", "table": "Bord 2", "sent_as": "abc"}
    with pytest.raises(ValidationError):
        choosing.add_idea(meeting=meeting, **idea)
    assert actions.gather(meeting=meeting, by=boss)
    assert choosing.add_idea(meeting=meeting, **idea)
    assert not choosing.add_idea(meeting=meeting, **idea)
    assert actions.open_voting(meeting=meeting, by=boss)
    with pytest.raises(ValidationError):
        choosing.add_idea(meeting=meeting, **idea | {"sent_as": "def"})
    assert Idea.objects.count() == 1


def test_votes_are_as_many_as_the_meeting_gives_and_the_last_word_holds(meeting, voter, ideas):
    with pytest.raises(ValidationError, match="3 votes"):
        choosing.vote(attendance=voter, ideas=[idea.pk for idea in ideas[:4]])
    choosing.vote(attendance=voter, ideas=[idea.pk for idea in ideas[:3]])
    choosing.vote(attendance=voter, ideas=[ideas[4].pk])
    assert list(Vote.objects.values_list("idea", "number")) == [(ideas[4].pk, 1)]
    assert Idea.objects.with_votes().first() == ideas[4]
    with pytest.raises(ValidationError, match="gone"):
        choosing.vote(attendance=voter, ideas=[IdeaFactory().pk])


def test_one_to_three_measures_are_chosen(meeting, ideas, boss):
    for idea in ideas[:3]:
        choosing.choose(meeting=meeting, idea=idea, title=idea.text, by=boss)
    with pytest.raises(ValidationError, match="one to three"):
        choosing.choose(meeting=meeting, idea=ideas[3], title="Ein til", by=boss)
    second = Measure.objects.get(slot=2)
    assert choosing.take_back(measure=second, by=boss)
    with pytest.raises(ValidationError, match="chosen already"):
        choosing.choose(meeting=meeting, idea=ideas[0], title="Same", by=boss)
    assert choosing.choose(meeting=meeting, idea=ideas[3], title="Ein til", by=boss).slot == 2
    assert not choosing.drop_idea(idea=ideas[3], by=boss)
    assert choosing.drop_idea(idea=ideas[4], by=boss)


def test_a_meeting_closes_with_its_next_day_and_what_waited_and_takes_nothing_after(
    meeting, voter, ideas, boss, later
):
    HouseholdFactory(municipality=meeting.municipality)
    for next_on in (None, meeting.day):
        with pytest.raises(ValidationError, match="later day"):
            actions.close(meeting=meeting, next_on=next_on, said="", by=boss)
    actions.close(meeting=meeting, next_on=later, said="Kaffi og kake.", by=boss)
    meeting.refresh_from_db()
    assert ["without_host", 1] in meeting.agenda
    assert AuditEntry.objects.filter(action=Action.FINISHED, object_id=str(meeting.pk)).count() == 1
    for doing in (
        lambda: choosing.vote(attendance=voter, ideas=[ideas[0].pk]),
        lambda: actions.answer(attendance=voter, answer=Answer.COMES),
        lambda: actions.invite(meeting=meeting, participants=[ParticipantFactory()], by=boss),
        lambda: actions.close(meeting=meeting, next_on=later, said="", by=boss),
        lambda: actions.gather(meeting=meeting, by=boss),
    ):
        with pytest.raises(ValidationError):
            doing()


def test_a_meeting_that_never_began_is_not_closed(place, boss, later):
    with pytest.raises(ValidationError, match="not begun"):
        actions.close(meeting=CooperationMeetingFactory(municipality=place), next_on=later, said="", by=boss)
