"""Labels and pick list: read back from the paper that comes out."""

import csv
import io

import pypdfium2
import pytest

from municipalities.tenancy.models import Role
from tests.welcome.letters.frozen import make_frozen, make_printed, protect, worker
from tests.welcome.letters.staff_site import text_of, url
from welcome.letters import labels, picking, printing, runs
from welcome.letters.geometry import MM_TO_PT, PAGE_HEIGHT
from welcome.letters.models import Letter

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database"),
]
SIZES = {"3x8": (24, 70.0, 37.0), "2x7": (14, 99.1, 38.1)}


@pytest.fixture
def run():
    run = make_printed(make_frozen())
    for letter in run.letters.all():
        letter.gifts = [{"title": "Strikka vottar", "count": letter.number, "giver": "", "note": ""}] * (
            letter.number != 2
        )
        letter.save()
    return run


@pytest.fixture
def office(client, run):
    client.force_login(worker(run.municipality, Role.SERVICE_OFFICE))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def read(page, place):
    text = page.get_textpage().get_text_bounded(
        left=place.left * MM_TO_PT,
        right=place.right * MM_TO_PT,
        top=(PAGE_HEIGHT - place.top) * MM_TO_PT,
        bottom=(PAGE_HEIGHT - place.bottom) * MM_TO_PT,
    )
    return text.split("\r\n") if text else []


@pytest.mark.parametrize("sheet", SIZES)
@pytest.mark.parametrize("start", [1, 5, 14])
def test_each_address_stands_whole_in_its_own_label(office, run, sheet, start):
    answer = office.get(url(run, "labels"), {"sheet": sheet, "start": start})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    pdf, form = pypdfium2.PdfDocument(answer.content), labels.SHEETS[sheet]
    count = SIZES[sheet][0]
    found = [read(page, form.place(position)) for page in pdf for position in range(count)]
    letters = [letter.address for letter in run.letters.order_by("number")]
    assert found == [[]] * (start - 1) + letters + [[]] * (len(found) - start + 1 - len(letters))
    assert len(pdf) == (start - 1 + len(letters) + count - 1) // count


@pytest.mark.parametrize("sheet", SIZES)
def test_the_sheets_are_those_that_are_sold(sheet):
    count, width, height = SIZES[sheet]
    form = labels.SHEETS[sheet]
    places = [form.place(position) for position in range(count)]
    assert form.size == count
    assert all(abs(place.right - place.left - width) < 0.01 for place in places)
    assert all(abs(place.bottom - place.top - height) < 0.01 for place in places)
    assert all(place.left > -0.01 and place.right < 210.01 and place.bottom < 297 for place in places)
    assert not any(
        one.touches(other)
        for one in places
        for other in places
        if one is not other and one.left != other.left
    )


@pytest.mark.parametrize("sheet", SIZES)
def test_a_long_address_is_set_smaller_and_never_cut(run, sheet):
    lines = [
        "Bartholomeus Maximilian Østerhus-Kvernmo von Hohenlohe og",
        "Nguyễn Thị Minh Khai",
        "c/o Gamle Øvre Nordre Sørbygda gard",
        "Lang-Gatenavnet 128 B",
        "3570 Ål i Hallingdal",
    ]
    letter = Letter(number=1, address=lines)
    pdf = pypdfium2.PdfDocument(labels.pdf([letter], labels.SHEETS[sheet]))
    assert read(pdf[0], labels.SHEETS[sheet].place(0)) == lines


def test_whoever_got_protection_has_no_label_and_no_line(office, run):
    gone = run.letters.get(number=3)
    name = gone.address[0]
    protect(gone.household)
    answer = office.get(url(run, "labels"), {"sheet": "3x8", "start": 1})
    assert answer.status_code == 302  # Taken back first; its file is made anew.
    make_printed_again(run)
    content = office.get(url(run, "labels"), {"sheet": "3x8", "start": 1}).content
    text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    assert name not in text
    assert run.letters.get(number=2).address[0] in text
    assert "Letter by letter" in text_of(office.get(url(run, "pick_list")))
    assert len(rows_of(office, run)) == 2


def make_printed_again(run):
    for file in run.files.unfinished():
        printing.render(file.pk)
    runs.settle(run.pk)


def rows_of(office, run):
    text = office.get(url(run, "pick_list_csv")).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_the_pick_list_tells_what_to_pack_and_no_names(office, run):
    page = text_of(office.get(url(run, "pick_list")))
    assert "3 × Strikka vottar" in page
    assert "Østerhus" not in page
    rows = rows_of(office, run)
    assert [(row["letter"], row["people"], row["gifts"]) for row in rows] == [
        ("1", "1", "Strikka vottar"), ("2", "1", ""), ("3", "1", "3 × Strikka vottar"),
    ]  # fmt: skip
    pdf = office.get(url(run, "pick_list_pdf"))
    text = pypdfium2.PdfDocument(pdf.content)[0].get_textpage().get_text_range()
    assert "3 × Strikka vottar" in text
    assert "Østerhus" not in text


def test_labels_only_for_letters_that_gifts_belong_to(office, run):
    content = office.get(url(run, "labels"), {"sheet": "2x7", "start": 1, "gifts": "on"}).content
    text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    missing = run.letters.get(number=2).address[0]
    assert missing not in text
    assert run.letters.get(number=1).address[0] in text


@pytest.mark.parametrize(
    "asked", [{}, {"sheet": "4x9", "start": 1}, {"sheet": "2x7", "start": 15}, {"sheet": "3x8", "start": 0}]
)
def test_what_no_sheet_has_is_said_at_its_field(office, run, asked):
    answer = office.get(url(run, "labels"), asked)
    assert answer.status_code == 422
    assert "errorlist" in text_of(answer)


def test_a_gift_whose_name_is_a_formula_is_harmless_in_a_spreadsheet(office, run):
    Letter.objects.filter(run=run, number=1).update(
        gifts=[{"title": "=1+1", "count": 1, "giver": "", "note": ""}]
    )
    assert rows_of(office, run)[0]["gifts"].startswith("'")


def test_nothing_is_packed_for_letters_that_are_not_ready(client):
    run = make_frozen()
    client.force_login(worker(run.municipality, Role.SERVICE_OFFICE))
    for page in ("labels", "pick_list_csv", "pick_list_pdf"):
        assert client.get(url(run, page), {"sheet": "3x8", "start": 1}).status_code == 404
    assert client.get(url(run, "pick_list")).status_code == 302


def test_a_gift_is_counted_once_whatever_the_languages_of_its_letters(run):
    gifts = {
        "nb": [{"gift": 7, "title": "Kinobillett", "count": 2}],
        "en": [{"gift": 7, "title": "Cinema ticket", "count": 1}, {"title": "Map", "count": 1}],
        "uk": [{"gift": 7, "title": "Квиток у кіно", "count": 1}, {"title": "Map", "count": 1}],
    }
    for letter in run.letters.all():
        letter.gifts = gifts[letter.wished_language or letter.language]
        letter.save()
    # Those of before a gift's number was kept are told by their title.
    assert [(total.title, total.count) for total in picking.totals(run)] == [("Kinobillett", 4), ("Map", 2)]
