"""Whoever gets past the app and changes the log is found out, and where."""

import datetime
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from municipalities.audit import recording, sealing, tasks, verification
from municipalities.audit.models import Action, AuditEntry, AuditSeal, SystemEntry, SystemSeal
from municipalities.audit.sealing import Chain
from municipalities.audit.verification import Fault
from municipalities.municipality import scope
from tests.factories.municipalities import MunicipalityFactory
from tests.municipalities.audit.owner import behind

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def chain(place):
    return Chain(place.pk)


def write(place, count=1):
    for number in range(count):
        recording.record(action=Action.CHANGED, of=place, fields=["name"], note=f"rows={number}")


def faults(chain, kept=()):
    return [(found.fault, found.entry) for found in verification.verify(chain, kept).breaks]


@pytest.fixture
def entries(place, chain):
    """Six entries, sealed in two rounds."""
    write(place, 3)
    sealing.seal(chain)
    write(place, 3)
    sealing.seal(chain)
    return list(chain.entries().order_by("pk").values_list("pk", flat=True))


def test_a_chain_that_nobody_touched_holds(place, chain, entries):
    write(place)
    verdict = verification.verify(chain)
    assert (verdict.holds, verdict.checked, verdict.waiting) == (True, 6, 1)
    assert list(chain.seals().order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_each_municipality_has_its_own_chain_and_the_installation_too(place, entries):
    other = MunicipalityFactory()
    write(other, 2)
    recording.record(action=Action.LOGIN_FAILED)
    assert sealing.seal_all() == 3
    assert sealing.head(Chain(other.pk)).sequence == 2
    assert sealing.head(Chain(None)).sequence == 1
    assert all(verification.verify(each).holds for each in sealing.chains())


def test_sealing_twice_seals_once(chain, entries):
    assert sealing.seal(chain) == 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("user_id", 99),
        ("action", "looked"),
        ("object_id", "99"),
        ("ip", "192.0.2.9"),
        ("note", "rows=9"),
        ("fields", "[]"),
        ("at", timezone.now() - datetime.timedelta(minutes=9)),
        ("actor_name", "x"),
        ("actor", "task"),
        ("model", "x"),
        ("request_id", "x"),
        ("route", "x"),
    ],
)
def test_a_changed_entry_is_named(chain, entries, column, value):
    behind(f"UPDATE municipalities_auditentry SET {column} = %s WHERE id = %s", value, entries[2])
    assert faults(chain) == [(Fault.CHANGED, entries[2])]


def test_every_column_of_an_entry_is_under_the_seal():
    """A column added later must be hashed too; changing the form of old ones would break all chains."""
    names = {"pk" if f.primary_key else f.attname for f in AuditEntry._meta.concrete_fields}
    assert names - {"municipality_id"} == set(sealing._TOLD)
    assert {"pk" if f.primary_key else f.attname for f in SystemEntry._meta.concrete_fields} == set(
        sealing._TOLD
    )


def test_an_entry_moved_to_another_municipality_is_named(chain, entries):
    other = MunicipalityFactory()
    behind("UPDATE municipalities_auditentry SET municipality_id = %s WHERE id = %s", other.pk, entries[1])
    assert faults(chain) == [(Fault.GONE, entries[1])]


def test_an_entry_that_was_taken_out_is_named(chain, entries):
    behind("DELETE FROM municipalities_auditentry WHERE id = %s", entries[2])
    assert faults(chain) == [(Fault.GONE, entries[2])]


def test_an_entry_taken_out_with_its_seal_leaves_a_gap(chain, entries):
    behind("DELETE FROM municipalities_auditentry WHERE id = %s", entries[2])
    behind("DELETE FROM municipalities_auditseal WHERE entry_number = %s", entries[2])
    assert faults(chain) == [(Fault.GAP, 0)]


def test_a_tail_that_was_cut_off_shows_against_a_head_that_was_kept(chain, entries):
    kept = sealing.head(chain)
    for table, column in (("auditentry", "id"), ("auditseal", "entry_number")):
        behind(f"DELETE FROM municipalities_{table} WHERE {column} >= %s", entries[4])
    assert faults(chain) == []  # The chain alone can't know that it was longer.
    assert faults(chain, [kept]) == [(Fault.CUT, 0)]


def test_a_chain_written_anew_shows_against_a_head_that_was_kept(chain, entries):
    kept = sealing.head(chain)
    behind("UPDATE municipalities_auditentry SET object_id = '99' WHERE id = %s", entries[0])
    behind("DELETE FROM municipalities_auditseal WHERE municipality_id = %s", chain.municipality_id)
    sealing.seal(chain)
    assert faults(chain) == []
    assert faults(chain, [kept]) == [(Fault.CUT, 0)]


