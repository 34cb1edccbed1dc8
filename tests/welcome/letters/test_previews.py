import io

import pypdfium2
import pytest
from django.utils.html import escape
from PIL import Image

from municipalities.tenancy.models import Role
from tests.welcome.letters.frozen import make_frozen, worker
from tests.welcome.letters.staff_site import text_of, url
from welcome.letters import rendering

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database"),
]


@pytest.fixture
def run():
    return make_frozen()


@pytest.fixture
def browser(client, run):
    client.force_login(worker(run.municipality, Role.READER))
    return client


def words_of(content, page=0):
    document = pypdfium2.PdfDocument(content)
    try:
        return document[page].get_textpage().get_text_bounded()
    finally:
        document.close()


def test_the_pdf_is_that_letter_and_no_other(browser, run):
    one = browser.get(url(run, "letter_pdf", 1))
    assert one["Content-Type"] == "application/pdf"
    assert one.content == rendering.render_letter(run.letters.get(number=1))
    assert "Østerhus1" in words_of(one.content)
    assert "Østerhus0" in words_of(browser.get(url(run, "letter_pdf", 3)).content)


def test_a_page_is_a_picture_of_that_page(browser, run):
    first, second = (browser.get(url(run, "letter_page", 1, page)) for page in (1, 2))
    assert first["Content-Type"] == "image/png"
    pictures = [Image.open(io.BytesIO(response.content)).convert("L") for response in (first, second)]
    width, height = pictures[0].size
    assert 1.40 < height / width < 1.43  # A4.
    darkest, lightest = pictures[0].getextrema()
    assert darkest < 100 < 250 < lightest
    assert pictures[0].tobytes() != pictures[1].tobytes()


@pytest.mark.parametrize("page", [0, 99])
def test_there_is_no_page_beyond_the_letter(browser, run, page):
    response = browser.get(url(run, "letter_page", 1, page))
    assert response.status_code == 404


def test_a_picture_stays_with_its_reader_and_is_asked_for_anew(browser, run):
    first = browser.get(url(run, "letter_page", 1, 1))
    assert first["Cache-Control"] == "private, no-cache"
    again = browser.get(url(run, "letter_page", 1, 1), headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    other = browser.get(url(run, "letter_page", 2, 1), headers={"if-none-match": first["ETag"]})
    assert other.status_code == 200


def test_a_picture_kept_by_the_browser_is_not_confirmed_once_the_letter_has_changed(browser, run):
    first = browser.get(url(run, "letter_page", 1, 1))
    letter = run.letters.get(number=1)
    letter.address = ["Kari Ny", *letter.address[1:]]
    letter.save()
    again = browser.get(url(run, "letter_page", 1, 1), headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert "Kari Ny" in words_of(browser.get(url(run, "letter_pdf", 1)).content)


def test_the_page_of_a_letter_shows_all_its_pages_and_leads_on(browser, run):
    response = browser.get(url(run, "letter", 2))
    pages = len(pypdfium2.PdfDocument(browser.get(url(run, "letter_pdf", 2)).content))
    assert [page.url for page in response.context["pages"]] == [
        url(run, "letter_page", 2, page) for page in range(1, pages + 1)
    ]
    assert (response.context["before"].number, response.context["after"].number) == (1, 3)


def test_a_letter_that_cant_be_made_says_why_instead_of_failing(browser, run):
    letter = run.letters.get(number=1)
    letter.address = ["W" * 120, *letter.address[1:]]
    letter.save()
    response = browser.get(url(run, "letter", 1))
    assert response.status_code == 200
    assert response.context["refused"]
    assert escape(response.context["refused"]) in text_of(response)
    assert browser.get(url(run, "letter_pdf", 1)).status_code == 404


@pytest.mark.parametrize("asked", ["2", "Østerhus2"])
def test_any_letter_is_a_number_or_a_name_away(browser, run, asked):
    assert browser.get(url(run, "proof"), {"letter": asked}).url == url(run, "letter", 2)


def test_where_several_letters_fit_one_chooses(browser, run):
    response = browser.get(url(run, "proof"), {"letter": "Åse"})
    assert [letter.number for letter in response.context["letters"]] == [1, 2, 3]
