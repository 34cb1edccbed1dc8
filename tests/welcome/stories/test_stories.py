"""Why people stay: shown with consent and until its day, never with how they are reached, gone when it is over."""

import datetime
import re

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.factories.welcome import (
    HouseholdFactory,
    PersonFactory,
    StoryFactory,
    StorytellerFactory,
    StoryTextFactory,
)
from welcome.households import ties
from welcome.privacy import erasure, retention
from welcome.stories import actions, delivery
from welcome.stories.models import State, Story, Storyteller, StoryText

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = datetime.timedelta(days=1)


@pytest.fixture
def ål():
    return MunicipalityFactory(number="3328", slug="al", name="Ål")


@pytest.fixture
def office(ål, client):
    member = MembershipFactory(municipality=ål, role=Role.SERVICE_OFFICE, user__language="en")
    client.force_login(member.user)
    return member.user


def told(place, title, **more):
    story = StoryFactory(municipality=place, **more)
    StoryTextFactory(story=story, title=title)
    StorytellerFactory(story=story)
    return story


def test_what_is_published_is_read_until_its_day_and_nothing_else(client, ål):
    told(ål, "Vises", moved_from="Hamar", moved_year=2023)
    told(ål, "Siste dag", ends_on=TODAY())
    told(ål, "Over", consent_on=TODAY() - 9 * DAY, ends_on=TODAY() - DAY)
    told(ål, "Kladd", state=State.DRAFT)
    told(ål, "Trukket", state=State.WITHDRAWN, withdrawn_at=timezone.now())
    told(MunicipalityFactory(), "Deres")
    for address in ("/nb/al/stories/", "/nb/al/", "/nb/al/meet/"):
        page = client.get(address).content.decode()
        assert "Amina, fra Hamar i 2023" in page
        assert "Siste dag" in page
        for hidden in ("Over<", "Kladd", "Trukket", "Deres<", "Testesen", "amina@"):
            assert hidden not in page, (address, hidden)
    assert "/al/stories/" in client.get("/sitemap.xml").content.decode()


