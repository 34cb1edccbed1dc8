"""Protection that comes while lists wait, or are being read: whose rows lose their address, and whose don't."""

import threading

import pytest
from django.db import connection

from municipalities.municipality import scope
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.welcome.households.files import HEADER, csv, read, row
from welcome.households import actions, importing
from welcome.households.imports import ImportRow
from welcome.households.models import Household
from welcome.households.recognition import name_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def aal():
    return MunicipalityFactory()


def family(place, *names, **more):
    home = HouseholdFactory(municipality=place, **more)
    for name in names:
        given, last = name.split()
        PersonFactory(household=home, given_name=given, family_name=last, name_key=name_key(name))
    return home


@pytest.fixture
def home(aal):
    """At Øvre Ålsgata 12 B since 15 August, as `row()` has it."""
    return family(aal, "Oksana Kovalenko")


def with_address(batch):
    """The numbers of the rows that still tell one."""
    return {
        row.number
        for row in batch.rows.all()
        if "address" in row.values or row.household_key or row.values.get("address_key")
    }


def protect(home):
    actions.protect(household=home, grade="strengtFortrolig", by=None)


# --- lists that wait -----------------------------------------------------------------------------


def test_neighbours_at_the_same_address_keep_theirs(home, aal):
    Household.objects.filter(pk=home.pk).update(unit="H0101")
    batch = read(
        csv(
            row(unit="H0101"),
            row(given="Kari", family="Nabo", unit="H0102"),  # Another dwelling.
            row(given="Ola", family="Granne", moved="01.10.2026"),  # Another day, nobody's name.
            row(given="Per", family="Lund", letter="C"),
        ),
        aal,
    )
    protect(home)
    assert with_address(batch) == {3, 4, 5}


@pytest.mark.parametrize(
    "theirs",
    [
        {"given": "Taras", "born": "2015"},  # A child nobody has registered yet, come the same day.
        {"given": "Taras", "born": "2015", "moved": "01.10.2026"},  # Come later, of the same family name.
        {"given": "Taras", "family": "Kovalenka", "born": "2015", "unit": "H0101"},
        {"given": "Oxana", "family": "Kovalenko", "moved": "01.10.2026"},  # Herself, spelled otherwise.
        {"given": "Oksana", "family": "Berg", "moved": "01.10.2026"},
        {
            "given": "OKSANA",
            "street": "Storgata",
            "number": "1",
            "moved": "01.11.2026",
        },  # To where she moves.
    ],
)
def test_of_their_own_none_stays_visible(home, aal, theirs):
    batch = read(csv(row(**theirs)), aal)
    assert with_address(batch) == {2}
    protect(home)
    assert with_address(batch) == set()


def test_who_moves_with_them_to_a_new_address_is_hidden_too(home, aal):
    new = {"street": "Hemmeleggata", "number": "3", "letter": "", "moved": "01.11.2026"}
    batch = read(
        csv(
            row(given="Nytt", family="Barn", born="2026", **new),  # Known to nobody, before her in the list.
            row(**new),
            row(given="Kari", family="Nabo", **new | {"number": "5"}),
        ),
        aal,
    )
    other = read(
        csv(row(given="Kari", family="Nabo", **new)), aal
    )  # Another list: nobody says that they belong.
    protect(home)
    assert with_address(batch) == {4}
    assert with_address(other) == {2}


def test_a_family_by_its_number_is_hidden_whatever_their_addresses(home, aal):
    batch = read(
        csv(
            [*row(), "17"], [*row(given="Nytt", family="Barn", street="Hemmeleggata"), "17"],
            [*row(given="Kari", family="Nabo", street="Storgata"), "18"], header=[*HEADER, "Husholdning"],
        ),
        aal,
    )  # fmt: skip
    assert batch.understood["unknown_columns"] == []
    protect(home)
    assert with_address(batch) == {4}


# --- lists that are being read -------------------------------------------------------------------


@pytest.fixture
def protected_while_read(home, monkeypatch):
    """Protection comes when the rows are judged, and before they are stored."""
    judge = importing.judge

    def then_protect(*args, **more):
        plans = judge(*args, **more)
        protect(home)
        return plans

    monkeypatch.setattr(importing, "judge", then_protect)


def test_rows_that_are_stored_after_it_came_hold_no_address(home, aal, protected_while_read):
    batch = read(
        csv(
            row(origin="Gamlebyen"),
            row(given="Taras", born="2015"),
            row(given="Oxana", born="1988"),  # One letter apart, recognised.
            row(given="Kari", family="Nabo", letter="C"),
        ),
        aal,
    )
    assert with_address(batch) == {5}
    held = repr(list(batch.rows.filter(number__lt=5).values()))
    assert "lsgata" not in held
    assert "Gamlebyen" not in held


def test_who_moves_with_them_in_an_earlier_part_of_the_list_is_hidden_too(home, aal, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 1)
    judge, parts = importing.judge, []

    def then_protect(rows, *args, **more):
        plans = judge(rows, *args, **more)
        parts.append(rows)
        if len(parts) == 2:
            protect(home)
        return plans

    monkeypatch.setattr(importing, "judge", then_protect)
    new = {"street": "Hemmeleggata", "number": "3", "letter": "", "moved": "01.11.2026"}
    batch = read(csv(row(given="Nytt", family="Barn", born="2026", **new), row(**new), row(given="Per")), aal)
    assert not with_address(batch) & {2, 3}


def test_a_household_that_is_registered_as_protected_meanwhile_counts(aal, monkeypatch):
    judge = importing.judge

    def then_register(*args, **more):
        plans = judge(*args, **more)
        none = dict.fromkeys(("street", "house_number", "house_letter", "postal_code", "postal_place"), "")
        family(
            aal, "Oksana Kovalenko", protection="fortrolig", address_kind="unknown", address_key="", **none
        )
        return plans

    monkeypatch.setattr(importing, "judge", then_register)
    assert with_address(read(csv(row()), aal)) == set()


@pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="One writer at a time: there is nothing to wait for."
)
@pytest.mark.django_db(transaction=True)
def test_protection_that_comes_while_rows_are_stored_waits_and_finds_them(home, aal, monkeypatch):
    stored, hide = threading.Event(), importing.forgetting.hide_protected

    def and_wait(*args):
        hide(*args)
        stored.set()
        threads[0].join(1)  # It can't get on before these rows are there.
        assert threads[0].is_alive()

    def come():
        stored.wait(10)
        with scope.of(aal.pk):
            protect(home)
        connection.close()

    threads = [threading.Thread(target=come)]
    monkeypatch.setattr(importing.forgetting, "hide_protected", and_wait)
    threads[0].start()
    read(csv(row()), aal)
    threads[0].join(10)
    assert not ImportRow.objects.filter(values__has_key="address").exists()
