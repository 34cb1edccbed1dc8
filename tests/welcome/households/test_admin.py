import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.municipalities import MembershipFactory, MunicipalityFactory, UserFactory
from tests.factories.welcome import HouseholdFactory
from tests.welcome.households.files import csv, read, row, take_in
from welcome.households import actions, household_pages, importing
from welcome.households.imports import ImportBatch
from welcome.households.models import Household, Person

pytestmark = pytest.mark.django_db
LIST = reverse("admin:welcome_household_changelist")
UPLOAD = reverse("admin:welcome_importbatch_add")


@pytest.fixture
def aal():
    return MunicipalityFactory(name="Ål")


def login(client, municipality, role="service_office"):
    user = UserFactory(language="en")
    MembershipFactory(user=user, municipality=municipality, role=role)
    client.force_login(user)
    return user


@pytest.fixture
def office(client, aal):
    login(client, aal)
    return client


def text(response) -> str:
    return response.content.decode()


def batch_page(batch):
    return reverse("admin:welcome_importbatch_change", args=[batch.pk])


def act(batch, verb):
    return reverse("admin:welcome_importbatch_act", args=[batch.pk, verb])


# --- the wizard ----------------------------------------------------------------------------------


def test_from_file_to_households(office, aal, django_capture_on_commit_callbacks):
    file = SimpleUploadedFile("arrivals.csv", csv(row(), row(given="7"), row(given="Taras")))
    response = office.post(UPLOAD, {"file": file, "municipality": aal.pk}, follow=True)
    batch = ImportBatch.objects.get()
    assert 'role="progressbar"' in text(response)
    importing.read(batch.pk)
    page = text(office.get(batch_page(batch)))
    assert "Oksana Kovalenko" in page
    assert "Fornavn: The name has characters" in page
    assert "UTF-8, semicolon" in page
    assert not Household.objects.exists(), "nothing is saved before the decision"
    office.post(act(batch, "save"), {"with_refused": "1"})
    assert "being saved" in text(office.get(batch_page(batch)))
    importing.save(batch.pk)
    page = text(office.get(batch_page(batch)))
    assert "Saved: 1 new household, 1 more person in a household, 1 row refused." in page
    assert "Kovalenko" not in page
    listed = text(office.get(f"{LIST}?import={batch.pk}"))
    assert "Oksana Kovalenko" in listed
    assert batch.created_by is not None


def test_dropping_saves_nothing(office, aal):
    batch = read(csv(row()), aal)
    office.post(act(batch, "drop"))
    batch.refresh_from_db()
    assert (batch.state, Household.objects.count()) == ("dropped", 0)
    response = office.post(act(batch, "save"), {"with_refused": "1"}, follow=True)
    assert "no longer waiting" in text(response)


def test_rows_are_paged_filtered_and_searched(office, aal):
    rows = [
        row(given=f"Oksana {chr(1072 + n % 32)}{chr(97 + n // 32)}", number=str(n + 1)) for n in range(60)
    ]
    batch = read(csv(*rows, row(given="7")), aal)
    page = batch_page(batch)
    assert text(office.get(page)).count('data-label="Row"') == 50
    assert text(office.get(page, {"page": "2"})).count('data-label="Row"') == 11
    assert text(office.get(page, {"verdict": "refused"})).count('data-label="Row"') == 1
    assert text(office.get(page, {"q": "62"})).count('data-label="Row"') == 1
    assert text(office.get(page, {"q": "nobody"})).count('data-label="Row"') == 0


def test_a_file_that_is_none_gets_its_reason_and_no_500(office, aal):
    batch = read(b"%PDF-1.7", aal)
    assert "neither CSV nor XLSX" in text(office.get(batch_page(batch)))
    assert office.post(UPLOAD, {"file": ""}).status_code == 422


@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("editor", 403), ("coordinator", 200)])
def test_imports_ask_for_the_right_to_write_people(client, aal, role, status):
    batch = read(csv(row()), aal)
    login(client, aal, role)
    assert client.get(UPLOAD).status_code == status
    assert client.get(batch_page(batch)).status_code == status


def test_imports_of_others_are_not_found_and_nothing_goes_into_their_municipality(office, aal):
    stranger = MunicipalityFactory()
    batch = read(csv(row()), stranger)
    assert office.get(batch_page(batch)).status_code == 404
    assert office.post(act(batch, "save"), {"with_refused": "1"}).status_code == 404
    file = SimpleUploadedFile("arrivals.csv", csv(row()))
    office.post(UPLOAD, {"file": file, "municipality": stranger.pk})
    assert ImportBatch.objects.latest("pk").municipality == aal


# --- the list ------------------------------------------------------------------------------------


