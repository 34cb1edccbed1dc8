"""“Did you find what you needed?”: below every page, without cookie or script, and into an enquiry."""

import datetime
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from municipalities.enquiries.models import Enquiry, Reply, Source
from tests.factories.municipalities import MunicipalityFactory, TopicFactory, TopicTextFactory
from welcome.portal import asking, buffer, keeping
from welcome.portal.models import PageDay

pytestmark = pytest.mark.django_db
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"}
PAGE = "/nn/al/topics/doctor/"
ASK = "/nn/al/ask/"


@pytest.fixture(autouse=True)
def _nothing_waits():
    buffer.take()


@pytest.fixture
def ål():
    place = MunicipalityFactory(slug="al", name="Ål", enquiry_days=3)
    TopicTextFactory(topic=TopicFactory(municipality=place), language="nn", title="Lege")
    return place


@pytest.fixture
def browser():
    """With the check that real browsers meet."""
    return Client(enforce_csrf_checks=True, **BROWSER)


def stamp_of(answer):
    return re.search(r'name="about" value="([^"]+)"', answer.content.decode())[1]


def later(**time):
    return time_machine.travel(timezone.now() + datetime.timedelta(**time))


def counted(path="/al/topics/doctor/"):
    keeping.keep()
    row = PageDay.objects.filter(path=path).values("views", "found", "missed", "asked").first()
    return row or {}


@pytest.mark.parametrize(
    "path", ["/nb/al/", "/nb/al/practical/", "/nb/al/topics/", PAGE, "/nb/al/search/?q=x", "/en/al/privacy/"]
)
def test_every_page_asks_and_sets_no_cookie(path, ål, browser):
    answer = browser.get(path)
    assert stamp_of(answer)
    assert not answer.cookies


@pytest.mark.parametrize(
    "path", ["/nb/", "/nb/privacy/", "/nb/al/ask/", "/nb/al/ask/thanks/", "/nb/nowhere/"]
)
def test_no_page_asks_where_there_is_nothing_to_say(path, ål, browser):
    assert 'class="found' not in browser.get(path).content.decode().replace("found__trap", "")


def test_yes_is_counted_and_thanked_for(ål, browser):
    about = stamp_of(browser.get(PAGE))
    answer = browser.post(ASK, {"about": about, "found": "yes"}, follow=True)
    assert answer.status_code == 200
    assert not answer.cookies
    assert f'href="{PAGE}"' in answer.content.decode()
    assert counted() == {"views": 1, "found": 1, "missed": 0, "asked": 0}
    assert not Enquiry.objects.exists()


def test_yes_with_a_stamp_that_is_not_ours_counts_nothing(ål, browser):
    assert browser.post(ASK, {"about": "/nn/al/:x:y", "found": "yes"}).status_code == 302
    keeping.keep()
    assert not PageDay.objects.exists()


def test_no_without_a_word_is_counted_only(ål, browser):
    about = stamp_of(browser.get(PAGE))
    with later(seconds=5):
        browser.post(ASK, {"about": about, "found": "no", "words": " ", "contact": ""})
    assert counted()["missed"] == 1
    assert not Enquiry.objects.exists()


def test_no_with_a_word_is_an_enquiry_and_tells_what_happens_by_when(ål, browser):
    with time_machine.travel("2026-11-25 10:00+01:00"):
        about = stamp_of(browser.get(PAGE))
    with time_machine.travel("2026-11-25 10:01+01:00"):
        sent = {
            "about": about,
            "found": "no",
            "words": "Finn ikkje legevakta",
            "contact": "Kari@heime.example",
        }
        answer = browser.post(ASK, sent, follow=True)
        assert counted() == {"views": 1, "found": 0, "missed": 1, "asked": 1}
    made = Enquiry.objects.get()
    assert (made.page, made.language, made.source) == ("/al/topics/doctor/", "nn", Source.PAGE)
    assert (made.reply, made.email, made.due_on) == (
        Reply.EMAIL,
        "kari@heime.example",
        datetime.date(2026, 11, 30),
    )
    assert "30. november 2026" in answer.content.decode()


