"""The log's oldest goes when its time is over, and what stays can still be checked."""

import datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from municipalities.audit import pruning, recording, sealing, verification
from municipalities.audit.models import Action, AuditEntry, AuditPruning, AuditSeal, SystemPruning
from municipalities.audit.sealing import Chain
from municipalities.audit.vocabulary import Fault
from municipalities.tenancy import walls
from tests.database import as_owner
from tests.factories.municipalities import AuditPruningFactory, MunicipalityFactory
from tests.municipalities.audit.owner import behind
from tests.municipalities.audit.test_chain import write_seal

pytestmark = pytest.mark.django_db

TODAY = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def place():
    return MunicipalityFactory(number="3328", retention_audit_months=24)


@pytest.fixture
def chain(place):
    return Chain(place.pk)


def write(day, chain, of=None, count=3):
    """`count` entries and their seals, as they were made on that day."""
    with time_machine.travel(datetime.datetime.fromisoformat(f"{day}T12:00Z"), tick=False):
        for number in range(count):
            recording.record(
                action=Action.CHANGED, of=of, municipality_id=chain.municipality_id, note=f"rows={number}"
            )
        sealing.seal(chain)


@pytest.fixture
def years(place, chain):
    """Three entries each autumn of four years."""
    for year in (2023, 2024, 2025, 2026):
        write(f"{year}-11-01", chain, of=place)


def prune(*words):
    with as_owner():
        call_command("prune_audit", *words)


def holds(chain, kept=()):
    return [(each.fault, each.sequence) for each in verification.verify(chain, kept).breaks]


def test_the_preview_tells_what_would_go_and_takes_nothing(chain, years, capsys):
    prune()
    told = capsys.readouterr().out
    assert "3328: 6 entries of 2023-11-01 to 2024-11-01 are older than 24 months (up to place 6)" in told
    assert "installation: nothing is older than 36 months" in told
    assert "Nothing was taken away" in told
    assert (chain.entries().count(), chain.seals().count(), chain.floor()) == (12, 12, None)


def test_what_is_over_goes_and_the_rest_still_holds(place, chain, years, capsys):
    kept = sealing.head(chain)
    prune("--yes")
    assert list(chain.seals().order_by("sequence").values_list("sequence", flat=True)) == [
        7,
        8,
        9,
        10,
        11,
        12,
    ]
    assert not chain.entries().filter(at__year__lt=2025).exists()
    assert holds(chain, [kept]) == []
    floor = AuditPruning.objects.get()
    assert (floor.municipality, floor.sequence, floor.entries, floor.months) == (place, 6, 6, 24)
    assert f"3328: taken away; the chain goes on behind {place.pk}:6:{floor.hash}" in capsys.readouterr().out
    # The log itself tells of it, under the next seal.
    told = AuditEntry.objects.filter(action=Action.DELETED, model="municipalities.AuditPruning").get()
    assert told.note == f"rows=6 place=6 hash={floor.hash}"
    assert sealing.seal(chain) == 1
    assert holds(chain, [kept]) == []


def test_doing_it_again_takes_nothing_and_next_year_the_next_stretch(chain, years, capsys):
    prune("--yes")
    prune("--yes")
    assert "nothing is older than 24 months" in capsys.readouterr().out
    assert AuditPruning.objects.count() == 1
    with time_machine.travel(TODAY + datetime.timedelta(days=365), tick=False):
        prune("--yes")
        assert chain.floor().sequence == 9
        assert holds(chain) == []


def test_the_newest_round_stays_however_old(place, chain):
    write("2020-01-01", chain, of=place)
    assert pruning.foresee(chain) is None
    write("2020-02-01", chain, of=place, count=1)
    prune("--yes")
    assert chain.seals().get().sequence == 4
    write("2026-11-20", chain, of=place, count=1)
    assert holds(chain) == []


def test_the_installations_own_log_has_its_own_time(settings, capsys):
    chain = Chain(None)
    for day in ("2024-11-01", "2026-11-01"):
        write(day, chain)
    prune("--yes", "--only", "installation")
    assert SystemPruning.objects.count() == 0
    settings.AUDIT_MONTHS = 12
    prune("--yes", "--only", "installation")
    assert "3328" not in capsys.readouterr().out
    assert SystemPruning.objects.get().sequence == 3
    assert holds(chain) == []


