"""Letters drawn into shared pages look like letters laid out by themselves, to the pixel and to the reader."""

import io
import unicodedata

import pikepdf
import pytest
import zxingcpp
from django.utils.translation import override
from PIL import ImageChops

from municipalities.municipality.models import MunicipalityText
from tests.factories.municipalities import MunicipalityTextFactory
from tests.welcome.letters.conftest import approved, arrive, frozen
from tests.welcome.letters.test_rendering import HARD_NAMES, file_of, pages_of
from tests.welcome.letters.test_variants import MEETING
from welcome.letters import rendering, shapes, slots, verification
from welcome.letters.embedding import Glyphs
from welcome.letters.readable import mend
from welcome.letters.shaping import Unset
from welcome.letters.stock import Stock

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")

DPI = 150
# Pixels that may differ by more than a little grey. Nearly all letters come out the same to the last pixel; where a
# width is rounded to the other side, one glyph of a line stands a pixel off at its edges. A line that is lost, another,
# or moved by a pixel makes thousands.
TOLERANCE, LITTLE = 150, 40
LANGUAGES = ["nb", "nn", "en", "uk", "ar"]


def picture(page):
    return page.render(scale=DPI / 72).to_pil().convert("L")


def different(one, other):
    """How many pixels of two pages differ."""
    return sum(ImageChops.difference(picture(one), picture(other)).histogram()[LITTLE:])


def by_itself(stock, letter):
    """The naive way: the whole letter laid out for this household."""
    return pages_of(stock.whole(stock.press.personal(letter), letter.language).write_pdf(finisher=mend))


def words(text, language):
    """Words, and of a page that is read in two directions its letters: readers part and order its words by the place
    where each glyph is drawn."""
    composed = unicodedata.normalize("NFC", text)
    return sorted("".join(composed.split()) if language == "ar" else composed.split())


def is_shared(stock, letter):
    try:
        stock.drawn(stock.fitted(letter), Glyphs())
    except Unset:
        return False
    return True


@pytest.fixture
def many(place):
    """A run with every hard name, plain and long ones, in each language."""
    for language in LANGUAGES[1:]:
        MunicipalityTextFactory(municipality=place, language=language)
    names = [f"{given} {family}" for given, family in HARD_NAMES]
    names += ["Bo Li", "Maximiliane-Charlotte Elisabeth von Hohenzollern-Sigmaringen"]
    for language in LANGUAGES:
        for name in names:
            arrive(place, name, language=language)
        arrive(place, "Kari Nordmann", "Ola Lien", language=language)
        arrive(place, "Kari Nordmann", "Ola Nordmann", language=language, extra_line="c/o Kafeen")
        arrive(place, "Anna En", "Berit To", "Carl Tre", "Dina Fire", "Even Fem", language=language)
    return approved(place)


def test_a_file_of_letters_looks_as_if_each_was_laid_out_by_itself(many, monkeypatch):
    monkeypatch.setattr(rendering, "WORTH_SHARING", 1)
    stock = Stock(many)
    made = file_of(many)
    assert not [placed.error for placed in made.placed if placed.error]
    printed = pages_of(made.content)
    seen = {}
    for placed in made.placed:
        alone = by_itself(stock, placed.letter)
        assert len(alone) == placed.pages
        for page in range(1 if seen.get(placed.letter.language) else placed.pages):
            there = printed[placed.first_page - 1 + page]
            difference = different(there, alone[page])
            assert difference <= TOLERANCE, (placed.letter.address, page, difference)
        assert verification.same_lines(
            verification.window_text(printed[placed.first_page - 1]), placed.letter.address
        )
        seen[placed.letter.language] = True
    assert set(seen) == set(LANGUAGES)


def test_one_letter_by_itself_looks_so_too_and_reads_the_same(many):
    stock = Stock(many)
    for letter in many.letters.select_related("run"):
        if letter.number % 3:
            continue
        alone, filled = by_itself(stock, letter), pages_of(rendering.render_letter(letter, stock=stock))
        assert different(filled[0], alone[0]) <= TOLERANCE, letter.address
        read = [page.get_textpage().get_text_range() for page in (filled[0], alone[0])]
        assert words(read[0], letter.language) == words(read[1], letter.language)


def test_every_name_is_filled_in_and_none_has_to_be_laid_out(many):
    stock = Stock(many)
    assert [letter.address for letter in many.letters.all() if not is_shared(stock, letter)] == []


@pytest.mark.parametrize("broken", ["moved", "lost", "another"])
def test_a_broken_slot_is_seen(place, monkeypatch, broken):
    """The comparison above can fail."""
    for name in ("Kari En", "Ola To", "Per Tre"):
        arrive(place, name)
    run = approved(place)
    draw = slots.Slot.draw

    def wrong(self, text, glyphs):
        right = draw(self, text, glyphs)
        if broken == "moved":
            x = f"{self.left:.6f}".encode()
            return right.replace(x, f"{self.left + 1:.6f}".encode())
        return b"" if broken == "lost" else right.replace(b"[<", b"[<0264")

    monkeypatch.setattr(slots.Slot, "draw", wrong)
    made = file_of(run)
    alone = by_itself(Stock(run), made.placed[0].letter)
    assert different(pages_of(made.content)[0], alone[0]) > TOLERANCE


