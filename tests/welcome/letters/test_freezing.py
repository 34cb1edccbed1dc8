import io
import threading

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from PIL import Image

from municipalities.contacts.models import OpeningHours
from municipalities.municipality import scope
from municipalities.municipality.models import MunicipalityText, TextKind
from municipalities.topics.models import TopicText
from tests.factories.municipalities import MunicipalityFactory, MunicipalityTextFactory
from tests.welcome.letters.conftest import DATED, Q3, arrive, frozen
from tests.welcome.letters.frozen import approve, found_in
from welcome.letters import figures, runs
from welcome.letters.models import LetterRun, RunState
from welcome.letters.proof_models import ProofProblem


def test_a_run_is_there_once_however_often_it_is_ensured(place):
    first = runs.ensure(municipality=place, quarter=Q3, by=None)
    assert runs.ensure(municipality=place, quarter=Q3, by=None) == first


@pytest.mark.django_db(transaction=True)
def test_two_who_ensure_at_once_get_the_same_run():
    if connection.vendor == "sqlite":
        pytest.skip("Threads share no in-memory database.")
    place = MunicipalityFactory()
    barrier, found = threading.Barrier(4), []

    @scope.of(place.pk)
    def ensure():
        barrier.wait()
        found.append(runs.ensure(municipality=place, quarter=Q3, by=None).pk)
        connection.close()

    threads = [threading.Thread(target=ensure) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [LetterRun.objects.get().pk] * 4


def test_freezing_takes_the_date_and_the_time_and_who(place):
    arrive(place)
    run = frozen(place)
    assert (run.state, run.dated, run.cohort) == (RunState.FROZEN, DATED, 1)
    with pytest.raises(runs.Refused):
        runs.freeze(run=run, by=None)


def test_the_numbers_go_from_one_without_gaps(place):
    for number in range(7):
        arrive(place, f"Kari {number}", house_number=str(number))
    assert [letter.number for letter in frozen(place).letters.all()] == list(range(1, 8))


def test_freezing_asks_as_much_for_many_as_for_few(place, django_assert_max_num_queries):
    for number in range(60):
        arrive(place, f"Kari {number}", language="en")
    with django_assert_max_num_queries(40):
        frozen(place)


def test_what_was_frozen_stays_whatever_is_changed_later(place):
    place.arms.save("arms.png", ContentFile(picture()))
    household = arrive(place, "Oksana Kovalenko")
    run = frozen(place)
    before = (run.letterhead, run.letters.get().address, run.texts.get().greeting, run.texts.get().enclosure)
    place.arms.delete()
    place.mayor_name = "En Annen"
    place.save()
    household.people.update(given_name="Annet", family_name="Navn")
    MunicipalityText.objects.update(body="<p>Noe annet.</p>")
    TopicText.objects.update(body="<p>Noe annet.</p>")
    run = LetterRun.objects.get()
    assert (
        run.letterhead,
        run.letters.get().address,
        run.texts.get().greeting,
        run.texts.get().enclosure,
    ) == before
    assert default_storage.open(run.letterhead["arms"]).read() == picture()


def picture() -> bytes:
    image = io.BytesIO()
    Image.new("RGB", (20, 24), "#204060").save(image, "PNG")
    return image.getvalue()


def test_the_enclosure_has_the_brief_or_the_first_paragraph_and_the_contacts(place):
    text = TopicText.objects.get()
    contact = text.topic.contacts.get()
    contact.street_address = "Torget 4"
    contact.save()
    for day in range(1, 6):
        OpeningHours.objects.create(
            municipality=contact.municipality, contact=contact, weekday=day, opens="09:00", closes="15:00"
        )
    OpeningHours.objects.create(
        municipality=contact.municipality, contact=contact, weekday=6, opens="10:00", closes="13:30"
    )
    arrive(place, language="nb")
    [topic] = frozen(place).texts.get().enclosure
    assert topic["body"] == "Du velger fastlege selv. Er det akutt, ring 113."
    assert topic["contacts"] == ["Ål legesenter · Torget 4 · 32 08 52 00 · man–fre 9–15, lør 10–13.30"]
    TopicText.objects.update(brief="Ring 116 117.")
    [topic] = runs.freeze(run=runs.thaw(run=LetterRun.objects.get(), by=None), by=None).texts.get().enclosure
    assert topic["body"] == "Ring 116 117."


def test_the_enclosure_does_not_wait_for_the_public_pages(place):
    place.published = False
    place.save()
    arrive(place)
    assert frozen(place).texts.get().enclosure


def test_a_letter_is_in_the_language_asked_for_or_says_what_was_taken(place):
    MunicipalityTextFactory(municipality=place, language="en", body="<p>Welcome.</p>")
    for language in ("nb", "nn", "en", "uk"):
        arrive(place, f"Kari {language}", language=language)
    run = frozen(place)
    taken = {
        letter.address[0][-2:]: (letter.language, letter.wished_language) for letter in run.letters.all()
    }
    assert taken == {"nb": ("nb", ""), "nn": ("nb", "nn"), "en": ("en", ""), "uk": ("en", "uk")}
    found_in(run)
    warnings = ProofProblem.objects.all()
    assert {problem.language for problem in warnings if problem.code == "language_fallback"} == {"nn", "uk"}
    assert {problem.language for problem in warnings if problem.code == "topic_fallback"} == {"en"}
    assert not warnings.blocking().exists()


def test_a_run_without_greeting_or_sender_is_not_frozen(place):
    arrive(place)
    MunicipalityText.objects.of_kind(TextKind.GREETING).delete()
    with pytest.raises(runs.Refused):
        frozen(place)
    place.mayor_name = ""
    place.save()
    with pytest.raises(runs.Refused):
        frozen(place)
    assert LetterRun.objects.get().state == RunState.DRAFT


@pytest.mark.parametrize(
    ("name", "code"),
    [("Kari 😀", "glyph"), ("Kari \u202edroW", "glyph"), ("Kari " + "Nordmann" * 10, "address_too_long")],
)
def test_what_cannot_be_printed_blocks_the_run_and_names_the_letter(place, name, code):
    arrive(place, name)
    run = frozen(place)
    [problem] = [problem for problem in found_in(run).values() if problem.blocking]
    assert (problem.code, problem.letter) == (code, run.letters.get())
    with pytest.raises(runs.Refused):
        approve(run)


def test_eight_lines_of_address_are_refused_not_cut(place):
    arrive(
        place, *[f"Kari{n} Nordmann-Kristoffersen-Bjørnstjerne" for n in range(8)], extra_line="c/o Kafeen"
    )
    assert "address_too_long" in found_in(frozen(place))


def test_an_unprintable_text_blocks_the_run(place):
    MunicipalityText.objects.update(body="<p>Hei \U0001f600</p>")
    arrive(place)
    assert "text_glyph" in found_in(frozen(place))


def test_the_proof_counts_and_shows_samples(place):
    arrive(place, "Bo Li")
    arrive(place, "Maximiliane Hohenzollern", "Ola Nordmann", "Per Hansen")
    arrive(place, no_letter=True)
    run = frozen(place)
    outline = figures.outline(run)
    assert (outline.cohort, outline.letters, outline.left_out) == (3, 2, {"asked_not_to": 1})
    assert {"no_arms", "no_signature"} <= found_in(run).keys()
    assert {sample.letter.people for sample in run.proofs.get().samples.all()} == {1, 3}
