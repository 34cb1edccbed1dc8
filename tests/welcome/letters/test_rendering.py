"""Real PDFs, read back with another library than the one that made them."""

import io
import unicodedata

import pikepdf
import pypdfium2
import pytest
from django.utils.translation import override
from PIL import ImageChops

from municipalities.municipality.models import MunicipalityText
from tests.factories.municipalities import MunicipalityTextFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.welcome.letters.conftest import approved, arrive, frozen
from tests.welcome.letters.frozen import approve
from welcome.letters import geometry, layout, rendering, verification
from welcome.letters.layout import LayoutError
from welcome.letters.models import LetterRun

pytestmark = pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database")

DPI = 100
HARD_NAMES = [
    ("Åse Marie", "Østerhus Ærø"),
    (unicodedata.normalize("NFD", "Åse"), unicodedata.normalize("NFD", "Bjørnå")),
    ("Biret Áilu", "Ŋuorgámčohkka Đŧžš"),
    ("محمد", "الأحمد"),
    ("زهرا", "گل‌محمدی"),
    ("ሰላም", "ተስፋይ"),
    ("Nguyễn Thị Minh Khai", "Trần-Đặng"),
    ("Оксана", "Їжакевич-Ґудзь"),
    ("{{ letter.run }}", "{% debug %}"),
    ("<script>alert(1)</script>", "&amp; </style>"),
    ("Office fi fl ffi", "Tilflytter"),
    ("O'Neill", 'Sitat"'),
]


def pages_of(content):
    return pypdfium2.PdfDocument(content)


def text_of(page):
    return page.get_textpage().get_text_range().replace("\r", "")


def file_of(run):
    return rendering.render_file(run.files.select_related("run", "municipality").get())


@pytest.mark.parametrize(("given", "family"), HARD_NAMES)
def test_the_address_read_from_the_window_is_the_one_held(place, given, family):
    household = HouseholdFactory(municipality=place)
    PersonFactory(household=household, given_name=given, family_name=family)
    letter = frozen(place).letters.get()
    assert letter.address[0] == f"{given} {family}"
    read = verification.window_text(pages_of(rendering.render_letter(letter))[0])
    assert verification.same_lines(read, letter.address), read


def test_addresses_that_differ_are_told_apart():
    assert not verification.same_lines(["Kari Nordmann"], ["Kari Nordman"])
    assert not verification.same_lines(["محمد الأحمد"], ["محمد الأحمر"])
    assert not verification.same_lines(["a", "b"], ["b", "a"])


def ink(image, box, scale):
    """Whether anything darker than paper stands in this part of a page."""
    part = image.crop(tuple(round(edge * scale) for edge in box))
    return any(low < 245 for low, _high in part.convert("RGB").getextrema())


@pytest.mark.parametrize("name", ["Bo Li", "Maximiliane-Charlotte Elisabeth von Hohenzollern-Sigmaringen"])
def test_around_the_address_nothing_stands_in_the_window(place, name):
    arrive(place, name, extra_line="c/o Kafeen i Sentrum")
    page = pages_of(rendering.render_letter(frozen(place).letters.get()))[0]
    scale = DPI / 25.4
    image = page.render(scale=DPI / 72).to_pil()
    address, clear = geometry.ADDRESS, geometry.CLEAR
    assert ink(image, (address.left, address.top, address.right, address.bottom), scale)
    for frame in (
        (clear.left, clear.top, clear.right, address.top),
        (clear.left, address.bottom, clear.right, clear.bottom),
        (clear.left, clear.top, address.left - 0.5, clear.bottom),
        (address.right, clear.top, clear.right, clear.bottom),
    ):
        assert not ink(image, frame, scale)


def test_nothing_one_must_read_stands_where_printers_cannot_print(place):
    arrive(place)
    for page in pages_of(rendering.render_letter(frozen(place).letters.get())):
        image = page.render(scale=DPI / 72).to_pil().convert("L")
        inner = tuple(round(edge * DPI / 25.4) for edge in vars(geometry.PRINTABLE).values())
        image.paste(255, inner)
        assert image.getextrema()[0] >= 180  # Only the light grey of the landscape.


def test_one_letter_is_the_same_bytes_each_time(place):
    arrive(place)
    letter = frozen(place).letters.get()
    assert rendering.render_letter(letter) == rendering.render_letter(letter)


