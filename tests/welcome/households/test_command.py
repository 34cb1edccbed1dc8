import json

import pytest
from django.core.management import CommandError, call_command

from tests.factories.municipalities import MunicipalityFactory
from tests.welcome.households.files import csv, row
from welcome.households.imports import ImportBatch, ImportRow
from welcome.households.models import Household, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def aal():
    return MunicipalityFactory(number="3328")


@pytest.fixture
def run(aal, tmp_path, capsys):
    def run(content: bytes, *options: str) -> tuple[int, list[str]]:
        path = tmp_path / "arrivals.csv"
        path.write_bytes(content)
        code = 0
        try:
            call_command("import_households", str(path), "--municipality", "3328", *options)
        except SystemExit as stop:
            code = int(str(stop.code))
        return code, capsys.readouterr().out.splitlines()

    return run


BAD = row(given="7", code="x")


def test_saves_and_says_what_and_again_that_nothing_is_new(run, settings):
    settings.LANGUAGE_CODE = "en"
    code, said = run(csv(row(), row(given="Taras")))
    assert code == 0
    assert said[-1] == "Saved: 1 new household, 1 more person in a household."
    code, said = run(csv(row(), row(given="Taras")))
    assert (code, said[-1]) == (0, "Nothing new: all 2 people were known.")
    assert Person.objects.count() == 2


def test_refused_rows_are_named_and_the_rest_is_saved(run, tmp_path):
    report = tmp_path / "report.json"
    code, said = run(csv(row(), BAD), "--report", str(report))
    assert code == 3
    assert any("row 3, Postnummer:" in line and "[post_code_wrong]" in line for line in said)
    told = json.loads(report.read_text())
    assert told["counts"] == {"new": 1, "joins": 0, "changed": 0, "known": 0, "held": 0, "refused": 1}
    assert [(found["row"], found["column"], found["code"]) for found in told["refused"]] == [
        (3, "Fornavn", "name_characters"),
        (3, "Postnummer", "post_code_wrong"),
    ]
    assert (told["municipality"], told["encoding"], told["delimiter"], told["rows"]) == (
        "3328",
        "utf-8",
        ";",
        2,
    )
    assert told["saved"] is True
    assert Household.objects.count() == 1


def test_all_or_nothing(run):
    code, _ = run(csv(row(), BAD), "--all-or-nothing")
    assert code == 4
    assert not Household.objects.exists()


def test_a_dry_run_saves_nothing_and_leaves_nothing(run, tmp_path, settings):
    report = tmp_path / "report.json"
    code, _ = run(csv(row()), "--dry-run", "--report", str(report))
    assert code == 0
    told = json.loads(report.read_text())
    assert (told["saved"], told["counts"]["new"]) == (False, 1)
    assert not Household.objects.exists()
    assert ImportBatch.objects.get().state == "dropped"
    assert ImportRow.objects.get().values == {}
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


def test_a_file_that_is_none(run, settings):
    settings.LANGUAGE_CODE = "en"
    code, said = run(b"%PDF-1.7")
    assert code == 2
    assert "neither CSV nor XLSX" in said[-1]


def test_the_report_of_a_protected_person_holds_nothing_of_the_address(run, tmp_path):
    report = tmp_path / "report.json"
    _, said = run(csv(row(protection="kode 6", street="Hemmeleggata")), "--report", str(report))
    assert "Hemmeleg" not in report.read_text() + "".join(said)


def test_an_unknown_municipality_and_a_missing_file(aal, tmp_path):
    with pytest.raises(CommandError, match="9999"):
        call_command("import_households", "x.csv", "--municipality", "9999")
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call_command("import_households", str(tmp_path / "nowhere.csv"), "--municipality", "3328")
