import csv
import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from pypdfium2 import PdfDocument

from municipalities.tenancy.models import Role
from tests.welcome.letters.frozen import make_frozen, make_printed, protect, worker
from tests.welcome.letters.staff_site import url
from welcome.letters import figures, runs, verification
from welcome.letters.models import LeftOutReason, RunState

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database"),
]


@pytest.fixture
def run():
    return make_printed(make_frozen())


@pytest.fixture
def browser(client, run):
    client.force_login(worker(run.municipality, Role.SERVICE_OFFICE))
    return client


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_print_file_is_the_one_that_was_made(browser, run):
    [file] = run.files.all()
    response = browser.get(url(run, "file", 1))
    assert hashlib.sha256(body(response)).hexdigest() == file.sha256
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{figures.file_name(file)}"'


@pytest.mark.parametrize("name", ["manifest", "archive", "report_json", "report_csv", "report_pdf"])
def test_what_is_fetched_is_kept_by_nobody_on_the_way(browser, run, name):
    response = browser.get(url(run, name))
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith("attachment;")


def test_there_is_no_file_that_was_not_made(browser, run):
    assert browser.get(url(run, "file", 2)).status_code == 404
    run.files.update(state="waiting", done_at=None, file="", sha256="", pages=0)
    assert browser.get(url(run, "file", 1)).status_code == 404
    assert browser.get(url(run, "archive")).status_code == 404


@pytest.mark.parametrize("name", ["file", "archive"])
@pytest.mark.parametrize("content", [None, b"%PDF-1.7 another's letter"])
def test_a_file_that_is_gone_or_another_is_refused_by_its_name(browser, run, name, content):
    [file] = run.files.all()
    default_storage.delete(file.file.name)
    if content is not None:
        default_storage.save(file.file.name, ContentFile(content))
    response = browser.get(url(run, name, *([1] if name == "file" else [])), follow=True)
    assert response.redirect_chain[0][0] == reverse("admin:welcome_letterrun_change", args=[run.pk])
    assert figures.file_name(file) in str(next(iter(response.context["messages"])))


def test_the_archive_stands_the_recount(browser, run, tmp_path):
    with zipfile.ZipFile(io.BytesIO(body(browser.get(url(run, "archive"))))) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    assert list(verification.faults(run, tmp_path)) == []


def test_the_manifest_has_a_line_a_letter(browser, run):
    text = body(browser.get(url(run, "manifest"))).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [int(row["letter"]) for row in rows] == [1, 2, 3]
    assert rows[0]["address"].splitlines() == run.letters.get(number=1).address


def test_a_name_that_looks_like_a_formula_is_only_text(browser, run):
    letter = run.letters.get(number=1)
    letter.address = ["=HYPERLINK(1)", *letter.address[1:]]
    letter.save()
    text = body(browser.get(url(run, "manifest"))).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text


def test_the_report_can_be_read_by_machines(browser, run):
    found = json.loads(body(browser.get(url(run, "report_json"))))
    assert (found["cohort"], found["letters"], sum(found["left_out"].values())) == (7, 3, 4)
    rows = list(
        csv.reader(io.StringIO(body(browser.get(url(run, "report_csv"))).decode("utf-8-sig")), delimiter=";")
    )
    assert rows[1:3] == [["cohort", "7"], ["letters", "3"]]


def test_the_report_on_paper_has_the_numbers_of_the_page(browser, run):
    content = body(browser.get(url(run, "report_pdf")))
    words = " ".join("\n".join(page.get_textpage().get_text_range() for page in PdfDocument(content)).split())
    [file] = run.files.all()
    assert "Brev i trykkfiler 3 " in words
    assert "Husstander som har kommet 7 " in words
    assert figures.file_name(file) in words
    assert file.sha256 in words.replace(" ", "")


@pytest.mark.parametrize("name", ["file", "archive", "manifest"])
def test_who_got_protection_after_printing_is_not_in_what_is_fetched(browser, run, name):
    household = run.letters.get(number=1).household
    protect(household)
    response = browser.get(url(run, name, *([1] if name == "file" else [])))
    assert response.status_code == 302
    run.refresh_from_db()
    assert run.state == RunState.RENDERING
    assert not run.letters.filter(household=household).exists()
    assert run.left_out.filter(household=household, reason=LeftOutReason.PROTECTED).exists()


@pytest.mark.parametrize("name", ["file", "archive", "manifest"])
def test_a_run_handed_over_before_somebody_got_protection_is_closed(browser, run, name):
    runs.finish(run=run, by=None)
    address = url(run, name, *([1] if name == "file" else []))
    assert browser.get(address).status_code == 200
    protect(run.letters.get(number=1).household)
    assert browser.get(address).status_code == 302