def test_the_list_asks_no_more_for_more_households(office, aal):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert office.get(LIST).status_code == 200
        return len(captured)

    take_in(csv(row()), aal)
    queries()
    few = queries()
    take_in(csv(*(row(given="Ola", number=str(n), born=str(1950 + n)) for n in range(1, 40))), aal)
    assert queries() == few


@pytest.mark.parametrize(
    "words",
    ["kovalenko", "Oksana kovalenko", "коваленко", "ålsgata", "Øvre", "Ål kovalenko", "400 00 001", "40000001",
     "oksana@example"],
)  # fmt: skip
def test_search_finds(office, aal, words):
    take_in(
        csv(
            row(phone="+4740000001", email="oksana@example.org"), row(given="Kari", family="Lie", number="3")
        ),
        aal,
    )
    page = text(office.get(LIST, {"q": words}))
    assert "Oksana Kovalenko" in page


def test_search_does_not_find(office, aal):
    take_in(csv(row(phone="+4740000001")), aal)
    for words in ("Hansen", "40000009", "Kovalenko Storgata"):
        assert "Oksana Kovalenko" not in text(office.get(LIST, {"q": words}))


@pytest.mark.parametrize(
    ("query", "found"),
    [("quarter=2026Q3", True), ("quarter=2026Q2", False), ("checked=no", True), ("checked=yes", False),
     ("place=Ål", True), ("place=Gol", False), ("language=uk", True), ("language=pl", False), ("quarter=x", True),
     ("import=x", True), ("import=999", False)],
)  # fmt: skip
def test_filters(office, aal, query, found):
    take_in(csv(row()), aal)
    assert ("Oksana Kovalenko" in text(office.get(f"{LIST}?{query}"))) is found


def test_protected_households_are_there_only_for_who_may_write(client, aal):
    take_in(csv(row(protection="kode 6")), aal)
    page = reverse("admin:welcome_household_change", args=[Household.objects.get().pk])
    login(client, aal, "reader")
    assert "Kovalenko" not in text(client.get(LIST))
    assert "Kovalenko" not in text(client.get(LIST, {"q": "kovalenko"}))
    assert client.get(page).status_code == 404
    login(client, aal, "service_office")
    assert "Protected" in text(client.get(LIST))
    shown = text(client.get(page))
    assert "Strictly confidential" in shown
    assert 'name="street"' not in shown


def test_the_export_leaves_the_protected_out_and_runs_no_formula(office, aal):
    take_in(csv(row(origin="=1+1"), row(given="Hemmelig", protection="kode 6", number="9")), aal)
    response = office.post(
        reverse("admin:welcome_household_export"),
        {
            "format": "0",
            "resource": "0",
            "householdresource_people": "on",
            "householdresource_moved_from": "on",
        },
    )
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
    assert len(rows) == 2
    assert "Oksana Kovalenko" in rows[1]
    assert "=1+1" not in rows[1]


# --- one household -------------------------------------------------------------------------------


def form(**more):
    return {
        "state": "living", "moved_in": "2026-08-15", "language": "nb", "address_kind": "street",
        "street": "Storgata", "house_number": "1", "postal_code": "3570", "postal_place": "Ål",
        "people-TOTAL_FORMS": "1", "people-INITIAL_FORMS": "0", "people-0-given_name": "Kari",
        "people-0-family_name": "Lie", "people-0-role": "adult", "people-0-birth_date": "1990-05-01",
    } | more  # fmt: skip


ADD = reverse("admin:welcome_household_add")


def test_by_hand_with_keys_so_that_an_import_finds_them(office, aal):
    response = office.post(ADD, form())
    assert response.status_code == 302, response.context["errors"]
    person = Person.objects.get()
    assert (person.birth_year, person.household.municipality) == (1990, aal)
    known = row(given="Kari", family="Lie", born="1990", street="STORGATEN", number="1", letter="")
    assert take_in(csv(known), aal).counts["changed"] == 1


def test_a_double_is_asked_about_before_it_is_saved(office, aal):
    take_in(csv(row(given="Kari", family="Lie", born="01.05.1990")), aal)
    response = office.post(ADD, form())
    assert response.status_code == 200
    assert f"in household {Household.objects.get().pk}" in text(response)
    assert 'value="Storgata"' in text(response), "what was typed stays"
    assert office.post(ADD, form(others="on")).status_code == 302
    assert Household.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"street": ""}, {"protection": "fortrolig"}, {"moved_in": ""}, {"people-0-given_name": "🙂"},
     {"people-0-given_name": ""}, {"people-0-birth_date": "2090-01-01"}, {"people-0-birth_year": "1980"}],
)  # fmt: skip
def test_by_hand_nothing_wrong_is_swallowed(office, aal, wrong):
    assert office.post(ADD, form(**wrong)).status_code == 200
    assert not Household.objects.exists()


def test_the_page_tells_the_history(office, aal):
    take_in(csv(row()), aal)
    home = Household.objects.get()
    office.post(reverse("admin:welcome_household_check", args=[home.pk]))
    page = text(office.get(reverse("admin:welcome_household_change", args=[home.pk])))
    assert "Registered: file." in page
    assert "Checked." in page


