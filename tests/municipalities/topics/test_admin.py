import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.tenancy.models import Role
from municipalities.texts import actions
from municipalities.texts.models import TextState
from municipalities.topics.models import Topic, TopicContact, TopicText
from tests.factories.municipalities import (
    ContactPointFactory,
    MembershipFactory,
    MunicipalityFactory,
    TopicFactory,
    TopicTextFactory,
)

pytestmark = pytest.mark.django_db
LONG_AGO = datetime.date(2020, 1, 1)


@pytest.fixture
def municipality():
    return MunicipalityFactory(language_form="nb", languages=["nb", "nn", "en"])


@pytest.fixture
def editor(municipality, client):
    user = MembershipFactory(municipality=municipality, role=Role.EDITOR).user
    client.force_login(user)
    return user


def page(topic):
    return reverse("admin:municipalities_topic_change", args=[topic.pk])


def texts(topic, **languages):
    """The form's data, with what each language says: {"title": …, "body": …}."""
    data = {
        "door": topic.door, "order": topic.order, "review_months": topic.review_months, "published": "on",
        "texts-TOTAL_FORMS": 3, "texts-INITIAL_FORMS": 0,
        "topiccontact_set-TOTAL_FORMS": 0, "topiccontact_set-INITIAL_FORMS": 0,
        "links-TOTAL_FORMS": 0, "links-INITIAL_FORMS": 0,
    }  # fmt: skip
    there = {text.language: text for text in topic.texts.all()}
    for code in topic.municipality.languages:
        text = there.get(code)
        row = {"title": "", "body": "", "brief": "", "source_language": "" if code == "nb" else "nb"}
        row |= {"seen_version": text.version if text else 0, "id": text.pk if text else "", "topic": topic.pk}
        if text:
            row |= {"title": text.title, "body": text.body, "source_language": text.source_language}
        row |= languages.get(code, {})
        data |= {f"texts-{code}-{field}": value for field, value in row.items()}
    return data


def errors(answer):
    assert answer.status_code == 200, "saved, but should have been refused"
    return answer.content.decode()


def test_a_text_and_its_translation_are_written_in_one_breath(municipality, editor, client):
    topic = TopicFactory(municipality=municipality)
    words = {
        "nb": {"title": "Lege", "body": "<div>Ring 113.</div>"},
        "en": {"title": "Doctor", "body": "Call 113."},
    }
    assert client.post(page(topic), texts(topic, **words)).status_code == 302
    nb, en = topic.texts.get(language="nb"), topic.texts.get(language="en")
    assert (nb.title, nb.body, nb.version, nb.changed_by) == ("Lege", "<p>Ring 113.</p>", 1, editor)
    assert (en.source_language, en.source_version) == ("nb", 1)
    assert not topic.texts.filter(language="nn").exists()


def test_a_changed_source_leaves_its_translation_behind(municipality, editor, client):
    topic = TopicFactory(municipality=municipality)
    TopicTextFactory(topic=topic, language="nb")
    TopicTextFactory(topic=topic, language="en", title="Doctor", source_language="nb", source_version=1)
    client.post(page(topic), texts(topic, nb={"body": "<p>Nytt nummer: 116 117.</p>"}))
    topic = Topic.objects.get(pk=topic.pk)
    assert topic.text_set.state("en") == TextState.BEHIND
    assert "116 117" in client.get(page(topic)).content.decode()  # Beside the translation.
    client.post(page(topic), texts(topic, en={"still_right": "on"}))
    assert Topic.objects.get(pk=topic.pk).text_set.state("en") == TextState.CURRENT


def test_saving_without_a_change_changes_nothing(municipality, editor, client):
    topic = TopicFactory(municipality=municipality)
    before = TopicTextFactory(topic=topic, reviewed_on=LONG_AGO)
    sent = f"<div>{before.body[3:-4]}</div>"  # As the editor in the browser has it.
    client.post(page(topic), texts(topic, nb={"body": sent}))
    after = topic.texts.get()
    assert (after.version, after.reviewed_on, after.body) == (1, LONG_AGO, before.body)


def test_two_who_write_at_once_do_not_overwrite_each_other(municipality, editor, client):
    topic = TopicFactory(municipality=municipality)
    TopicTextFactory(topic=topic, version=2)
    data = texts(topic, nb={"body": "Min", "seen_version": 1})
    page_again = errors(client.post(page(topic), data))
    assert "Min" in page_again
    assert topic.texts.get().version == 2


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time.")
def test_what_is_compared_is_read_behind_a_lock(municipality, editor, client):
    topic = TopicFactory(municipality=municipality)
    TopicTextFactory(topic=topic)
    with CaptureQueriesContext(connection) as queries:
        client.post(page(topic), texts(topic, nb={"body": "Min"}))
    locks = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    assert ['"municipalities_topic"' in locks[0], '"municipalities_topictext"' in locks[1]] == [True, True]
    assert topic.texts.get().body == "<p>Min</p>"


def test_words_that_nobody_has_read_are_not_confirmed(municipality):
    text = TopicTextFactory(topic=TopicFactory(municipality=municipality), reviewed_on=LONG_AGO)
    read, wished = TopicText.objects.get(pk=text.pk), TopicText.objects.get(pk=text.pk)
    actions.ask_for_change(text=text, what="Nytt nummer")
    assert not actions.confirm(text=read, source=None)
    text.body = "<p>Nytt.</p>"
    actions.write(text=text, before=wished, source=None, by=None)
    TopicText.objects.update(reviewed_on=LONG_AGO)
    assert not actions.confirm(text=wished, source=None)
    assert TopicText.objects.get().reviewed_on == LONG_AGO
    assert actions.confirm(text=TopicText.objects.get(), source=None)
    assert TopicText.objects.get().reviewed_on == timezone.localdate()