def test_an_error_stands_at_its_field_and_what_was_typed_stays(ål, browser):
    about = stamp_of(browser.get(PAGE))
    with later(seconds=5):
        sent = {"about": about, "found": "no", "words": "Kvar & korleis?", "contact": "99"}
        answer = browser.post(ASK, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "ds-error-summary" in page
    assert "Kvar &amp; korleis?" in page
    assert 'value="99"' in page
    [field] = re.findall(r'<input[^>]*id="id_contact"[^>]*>', page)
    assert 'aria-invalid="true"' in field
    with later(seconds=20):
        again = {"about": stamp_of(answer), "words": "Kvar & korleis?", "contact": "99951234"}
        browser.post(ASK, again)
    made = Enquiry.objects.get()
    assert (made.phone.as_e164, made.page) == (
        "+4799951234",
        "/al/topics/doctor/",
    )  # Still of the page it came from.


def test_a_word_without_an_address_wants_no_answer(ål, browser):
    about = stamp_of(browser.get(PAGE))
    with later(seconds=5):
        answer = browser.post(ASK, {"about": about, "found": "no", "words": "Prisar manglar"}, follow=True)
    assert Enquiry.objects.get().reply == Reply.NONE
    assert "får ikkje svar" in answer.content.decode()


@pytest.mark.parametrize("about", ["", "x", "/nb/al/:1:x", None])
def test_a_stamp_that_is_not_ours_keeps_the_words_and_does_nothing(about, ål, browser):
    given = asking.stamp("/nn/gol/") if about is None else about  # Another municipality's page.
    answer = browser.post(ASK, {"about": given, "words": "Mine ord", "found": "no"})
    assert answer.status_code == 403
    assert "Mine ord" in answer.content.decode()
    assert not Enquiry.objects.exists()


@pytest.mark.parametrize("time", [{"seconds": 0}, {"hours": 25}])
def test_too_fast_and_too_old_press_once_more(time, ål, browser):
    about = stamp_of(browser.get(PAGE))
    with later(**time):
        answer = browser.post(ASK, {"about": about, "words": "Mine ord", "found": "no"})
        assert answer.status_code == 403
        assert "Trykk «Send» ein gong til" in answer.content.decode()
        with time_machine.travel(timezone.now() + datetime.timedelta(seconds=5)):
            browser.post(ASK, {"about": stamp_of(answer), "words": "Mine ord"})
    assert Enquiry.objects.get().text == "Mine ord"


def test_who_fills_in_what_nobody_sees_is_thanked_and_forgotten(ål, browser):
    about = stamp_of(browser.get(PAGE))
    with later(seconds=5):
        answer = browser.post(ASK, {"about": about, "words": "Buy", "website": "http://spam.example"})
    assert answer.status_code == 302
    assert not Enquiry.objects.exists()


def test_a_form_on_another_site_does_nothing(ål, browser):
    about = stamp_of(browser.get(PAGE))
    with later(seconds=5):
        elsewhere = {"headers": {"Sec-Fetch-Site": "cross-site"}}
        assert browser.post(ASK, {"about": about, "words": "Hei"}, **elsewhere).status_code == 403
        browser.post(ASK, {"about": about, "found": "yes"}, **elsewhere)
    assert counted()["found"] == 0
    assert not Enquiry.objects.exists()


def test_pressed_twice_it_is_one(ål, browser):
    about = stamp_of(browser.get(PAGE))
    with later(seconds=5):
        for _ in range(2):
            browser.post(ASK, {"about": about, "found": "no", "words": "Kvar?", "contact": "a@b.example"})
    assert Enquiry.objects.count() == 1


def test_the_form_of_its_own_comes_from_no_page(ål, browser):
    about = stamp_of(browser.get("/en/al/ask/"))
    with later(seconds=5):
        browser.post("/en/al/ask/", {"about": about, "words": "Where?", "contact": ""})
    made = Enquiry.objects.get()
    assert (made.source, made.page, made.language) == (Source.FORM, "", "en")


def test_the_thank_you_leads_nowhere_else(ål, browser):
    for path in ("https://evil.example/", "//evil.example/nn/al/", "/nn/gol/"):
        page = browser.get("/nn/al/ask/thanks/", {"about": asking.stamp(path)}).content.decode()
        assert f'href="{path}"' not in page
        assert 'href="/nn/al/"' in page


def test_where_it_leads_tells_nothing_of_what_was_written(ål, browser):
    about = stamp_of(browser.get(PAGE))
    with later(seconds=5):
        sent = {"about": about, "words": "Hemmeleg ord", "contact": "kari@heime.example"}
        where = urlsplit(browser.post(ASK, sent)["Location"])
    assert set(parse_qs(where.query)) == {"for", "about"}
    assert "kari" not in where.query
