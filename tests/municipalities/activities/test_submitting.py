"""From a stranger's form to the calendar: nothing is published by accident, nothing typed is lost."""

import datetime
import re

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from municipalities.activities import delivery, tasks
from municipalities.activities.models import Activity, News, State, Submission
from municipalities.tenancy.anybody import LEAST_SECONDS
from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    MembershipFactory,
    MunicipalityFactory,
    OrganisationFactory,
    SubmissionFactory,
)
from welcome.privacy import retention

pytestmark = pytest.mark.django_db
DAY = timezone.localdate() + datetime.timedelta(days=8)


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


def stamp_of(client, path="/nn/al/activities/new/"):
    return re.search(r'name="stamp" value="([^"]+)"', client.get(path).content.decode()).group(1)


def typed(client, **more):
    return {
        "title": "Kafé for nye",
        "body": "Kom innom.\n\nAlle er velkomne, <b>også</b> borna.",
        "text_language": "nn",
        "theme": "meeting",
        "day": DAY.isoformat(),
        "begins": "18:00",
        "ends": "20:00",
        "repeats": "week",
        "until": (DAY + datetime.timedelta(weeks=3)).isoformat(),
        "place": "Frivilligsentralen",
        "price": "0",
        "organisation_name": "Ål frivilligsentral",
        "name": "Turid Haugen",
        "email": "turid@example.org",
        "stamp": stamp_of(client),
    } | more


def send(client, data, path="/nn/al/activities/new/", wait=LEAST_SECONDS + 2):
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=wait), tick=True):
        return client.post(path, data)


def told(submission=None):
    """The newest mail, after the workers have done theirs."""
    for row in [submission] if submission else Submission.objects.to_tell():
        tasks.tell(row.pk)
    return mail.outbox[-1]


def opened(client, message):
    [link] = re.findall(r"http\S+/l/activity/\w+/", message.body)
    answer = client.get("/" + link.split("/", 3)[3])
    assert answer.status_code == 302
    return answer["Location"].split("/", 2)[2]


def staff(al, role=Role.SERVICE_OFFICE):
    return MembershipFactory(municipality=al, role=role).user


def test_from_the_form_to_the_calendar(client, al):
    answer = send(client, typed(client))
    assert answer["Location"] == "/nn/al/activities/new/?sent=1"
    activity = Activity.objects.get()
    assert activity.state == State.DRAFT
    assert activity.occurrences.count() == 4
    assert client.get(f"/nn/al/activities/{activity.pk}-x/").status_code == 404
    message = told()
    assert message.to == ["turid@example.org"]
    assert "Kafé for nye" in message.subject
    page = "/nn/" + opened(client, message)
    assert client.get(page).status_code == 200
    assert Activity.objects.get().state == State.DRAFT, "looking changes nothing"
    assert client.post(f"{page}confirm/").status_code == 302
    assert Activity.objects.get().state == State.WAITING

    client.force_login(staff(al))
    today = client.get("/admin/").content.decode()
    assert "/admin/municipalities/activity/?state__exact=waiting" in today
    decide = f"/admin/municipalities/activity/{activity.pk}/decide/"
    shown = client.get(decide).content.decode()
    assert "Kafé for nye" in shown
    assert "turid@example.org" in shown
    client.post(decide, {"verb": "publish"})
    activity.refresh_from_db()
    assert activity.state == State.PUBLISHED
    message = told()
    assert f"/nn/al/activities/{activity.pk}-kafe-for-nye/" in message.body
    client.logout()
    page = client.get("/nn/al/activities/").content.decode()
    assert "Kafé for nye" in page
    page = client.get(f"/nn/al/activities/{activity.pk}-kafe-for-nye/").content.decode()
    assert "Ål frivilligsentral" in page
    assert "&lt;b&gt;også" in page
    assert "turid@example.org" not in page
    assert b"Kaf" in client.get("/nn/al/activities.ics").content


def test_sent_back_with_a_word_changed_and_sent_in_again(client, al):
    send(client, typed(client))
    page = "/nn/" + opened(client, told())
    client.post(f"{page}confirm/")
    activity = Activity.objects.get()
    office = staff(al)
    client.force_login(office)
    decide = f"/admin/municipalities/activity/{activity.pk}/decide/"
    assert client.post(decide, {"verb": "send_back"}).status_code == 422, "not without a word"
    client.post(decide, {"verb": "send_back", "word": "Kor er inngangen?"})
    assert Activity.objects.get().state == State.DRAFT
    message = told()
    assert "Kor er inngangen?" in message.body
    client.logout()
    page = "/nn/" + opened(client, message)
    shown = client.get(page).content.decode()
    assert "Kor er inngangen?" in shown
    assert "Alle er velkomne, &lt;b&gt;også&lt;/b&gt; borna." in shown
    fields = typed(client, place="Frivilligsentralen, bakdøra")
    assert client.post(page, fields)["Location"].endswith("?done=changed")
    activity.refresh_from_db()
    assert (activity.state, activity.place) == (State.WAITING, "Frivilligsentralen, bakdøra")
    assert activity.arranger == "Ål frivilligsentral"
    assert activity.occurrences.count() == 4


