"""The pages: what staff do on theirs, and what people do behind their links."""

import datetime
import io

import pikepdf
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.activities.models import Activity
from municipalities.links import actions as links
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import Role
from tests.factories.municipalities import OrganisationFactory
from tests.factories.welcome import (
    AttendeeFactory,
    CooperationMeetingFactory,
    GroupMemberFactory,
    HouseholdFactory,
    IdeaFactory,
    MeasureFactory,
    ParticipantFactory,
    PersonFactory,
    TaskFactory,
    VoteFactory,
)
from tests.municipalities.links.made import path_of
from tests.welcome.letters.frozen import protect, worker
from welcome.cooperation import actions
from welcome.cooperation.idea_models import Idea, Vote
from welcome.cooperation.links import COOPERATION, IDEAS, TASK
from welcome.cooperation.measure_models import Measure, Spending, Task
from welcome.cooperation.models import Attendee, CooperationMeeting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def opened(client, purpose, obj):
    return client.get(path_of(links.issue(purpose=purpose, of=obj, by=None)))["Location"]


def page_of(model, obj, page="change"):
    return reverse(f"admin:welcome_{model._meta.model_name}_{page}", args=[obj.pk])


# --- staff -----------------------------------------------------------------------------------------


def test_a_meeting_gives_two_measures_with_groups_and_a_next_date(client, place, boss, later):
    """The whole way, as staff walk it: from an empty list to the minutes."""
    client.force_login(boss)
    ParticipantFactory(municipality=place, name="Amina", is_newcomer=True)
    OrganisationFactory(municipality=place, name="Ål bygdekvinnelag", email="leiar@bkl.example")
    day = timezone.localdate() + datetime.timedelta(days=7)
    new = {"day": day.strftime("%d.%m.%Y"), "begins": "18:00", "place": "Rådhuset", "votes_each": 2}
    client.post(reverse("admin:welcome_cooperationmeeting_add"), new)
    meeting = CooperationMeeting.objects.get()
    page = page_of(CooperationMeeting, meeting)
    shown = client.get(page).context
    people, organisations = (
        shown["forms"]["invite"].fields[name].queryset for name in ("participants", "organisations")
    )
    sent = {"participants": [people.get().pk], "organisations": [organisations.get().pk]}
    client.post(page, {"verb": "invite", **sent})
    assert Attendee.objects.count() == 2
    client.post(page, {"verb": "gather"})
    ideas = IdeaFactory.create_batch(4, meeting=meeting)
    client.post(page, {"verb": "voting"})
    for idea in ideas[:2]:
        client.post(page, {"verb": "choose", "idea": idea.pk})
    first, second = Measure.objects.order_by("slot")
    client.post(page, {"verb": "drop", "idea": ideas[3].pk})
    assert Idea.objects.count() == 3
    assert client.post(page, {"verb": "close", "said": "Kaffi", "next_on": ""}).status_code == 422
    assert client.post(page, {"verb": "close", "next_on": new["day"], "said": "Kaffi"}).status_code == 422
    assert "Kaffi" in client.post(page, {"verb": "close", "next_on": "", "said": "Kaffi"}).content.decode()
    client.post(page, {"verb": "close", "next_on": later.strftime("%d.%m.%Y"), "said": "Kaffi"})
    meeting.refresh_from_db()
    assert (meeting.state, meeting.next_on) == ("closed", later)
    work = page_of(Measure, first)
    assert client.post(work, {"verb": "start"}, follow=True).context["measure"].state == "planned"
    client.post(work, {"verb": "add", "member-participant": people.model.objects.get(name="Amina").pk})
    client.post(work, {"verb": "start"})
    first.refresh_from_db()
    assert (first.state, second.state) == ("running", "planned")
    assert client.get(page_of(CooperationMeeting, meeting, "minutes")).status_code == 200


