"""Whoever searches everywhere must be able to find: a search that finds nothing shows nothing by itself."""

import io
import logging
import zipfile

import openpyxl
import pytest
from celery import current_app
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from kombu.transport.memory import Channel
from PIL import Image, PngImagePlugin

from tests.factories.welcome import HouseholdFactory, LetterFactory, PersonFactory
from tests.walls import everywhere
from tests.welcome.letters.frozen import make_frozen, make_printed
from welcome.letters import nudges

STREET = "Øvre Kvåsirholt"
VALUES = [STREET, "904173", "+47 401 88 776"]


@pytest.fixture(autouse=True)
def _empty_broker():
    Channel.queues.clear()
    yield
    Channel.queues.clear()


def found(hits):
    return {hit.value for hit in hits}


@pytest.mark.parametrize(
    "text",
    [
        "bor i øvre kvåsirholt 3",
        "ØVRE KVÅSIRHOLT",
        r'["\u00d8vre Kv\u00e5sirholt"]',
        "/?q=%C3%98vre+Kv%C3%A5sirholt",
        "3570 ovrekvasirholt 12",
        "ovre kvasirholt",
    ],
)
def test_every_spelling_of_a_street(text):
    assert found(everywhere.search_text("here", text, VALUES)) == {STREET}


@pytest.mark.parametrize(
    ("text", "is_there"),
    [("Gata 904173", True), ("12:00:01.904173+00", False), ("a3f904173bc", False), ("904173.", True)],
)
def test_digits_stand_for_themselves_only(text, is_there):
    assert bool(everywhere.search_text("here", text, VALUES)) is is_there


@pytest.mark.parametrize("text", ["+4740188776", "401 88 776", "40188776"])
def test_a_phone_number_with_or_without_spaces(text):
    assert found(everywhere.search_text("here", text.replace(" 88 ", "88"), ["+47 401 88 776"]))


@pytest.mark.django_db
def test_the_database_row_by_row():
    assert everywhere.search_database(VALUES) == []
    household = HouseholdFactory(street=STREET, house_number="904173")
    PersonFactory(household=household, phone="+4740188776")
    LetterFactory(address=["Kari", f"{STREET} 904173"])
    hits = everywhere.search_database(VALUES)
    assert found(hits) == set(VALUES)
    places = {hit.where.split(" ")[0] for hit in hits}
    assert {"welcome_household.street", "welcome_household.address_key", "welcome_letter.address"} <= places


@pytest.mark.django_db
def test_a_session(client):
    session = client.session
    session["last_search"] = STREET
    session.save()
    assert found(everywhere.search_database(VALUES)) == {STREET}


def _sheet():
    book = openpyxl.Workbook()
    book.active.append([STREET])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _picture():
    about = PngImagePlugin.PngInfo()
    about.add_text("Title", STREET)
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG", pnginfo=about)
    return out.getvalue()


def _archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("list.csv", STREET)
        archive.writestr("below.xlsx", _sheet())
    return out.getvalue()


@pytest.mark.parametrize(
    "content", [STREET.encode(), STREET.encode("utf-16"), _sheet(), _picture(), _archive()]
)
def test_files_of_every_kind(content):
    default_storage.save("below/here.bin", ContentFile(content))
    assert found(everywhere.search_files(VALUES)) == {STREET}
    default_storage.delete("below/here.bin")
    assert everywhere.search_files(VALUES) == []


@pytest.mark.django_db
def test_letters_on_paper():
    make_printed(make_frozen(letters=1))
    assert found(everywhere.search_files(["Østerhus0", "Kvåsirholt"])) == {"Østerhus0"}


def test_the_cache():
    assert everywhere.search_cache(VALUES) == []
    cache.set("last", {"street": STREET})
    assert found(everywhere.search_cache(VALUES)) == {STREET}


def test_the_broker():
    assert everywhere.search_broker(VALUES) == []
    current_app.send_task(nudges.RENDER_FILE, [STREET], retry=False)
    assert found(everywhere.search_broker(VALUES)) == {STREET}


def test_mail():
    assert everywhere.search_mail(VALUES) == []
    message = EmailMessage("Hei", f"Du bor i {STREET}", to=["a@dalen.example"])
    message.attach("numbers.csv", "904173", "text/csv")
    message.send()
    assert found(everywhere.search_mail(VALUES)) == {STREET, "904173"}


def test_logs_with_their_exceptions(caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("somewhere").debug("At %s", STREET)
    try:
        raise ValueError("904173")
    except ValueError:
        logging.getLogger("somewhere").exception("It failed.")
    assert found(everywhere.search_logs(VALUES, caplog.records)) == {STREET, "904173"}


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(STREET),
        HttpResponse(headers={"Location": "/?q=%C3%98vre+Kv%C3%A5sirholt"}),
        StreamingHttpResponse(iter([STREET.encode()[:9], STREET.encode()[9:]])),
    ],
)
def test_answers(response):
    assert found(everywhere.search_response("here", response, VALUES)) == {STREET}


@pytest.mark.django_db
def test_pages():
    hits = everywhere.search_pages(["Tilflytter"], Client(), ["/healthz", "/nb/"], who="a visitor")
    assert [hit.where for hit in hits] == ["GET /nb/ as a visitor"]
