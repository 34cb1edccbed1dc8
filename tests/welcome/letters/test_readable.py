"""A letter whose letters join is read back whole: by whoever has it read aloud, searches or copies it."""

from collections import Counter

import pytest

from tests.factories.municipalities import MunicipalityTextFactory
from tests.welcome.letters.conftest import arrive, frozen
from tests.welcome.letters.test_variants import texts_of
from welcome.letters import readable, rendering

pytestmark = pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database")

GREETING = "أهلًا وسهلًا. لا شيء ينقصكم، ولا أحد وحده: إلى الأمام، لأن الجميع هنا."


@pytest.fixture
def run(place):
    MunicipalityTextFactory(municipality=place, language="ar", body=f"<p>{GREETING}</p>")
    arrive(place, language="ar")
    return frozen(place)


def letters(words):
    return Counter(character for character in words if character.isalpha())


def test_every_letter_of_an_arabic_greeting_is_there(run):
    letter = run.letters.get()
    with_it = letters(texts_of(rendering.render_letter(letter))[0])
    text = run.texts.get()
    text.greeting["body"] = "<p>.</p>"
    text.save()
    without = letters(texts_of(rendering.render_letter(run.letters.get()))[0])
    assert with_it - without == letters(GREETING)


def test_a_joined_sign_means_its_letters_and_a_mark_itself():
    meant = readable.meanings("Noto Sans Arabic").values()
    assert "لا" in meant
    assert "\u064b" in meant
    assert readable.meanings("Somebody else’s") == {}
