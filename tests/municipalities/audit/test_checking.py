"""A check of the log is done once, shows how far it is, and survives the death of who does it."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from municipalities.audit import checking, recording, sealing, verification
from municipalities.audit.checks import AuditCheck, SystemCheck
from municipalities.audit.models import Action, AuditEntry
from municipalities.audit.sealing import Chain
from municipalities.audit.vocabulary import Fault, Finding
from municipalities.tenancy import tasks
from tests.factories.municipalities import AuditCheckFactory, MunicipalityFactory, UserFactory
from tests.municipalities.audit.owner import behind

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def chain(place):
    return Chain(place.pk)


@pytest.fixture
def entries(place, chain):
    for number in range(6):
        recording.record(action=Action.CHANGED, of=place, note=f"rows={number}")
    sealing.seal(chain)
    return list(chain.entries().order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def sent(monkeypatch):
    """What the workers are told, [(task, number)]."""
    messages = []
    monkeypatch.setattr(
        checking.current_app, "send_task", lambda name, args, **more: messages.append((name, args[0]))
    )
    return messages


def test_a_check_is_asked_for_done_and_kept(chain, entries, sent, django_capture_on_commit_callbacks):
    somebody = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        check = checking.ask(chain=chain, by=somebody)
    assert sent == [(checking.CHECK, check.pk)]
    tasks.check_chain(check.pk)  # The asking is an entry as well, and has no place in the chain yet.
    check.refresh_from_db()
    assert (check.finding, check.asked_by, check.is_open) == (Finding.HOLDS, somebody, False)
    assert (check.first_entry, check.last_entry) == (entries[0], entries[0] + 6)
    assert (check.total, check.counted, check.head_place) == (7, 7, 7)
    assert check.head_hash == sealing.head(chain).hash


def test_the_whole_chain_is_read_not_only_its_end(chain, entries, monkeypatch):
    monkeypatch.setattr(verification, "BATCH", 2)
    behind("UPDATE municipalities_auditentry SET object_id = '99' WHERE id = %s", entries[0])
    check = checking.ask(chain=chain, by=None)
    tasks.check_chain(check.pk)
    check.refresh_from_db()
    assert (check.finding, check.fault, check.faults) == (Finding.BROKEN, Fault.CHANGED, 1)
    assert (check.fault_place, check.fault_entry) == (1, entries[0])


def test_asking_while_one_runs_gives_that_one(chain, entries):
    first = checking.ask(chain=chain, by=UserFactory())
    assert checking.ask(chain=chain, by=UserFactory()) == first
    assert AuditCheck.objects.count() == 1
    assert AuditEntry.objects.filter(model="municipalities.AuditCheck").count() == 1


def test_it_counts_in_its_row_while_it_reads(chain, entries, monkeypatch):
    monkeypatch.setattr(verification, "BATCH", 2)
    monkeypatch.setattr(checking, "SECONDS_BETWEEN_SIGNS", 0)
    seen = []
    was = checking._Signs.__call__

    def watch(self, counted):
        was(self, counted)
        seen.append(AuditCheck.objects.values_list("counted", "total").get())

    monkeypatch.setattr(checking._Signs, "__call__", watch)
    tasks.check_chain(checking.ask(chain=chain, by=None).pk)
    assert seen == [(2, 6), (4, 6), (6, 6)]


def test_only_one_of_two_workers_gets_it(chain, entries):
    check = checking.ask(chain=chain, by=None)
    assert checking._claim(chain, check.pk) is not None
    assert checking.run(chain, check.pk) is None
    check.refresh_from_db()
    assert (check.attempts, check.is_open) == (1, True)


def test_a_worker_that_comes_back_late_writes_nothing(chain, entries, monkeypatch):
    monkeypatch.setattr(verification, "BATCH", 2)
    monkeypatch.setattr(checking, "SECONDS_BETWEEN_SIGNS", 0)
    check = checking.ask(chain=chain, by=None)
    late = checking._claim(chain, check.pk)
    AuditCheck.objects.update(lease_expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert checking.run(chain, check.pk).finding == Finding.HOLDS
    with pytest.raises(checking.LeaseLost):
        checking._Signs(chain, late)(3)
    with pytest.raises(checking.LeaseLost):
        checking._keep(chain, late, verification.verify(chain))


def test_what_a_dead_worker_left_is_taken_up_three_times_and_then_called_off(chain, entries, sent):
    check = checking.ask(chain=chain, by=None)
    for attempt in range(1, 4):
        tasks.sweep_checks()
        assert sent.pop() == (checking.CHECK, check.pk)
        assert checking._claim(chain, check.pk).attempts == attempt
        tasks.sweep_checks()
        assert sent == []  # Somebody is at it.
        AuditCheck.objects.update(lease_expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert checking.run(chain, check.pk) is None  # A message from before: the fourth death is spared.
    tasks.sweep_checks()
    check.refresh_from_db()
    assert (check.finding, sent) == (Finding.STOPPED, [])


def test_an_end_that_was_cut_off_since_the_last_check_shows(chain, entries):
    tasks.check_chain(checking.ask(chain=chain, by=None).pk)
    behind("DELETE FROM municipalities_auditseal WHERE entry_number >= %s", entries[4])
    behind("DELETE FROM municipalities_auditentry WHERE id >= %s", entries[4])
    tasks.check_chain(checking.ask(chain=chain, by=None).pk)
    assert AuditCheck.objects.first().fault == Fault.CUT


def test_each_night_every_chain_is_checked_and_old_findings_go(
    place, entries, sent, django_capture_on_commit_callbacks
):
    other = MunicipalityFactory()
    old = timezone.now() - datetime.timedelta(days=366)
    AuditCheckFactory(municipality=place, asked_at=old)
    AuditCheckFactory(municipality=place)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.check_all()
    assert {name for name, _pk in sent} == {checking.CHECK, checking.CHECK_INSTALLATION}
    assert len(sent) == 3
    assert AuditCheck.objects.filter(municipality=place).count() == 2
    assert AuditCheck.objects.filter(municipality=other).count() == 1
    for name, pk in sent:
        (tasks.check_installation if name == checking.CHECK_INSTALLATION else tasks.check_chain)(pk)
    assert SystemCheck.objects.get().finding == Finding.HOLDS
    assert not AuditCheck.objects.open().exists()


def test_the_newest_finding_of_a_chain_stays_however_old_it_is(place, chain, entries, sent):
    """Or the end of the log could be cut a year after its last check, and the next one begin anew."""
    tasks.check_chain(checking.ask(chain=chain, by=None).pk)
    whole = AuditCheck.objects.get()
    AuditCheckFactory(municipality=place)  # Neither the newest nor one that knows an end.
    AuditCheck.objects.update(asked_at=timezone.now() - datetime.timedelta(days=400))
    newest = AuditCheckFactory(municipality=place, asked_at=timezone.now() - datetime.timedelta(days=366))
    checking.ask_all()
    assert set(AuditCheck.objects.of(place).exclude(finished_at=None)) == {whole, newest}
    behind("DELETE FROM municipalities_auditseal WHERE entry_number >= %s", entries[4])
    behind("DELETE FROM municipalities_auditentry WHERE id >= %s", entries[4])
    tasks.check_chain(AuditCheck.objects.open().get(municipality=place).pk)
    assert AuditCheck.objects.first().fault == Fault.CUT


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"finding": "", "finished_at": timezone.now()}, "done_has_its_finding"),
        ({"finding": Finding.HOLDS, "finished_at": None}, "done_has_its_finding"),
        ({"finding": Finding.BROKEN}, "broken_names_its_fault"),
        ({"fault": Fault.GAP}, "broken_names_its_fault"),
        ({"lease_expires_at": timezone.now()}, "claimed_until_a_time"),
        ({"counted": 2, "total": 1}, "counts_no_more_than_there_is"),
    ],
)
def test_the_database_refuses_half_a_check(place, values, name):
    with pytest.raises(IntegrityError, match=f"auditcheck_{name}"), transaction.atomic():
        AuditCheckFactory(municipality=place, **values)


def test_a_chain_is_checked_once_at_a_time(place):
    AuditCheckFactory(municipality=place, finding="", finished_at=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditCheckFactory(municipality=place, finding="", finished_at=None)
    SystemCheck.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        SystemCheck.objects.create()
