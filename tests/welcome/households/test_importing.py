import datetime
from collections import Counter

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.welcome.households.files import HEADER, codes, csv, read, row, save, take_in
from tilflytter.celery import app
from welcome.households import actions, importing, register, tasks
from welcome.households.imports import ImportBatch, ImportRow, ImportState
from welcome.households.models import Household, HouseholdState, Person
from welcome.households.recognition import likeness

pytestmark = pytest.mark.django_db


@pytest.fixture
def aal():
    return MunicipalityFactory()


@pytest.fixture
def at_once():
    """Tasks are done where they are asked for: there is no worker here."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def verdicts(batch):
    return dict(batch.rows.values_list("number", "verdict"))


OKSANA = row(phone="+47 400 00 001", email="oksana@example.org", reason="flukt")
TARAS = row(given="Taras", born="03.03.2015")


def test_people_of_one_address_and_day_become_one_household(aal):
    elsewhere = row(given="Kari", family="Berg", born="1990", street="Storgata", number="1", letter="")
    batch = take_in(csv(OKSANA, elsewhere, row(given="Taras", born="2015", street="ØVRE ÅLSGATE")), aal)
    assert verdicts(batch) == {2: "new", 3: "new", 4: "joins"}
    home = Person.objects.get(given_name="Oksana").household
    assert [person.given_name for person in home.people.all()] == ["Oksana", "Taras"]
    assert [person.role for person in home.people.all()] == ["adult", "child"]
    assert (home.language, home.reason, home.moved_from, home.source) == ("uk", "refuge", "Kyiv", "file")
    assert str(home.people.first().phone) == "+47 40 00 00 01"


@pytest.mark.parametrize(
    "other", [{"unit": "H0102"}, {"moved": "16.08.2026"}, {"letter": "C"}, {"code": "3571"}]
)
def test_another_unit_day_or_door_is_another_household(aal, other):
    take_in(
        csv(row(unit="H0101"), row(**({"given": "Kari", "family": "Berg", "unit": "H0101"} | other))), aal
    )
    assert Household.objects.count() == 2


def test_a_second_import_changes_nothing_and_says_so(aal):
    content = csv(
        OKSANA,
        TARAS,
        row(given="Kari", protection="kode 6", born="1990"),
        row(given="Ola", born="", street="Storgata"),
    )
    take_in(content, aal)
    before = list(Household.objects.values()), list(Person.objects.values())
    batch = take_in(content, aal)
    assert batch.counts == {"known": 4}
    assert (list(Household.objects.values()), list(Person.objects.values())) == before


def test_known_with_another_spelling_and_order_of_names(aal):
    take_in(csv(row(given="Åse-Marie", family="Christiansen"), row(given="Оксана", family="Коваленко")), aal)
    batch = take_in(
        csv(row(given="KRISTIANSEN", family="Aase Marie"), row(given="Oksana", family="Kovalenko")), aal
    )
    assert batch.counts == {"known": 2}


def test_a_small_misspelling_at_the_same_address_is_recognised_and_told(aal):
    take_in(csv(row(given="Marianne")), aal)
    assert take_in(csv(row(given="Marionne", family="Kovalenka")), aal).counts == {"joins": 1}
    batch = take_in(csv(row(given="Mariamne")), aal)
    assert (batch.counts, codes(batch)) == ({"known": 1}, {2: ["misspelt"]})


def test_twins_stay_two_even_with_names_alike(aal):
    content = csv(row(given="Marte", born="01.01.2020"), row(given="Marie", born="01.01.2020"))
    assert take_in(content, aal).counts == {"new": 1, "joins": 1}
    assert take_in(content, aal).counts == {"known": 2}


def test_a_twin_who_comes_later_is_not_taken_for_a_misspelling(aal):
    take_in(csv(row(given="Marte", born="01.01.2020")), aal)
    both = csv(row(given="Marie", born="01.01.2020"), row(given="Marte", born="01.01.2020"))
    assert take_in(both, aal).counts == {"joins": 1, "known": 1}


def test_two_birth_dates_are_two_people(aal):
    take_in(csv(row(born="14.02.1988")), aal)
    assert take_in(csv(row(born="15.02.1988")), aal).counts == {"joins": 1}
    assert Person.objects.count() == 2


def test_only_a_year_and_another_address_is_not_merged_but_told(aal):
    take_in(csv(row(born="1988")), aal)
    batch = take_in(csv(row(born="1988", street="Storgata", moved="01.09.2026")), aal)
    assert batch.counts == {"new": 1}
    assert codes(batch) == {2: ["looks_like"]}


def test_who_came_in_otherwise_is_known_to_an_import(aal):
    home = HouseholdFactory(municipality=aal, foreign_address="", extra_line="c/o Berg")
    PersonFactory(household=home, given_name="Åse-Marie", family_name="Christiansen")
    assert take_in(csv(row(given="Aase Marie", family="Kristiansen", born="1988")), aal).counts == {
        "changed": 1
    }


def test_other_municipalities_people_are_strangers(aal):
    take_in(csv(OKSANA), MunicipalityFactory())
    assert take_in(csv(OKSANA), aal).counts == {"new": 1}


def test_the_same_person_twice_in_a_file(aal):
    content = csv(row(phone="40000001"), row(phone="40000002", email="o@example.org"))
    batch = take_in(content, aal)
    assert verdicts(batch) == {2: "new", 3: "changed"}
    assert codes(batch) == {3: ["same_row"]}
    person = Person.objects.get()
    assert (person.phone.as_e164, person.email) == ("+4740000001", "o@example.org")
    assert take_in(content, aal).counts == {"known": 2}


def test_news_of_a_known_person_are_listed_and_saved(aal):
    take_in(csv(row(born="1988")), aal)
    batch = read(csv(row(born="14.02.1988", phone="40000009", unit="H0101", language="nn")), aal)
    assert batch.rows.get().values["changes"] == [
        ["birth_date", "", "1988-02-14"],
        ["phone", "", "+4740000009"],
        ["language", "uk", "nn"],
        ["unit", "", "H0101"],
    ]
    save(batch)
    person = Person.objects.get()
    assert (person.birth_date, person.household.unit) == (datetime.date(1988, 2, 14), "H0101")
    assert person.household.language == "nn"


def test_empty_cells_never_overwrite(aal):
    take_in(csv(OKSANA), aal)
    Household.objects.update(extra_line="c/o Berg", reason="job", needs="tolk")
    batch = take_in(csv(row(origin="", language="", phone="", email="", unit="H0101")), aal)
    assert batch.counts == {"changed": 1}
    home = Household.objects.get()
    assert (home.extra_line, home.reason, home.needs, home.moved_from, home.language) == (
        "c/o Berg", "job", "tolk", "Kyiv", "uk",
    )  # fmt: skip
    assert home.people.get().email == "oksana@example.org"


def test_a_later_row_joins_the_household_of_an_earlier_file(aal):
    take_in(csv(OKSANA), aal)
    assert take_in(csv(TARAS), aal).counts == {"joins": 1}
    assert Household.objects.get().people.count() == 2


def test_a_whole_household_that_moves_within_keeps_its_day_of_arrival(aal):
    take_in(csv(OKSANA, TARAS), aal)
    new = {"street": "Sundrevegen", "number": "3", "letter": "", "moved": "01.11.2026"}
    content = csv(row(**new), row(given="Taras", born="03.03.2015", **new))
    assert take_in(content, aal).counts == {"changed": 1, "known": 1}
    home = Household.objects.get()
    assert (home.street, home.moved_in) == ("Sundrevegen", datetime.date(2026, 8, 15))
    assert take_in(content, aal).counts == {"known": 2}


def test_one_who_moves_out_alone_moves_nobody_else(aal):
    take_in(csv(OKSANA, TARAS), aal)
    batch = take_in(csv(row(street="Sundrevegen", moved="01.11.2026")), aal)
    assert codes(batch) == {2: ["part_moved"]}
    assert Household.objects.get().street == "Øvre Ålsgata"


def test_who_planned_to_come_has_come(aal):
    take_in(csv(OKSANA), aal)
    Household.objects.update(
        state=HouseholdState.PLANNING, moved_in=None, consent_until=datetime.date(2027, 1, 1),
        street="", house_number="", house_letter="", postal_code="", postal_place="", address_key="",
        address_kind="unknown",
    )  # fmt: skip
    take_in(csv(OKSANA), aal)
    home = Household.objects.get()
    assert (home.state, home.moved_in, home.street) == ("living", datetime.date(2026, 8, 15), "Øvre Ålsgata")


def test_who_comes_back_is_new_and_told(aal):
    take_in(csv(OKSANA), aal)
    Household.objects.update(state=HouseholdState.LEFT, left_on=datetime.date(2026, 9, 1))
    batch = take_in(csv(row(moved="01.11.2026")), aal)
    assert (batch.counts, codes(batch)) == ({"new": 1}, {2: ["lived_here_before"]})


# --- protection ----------------------------------------------------------------------------------

SECRET = ("Hemmeleggata", "Fjernbygda", "3999")
HIDDEN = {"street": SECRET[0], "place": SECRET[1], "code": SECRET[2], "origin": "Gamlebyen"}


def everything_held() -> str:
    tables = (Household, Person, ImportBatch, ImportRow)
    return repr([list(table.objects.values()) for table in tables])


@pytest.mark.parametrize(
    "grade", ["kode 6", "7", "Strengt fortrolig", "fortruleg", "klientadresse", "ja", "X"]
)
def test_nothing_of_a_protected_address_is_ever_kept(aal, settings, grade):
    batch = read(csv(row(protection=grade, **HIDDEN)), aal)
    held = everything_held()
    assert not any(word in held for word in (*SECRET, "Gamlebyen", "hemeleg"))
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
    save(batch)
    home = Household.objects.get()
    assert (home.is_protected, home.address_kind, home.moved_from) == (True, "unknown", "")
    assert not any(word in everything_held() for word in SECRET)


def test_a_grade_nobody_knows_refuses_the_row_and_keeps_nothing(aal):
    batch = read(csv(row(protection="kanskje", **HIDDEN)), aal)
    assert codes(batch) == {2: ["protection_unknown"]}
    assert batch.rows.get().values == {}


def test_protection_that_arrives_purges_the_address(aal):
    take_in(csv(row(**HIDDEN), row(given="Taras", born="2015", **HIDDEN)), aal)
    batch = read(csv(row(protection="fortrolig", **HIDDEN)), aal)
    assert batch.rows.get().values["changes"] == [["protection", "", "fortrolig"]]
    save(batch)
    home = Household.objects.get()
    assert (home.protection, home.street, home.address_key, home.moved_from) == ("fortrolig", "", "", "")


def test_protection_that_a_list_brings_takes_the_address_out_of_others_that_wait(aal):
    """By whom they are about where they are known, and where nobody knew them before."""
    take_in(csv(row(street="Gamlegata")), aal)
    moved = read(csv(row(moved="20.09.2026", **HIDDEN)), aal)
    strangers = read(csv(row(given="Amina", family="Hassan", **HIDDEN)), aal)
    other = read(csv(row(given="Per", family="Lien", street="Storgata")), aal)
    take_in(csv(row(protection="6"), row(given="Amina", family="Hassan", protection="7")), aal)
    assert not any(word in everything_held() for word in (*SECRET, "Gamlegata", "Gamlebyen"))
    assert "Storgata" in repr(other.rows.get().values), "nobody else's is lost"
    for batch in (moved, strangers):
        save(batch)
    assert not any(word in everything_held() for word in SECRET)


def test_where_somebody_went_is_not_kept_when_a_list_tells_of_protection(aal):
    take_in(csv(OKSANA), aal)
    left = {"left_on": datetime.date(2026, 9, 1), "left_to": SECRET[1], "state": HouseholdState.LEFT}
    Household.objects.update(**left)
    take_in(csv(row(protection="6")), aal)
    home = Household.objects.get()
    assert (home.protection, home.left_to) == ("strengtFortrolig", "")
    with pytest.raises(IntegrityError), transaction.atomic():
        Household.objects.update(left_to=SECRET[1])


def test_a_row_without_the_mark_neither_lifts_it_nor_brings_the_address_back(aal):
    take_in(csv(row(protection="kode 6")), aal)
    batch = read(csv(row(**HIDDEN)), aal)
    assert codes(batch) == {2: ["protection_stays"]}
    assert not any(word in everything_held() for word in SECRET)
    save(batch)
    assert Household.objects.get().protection == "strengtFortrolig"
    assert not any(word in everything_held() for word in SECRET)


def test_the_family_of_a_protected_person_is_protected_wherever_in_the_file(aal):
    header = [*HEADER, "Husstand"]
    batch = read(
        csv(
            [*row(given="Taras", born="2015", **HIDDEN), "7"],
            [*row(protection="kode 7"), "7"],
            [*row(given="Ola", born="2017", **HIDDEN), "7"],
            header=header,
        ),
        aal,
    )
    assert not any(word in everything_held() for word in SECRET)
    save(batch)
    home = Household.objects.get()
    assert (home.people.count(), home.protection, home.address_kind) == (3, "fortrolig", "unknown")


def test_protected_people_are_not_grouped_by_an_address_nobody_holds(aal):
    take_in(csv(row(protection="kode 6"), row(given="Kari", family="Berg", protection="kode 6")), aal)
    assert Household.objects.count() == 2


# --- one transaction, many rows ------------------------------------------------------------------


def many(count: int) -> bytes:
    return csv(
        *(
            row(born=f"{1 + n % 28:02}.{1 + n // 28 % 12:02}.{1940 + n // 336}", number=str(n // 2 + 1))
            for n in range(count)
        )
    )


def test_the_last_chunk_failing_saves_nothing_at_all(aal, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 100)
    batch = read(many(150), aal)
    last = batch.rows.last()
    last.values["birth_year"] = 1850  # No reading lets it through; the database refuses it.
    last.values.pop("birth_date")
    last.save()
    save(batch)
    assert batch.state == ImportState.READ
    assert batch.problem["code"] == "file_failed"
    assert (Household.objects.count(), Person.objects.count()) == (0, 0)
    assert batch.rows.exclude(values={}).count() == 150, "and nothing is lost"


def queries_of(count: int, aal) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as reading:
        batch = read(many(count), aal)
    with CaptureQueriesContext(connection) as saving:
        save(batch)
    assert batch.counts == {"new": count // 2, "joins": count // 2}
    return len(reading), len(saving)


def test_queries_grow_with_thousands_not_with_what_is_known(monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 100)
    counted = [queries_of(count, MunicipalityFactory()) for count in (100, 200, 300)]
    for first, second, third in zip(*counted, strict=True):
        assert third - second == second - first
        assert second - first < 30


def test_a_name_that_thousands_have_is_not_compared_with_thousands(aal, monkeypatch):
    compared: Counter[str] = Counter()

    def counting(one, other):
        compared[one.name_key] += 1
        return likeness(one, other)

    take_in(many(400), aal)
    monkeypatch.setattr(register, "likeness", counting)
    assert read(many(400), aal).counts == {"known": 400}
    assert 400 <= compared.total() < 10 * 400, "a few for each, not four hundred"


def test_a_birth_date_learnt_in_the_file_finds_the_person_from_then_on(aal):
    take_in(csv(row(born="")), aal)
    batch = take_in(
        csv(row(born="1988"), row(born="14.02.1988"), row(born="14.02.1988", street="Storgata")), aal
    )
    assert batch.counts == {"changed": 2, "known": 1}
    assert Person.objects.get().birth_date == datetime.date(1988, 2, 14)


def test_people_of_a_household_are_found_without_reading_all_people(aal):
    """SQLite has no statistics; the index alone decides, and without it each thousand rows read everyone."""
    people = Person.objects.of(aal).filter(household_id__in=[1, 2, 3])
    if connection.vendor == "sqlite":
        assert "household_id=?" in people.explain()


def test_the_values_go_when_it_is_saved_or_dropped(aal):
    saved = take_in(csv(OKSANA, row(given="7")), aal)
    dropped = read(csv(OKSANA), aal)
    actions.drop_batch(batch=dropped, by=None)
    assert list(ImportRow.objects.values_list("values", "person_key", "household_key")) == [({}, "", "")] * 3
    assert codes(saved) == {3: ["name_characters"]}


def test_all_or_nothing_is_the_users_choice(aal):
    batch = read(csv(OKSANA, row(given="7")), aal)
    with pytest.raises(ValidationError):
        actions.start_saving(batch=batch, with_refused=False, by=None)
    assert not Household.objects.exists()
    assert save(batch).counts == {"new": 1, "refused": 1}


def test_who_came_in_between_reading_and_saving_is_not_doubled(aal):
    waiting = read(csv(OKSANA, TARAS), aal)
    take_in(csv(OKSANA), aal)
    assert save(waiting).counts == {"known": 1, "joins": 1}
    assert verdicts(waiting) == {2: "known", 3: "joins"}


def test_saving_twice_saves_once(aal):
    batch = read(csv(OKSANA), aal)
    save(batch)
    with pytest.raises(ValidationError):
        actions.start_saving(batch=batch, with_refused=True, by=None)
    importing.save(batch.pk)
    assert Household.objects.count() == 1


def test_a_reader_that_died_is_replaced_and_a_living_one_is_not(aal):
    batch = read(csv(OKSANA), aal)
    ImportBatch.objects.update(state="reading", file="")
    now = timezone.now()
    lease = {"lease_token": "0" * 32, "lease_expires_at": now + datetime.timedelta(minutes=1)}
    ImportBatch.objects.update(**lease)
    importing.read(batch.pk)
    assert ImportBatch.objects.get().state == "reading", "somebody else has it"
    ImportBatch.objects.update(lease_expires_at=now - datetime.timedelta(seconds=1))
    importing.read(batch.pk)
    assert ImportBatch.objects.get().state == "refused"  # Its file is gone; but it was taken over.


def test_the_sweep_takes_up_what_was_left_and_forgets_the_forgotten(aal, at_once):
    unread = actions.upload(municipality=aal, file=ContentFile(csv(OKSANA)), filename="a.csv", by=None)
    old = read(csv(OKSANA), aal)
    ImportBatch.objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(days=31))
    interrupted = read(csv(row(given="Kari")), aal)
    actions.start_saving(batch=interrupted, with_refused=True, by=None)
    tasks.sweep_imports()
    states = {batch.pk: batch.state for batch in ImportBatch.objects.all()}
    assert states == {unread.pk: "read", old.pk: "dropped", interrupted.pk: "saved"}


def test_what_the_sweep_says_each_minute_does_not_pile_up(aal, monkeypatch):
    actions.upload(municipality=aal, file=ContentFile(csv(OKSANA)), filename="a.csv", by=None)
    interrupted = read(csv(row(given="Kari")), aal)
    actions.start_saving(batch=interrupted, with_refused=True, by=None)
    ends = []
    for task in (tasks.read_import, tasks.save_import):
        monkeypatch.setattr(task, "apply_async", lambda *_, expires=None, **__: ends.append(expires))
    tasks.sweep_imports()
    assert ends == [120, 120]


# --- the demo's file -----------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_demo_file_imports_whole(repository, aal, ending):
    content = (repository / f"demo/arrivals-3328-2026Q3.{ending}").read_bytes()
    batch = take_in(content, aal)
    assert batch.counts.get("refused", 0) == 0
    assert Person.objects.count() == sum(batch.counts.values()) - batch.counts.get("known", 0)
    assert set(take_in(content, aal).counts) == {"known"}