def test_the_page_of_a_measure_gives_tasks_notes_money_and_goes_to_the_calendar(client, place, boss, later):
    client.force_login(boss)
    member = GroupMemberFactory(
        measure=MeasureFactory(meeting=CooperationMeetingFactory(municipality=place)),
        participant__is_newcomer=True,
    )
    page = page_of(Measure, member.measure)
    by = {"task-due_on": later.strftime("%d.%m.%Y"), "task-owner": member.pk}
    assert client.post(page, {"verb": "task", "task-title": "", **by}).status_code == 422
    client.post(page, {"verb": "task", "task-title": "Bake kake", **by})
    task = Task.objects.get()
    line = {"line-day": "01.12.2026", "line-note": "Mjøl", "line-kroner": "120", "line-hours": "1,5"}
    client.post(page, {"verb": "spend", **line})
    assert Spending.objects.get().kroner == 120
    client.post(page, {"verb": "save", "title": "Bakekveld", "what": "", "kroner": "100", "hours": ""})
    client.post(page, {"verb": "calendar"})
    assert Activity.objects.get().texts.get().title == "Bakekveld"
    shown = client.get(page)
    assert (shown.context["used"].kroner, shown.context["measure"].kroner) == (120, 100)
    assert "Bake kake" in shown.content.decode()
    client.post(page, {"verb": "finish", "task": task.pk})
    task.refresh_from_db()
    assert task.done_at is not None
    assert client.post(page, {"verb": "remove", "member": GroupMemberFactory().pk}).status_code == 404


def test_overdue_tasks_and_too_many_roles_are_seen_in_the_lists(client, place, boss):
    client.force_login(boss)
    member = GroupMemberFactory(measure__meeting=CooperationMeetingFactory(municipality=place))
    late = timezone.localdate() - datetime.timedelta(days=3)
    for _each in range(3):
        TaskFactory(owner=member, due_on=late, help_wanted_at=timezone.now())
    shown = client.get(reverse("admin:welcome_measure_changelist") + "?tasks=late")
    [row] = shown.context["cl"].result_list
    assert (row.used.late, row.used.help_wanted) == (3, 3)
    people = client.get(reverse("admin:welcome_participant_changelist"))
    [person] = people.context["cl"].result_list
    assert (person.load.roles, person.load.is_too_much) == (4, True)


def test_the_wall_shows_a_code_while_ideas_are_gathered_and_nobodys_name(client, place, boss):
    client.force_login(boss)
    meeting = CooperationMeetingFactory(municipality=place)
    person = AttendeeFactory(meeting=meeting).participant
    actions.gather(meeting=meeting, by=boss)
    low, high = IdeaFactory(meeting=meeting), IdeaFactory(meeting=meeting)
    wall = page_of(CooperationMeeting, meeting, "wall")
    shown = client.get(wall).content.decode()
    assert "<svg" in shown
    assert low.text in shown
    assert person.name not in shown
    VoteFactory(idea=high, attendance=Attendee.objects.get())
    actions.open_voting(meeting=meeting, by=boss)
    shown = client.get(wall).content.decode()
    assert "<svg" not in shown
    assert shown.index(high.text) < shown.index(low.text)


def test_the_list_of_measures_asks_alike_however_many_there_are(
    client, place, boss, django_assert_num_queries
):
    client.force_login(boss)
    address = reverse("admin:welcome_measure_changelist")
    MeasureFactory(meeting=CooperationMeetingFactory(municipality=place))
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _each in range(5):
        TaskFactory(owner__measure__meeting=CooperationMeetingFactory(municipality=place))
    with django_assert_num_queries(len(few)):
        client.get(address)


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR])
def test_who_may_not_write_of_people_sees_nothing_of_it(client, place, role):
    client.force_login(worker(place, role))
    meeting = CooperationMeetingFactory(municipality=place)
    assert client.get(page_of(CooperationMeeting, meeting)).status_code in {403, 404}


# --- minutes ---------------------------------------------------------------------------------------