def test_one_letter_by_itself_is_tagged_and_says_its_title_and_language(place):
    MunicipalityTextFactory(municipality=place, language="nn")
    arrive(place, language="nn")
    content = rendering.render_letter(frozen(place).letters.get())
    pdf = pages_of(content)
    assert pdf.get_metadata_value("Title")
    assert pypdfium2.raw.FPDFCatalog_IsTagged(pdf)
    with pikepdf.open(io.BytesIO(content)) as read:
        assert read.Root.Lang == "nn"
        assert read.open_metadata()["pdfuaid:part"] == "1"


def test_a_file_holds_each_letter_on_a_front_side_with_its_own_page_numbers(place):
    for name in ("Kari En", "Ola To", "Per Tre"):
        arrive(place, name)
    made = file_of(approved(place))
    pdf = pages_of(made.content)
    assert len(pdf) == made.pages
    for placed in made.placed:
        assert placed.first_page % 2 == 1
        number = text_of(pdf[placed.first_page - 1])
        assert "1 av 2" in number or "1 of 2" in number
        assert placed.letter.address[0] in number
        enclosure = text_of(pdf[placed.first_page])
        assert "2 av 2" in enclosure or "2 of 2" in enclosure
        assert "Ål legesenter" in enclosure


def test_a_greeting_over_two_pages_counts_on_and_the_next_letter_begins_on_a_front(place):
    MunicipalityText.objects.update(body="<p>Velkommen hit til oss alle sammen.</p>" * 30)
    for name in ("Kari En", "Ola To"):
        arrive(place, name)
    made = file_of(approved(place))
    pdf = pages_of(made.content)
    assert [(placed.first_page, placed.pages) for placed in made.placed] == [(1, 3), (5, 3)]
    for page in range(3):
        text = text_of(pdf[page])
        assert f"{page + 1} av 3" in text or f"{page + 1} of 3" in text
    assert text_of(pdf[3]).strip() == ""


def test_the_letter_in_a_file_looks_as_it_does_by_itself(place):
    arrive(place, "Nguyễn Thị Trần")
    arrive(place, "محمد الأحمد")
    run = approved(place)
    made = file_of(run)
    printed = pages_of(made.content)
    for placed in made.placed:
        alone = pages_of(rendering.render_letter(placed.letter))
        for page in range(placed.pages):
            one = alone[page].render(scale=1).to_pil().convert("L")
            other = printed[placed.first_page - 1 + page].render(scale=1).to_pil().convert("L")
            assert ImageChops.difference(one, other).getextrema()[1] < 32


def test_many_letters_share_their_enclosure_and_fonts(place):
    for number in range(30):
        arrive(place, f"Kari {number}")
    one = len(rendering.render_letter(frozen(place).letters.first()))
    run = LetterRun.objects.get()
    made = file_of(approve(run))
    assert len(made.content) < 8 * one


def test_the_same_file_is_the_same_bytes_each_time(place):
    arrive(place)
    run = approved(place)
    assert file_of(run).content == file_of(run).content


def test_a_picture_that_is_gone_or_changed_stops_the_letter(place):
    arrive(place)
    run = frozen(place)
    run.letterhead["arms"] = "letters/images/" + "0" * 64 + ".png"
    run.save()
    with override("en"), pytest.raises(LayoutError, match="is missing"):
        rendering.render_letter(run.letters.select_related("run").get())


@pytest.mark.parametrize(
    "body",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="data:image/png;base64,AAAA">',
        '<p style="background: url(http://169.254.169.254/)">x</p>',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    ],
)
def test_nothing_is_fetched_that_the_letter_did_not_bring(place, body):
    arrive(place)
    run = frozen(place)
    text = run.texts.get()
    text.greeting["body"] = body  # As if it had passed the sanitiser.
    text.save()
    with pytest.raises(LayoutError, match="none of its pictures"):
        rendering.render_letter(run.letters.get())


def test_a_word_too_long_for_the_page_breaks_instead_of_leaving_it(place):
    MunicipalityText.objects.update(body=f"<p>{'Velkommen' * 40}</p>")
    arrive(place)
    assert len(pages_of(rendering.render_letter(frozen(place).letters.get()))) == 2


def test_a_layout_that_never_ends_is_stopped(place, monkeypatch):
    monkeypatch.setattr(layout, "SECONDS_A_LAYOUT", 0.01)
    arrive(place)
    letter = frozen(place).letters.get()
    with override("en"), pytest.raises(LayoutError, match="seconds"):
        rendering.render_letter(letter)


def test_an_address_that_would_leave_its_window_is_found_on_the_page(place):
    arrive(place)
    run = frozen(place)
    run.letters.update(address=["Kari Nordmann " * 12, "3570 Ål"])
    with override("en"), pytest.raises(LayoutError, match="leaves the window"):
        rendering.render_letter(run.letters.get())