def test_declined_is_told_and_can_be_seen_and_not_sent_in(client, al):
    submission = SubmissionFactory(activity=ActivityFactory(municipality=al, state=State.WAITING))
    ActivityTextFactory(activity=submission.activity)
    client.force_login(staff(al))
    decide = f"/admin/municipalities/activity/{submission.activity_id}/decide/"
    client.post(decide, {"verb": "decline", "word": "Dette er reklame."})
    message = told()
    assert "Dette er reklame." in message.body
    client.logout()
    page = "/nb/" + opened(client, message)
    assert client.post(page, typed(client))["Location"].endswith("?done=late")
    assert Activity.objects.get().state == State.WITHDRAWN


def test_its_sender_takes_it_out_of_the_calendar(client, al):
    submission = SubmissionFactory(activity=ActivityFactory(municipality=al), news=News.PUBLISHED)
    ActivityTextFactory(activity=submission.activity)
    page = "/nb/" + opened(client, told(submission))
    client.post(f"{page}take-back/")
    assert Activity.objects.get().state == State.WITHDRAWN


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"day": "2020-01-01"}, "day"),
        ({"ends": "17:00"}, "ends"),
        ({"ends": ""}, "ends"),
        ({"until": ""}, "until"),
        ({"until": "2099-01-01"}, "until"),
        ({"age_from": "12", "age_to": "6"}, "age_to"),
        ({"email": "nobody"}, "email"),
        ({"sign_up_url": "javascript:alert(1)"}, "sign_up_url"),
        ({"theme": "evil"}, "theme"),
        ({"leave_empty": "buy now"}, "leave_empty"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(client, al, wrong, field):
    answer = send(client, typed(client, **wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    assert "ds-error-summary" in page
    assert "Alle er velkomne, &lt;b&gt;også&lt;/b&gt; borna." in page
    assert not Activity.objects.exists()


@pytest.mark.parametrize(("stamp", "wait"), [("", 5), ("form:1x:forged", 5), (None, 0), (None, 25 * 3600)])
def test_programs_are_told_from_people_and_people_lose_nothing(client, al, stamp, wait):
    data = typed(client) | ({} if stamp is None else {"stamp": stamp})
    answer = send(client, data, wait=wait)
    assert answer.status_code == 422
    again = answer.content.decode()
    assert "Kafé for nye" in again
    assert not Activity.objects.exists()
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=wait), tick=True):
        fresh = stamp_of(client)
    assert send(client, data | {"stamp": fresh}, wait=wait + 5).status_code == 302


def test_nobody_s_mailbox_is_filled(client, al, settings):
    settings.RATE_LIMIT_FACTOR = 1
    data = typed(client)
    answers = [send(client, data).status_code for _ in range(7)]
    assert answers == [302] * 5 + [422] * 2
    assert Submission.objects.count() == 5


def test_a_mail_that_is_refused_is_sent_by_the_clock(client, al, refuse_mail_to, monkeypatch):
    send(client, typed(client))
    submission = Submission.objects.get()
    refuse_mail_to("turid@example.org")
    assert not delivery.tell(submission.pk)
    submission.refresh_from_db()
    assert submission.news == News.CONFIRM
    Submission.objects.update(email="annen@example.org")
    assert delivery.tell_all() == 1
    assert delivery.tell_all() == 0
    assert len(mail.outbox) == 1


def test_whoever_is_elsewhere_or_may_only_read_decides_nothing(client, al):
    activity = ActivityFactory(municipality=al, state=State.WAITING)
    path = f"/admin/municipalities/activity/{activity.pk}/decide/"
    client.force_login(staff(MunicipalityFactory(), Role.ADMINISTRATOR))
    assert client.post(path, {"verb": "publish"}).status_code == 404
    client.force_login(staff(al, Role.READER))
    assert client.post(path, {"verb": "publish"}).status_code == 403
    assert Activity.objects.get().state == State.WAITING


def test_without_a_word_in_any_language_nothing_is_published(client, al):
    activity = ActivityFactory(municipality=al, state=State.DRAFT)
    client.force_login(staff(al))
    path = f"/admin/municipalities/activity/{activity.pk}/decide/"
    assert client.post(path, {"verb": "publish"}).status_code == 422
    assert Activity.objects.get().state == State.DRAFT


def test_another_municipality_s_organisation_can_t_be_named(client, al):
    theirs = OrganisationFactory()
    assert send(client, typed(client, organisation=theirs.pk)).status_code == 422


def test_who_sent_it_is_forgotten_in_time(client, al):
    send(client, typed(client))
    kept = SubmissionFactory(activity=ActivityFactory(municipality=al))
    today = timezone.localdate()
    retention.clean(al, today + datetime.timedelta(days=8))
    assert [row.pk for row in Submission.objects.all()] == [kept.pk]
    assert [row.pk for row in Activity.objects.all()] == [kept.activity_id]
    retention.clean(al, today + datetime.timedelta(days=120))
    assert not Submission.objects.exists()
    assert Activity.objects.count() == 1