def test_the_database_lets_nothing_be_published_without_consent():
    draft = StoryFactory(state=State.DRAFT)
    for wrong in (
        {"state": State.PUBLISHED, "published_at": timezone.now(), "consent_on": None},
        {"state": State.PUBLISHED, "published_at": timezone.now(), "consent_how": ""},
        {"state": State.PUBLISHED, "published_at": None},
        {"state": State.WITHDRAWN},
        {"ends_on": TODAY() - 2 * DAY},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Story.objects.filter(pk=draft.pk).update(**wrong)


def test_staff_write_it_record_the_consent_publish_and_withdraw(client, ål, office):
    answer = client.post(
        reverse("admin:welcome_story_add"),
        {"shown_name": "Amina", "ends_on": "2027-10-20", "consent_how": ""},
    )
    story = Story.objects.get()
    change, move = (reverse(f"admin:welcome_story_{name}", args=[story.pk]) for name in ("change", "move"))
    assert answer["Location"] == change
    assert (
        "without that nothing is published"
        in client.post(move, {"verb": "publish"}, follow=True).content.decode()
    )
    form = {
        "shown_name": "Amina", "ends_on": "2027-10-20", "consent_on": TODAY().isoformat(),
        "consent_how": "paper", "teller-TOTAL_FORMS": "1", "teller-INITIAL_FORMS": "0",
        "teller-0-name": "Amina Testesen", "teller-0-email": "amina@heime.example",
        "texts-TOTAL_FORMS": "0", "texts-INITIAL_FORMS": "0",
    }  # fmt: skip
    home = PersonFactory(household__municipality=ål, email="Amina@heime.example").household
    assert client.post(change, form).status_code == 302
    story.refresh_from_db()
    assert story.consent_by == office
    assert Storyteller.objects.get().household == home
    assert "no title" in client.post(move, {"verb": "publish"}, follow=True).content.decode()
    StoryTextFactory(story=story)
    client.post(move, {"verb": "publish"})
    assert Story.objects.shown().get() == story
    assert AuditEntry.objects.filter(model="welcome.Story", note="state=published", user=office).exists()
    # A published one keeps its consent.
    kept = form | {"consent_on": "", "consent_how": "", "teller-TOTAL_FORMS": "0"}
    assert "withdraw it first" in client.post(change, kept).content.decode()
    client.post(move, {"verb": "withdraw"})
    assert not Story.objects.shown().exists()


def test_an_editor_who_sees_no_people_sees_no_stories(client, ål):
    story = told(ål, "Vises")
    client.force_login(MembershipFactory(municipality=ål, role=Role.EDITOR).user)
    assert client.get(reverse("admin:welcome_story_changelist")).status_code == 403
    assert (
        client.post(reverse("admin:welcome_story_move", args=[story.pk]), {"verb": "withdraw"}).status_code
        == 404
    )


def test_the_night_deletes_what_is_over_and_what_was_withdrawn_a_week_ago(ål):
    kept = told(ål, "Vises", ends_on=TODAY())
    now = timezone.now()
    just = told(ål, "Nettopp", state=State.WITHDRAWN, withdrawn_at=now - 2 * DAY)
    told(ål, "Lenge siden", state=State.WITHDRAWN, withdrawn_at=now - 9 * DAY)
    told(ål, "Over", consent_on=TODAY() - 9 * DAY, ends_on=TODAY() - DAY)
    other = told(MunicipalityFactory(), "Deres", consent_on=TODAY() - 9 * DAY, ends_on=TODAY() - DAY)
    retention.clean(ål, TODAY())
    assert set(Story.objects.all()) == {kept, just, other}
    assert StoryText.objects.count() == Storyteller.objects.count() == 3


def test_who_comes_under_protection_or_is_erased_is_told_of_no_more(ål):
    home = HouseholdFactory(municipality=ål)
    PersonFactory(household=home, email="AMINA@heime.example")
    story, other = told(ål, "Vises"), told(ål, "En annens")
    Storyteller.objects.filter(story=other).update(email="annen@heime.example")
    actions.tie(teller=story.teller)
    ties.end(of=[home.pk], by_id=None)
    assert list(Story.objects.shown()) == [other]
    erasure.erase(household=home, by=None)
    assert list(Story.objects.all()) == [other]
    assert Storyteller.objects.get().story == other


def test_many_cost_as_many_queries_as_few(client, ål, django_assert_max_num_queries):
    def count():
        found = []
        for address in ("/nb/al/stories/", "/nb/al/meet/", "/nb/al/"):
            with django_assert_max_num_queries(12) as queries:
                client.get(address)
            found.append(len(queries))
        return found

    told(ål, "En")
    few = count()
    for number in range(6):
        told(ål, f"Nr. {number}")
    assert count() == few


# --- who tells it takes it back ----------------------------------------------------------------------


def draft(place, **teller):
    story = StoryFactory(municipality=place, state=State.DRAFT, published_at=None)
    StoryTextFactory(story=story, title="Her blir jeg")
    StorytellerFactory(story=story, **({"name": "Amina Warsame", "email": "amina@warsame.example"} | teller))
    return story


def mailed_link():
    return re.search(r"https?://[^/\s]+(/l/story/\S+)", mail.outbox[-1].body)[1]


def test_who_tells_it_gets_a_link_when_it_is_shown_and_takes_it_back_by_it(ål, office, client):
    story = draft(ål)
    assert delivery.tell_waiting() == 0, "nothing is shown yet"
    assert actions.publish(story=story, by=office)
    assert (delivery.tell_waiting(), delivery.tell_waiting()) == (1, 0)
    assert mail.outbox[-1].to == ["amina@warsame.example"]
    client.logout()
    assert "Her blir jeg" in client.get("/nb/al/stories/").content.decode()
    opened = client.get(mailed_link(), follow=True)
    path = opened.request["PATH_INFO"]
    assert "Amina" in opened.content.decode()
    assert Story.objects.get().state == State.PUBLISHED, "looking takes nothing back"
    gone = client.post(path, {"go": "withdraw"})
    assert gone.status_code == 200
    story.refresh_from_db()
    assert (story.state, story.withdrawn_at is not None) == (State.WITHDRAWN, True)
    assert "Her blir jeg" not in client.get("/nb/al/stories/").content.decode()
    assert client.get(mailed_link()).status_code == 410
    entry = AuditEntry.objects.get(note="state=withdrawn")
    assert entry.user_id is None


def test_shown_anew_they_are_told_anew_and_by_phone_only_nobody_is_mailed(ål, office):
    story = draft(ål)
    silent = draft(ål, email="", phone="+4741234567")
    for row in (story, silent):
        actions.publish(story=row, by=office)
    assert delivery.tell_waiting() == 1
    actions.withdraw(story=story, by=office)
    actions.publish(story=Story.objects.get(pk=story.pk), by=office)
    assert delivery.tell_waiting() == 1


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_mail_speaks_their_language(ål, office, language):
    home = HouseholdFactory(municipality=ål, language=language)
    PersonFactory(household=home, email="amina@warsame.example")
    story = draft(ål)
    actions.tie(teller=Storyteller.objects.get(story=story))
    actions.publish(story=story, by=office)
    delivery.tell_waiting()
    subject = {"nb": "Historien din", "nn": "Historia di", "en": "Your story"}[language]
    assert mail.outbox[-1].subject.startswith(subject)


def test_a_mail_server_that_is_down_is_tried_again(ål, office, monkeypatch):
    actions.publish(story=draft(ål), by=office)

    def down(*args):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", down)
        assert delivery.tell_waiting() == 0
    assert delivery.tell_waiting() == 1
