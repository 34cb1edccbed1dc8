"""The main job as an operator runs it: separate processes, an empty `DATA_DIR`, real files."""

import json
import os
import subprocess
import sys

import pypdfium2
import pytest

pytestmark = pytest.mark.only_on("sqlite", why="it starts the embedded portal in any case")

MUNICIPALITY, QUARTER = "3328", "2026Q3"


@pytest.fixture(scope="module")
def manage(repository, tmp_path_factory):
    embedded = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "SITE_URL", "SECRET_KEY"), "")
    env = os.environ | embedded | {"DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    env["DJANGO_SETTINGS_MODULE"] = "tilflytter.settings"

    def run(*words, refused=False):
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, words)],
            cwd=repository,
            env=env,
            capture_output=True,
            text=True,
        )
        assert (done.returncode != 0) == refused, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def made(manage, tmp_path_factory, repository):
    """What the three commands of the README leave behind: the report and the folder."""
    folder = tmp_path_factory.mktemp("out")
    report = folder.parent / "import.json"
    manage("migrate", "-v", "0")
    manage("demo", "--without-people")
    arrivals = repository / "demo" / f"arrivals-{MUNICIPALITY}-{QUARTER}.csv"
    manage("import_households", arrivals, "--municipality", MUNICIPALITY, "--report", report)
    printed = manage("letter_run", MUNICIPALITY, QUARTER, "--approve", "--here", "--out", folder)
    return json.loads(printed.strip().splitlines()[-1]), json.loads(report.read_text()), folder


def test_numbers_add_up_from_the_list_to_the_files(made):
    run, imported, folder = made
    assert imported["saved"]
    assert not imported["refused"]
    assert run["cohort"] == imported["counts"]["new"] == run["letters"] + sum(run["left_out"].values())
    assert run["left_out"]["protected"] > 0
    assert run["letters"] == sum(file["letters"] for file in run["files"])
    assert run["pages"] == sum(len(pypdfium2.PdfDocument(folder / file["path"])) for file in run["files"])


def test_the_same_list_again_changes_nothing(made, manage, repository):
    arrivals = repository / "demo" / f"arrivals-{MUNICIPALITY}-{QUARTER}.xlsx"
    again = manage(
        "import_households", arrivals, "--municipality", MUNICIPALITY, "--report", made[2] / ".again"
    )
    counts = json.loads((made[2] / ".again").read_text())["counts"]
    (made[2] / ".again").unlink()
    assert {verdict for verdict, count in counts.items() if count} == {"known"}, again


def test_each_letter_begins_with_the_address_of_its_manifest(made):
    folder = made[2]
    manifest = json.loads((folder / "manifest.json").read_text())
    for letter in manifest["letters"]:
        page = pypdfium2.PdfDocument(folder / letter["file"])[letter["first_page"] - 1]
        text = page.get_textpage().get_text_range()
        # The last line is the post code and place, which every script writes from left to right.
        assert letter["address"][-1] in text


def test_what_was_made_is_verified_and_what_was_changed_is_not(made, manage):
    folder = made[2]
    manage("verify_run", MUNICIPALITY, QUARTER, folder)
    pdf = next(folder.glob("*.pdf"))
    content = bytearray(pdf.read_bytes())
    content[len(content) // 2] ^= 1
    pdf.write_bytes(content)
    assert pdf.name in manage("verify_run", MUNICIPALITY, QUARTER, folder, refused=True)


def test_a_municipality_that_is_not_there_is_named(made, manage):
    assert "9999" in manage("letter_run", "9999", QUARTER, refused=True)


def test_an_empty_database_is_told_what_to_do_first(repository, tmp_path):
    env = os.environ | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tilflytter.settings"}
    env |= dict.fromkeys(("DATABASE_URL", "REDIS_URL", "SITE_URL", "SECRET_KEY"), "")
    words = [sys.executable, "manage.py", "verify_run", MUNICIPALITY, QUARTER, str(tmp_path)]
    done = subprocess.run(words, cwd=repository, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert "manage.py migrate" in done.stderr
    assert "Traceback" not in done.stderr