def test_a_chain_that_is_broken_is_left_as_it_is(chain, years, capsys):
    first = chain.entries().order_by("pk").first()
    behind("UPDATE municipalities_auditentry SET object_id = '99' WHERE id = %s", first.pk)
    with pytest.raises(CommandError, match="1 of the logs were left"):
        prune("--yes")
    assert f"place 1, entry {first.pk}" in capsys.readouterr().err
    assert chain.entries().count() == 12


def test_a_municipality_that_is_not_there_is_named(place):
    with pytest.raises(CommandError, match="no municipality 9999"):
        prune("--only", "9999")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no roles.")
def test_the_portals_own_role_is_told_that_it_may_not(chain, years):
    with pytest.raises(CommandError, match="Connect as the owner of the tables"):
        call_command("prune_audit", "--yes")
    assert chain.entries().count() == 12


def test_after_it_the_log_can_be_shortened_by_nobody_as_before(chain, years):
    prune("--yes")
    assert walls.faults(connection) == []
    for model in (AuditEntry, AuditSeal, AuditPruning):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_a_shortening_that_the_app_makes_up_hides_nothing(place, chain, years):
    """Its role may add rows, and so could whoever has got hold of it."""
    first = chain.entries().order_by("pk").first()
    behind("UPDATE municipalities_auditentry SET object_id = '99' WHERE id = %s", first.pk)
    third = chain.seals().get(sequence=3)
    AuditPruningFactory(municipality=place, sequence=3, hash=third.hash, sealed_at=third.sealed_at)
    assert holds(chain) == [(Fault.OUTSIDE, 1), (Fault.OUTSIDE, 2), (Fault.OUTSIDE, 3)]


def test_an_entry_put_in_where_all_was_taken_away_shows(place, chain, years):
    prune("--yes")
    recording.record(action=Action.LOOKED, of=place)
    late = chain.entries().order_by("-pk").first()
    AuditSeal(municipality=place, entry_number=late.pk, sequence=2, sealed_at=late.at, hash="a" * 64).save()
    assert holds(chain) == [(Fault.OUTSIDE, 2)]


def test_one_dated_back_to_before_it_shows(place, chain, years):
    prune("--yes")
    sealing.seal(chain)
    at = timezone.now() - datetime.timedelta(days=900)
    early = AuditEntry.objects.create(municipality=place, actor="staff", action="looked", fields=[], at=at)
    write_seal(chain, early)
    assert [fault for fault, _place in holds(chain)] == [Fault.BACKDATED]


def test_the_rest_cut_off_altogether_shows(chain, years):
    prune("--yes")
    behind("DELETE FROM municipalities_auditseal WHERE municipality_id = %s", chain.municipality_id)
    behind("DELETE FROM municipalities_auditentry WHERE municipality_id = %s", chain.municipality_id)
    assert holds(chain) == [(Fault.CUT, 6)]


def test_a_head_kept_of_the_place_it_was_cut_at_must_be_that_one(place, chain, years):
    prune("--yes")
    floor = chain.floor()
    assert holds(chain, [sealing.Head(place.pk, 6, floor.hash)]) == []
    assert holds(chain, [sealing.Head(place.pk, 6, "a" * 64)]) == [(Fault.CUT, 6)]


def test_the_command_that_checks_tells_of_it_and_takes_old_heads(place, chain, years, capsys, tmp_path):
    call_command("verify_audit")
    heads = tmp_path / "heads.txt"
    early = sealing.Head(place.pk, 3, chain.seals().get(sequence=3).hash)
    heads.write_text(f"{capsys.readouterr().out}{early}\n")
    prune("--yes")
    call_command("verify_audit", heads=str(heads))
    told = capsys.readouterr().err
    assert f"{place.pk}: taken away up to place 6 on 2026-11-25" in told
    assert f"{place.pk}: the kept head at place 3 lies there: not compared" in told


@pytest.mark.parametrize(
    ("values", "name"),
    [({"months": 11}, "of_what_is_a_year_old"), ({"entries": 0}, "takes_something")],
)
def test_the_database_refuses_a_shortening_of_what_is_young_or_of_nothing(place, values, name):
    with pytest.raises(IntegrityError, match=f"auditpruning_{name}"), transaction.atomic():
        AuditPruningFactory(municipality=place, **values)


def test_a_check_that_a_shortening_overtakes_begins_anew(chain, years, monkeypatch):
    """Else what was taken away while it was read would look as if somebody had taken it out."""
    monkeypatch.setattr(verification, "BATCH", 2)
    told = []

    def overtake(counted):
        if not told:
            prune("--yes")
        told.append(counted)

    verdict = verification.verify(chain, tell=overtake)
    assert (verdict.holds, verdict.checked, told[0]) == (True, 6, 2)
