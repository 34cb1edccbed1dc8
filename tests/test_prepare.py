"""Setting up a checkout touches nobody else's."""

import sys

import pytest


@pytest.fixture
def prepare(repository, monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(repository / "bin"))
    import prepare as module

    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return module


@pytest.fixture
def anothers(tmp_path):
    """A set-up .venv of another checkout."""
    there = tmp_path / "another" / ".venv"
    (there / "bin").mkdir(parents=True)
    (there / "bin" / "pip").write_text(f"#!{there}/bin/python\n")
    (there / "bin" / "python").symlink_to(sys.executable)
    (there / "stamp-dev").write_text("theirs")
    return there


def test_a_link_to_anothers_packages_is_refused_and_left_as_it_is(prepare, anothers):
    prepare.VENV.symlink_to(anothers)
    with pytest.raises(prepare.Stop, match=f"is a link to {anothers}.*rm {prepare.VENV}"):
        prepare.python_packages("test")
    assert (anothers / "stamp-dev").read_text() == "theirs"
    assert sorted(path.name for path in (anothers / "bin").iterdir()) == ["pip", "python"]


def test_a_link_to_a_folder_of_ones_own_is_taken(prepare, tmp_path):
    (tmp_path / "disk" / "bin").mkdir(parents=True)
    (tmp_path / "disk" / "bin" / "pip").write_text(f"#!{prepare.VENV}/bin/python\n")
    prepare.VENV.symlink_to(tmp_path / "disk")
    prepare.refuse_anothers()


def test_a_link_to_an_empty_folder_is_taken(prepare, tmp_path):
    (tmp_path / "disk").mkdir()
    prepare.VENV.symlink_to(tmp_path / "disk")
    prepare.refuse_anothers()