def test_letters_of_one_shape_are_laid_out_once(place, monkeypatch):
    for number in range(40):
        arrive(place, f"Kari Nummer{number}")
    run = approved(place)
    stock = Stock(run)
    laid_out, lay_out = [], stock.press._lay_out

    def counted(template, *args, **more):
        laid_out.append(template)
        return lay_out(template, *args, **more)

    monkeypatch.setattr(stock.press, "_lay_out", counted)
    made = rendering.render_file(run.files.select_related("run").get(), stock=stock)
    assert len(made.placed) == 40
    assert len(laid_out) <= 6  # The heading's measure, the shape, the enclosure: guessed and counted.


def test_a_file_that_shares_its_pages_takes_little_for_each_letter(place):
    for number in range(60):
        arrive(place, f"Kari Nummer{number}")
    few = file_of(approved(place))
    content = len(few.content)
    assert content / 60 < 3000
    with pikepdf.open(io.BytesIO(few.content)) as read:
        assert not read.check_pdf_syntax()


def test_a_line_that_is_too_long_is_an_error_that_names_it(place):
    for _ in range(3):
        arrive(place, "Kari Nordmann")
    run = approved(place)
    run.letters.update(address=["Kari Nordmann " * 12, "3570 Ål"])
    with override("en"):
        made = file_of(run)
    assert all("leaves the window" in placed.error for placed in made.placed)
    assert made.pages == 0


def test_what_was_set_is_forgotten_once_the_file_is_made(place):
    for _ in range(3):
        arrive(place, "Kari Sjeldennamn")
    run = approved(place)
    stock = Stock(run)
    rendering.render_file(run.files.select_related("run").get(), stock=stock)
    assert not any(shaper._lines for shaper in stock._shapers._known.values())


def test_a_heading_breaks_where_the_layout_engine_breaks_it(place):
    MunicipalityText.objects.update(body="<p>Hei.</p>")
    long_names = ["Åse-Marie Elisabeth", "Kristoffer Alexander", "Konstantin Maximilian"]
    for _ in range(3):
        arrive(place, *(f"{name} Lie" for name in long_names))
    run = frozen(place)
    stock = Stock(run)
    letter = run.letters.select_related("run").first()
    assert len([spot for spot in stock.fitted(letter).shape.heading]) > 1
    alone, filled = by_itself(stock, letter), pages_of(rendering.render_letter(letter, stock=stock))
    assert different(filled[0], alone[0]) <= TOLERANCE


def test_a_sample_names_the_fonts_that_a_line_needs():
    assert shapes.sample_of("Kari Nordmann 12") == shapes.sample_of("Оксана Їжакевич") == "X"
    assert shapes.sample_of("ሰላም") != shapes.sample_of("محمد") != "X"
    assert shapes.sample_of("محمد الأحمد") == shapes.sample_of("زهرا Ål")


def read_code(page):
    found = zxingcpp.read_barcode(picture(page))
    return found.text if found else None


def without_code(page, slot):
    """The page's picture with the code's square painted over."""
    numbers = [float(number) for number in slot.frame.split() if number != b"cm"]
    (x, y), (width, height) = numbers[4:6], (numbers[6], numbers[11])
    drawn = picture(page)
    edges = (x, y, x + width, y + height)
    drawn.paste(255, tuple(round(edge * DPI / 96) for edge in edges))
    return drawn


@pytest.mark.parametrize("alone", [False, True])
def test_each_letter_has_its_own_code_and_the_page_around_it_is_the_same(place, alone):
    for number in range(4):
        arrive(place, f"Kari Nummer{number}")
    run = approved(place)
    run.meeting = MEETING
    run.save()
    for letter in run.letters.all():
        letter.code = f"https://tilflytter.example/l/meeting/{'Ab3' * 13}{letter.number}/"
        letter.save()
    stock = Stock(run)
    made = rendering.render_file(run.files.select_related("run").get(), stock=stock)
    printed = pages_of(made.content)
    for placed in made.placed:
        letter = placed.letter
        there = (
            pages_of(rendering.render_letter(letter, stock=stock))[0]
            if alone
            else printed[placed.first_page - 1]
        )
        assert read_code(there) == letter.code
        fitted = stock.fitted(letter)
        [slot] = [slot for slot in stock.slots(fitted.shape) if slot.name == slots.CODE]
        naive = by_itself(stock, letter)[0]
        assert read_code(naive) == letter.code
        difference = ImageChops.difference(without_code(there, slot), without_code(naive, slot))
        assert sum(difference.histogram()[LITTLE:]) <= TOLERANCE
    assert len({stock.fitted(letter).shape for letter in run.letters.all()}) == 1