def test_minutes_are_tagged_and_name_nobody_who_is_protected(client, place, boss, meeting, later):
    Municipality.objects.update(language_form="nn")
    HouseholdFactory(municipality=place)
    comes = {"meeting": meeting, "answer": "comes", "answered_at": timezone.now()}
    open_to_all = AttendeeFactory(**comes, participant__name="Ingebjørg Opne")
    hidden = AttendeeFactory(**comes, participant__name="Løynd Person", participant__email="Loynd@x.example")
    home = HouseholdFactory(municipality=place)
    PersonFactory(household=home, email="loynd@x.example")
    measure = MeasureFactory(meeting=meeting)
    for row in (open_to_all, hidden):
        GroupMemberFactory(measure=measure, participant=row.participant)
    protect(home)
    actions.close(meeting=meeting, next_on=later, said="", by=boss)
    client.force_login(boss)
    content = client.get(page_of(CooperationMeeting, meeting, "minutes")).content
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    assert "Ingebjørg Opne" in text
    assert "Løynd" not in text
    with pikepdf.open(io.BytesIO(content)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "nn"


# --- behind links ----------------------------------------------------------------------------------


def test_an_invited_person_answers_writes_and_votes_as_the_meeting_goes(client, place, boss):
    meeting = CooperationMeetingFactory(municipality=place, votes_each=1)
    row = AttendeeFactory(meeting=meeting)
    other = AttendeeFactory(meeting=meeting).participant
    page = opened(client, COOPERATION, row)
    assert client.get(page).status_code == 200
    assert client.post(page, {"go": "answer", "answer": "sends", "sends": ""}).status_code == 422
    client.post(page, {"go": "answer", "answer": "sends", "sends": "Per"})
    row.refresh_from_db()
    assert (row.answer, row.sends) == ("sends", "Per")
    client.post(page, {"go": "vote", "ideas": []})
    client.post(page, {"go": "idea", "text": "Tur", "sent_as": "x"})
    assert not Idea.objects.exists()
    actions.gather(meeting=meeting, by=boss)
    for _twice in range(2):
        client.post(page, {"go": "idea", "text": "Tur til Hallingskarvet", "sent_as": "x"})
    assert Idea.objects.get().text == "Tur til Hallingskarvet"
    second = IdeaFactory(meeting=meeting)
    actions.open_voting(meeting=meeting, by=boss)
    both = list(Idea.objects.values_list("pk", flat=True))
    assert client.post(page, {"go": "vote", "ideas": both}).status_code == 422
    client.post(page, {"go": "vote", "ideas": [second.pk]})
    assert Vote.objects.get().idea == second
    shown = client.get(page).content.decode()
    assert "checked" in shown
    assert other.name not in shown


def test_whoever_is_in_the_room_writes_by_the_code_until_votes_are_given(client, place, boss):
    meeting = CooperationMeetingFactory(municipality=place)
    actions.gather(meeting=meeting, by=boss)
    page = client.get(path_of(links.active(purpose=IDEAS, of=meeting)))["Location"]
    key = client.get(page).context["forms"]["idea"]["sent_as"].value()
    assert client.post(page, {"text": "", "sent_as": key}).status_code == 422
    assert client.post(page, {"text": "Grill", "table": "Bord 3", "sent_as": key}).status_code == 302
    assert Idea.objects.get().table == "Bord 3"
    answer = client.post(page, {"text": "Grill igjen", "sent_as": "y" * 99})
    assert answer.status_code == 422
    assert "Grill igjen" in answer.content.decode()
    actions.open_voting(meeting=meeting, by=boss)
    assert client.get(page).status_code == 410


def test_a_task_is_done_and_helped_with_by_its_link_alone(client, place):
    task = TaskFactory(owner__measure__meeting=CooperationMeetingFactory(municipality=place))
    page = opened(client, TASK, task)
    assert client.get(page).status_code == 200
    assert Task.objects.get().done_at is None
    client.post(page, {"go": "help", "word": "Ein bil"})
    assert Task.objects.get().help_word == "Ein bil"
    client.post(page, {"go": "done"})
    assert Task.objects.get().done_at is not None
    assert 'value="done"' not in client.get(page).content.decode()
    client.post(page, {"go": "help", "word": "For seint"})
    assert Task.objects.get().help_word == "Ein bil"
    client.post(page, {"go": "else"})
