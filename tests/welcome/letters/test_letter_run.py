import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.factories.municipalities import UserFactory
from tests.welcome.letters.conftest import arrive
from welcome.households import actions
from welcome.households.models import AddressKind
from welcome.letters import printing, proving, runs
from welcome.letters.models import LeftOut, Letter, LetterRun, PrintFile, RunState
from welcome.letters.proof_models import Proof
from welcome.management.commands import letter_run as command


def letter_run(*options) -> list[str]:
    out = io.StringIO()
    call_command("letter_run", "3328", "2026Q3", *map(str, options), stdout=out, stderr=out)
    return out.getvalue().splitlines()


def verify(folder) -> str:
    """What is off, or "" if nothing is."""
    err = io.StringIO()
    try:
        call_command("verify_run", "3328", "2026Q3", str(folder), stdout=io.StringIO(), stderr=err)
    except CommandError:
        assert err.getvalue()
        return err.getvalue()
    return ""


@pytest.fixture
def people(place):
    arrive(place, "Oksana Kovalenko", "Åse Marie Østerhus", house_number="1")
    arrive(place, "محمد الأحمد", house_number="2")
    arrive(place, "=Kari Formel", house_number="3", extra_line="+47 c/o")
    arrive(place, no_letter=True)
    arrive(
        place, protection="fortrolig", address_kind=AddressKind.UNKNOWN, street="", house_number="",
        house_letter="", postal_code="", postal_place="",
    )  # fmt: skip


@pytest.fixture
def out(people, tmp_path):
    letter_run("--approve", "--here", "--out", tmp_path / "out")
    return tmp_path / "out"


def test_it_freezes_shows_and_waits_for_approval(people):
    lines = letter_run()
    assert LetterRun.objects.get().state == RunState.FROZEN
    assert "5 households, 3 letters" in lines[0]
    assert json.loads(lines[-1])["files"] == []


def test_the_last_line_is_the_report(people, tmp_path):
    report = json.loads(letter_run("--approve", "--here", "--out", tmp_path / "out")[-1])
    file = PrintFile.objects.get()
    assert report == {
        "municipality": "3328",
        "quarter": "2026Q3",
        "cohort": 5,
        "letters": 3,
        "left_out": {"asked_not_to": 1, "protected": 1},
        "pages": 6,
        "files": [{"path": "3328-2026Q3-001.pdf", "letters": 3, "pages": 6, "sha256": file.sha256}],
        "deliveries": {},
    }


def test_a_second_call_writes_the_same_again(out):
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    report = letter_run("--approve", "--here", "--out", out)[-1]
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert json.loads(report)["letters"] == 3