def test_a_language_that_a_colleague_adds_meanwhile_is_not_mixed_with_another(municipality, editor, client):
    topic = TopicFactory(municipality=municipality)
    data = texts(topic, nn={"title": "Lege", "source_language": "", "body": "Ring 113."})
    TopicTextFactory(topic=topic, language="en", title="Doctor")
    client.post(page(topic), data)
    assert topic.texts.get(language="nn").title == "Lege"
    assert topic.texts.get(language="en").title == "Doctor"


@pytest.mark.parametrize(
    "words",
    [
        {"en": {"title": "Doctor", "source_language": "nn"}},  # Nothing is written in nynorsk.
        {
            "nb": {"title": "Lege", "source_language": "en"},
            "en": {"title": "Doctor", "source_language": "nb"},
        },
        {"nb": {"body": "Uten tittel"}},
    ],
)
def test_texts_that_make_no_sense_are_refused(words, municipality, editor, client):
    topic = TopicFactory(municipality=municipality)
    errors(client.post(page(topic), texts(topic, **words)))
    assert not TopicText.objects.exists()


def test_a_contact_point_of_another_municipality_is_refused(municipality, client):
    """Also by who works in both."""
    other = MunicipalityFactory()
    user = MembershipFactory(municipality=municipality, role=Role.EDITOR).user
    MembershipFactory(user=user, municipality=other, role=Role.EDITOR)
    client.force_login(user)
    topic, theirs = TopicFactory(municipality=municipality), ContactPointFactory(municipality=other)
    ours = ContactPointFactory(municipality=municipality)
    for contact in (theirs, ours):
        row = {"topiccontact_set-TOTAL_FORMS": 1, "topiccontact_set-0-contact": contact.pk}
        row |= {"topiccontact_set-0-topic": topic.pk, "topiccontact_set-0-order": 0}
        client.post(page(topic), texts(topic) | row)
    assert [row.contact for row in TopicContact.objects.all()] == [ours]


def test_an_owner_works_in_the_municipality(municipality, editor, client):
    topic = TopicFactory(municipality=municipality)
    stranger = MembershipFactory().user
    errors(client.post(page(topic), texts(topic) | {"owner": stranger.pk}))
    assert client.post(page(topic), texts(topic) | {"owner": editor.pk}).status_code == 302
    topic.refresh_from_db()
    assert topic.owner == editor


def test_the_standard_topics_are_added_once(municipality, editor, client):
    TopicFactory(municipality=municipality, slug="doctor", order=5)
    add = reverse("admin:municipalities_topic_add_standard")
    for _ in range(2):
        client.post(add, {"_form_submitted": "on"})
        assert Topic.objects.of(municipality).count() == 18
    assert Topic.objects.get(slug="doctor").order == 5
    assert Topic.objects.count() == 18  # Nobody else got any.


def test_looking_at_the_question_adds_nothing(municipality, editor, client):
    client.get(reverse("admin:municipalities_topic_add_standard"))
    assert not Topic.objects.exists()


def test_still_right_confirms_what_is_due_but_not_what_is_behind(municipality, editor, client):
    topic = TopicFactory(municipality=municipality)
    TopicTextFactory(topic=topic, version=2, reviewed_on=LONG_AGO)
    TopicTextFactory(topic=topic, language="en", source_language="nb", source_version=1, reviewed_on=LONG_AGO)
    data = {"action": "still_right", "_selected_action": [topic.pk]}
    client.post(reverse("admin:municipalities_topic_changelist"), data)
    assert topic.texts.get(language="nb").reviewed_on == timezone.localdate()
    assert topic.texts.get(language="en").reviewed_on == LONG_AGO


def test_the_list_is_filtered_by_state(municipality, editor, client):
    due = TopicFactory(municipality=municipality, slug="doctor")
    TopicTextFactory(topic=due, reviewed_on=LONG_AGO)
    current = TopicFactory(municipality=municipality, slug="police")
    TopicTextFactory(topic=current, title="Politi")
    answer = client.get(reverse("admin:municipalities_topic_changelist"), {"state": "due"})
    assert [topic.pk for topic in answer.context["cl"].result_list] == [due.pk]


def test_the_list_asks_the_database_equally_often_for_many(municipality, editor, client):
    address = reverse("admin:municipalities_topic_changelist")

    def asked():
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    TopicTextFactory(topic=TopicFactory(municipality=municipality, owner=editor))
    few = asked()
    for number in range(15):
        topic = TopicFactory(municipality=municipality, slug=f"egen-{number}", owner=editor)
        for code in ("nb", "nn", "en"):
            TopicTextFactory(topic=topic, language=code)
    assert asked() == few


def test_all_of_the_list_confirms_only_where_one_may_write(municipality, editor, client):
    elsewhere = MembershipFactory(user=editor, role=Role.READER).municipality
    mine, theirs = (
        TopicTextFactory(topic=TopicFactory(municipality=place), reviewed_on=LONG_AGO)
        for place in (municipality, elsewhere)
    )
    chosen = {"action": "still_right", "_selected_action": [mine.topic.pk], "select_across": "1"}
    client.post(reverse("admin:municipalities_topic_changelist"), chosen)
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.reviewed_on, theirs.reviewed_on) == (timezone.localdate(), LONG_AGO)
