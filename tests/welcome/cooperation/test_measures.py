"""Groups, tasks and money of a measure."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from municipalities.activities.models import State
from tests.factories.municipalities import MunicipalityFactory, OrganisationFactory
from tests.factories.welcome import (
    AttendeeFactory,
    CooperationSettingsFactory,
    GroupMemberFactory,
    HouseholdFactory,
    MeasureFactory,
    ParticipantFactory,
    PersonFactory,
    SpendingFactory,
    TaskFactory,
)
from welcome.cooperation import figures, forgetting, into_calendar, measures
from welcome.cooperation.measure_models import GroupMember, MeasureState, Task
from welcome.cooperation.models import Attendee, Participant
from welcome.privacy import erasure, retention

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def measure(meeting):
    return MeasureFactory(meeting=meeting)


@pytest.fixture
def newcomer(measure):
    return ParticipantFactory(municipality=measure.municipality, is_newcomer=True)


@pytest.fixture
def running(measure, newcomer, boss):
    measures.add_member(measure=measure, participant=newcomer, leads=False, by=boss)
    measures.start(measure=measure, by=boss)
    measure.refresh_from_db()
    return measure


def test_a_measure_begins_when_a_newcomer_is_in_its_group(measure, newcomer, boss):
    other = ParticipantFactory(municipality=measure.municipality)
    measures.add_member(measure=measure, participant=other, leads=True, by=boss)
    with pytest.raises(ValidationError, match="at least one newcomer"):
        measures.start(measure=measure, by=boss)
    measures.add_member(measure=measure, participant=newcomer, leads=False, by=boss)
    measures.start(measure=measure, by=boss)
    measure.refresh_from_db()
    assert (measure.state, measure.newcomer.participant) == (MeasureState.RUNNING, newcomer)


def test_who_is_called_a_newcomer_later_counts_when_it_begins(measure, boss):
    person = ParticipantFactory(municipality=measure.municipality)
    measures.add_member(measure=measure, participant=person, leads=False, by=boss)
    Participant.objects.update(is_newcomer=True)
    measures.start(measure=measure, by=boss)


def test_the_only_newcomer_does_not_leave_what_runs_but_one_of_two_may(running, newcomer, boss):
    member = running.members.get()
    with pytest.raises(ValidationError, match="only newcomer"):
        measures.remove_member(member=member, by=boss)
    other = ParticipantFactory(municipality=running.municipality, is_newcomer=True)
    measures.add_member(measure=running, participant=other, leads=False, by=boss)
    measures.remove_member(member=member, by=boss)
    running.refresh_from_db()
    assert running.newcomer.participant == other


def test_one_leads_and_nobody_is_in_a_group_twice_or_from_elsewhere(measure, newcomer, boss):
    measures.add_member(measure=measure, participant=newcomer, leads=True, by=boss)
    with pytest.raises(ValidationError):
        measures.add_member(measure=measure, participant=newcomer, leads=False, by=boss)
    other = ParticipantFactory(municipality=measure.municipality)
    with pytest.raises(ValidationError, match="One person leads"):
        measures.add_member(measure=measure, participant=other, leads=True, by=boss)


def test_tasks_are_given_to_people_of_the_group_who_have_an_e_mail(running, boss, later):
    stranger = GroupMemberFactory()
    with pytest.raises(ValidationError, match="people of the group"):
        measures.give_task(measure=running, owner=stranger, title="Kake", due_on=later, by=boss)
    silent = GroupMemberFactory(measure=running, participant__email="", participant__phone="+4799951234")
    with pytest.raises(ValidationError, match="no e-mail"):
        measures.give_task(measure=running, owner=silent, title="Kake", due_on=later, by=boss)


def test_a_task_is_done_once_and_what_ended_asks_nobody_for_anything(running, boss, later):
    task = measures.give_task(
        measure=running, owner=running.members.get(), title="Kake", due_on=later, by=boss
    )
    assert measures.ask_for_help(task=task, word="Ein omn")
    assert Task.objects.needing_help().get() == task
    assert measures.finish_task(task=task, by=None)
    assert not measures.finish_task(task=task, by=None)
    assert not measures.ask_for_help(task=task, word="")
    Task.objects.update(done_at=None, due_on=timezone.localdate() - datetime.timedelta(1))
    assert Task.objects.overdue().count() == 1
    measures.end(measure=running, state=MeasureState.DONE, by=boss)
    assert Task.objects.overdue().count() == 0
    with pytest.raises(ValidationError, match="ended"):
        measures.end(measure=running, state=MeasureState.DROPPED, by=boss)


def test_what_never_began_is_dropped_and_not_done(measure, boss):
    with pytest.raises(ValidationError, match="never begun"):
        measures.end(measure=measure, state=MeasureState.DONE, by=boss)
    measures.end(measure=measure, state=MeasureState.DROPPED, by=boss)


def test_the_ledger_adds_up_and_is_set_right_by_a_line_below_zero(measure, boss):
    line = {"measure": measure, "day": timezone.localdate(), "by": boss}
    measures.spend(**line, kroner=900, hours=Decimal("2.5"), note="Pølser")
    measures.spend(**line, kroner=-450, hours=Decimal(0), note="Halvparten kom i retur")
    SpendingFactory()
    with pytest.raises(ValidationError, match="kroner, hours, or both"):
        measures.spend(**line, kroner=0, hours=Decimal(0), note="Ingenting")
    found = figures.used([measure])[measure.pk]
    assert (found.kroner, found.hours) == (450, Decimal("2.5"))


def test_a_measure_becomes_one_draft_of_the_calendar(running, boss):
    running.what = "Alle tek med <noko> å grille."
    running.save()
    activity = into_calendar.draft(measure=running, by=boss)
    text = activity.texts.get()
    assert (activity.state, text.title) == (State.DRAFT, running.title)
    assert "<noko>" not in text.body
    assert activity.occurrences.count() == 1
    with pytest.raises(ValidationError, match="already"):
        into_calendar.draft(measure=running, by=boss)


def test_who_carries_more_than_the_municipality_says_is_told(running, newcomer, boss, later):
    member = running.members.get()
    for _each in range(3):
        TaskFactory(owner=member)
    load = figures.loads([newcomer], running.municipality)[newcomer.pk]
    assert (load.roles, load.most, load.is_too_much) == (4, 3, True)
    CooperationSettingsFactory(municipality=running.municipality, most_roles=4)
    assert not figures.loads([newcomer], running.municipality)[newcomer.pk].is_too_much
    Task.objects.update(done_at=timezone.now())
    measures.end(measure=running, state=MeasureState.DONE, by=boss)
    assert figures.loads([newcomer], running.municipality)[newcomer.pk].roles == 0


def test_anchoring_tells_who_stands_behind_on_each_side_and_where_nobody_does(place):
    OrganisationFactory(municipality=place, kind="employer", anchored=True)
    OrganisationFactory(municipality=place, kind="club", anchored=False)
    OrganisationFactory(municipality=MunicipalityFactory(), kind="club", anchored=True)
    ParticipantFactory(municipality=place, side="school", stands_behind_since=timezone.localdate())
    ParticipantFactory(municipality=place, side="kindergarten")
    found = {behind.side: behind.is_anchored for behind in figures.anchoring(place)}
    assert found == {
        "leadership": False, "school": True, "kindergarten": False, "business": True, "clubs": False,
    }  # fmt: skip


# --- privacy ---------------------------------------------------------------------------------------


def test_erasing_the_only_newcomer_stops_the_measure_and_keeps_its_work(running, boss):
    person = PersonFactory(
        household=HouseholdFactory(municipality=running.municipality), email="Amina@heime.example"
    )
    Participant.objects.filter(groups__measure=running).update(email="amina@heime.example")
    asked = {"help_wanted_at": timezone.now(), "help_word": "Eg er sjuk"}
    task = TaskFactory(owner=running.members.get(), **asked)
    AttendeeFactory(meeting=running.meeting, participant=running.members.get().participant)
    assert ("people of the cooperation", 1) in erasure.foresee(household=person.household).rows
    erasure.erase(household=person.household, by=boss)
    running.refresh_from_db()
    task.refresh_from_db()
    assert (running.state, running.newcomer, task.owner) == (MeasureState.PLANNED, None, None)
    assert task.help_word == ""
    assert not Participant.objects.exists()
    assert not Attendee.objects.exists()


def test_who_is_invited_to_nothing_for_two_years_goes_by_itself(place, running):
    long_ago = timezone.now() - datetime.timedelta(days=800)
    old, behind = ParticipantFactory.create_batch(2, municipality=place, created_at=long_ago)
    Participant.objects.filter(pk=behind.pk).update(stands_behind_since=timezone.localdate())
    lately = ParticipantFactory(municipality=place, created_at=long_ago)
    AttendeeFactory(meeting=running.meeting, participant=lately)
    Participant.objects.filter(groups__isnull=False).update(created_at=long_ago)
    rule = next(rule for rule in retention.RULES if rule.code == "participants")
    assert list(rule.due(place, timezone.localdate())) == [old]
    rule.take(old)
    assert not Participant.objects.filter(pk=old.pk).exists()


def test_forgetting_twice_forgets_once(running, newcomer, boss):
    assert forgetting.forget(participant=newcomer, by=boss)
    assert not forgetting.forget(participant=newcomer, by=boss)
    assert not GroupMember.objects.exists()
