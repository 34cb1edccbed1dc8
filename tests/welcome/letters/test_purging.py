import csv
import io
import json
import zipfile

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from municipalities.tenancy.models import Role
from tests.welcome.letters.conftest import arrive, frozen
from tests.welcome.letters.frozen import make_printed, protect, stored, worker
from tests.welcome.letters.staff_site import url
from welcome.letters import output, purging, run_lists, runs, schedule, verification
from welcome.letters.models import Letter, PrintFile

HOST = {"name": "Torbjørg Vert", "phone": "", "email": "", "languages": "Bokmål", "about": ""}
GIFTS = [{"title": "Kinobilletter", "count": 2, "giver": "Kulturhuset", "note": ""}]
CODE = "https://tilflytter.example/l/meeting/abc/"
NAMES = ["Kari Ein", "Oksana Skjult", "Ola Tre", "Per Fire"]


@pytest.fixture
def run(place, monkeypatch):
    """Handed over, two letters in each of two files; the second letter is Oksana's."""
    monkeypatch.setattr(runs, "LETTERS_A_FILE", 2)
    for number, name in enumerate(NAMES, start=1):
        arrive(place, name, house_number=str(number))
    printed = make_printed(frozen(place))
    printed.letters.update(host=HOST, gifts=GIFTS, code=CODE)
    return runs.finish(run=printed, by=None)


@pytest.fixture(params=["protected", "erased"])
def hidden(run, request):
    household = run.letters.get(number=2).household
    protect(household) if request.param == "protected" else household.delete()


def sweep(capture):
    with capture(execute=True):
        schedule.sweep()


@pytest.fixture
def purged(run, hidden, django_capture_on_commit_callbacks):
    sweep(django_capture_on_commit_callbacks)
    return run


def test_the_address_and_every_pdf_that_holds_it_go(purged):
    letter, (gone, kept) = purged.letters.get(number=2), purged.files.order_by("sequence")
    assert (letter.address, letter.salutation, letter.file) == ([], "", gone)
    assert (letter.host, letter.gifts, letter.code) == ({}, [], "")
    assert "Skjult" not in str(list(Letter.objects.values()))
    assert purged.letters.get(number=3).code == CODE
    assert (gone.file.name, gone.state, len(gone.sha256), gone.pages) == ("", "done", 64, 4)
    assert stored(purged) == [kept.file.name.rpartition("/")[2]]
    assert purged.letters.get(number=1).address[0] == "Kari Ein"


def test_it_is_logged_without_the_address(run, hidden, caplog, django_capture_on_commit_callbacks):
    with caplog.at_level("INFO"):
        sweep(django_capture_on_commit_callbacks)
        sweep(django_capture_on_commit_callbacks)
    [said] = [record.message for record in caplog.records if record.name == purging.__name__]
    assert said == f"Letter run {run.pk}: 1 addresses and 1 files deleted."


def test_a_cancelled_run_forgets_them_too(place, django_capture_on_commit_callbacks):
    arrive(place, "Oksana Skjult")
    run = runs.cancel(run=frozen(place), by=None)
    protect(run.letters.get().household)
    sweep(django_capture_on_commit_callbacks)
    assert (run.letters.get().address, run.letters.get().salutation) == ([], "")


def test_who_moved_on_since_stays_in_the_record(run, django_capture_on_commit_callbacks):
    household = run.letters.get(number=2).household
    household.no_letter = True
    household.save()
    sweep(django_capture_on_commit_callbacks)
    assert run.letters.get(number=2).address[0] == "Oksana Skjult"
    assert run.files.kept().count() == 2


def test_the_run_still_adds_up_and_says_what_cannot_be_recounted(purged, tmp_path):
    output.write_out(purged, tmp_path)
    assert list(verification.faults(purged, tmp_path)) == []
    out = io.StringIO()
    call_command("verify_run", "3328", "2026Q3", str(tmp_path), stdout=out)
    assert "3328-2026Q3-001.pdf was deleted" in out.getvalue()
    assert "2 letters recounted" in out.getvalue()
    listed = json.loads((tmp_path / "manifest.json").read_text())
    assert [row["letter"] for row in listed["letters"]] == [3, 4]
    assert [file.get("deleted", False) for file in listed["run"]["files"]] == [True, False]


def test_a_file_written_out_before_is_found_to_be_too_many(run, hidden, tmp_path):
    output.write_out(run, tmp_path)
    purging.purge(run=run)
    assert "3328-2026Q3-001.pdf does not belong to this run." in list(verification.faults(run, tmp_path))


@pytest.fixture
def browser(client, purged):
    client.force_login(worker(purged.municipality, Role.SERVICE_OFFICE))
    return client


def test_a_deleted_file_is_told_of_and_the_others_are_open(browser, purged):
    response = browser.get(url(purged, "file", 1), follow=True)
    [said] = response.context["messages"]
    assert said.level_tag == "error"
    page = response.content.decode()
    assert url(purged, "file", 1) not in page
    assert url(purged, "file", 2) in page
    assert browser.get(url(purged, "file", 2)).status_code == 200
    rows = browser.get(url(purged, "manifest")).content.decode("utf-8-sig")
    assert [row["letter"] for row in csv.DictReader(io.StringIO(rows), delimiter=";")] == ["3", "4"]
    content = b"".join(browser.get(url(purged, "archive")).streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "3328-2026Q3-001.pdf" not in archive.namelist()
    assert browser.get(url(purged, "report_csv")).status_code == 200


def test_where_every_file_is_deleted_there_is_no_archive(browser, purged, django_capture_on_commit_callbacks):
    protect(purged.letters.get(number=4).household)
    sweep(django_capture_on_commit_callbacks)
    assert browser.get(url(purged, "archive")).status_code == 302


def test_a_deleted_letter_is_shown_nowhere(browser, purged):
    assert browser.get(url(purged, "letter", 2)).status_code == 404
    assert browser.get(url(purged, "letter", 1)).status_code == 200
    assert browser.get(url(purged, "proof")).status_code == 200
    assert run_lists.letters_of(purged).count() == 3


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        (Letter.objects, {"address": ["Oksana Skjult"]}),
        (Letter.objects, {"salutation": "Oksana"}),
        (Letter.objects, {"host": HOST}),
        (Letter.objects, {"gifts": GIFTS}),
        (Letter.objects, {"code": CODE}),
        (PrintFile.objects, {"file": "letters/1/001.pdf"}),
    ],
)
def test_the_database_keeps_what_was_deleted_empty(purged, rows, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.exclude(purged_at=None).update(**change)
