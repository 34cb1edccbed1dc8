"""What is called done is there: storage that lies, half files, and files that go bad later."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.welcome.letters.frozen import make_frozen, make_printed
from welcome.letters import runs, storing
from welcome.letters.models import RunState

pytestmark = pytest.mark.django_db
NAME = "letters/1/001.pdf"


def test_storage_that_keeps_something_else_is_a_fault_and_nothing_stays(monkeypatch):
    save = default_storage.save
    monkeypatch.setattr(default_storage, "save", lambda name, content: save(name, ContentFile(b"%PDF-ha")))
    with pytest.raises(OSError, match="another file"):
        storing.keep(NAME, b"%PDF-half")
    assert not default_storage.exists(NAME)


def test_half_a_file_does_not_stay(monkeypatch):
    save = default_storage.save

    def fills_up(name, content):
        save(name, ContentFile(b"%PDF-ha"))
        raise OSError("No space left on device")

    monkeypatch.setattr(default_storage, "save", fills_up)
    with pytest.raises(OSError, match="No space left"):
        storing.keep(NAME, b"%PDF-half")
    assert not default_storage.exists(NAME)


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("content", [None, b"%PDF-1.7 another"])
def test_a_run_whose_file_is_gone_or_another_is_not_closed(content):
    run = make_printed(make_frozen())
    file = run.files.get()
    default_storage.delete(file.file.name)
    if content is not None:
        default_storage.save(file.file.name, ContentFile(content))
    with pytest.raises(runs.Refused, match="is gone from storage"):
        runs.finish(run=run, by=None)
    run.refresh_from_db()
    assert run.state == RunState.READY