def test_an_entry_put_in_with_an_earlier_date_stands_outside(place, chain, entries):
    late = recorded_at(place, timezone.now() - datetime.timedelta(hours=3))
    assert sealing.seal(chain) == 0
    assert faults(chain) == [(Fault.OUTSIDE, late.pk)]


def test_one_with_a_seal_that_fits_is_named_all_the_same(place, chain, entries):
    """As somebody could who writes with the app's own role and knows how seals are made."""
    late = recorded_at(place, timezone.now() - datetime.timedelta(hours=3))
    write_seal(chain, late)
    assert faults(chain) == [(Fault.BACKDATED, late.pk)]


def test_an_entry_of_a_long_transaction_is_no_fault(place, chain, entries):
    recorded_at(place, timezone.now() - datetime.timedelta(hours=1))
    assert sealing.seal(chain) == 1
    assert faults(chain) == []


def recorded_at(place, at):
    return AuditEntry.objects.create(
        municipality=place, actor="staff", action="looked", fields=[], at=at, object_id="1"
    )


def write_seal(chain, entry):
    """A right one, at the end of the chain."""
    last = chain.seals().order_by("-sequence").first()
    before, sequence = (last.hash, last.sequence + 1) if last else (sealing.BEGINNING, 1)
    now = timezone.now()
    words = sealing.canonical(entry, chain.municipality_id)
    chain.seal(
        entry_number=entry.pk,
        sequence=sequence,
        sealed_at=now,
        hash=sealing.link_hash(before, sequence, now, words),
    ).save()


def test_an_entry_put_in_with_a_seal_of_its_own_breaks_the_chain(place, chain, entries):
    recording.record(action=Action.LOOKED, of=place)
    pk = chain.entries().order_by("-pk").values_list("pk", flat=True)[0]
    seal = AuditSeal(municipality=place, entry_number=pk, sequence=7, sealed_at=timezone.now(), hash="a" * 64)
    seal.save()
    assert faults(chain) == [(Fault.CHANGED, pk)]


def test_an_entry_that_is_committed_late_gets_a_later_place(place, chain):
    write(place, 2)
    early, late = chain.entries().order_by("pk")
    write_seal(chain, late)
    assert sealing.seal(chain) == 1
    assert chain.seals().get(sequence=2).entry_number == early.pk
    assert verification.verify(chain).holds


# --- the task and the command --------------------------------------------------------------------


def test_the_task_seals_everybodys(place):
    write(place, 2)
    tasks.seal()
    assert sealing.head(Chain(place.pk)).sequence == 2


def test_the_command_prints_heads_and_names_what_was_cut(place, chain, entries, capsys, tmp_path):
    call_command("verify_audit")
    heads = tmp_path / "heads.txt"
    heads.write_text(capsys.readouterr().out)
    assert f"{place.pk}:6:" in heads.read_text()
    call_command("verify_audit", heads=str(heads))
    behind("DELETE FROM municipalities_auditseal WHERE entry_number = %s", entries[5])
    behind("DELETE FROM municipalities_auditentry WHERE id = %s", entries[5])
    with pytest.raises(CommandError, match="1 breaks"):
        call_command("verify_audit", heads=str(heads))
    assert "place 6" in capsys.readouterr().err


def test_the_command_refuses_a_file_that_holds_no_heads(tmp_path):
    (tmp_path / "heads").write_text("hello\n")
    with pytest.raises(CommandError, match="holds no heads"):
        call_command("verify_audit", heads=str(tmp_path / "heads"))


# --- at once -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one at a time.")
def test_sealers_at_once_make_one_chain(place, chain):
    write(place, 300)
    barrier = threading.Barrier(4)

    def work():
        try:
            with scope.everywhere():
                barrier.wait()
                for _ in range(5):
                    sealing.seal(chain)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(chain.seals().order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 301))
    assert verification.verify(chain).holds


@pytest.mark.parametrize("model", [AuditEntry, AuditSeal, SystemEntry, SystemSeal])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_app_itself_can_neither_change_nor_delete(place, model, verb):
    write(place)
    recording.record(action=Action.LOGIN_FAILED)
    sealing.seal_all()
    name = "action" if "action" in {field.name for field in model._meta.fields} else "hash"
    rows = model.objects.all()
    refused = rows.delete if verb == "delete" else lambda: rows.update(**{name: "looked"})
    with pytest.raises(DatabaseError), transaction.atomic():
        refused()
    assert model.objects.count() == 1