def test_check_several_and_take_it_back(office, aal):
    take_in(csv(row(), row(given="Kari", number="3")), aal)
    ids = list(Household.objects.values_list("pk", flat=True))
    page = text(office.post(LIST, {"action": "mark_checked", "_selected_action": ids}, follow=True))
    assert "2 households are checked." in page
    assert not Household.objects.to_check().exists()
    office.post(reverse("admin:welcome_household_undo_check"))
    assert Household.objects.to_check().count() == 2


def test_a_long_list_checked_at_once_can_be_unchecked_at_once(office, aal):
    many = household_pages.MOST_AT_ONCE + 1
    Household.objects.bulk_create(HouseholdFactory.build_batch(many, municipality=aal))
    chosen = {
        "action": "mark_checked",
        "_selected_action": [Household.objects.first().pk],
        "select_across": "1",
    }
    office.post(LIST, chosen)
    assert not Household.objects.to_check().exists()
    assert office.post(reverse("admin:welcome_household_undo_check")).status_code == 302
    assert Household.objects.to_check().count() == many


def test_merging_shows_first_and_then_does(office, aal):
    take_in(csv(row(), row(given="Kari", family="Lie", number="3")), aal)
    one, two = Household.objects.order_by("pk")
    response = office.post(LIST, {"action": "merge_two", "_selected_action": [one.pk, two.pk]})
    page = text(office.get(response.url))
    assert "Kari Lie moves over" in page
    assert Household.objects.count() == 2
    assert office.post(response.url, {"keep": one.pk}).status_code == 422, "not without the tick"
    office.post(response.url, {"keep": two.pk, "sure": "on"})
    assert Household.objects.get() == two


def test_moved_on_asks_for_the_day(office, aal):
    take_in(csv(row()), aal)
    home = Household.objects.get()
    response = office.post(LIST, {"action": "mark_left", "_selected_action": [home.pk]})
    assert office.post(response.url, {"on": "2026-08-01"}).status_code == 422
    office.post(response.url, {"on": "2026-09-01", "to": "Oslo"})
    home.refresh_from_db()
    assert (home.state, home.left_to) == ("left", "Oslo")


def test_protecting_asks_first(office, aal):
    take_in(csv(row()), aal)
    home = Household.objects.get()
    page = reverse("admin:welcome_household_protect", args=[home.pk])
    assert "deleted at once" in text(office.get(page))
    assert office.post(page, {"grade": "fortrolig"}).status_code == 422
    office.post(page, {"grade": "fortrolig", "sure": "on"})
    home.refresh_from_db()
    assert (home.protection, home.street) == ("fortrolig", "")


@pytest.mark.parametrize("name", ["protect", "check"])
def test_pages_of_one_household_guard(client, aal, name):
    take_in(csv(row()), aal)
    address = reverse(f"admin:welcome_household_{name}", args=[Household.objects.get().pk])
    login(client, MunicipalityFactory())
    assert client.post(address).status_code == 404
    login(client, aal, "reader")
    assert client.post(address).status_code == 403


@pytest.mark.parametrize("name", ["merge", "left"])
def test_pages_of_several_households_guard(client, aal, name):
    take_in(csv(row(), row(given="Kari", number="3")), aal)
    ids = "&".join(f"id={pk}" for pk in Household.objects.values_list("pk", flat=True))
    address = f"{reverse(f'admin:welcome_household_{name}')}?{ids}"
    login(client, MunicipalityFactory())
    assert client.get(address).status_code == 404
    login(client, aal, "reader")
    assert client.get(address).status_code == 403
    assert client.get(reverse(f"admin:welcome_household_{name}")).status_code == 404


def test_all_of_the_list_reaches_only_where_one_may_write(client, aal):
    other = MunicipalityFactory()
    user = login(client, aal)
    MembershipFactory(user=user, municipality=other, role="reader")
    take_in(csv(row()), aal)
    take_in(csv(row()), other)
    mine = Household.objects.of(aal).get()
    client.post(LIST, {"action": "mark_checked", "_selected_action": [mine.pk], "select_across": "1"})
    assert Household.objects.of(other).to_check().count() == 1
    assert not Household.objects.of(aal).to_check().exists()


def test_the_household_of_a_reader_is_read_only(client, aal):
    take_in(csv(row()), aal)
    login(client, aal, "reader")
    home = Household.objects.get()
    page = client.get(reverse("admin:welcome_household_change", args=[home.pk]))
    assert 'name="street"' not in text(page)
    assert "Mark as checked" not in text(page)
    actions.protect(household=home, grade="fortrolig", by=None)
    assert client.get(reverse("admin:welcome_household_change", args=[home.pk])).status_code == 404
