import json

import pytest

from tests.factories.municipalities import MunicipalityTextFactory
from tests.welcome.letters.conftest import arrive, frozen
from tests.welcome.letters.frozen import make_printed
from welcome.letters import output, runs, verification
from welcome.letters.models import LeftOutReason

pytestmark = pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database")


@pytest.fixture
def run(place, monkeypatch):
    """Two files of a letter each."""
    monkeypatch.setattr(runs, "LETTERS_A_FILE", 1)
    arrive(place, "Kari Ein", house_number="1")
    arrive(place, "Oksana To", house_number="2")
    return make_printed(frozen(place))


def test_a_pdf_that_is_no_longer_of_the_run_goes_when_it_is_written_anew(run, tmp_path):
    output.write_out(run, tmp_path)
    gone = tmp_path / "3328-2026Q3-002.pdf"
    assert gone.exists()
    runs.withdraw(letter=run.letters.get(number=2), reason=LeftOutReason.ASKED_NOT_TO, by=None)
    output.write_out(run, tmp_path)
    assert not gone.exists()
    assert list(verification.faults(run, tmp_path)) == []


def test_a_run_with_an_arabic_letter_is_found_right(place, tmp_path):
    MunicipalityTextFactory(municipality=place, language="ar", body="<p>أهلًا</p>")
    arrive(place, "Rima Al-Khatib", language="ar")
    run = make_printed(frozen(place))
    output.write_out(run, tmp_path)
    assert run.letters.get().language == "ar"
    assert list(verification.faults(run, tmp_path)) == []


def test_nothing_else_is_deleted_whatever_the_old_manifest_says(run, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    others = [tmp_path / "3328-2026Q3-009.pdf", folder / "notes.pdf", folder / "3328-2026Q3-009.pdf"]
    for path in others:
        path.write_bytes(b"")
    listed = [{"path": "../3328-2026Q3-009.pdf"}, {"path": "notes.pdf"}]
    (folder / "manifest.json").write_text(json.dumps({"run": {"files": listed}}))
    output.write_out(run, folder)
    assert all(path.exists() for path in others)


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"run": {"files": [{"path": 1}]}}', '{"run": {"files": 3}}']
)
def test_a_manifest_that_is_none_is_written_over(run, tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    output.write_out(run, tmp_path)
    assert list(verification.faults(run, tmp_path)) == []
