import datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from municipalities.municipality.models import LanguageForm
from tests.factories.municipalities import (
    MunicipalityFactory,
    MunicipalityTextFactory,
    TopicFactory,
    TopicTextFactory,
    UserFactory,
)
from welcome.portal.reading import first_paragraph, latest, own_texts, plain, show, tiles

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    return TopicFactory(municipality=MunicipalityFactory(language_form=LanguageForm.NN))


def test_a_text_in_the_reader_s_language_needs_no_word_about_it(topic):
    TopicTextFactory(topic=topic, language="nb", title="Lege")
    with translation.override("nb"):
        shown = show(topic)
    assert shown.title == "Lege"
    assert shown.reading is not None
    assert not shown.reading.is_fallback


def test_a_missing_text_falls_back_and_says_so(topic):
    TopicTextFactory(topic=topic, language="nn", title="Lege")
    with translation.override("en"):
        shown = show(topic)
        assert shown.reading is not None
        assert shown.reading.is_fallback
        assert shown.is_foreign
        assert shown.reading.fallback_note == (
            "This text isn't written in English yet. Here it is in Nynorsk."
        )


def test_a_text_can_be_read_in_a_language_the_site_does_not_speak(topic):
    TopicTextFactory(topic=topic, language="nb")
    TopicTextFactory(topic=topic, language="ar", title="الطبيب")
    with translation.override("nb"):
        arabic, norwegian = show(topic, chosen="ar"), show(topic, chosen="xx")
    assert arabic.reading is not None
    assert arabic.reading.direction == "rtl"
    assert [language.code for language in arabic.reading.others] == ["nb"]
    assert norwegian.reading is not None
    assert norwegian.reading.language.code == "nb"


def test_a_translation_left_behind_knows_its_source(topic):
    source = TopicTextFactory(topic=topic, language="nn", version=3)
    TopicTextFactory(topic=topic, language="en", source_language="nn", source_version=2)
    with translation.override("en"):
        shown = show(topic)
    assert shown.reading is not None
    assert shown.reading.source == source


def test_an_old_text_says_that_it_is_due(topic):
    TopicTextFactory(topic=topic, language="nb", reviewed_on=datetime.date(2024, 1, 1))
    with translation.override("nb"):
        shown = show(topic)
    assert shown.reading is not None
    assert shown.reading.is_due


def test_only_the_first_name_of_the_author_is_told(topic):
    TopicTextFactory(topic=topic, language="nb", changed_by=UserFactory(name="Kari Nordmann"))
    with translation.override("nb"):
        shown = show(topic)
    assert shown.reading is not None
    assert shown.reading.author == "Kari"


def test_nothing_written_leaves_the_catalogue_s_name(topic):
    own = TopicFactory(municipality=topic.municipality, slug="grass-roots")
    with translation.override("en"):
        assert show(topic).title == "Doctor and emergency doctor"
        assert show(own).title == "Grass roots"


def test_every_door_is_there_and_counts_what_is_behind_it(topic):
    with translation.override("nb"):
        counts = {tile.door.value: len(tile.topics) for tile in tiles([show(topic)])}
    assert counts == {"live": 0, "work": 0, "learn": 0, "explore": 0, "practical": 1, "meet": 0}


def test_the_newest_text_comes_first(topic):
    other = TopicFactory(municipality=topic.municipality, slug="police")
    empty = TopicFactory(municipality=topic.municipality, slug="nav")
    for at, of in ((1, topic), (2, other)):
        TopicTextFactory(topic=of, changed_at=datetime.datetime(2026, 1, at, tzinfo=datetime.UTC))
    with translation.override("nb"):
        assert [shown.topic for shown in latest(map(show, (topic, other, empty)), 2)] == [other, topic]


def test_the_municipality_s_own_texts_come_in_one_query(topic, django_assert_num_queries):
    MunicipalityTextFactory(municipality=topic.municipality, kind="front", language="nn")
    MunicipalityTextFactory(municipality=topic.municipality, kind="host_can", language="nb")
    with translation.override("nb"), django_assert_num_queries(1):
        found = own_texts(topic.municipality)
    assert set(found) == {"front", "host_can"}
    assert found["front"].is_fallback


def test_rich_text_becomes_plain_words():
    assert plain("<h2>Lege</h2><p>Ring &amp; spør.</p><ul><li>113</li></ul>") == "Lege Ring & spør. 113"
    assert first_paragraph("<p>Hei.</p><p>Mer.</p>") == ("Hei.", "<p>Mer.</p>")
    assert first_paragraph("Bare dette") == ("Bare dette", "")


def test_a_moment_is_told_as_the_day_it_was_here():
    """Half past midnight in Oslo is still the day before in the database."""
    moment = datetime.datetime(2027, 5, 21, 22, 30, tzinfo=datetime.UTC)
    with translation.override("en"):
        words = Template("{% load portal %}{{ moment|day }}").render(Context({"moment": moment}))
    assert words == "22 May 2027"
