"""A host who is gone, or may not be named any more, is in no letter: rows, files and words read back."""

import pypdfium2
import pytest
from django.core.files.storage import default_storage

from municipalities.audit.models import Action, AuditEntry
from tests.factories.welcome import HostAssignmentFactory, HostFactory
from tests.welcome.letters.frozen import QUARTER, arrive, make_municipality, make_printed
from welcome.hosts.models import Host, HostAssignment
from welcome.letters import printing, runs, schedule, unnaming
from welcome.letters.models import FileState, LetterRun, RunState

pytestmark = pytest.mark.django_db
NAME = "Torbjørg Sjeldenvert"


@pytest.fixture
def host():
    return HostFactory(municipality=make_municipality(), name=NAME)


@pytest.fixture
def run(host):
    """Two letters in one file, one of which tells of the host."""
    HostAssignmentFactory(household=arrive(host.municipality), host=host)
    arrive(host.municipality, "Utan", "Vert")
    run = runs.freeze(run=runs.ensure(municipality=host.municipality, quarter=QUARTER, by=None), by=None)
    return make_printed(run)


def words(run):
    with run.files.get().file.open("rb") as opened:
        pages = pypdfium2.PdfDocument(opened.read())
        return "\n".join(page.get_textpage().get_text_range() for page in pages)


def gone(host):
    HostAssignment.objects.all().delete()
    Host.objects.filter(pk=host.pk).delete()


def not_named(host):
    Host.objects.filter(pk=host.pk).update(named_since=None)


@pytest.mark.parametrize("change", [gone, not_named])
def test_letters_that_are_not_handed_over_are_made_anew_without_the_host(
    run, host, change, django_capture_on_commit_callbacks
):
    assert NAME in words(run)
    old = run.files.get().file.name
    change(host)
    with django_capture_on_commit_callbacks(execute=True):
        schedule.sweep()
    assert not default_storage.exists(old)
    assert not run.letters.exclude(host={}).exists()
    file = run.files.get()
    assert (file.state, file.file.name) == (FileState.WAITING, "")
    assert printing.render(file.pk)
    runs.settle(run.pk)
    assert NAME not in words(run)
    assert run.letters.printed().count() == 2
    assert LetterRun.objects.get(pk=run.pk).state == RunState.READY


@pytest.mark.parametrize("change", [gone, not_named])
def test_of_a_run_that_is_over_the_words_and_the_file_go_and_the_run_adds_up(run, host, change):
    runs.finish(run=run, by=None)
    change(host)
    assert unnaming.take_out(run=run) == 1
    assert unnaming.take_out(run=run) == 0
    assert not run.letters.exclude(host={}).exists()
    file = run.files.get()
    assert (file.file.name, file.state) == ("", FileState.DONE)
    assert file.purged_at is not None
    assert run.letters.printed().count() == 2
    assert AuditEntry.objects.filter(action=Action.ERASED, note="hosts=1").count() == 1


def test_a_frozen_run_tells_of_nobody_who_took_it_back(host):
    HostAssignmentFactory(household=arrive(host.municipality), host=host)
    run = runs.freeze(run=runs.ensure(municipality=host.municipality, quarter=QUARTER, by=None), by=None)
    not_named(host)
    schedule.sweep()
    assert run.letters.get().host == {}


def test_a_host_who_may_be_named_stays_whatever_else_changes(run, host):
    Host.objects.filter(pk=host.pk).update(phone="+4799951299", active=False)
    schedule.sweep()
    assert not unnaming.runs_to_mend().exists()
    assert run.letters.exclude(host={}).count() == 1
    assert run.files.get().state == FileState.DONE