def test_the_manifest_lists_every_letter_and_hides_formulas(out):
    with (out / "manifest.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter=";"))
    assert [row["first_page"] for row in rows] == ["1", "3", "5"]
    assert not any(line[:1] in "=+-@" for row in rows for line in row["address"].splitlines())
    listed = json.loads((out / "manifest.json").read_text())["letters"]
    assert [row["address"] for row in listed] == [
        letter.address for letter in Letter.objects.order_by("number")
    ]


def test_what_was_written_out_is_verified(out):
    assert verify(out) == ""


def test_a_byte_that_was_changed_is_found(out):
    path = out / "3328-2026Q3-001.pdf"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "SHA-256" in verify(out)


@pytest.mark.parametrize("name", ["3328-2026Q3-001.pdf", "manifest.csv", "manifest.json"])
def test_a_missing_file_is_found(out, name):
    (out / name).unlink()
    assert f"{name} is missing" in verify(out)


def test_a_file_too_many_is_found(out):
    (out / "3328-2026Q3-002.pdf").write_bytes(b"")
    assert "does not belong" in verify(out)


def test_swapped_addresses_are_found(out):
    one, other = Letter.objects.order_by("number")[:2]
    Letter.objects.filter(pk=one.pk).update(address=other.address)
    Letter.objects.filter(pk=other.pk).update(address=one.address)
    found = verify(out)
    assert "window of letter 1" in found
    assert "window of letter 2" in found


@pytest.mark.parametrize("name", ["manifest.csv", "manifest.json"])
def test_a_row_too_many_or_another_address_in_the_manifest_is_found(out, name):
    path = out / name
    whole = path.read_text(encoding="utf-8-sig")
    path.write_text(
        whole.replace("Kovalenko", "Kovalenka"), encoding="utf-8-sig" if name.endswith("csv") else None
    )
    assert "listed otherwise" in verify(out)
    if name.endswith("csv"):
        path.write_text(whole + "9;x.pdf;1;2;0;nb;Kari\n", encoding="utf-8-sig")
        assert "has 4 rows" in verify(out)


def test_a_cohort_that_does_not_add_up_is_found(out):
    LeftOut.objects.first().delete()
    assert "The cohort is 5" in verify(out)


def test_pages_that_are_not_where_the_rows_say_are_found(out):
    Letter.objects.filter(number=2).update(first_page=5)
    Letter.objects.filter(number=3).update(first_page=3)
    assert "begins on page" in verify(out) or "window" in verify(out)


def test_nothing_is_approved_that_no_worker_has_proved(people):
    with pytest.raises(CommandError, match="Not proved after 1"):
        letter_run("--approve", "--timeout", 1)
    assert LetterRun.objects.get().state == RunState.FROZEN
    assert any("BLOCKS" in line and "still being proved" in line for line in letter_run())


def test_without_workers_it_says_so_and_gives_up_in_time(people, monkeypatch):
    letter_run("--here")
    monkeypatch.setattr(command, "SECONDS_OF_SILENCE", 0)
    with pytest.raises(CommandError, match="Not done after 1"):
        letter_run("--approve", "--timeout", 1)
    assert LetterRun.objects.get().state == RunState.APPROVED


def test_it_shows_what_the_workers_do(people, monkeypatch):
    def work(_seconds):  # In place of waiting: a worker takes what there is meanwhile.
        for proof in Proof.objects.open():
            assert proving.prove(proof.pk)
            return
        printing.render(PrintFile.objects.get().pk)
        command.runs.settle(LetterRun.objects.get().pk)

    monkeypatch.setattr(command.time, "sleep", work)
    lines = letter_run("--approve")
    assert any(line.startswith("0 of 3 letters and samples proved") for line in lines)
    assert any(line.startswith("0 of 3 letters") for line in lines)
    assert json.loads(lines[-1])["pages"] == 6


def test_where_two_approve_the_command_needs_a_name(people, place):
    place.second_approver = True
    place.save()
    with pytest.raises(CommandError, match="another person"):
        letter_run("--approve", "--here")
    with pytest.raises(CommandError, match="Nobody here"):
        letter_run("--approve", "--here", "--by", "nobody@dalen.example")
    user = UserFactory(email="anne@dalen.example")
    letter_run("--approve", "--here", "--by", "Anne@dalen.example")
    assert LetterRun.objects.get().approved_by == user


@pytest.mark.parametrize(
    ("number", "quarter"), [("9999", "2026Q3"), ("3328", "2026Q5"), ("3328", "yesterday")]
)
def test_nonsense_is_refused_in_a_sentence(place, number, quarter):
    for name, more in (("letter_run", []), ("verify_run", ["."])):
        with pytest.raises(CommandError):
            call_command(name, number, quarter, *more)


def protect_first():
    household = Letter.objects.get(number=1).household
    actions.protect(household=household, grade="fortrolig", by=None)


def test_who_got_protection_since_is_not_written_out_again(out, tmp_path):
    protect_first()
    report = json.loads(letter_run("--here", "--out", tmp_path / "again")[-1])
    assert (report["letters"], report["left_out"]["protected"]) == (2, 2)
    assert verify(tmp_path / "again") == ""


def test_a_run_handed_over_before_somebody_got_protection_is_not_written_out(out, tmp_path):
    runs.finish(run=LetterRun.objects.get(), by=None)
    protect_first()
    with pytest.raises(CommandError, match="stay closed"):
        letter_run("--out", tmp_path / "again")
    assert not (tmp_path / "again").exists()
