import io
import json
import sys
import time

import pikepdf
import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.audit.recording import record_each
from municipalities.privacy.registry import of_households
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.factories.welcome import ConsentFactory, HouseholdFactory, LetterFactory, PersonFactory
from welcome.households.models import Household
from welcome.privacy import records
from welcome.privacy.report import report_of

pytestmark = pytest.mark.django_db
RECORDS = reverse("admin:welcome_retentionrun_records")


@pytest.fixture
def home():
    home = HouseholdFactory(needs="tolk", language="nb")
    PersonFactory(household=home, given_name="Oksana", family_name="Kovalenko", phone="+4741234567")
    LetterFactory(municipality=home.municipality, run__municipality=home.municipality, household=home)
    ConsentFactory(household=home)
    return home


@pytest.fixture
def colleague(client, home):
    user = MembershipFactory(municipality=home.municipality, user__name="Kari Kollega").user
    client.force_login(user)
    return user


def url(home, kind):
    return reverse(f"admin:welcome_household_report_{kind}", args=[home.pk])


def words_of(content):
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_all_that_is_declared_and_held_is_in_it(home):
    held = {section["kind"]: section for section in report_of(home).as_json()["held"]}
    assert {"welcome.Household", "welcome.Person", "welcome.Letter", "welcome.Consent"} <= set(held)
    assert held["welcome.Household"]["rows"][0]["street"] == "Øvre Ålsgata"
    assert held["welcome.Person"]["rows"][0]["phone"] == "+4741234567"
    assert held["welcome.Consent"]["rows"][0]["text"] == "Kommunen kan ta vare på det vi har fortalt."
    for section in held.values():
        assert all(section[key] for key in ("purpose", "legal_basis", "retention", "source", "recipients"))
    assert "12" in held["welcome.Household"]["retention"]
    assert "artikkel 9 nr. 2 bokstav a" in held["welcome.Household"]["legal_basis"]


def test_who_they_are_stands_before_what_was_done_with_it(home, colleague, client):
    client.get(reverse("admin:welcome_household_change", args=[home.pk]))
    order = [section.key for section in report_of(home).sections]
    assert order.index("welcome.Person") < order.index("municipalities.AuditEntry")


def test_every_shown_field_of_every_declared_model_has_its_key(home):
    held = {section["kind"]: section["rows"] for section in report_of(home).as_json()["held"]}
    for said in of_households():
        if said.label in held:
            shown = {name for name, field in said.personal.items() if field.shown}
            assert set(held[said.label][0]) == shown


def test_another_households_data_and_colleagues_are_not_in_it(home, colleague, client):
    PersonFactory(household__municipality=home.municipality, given_name="Nabo", family_name="Nilsen")
    client.get(reverse("admin:welcome_household_change", args=[home.pk]))  # A look, which the log keeps.
    text = json.dumps(report_of(home).as_json(), ensure_ascii=False)
    assert AuditEntry.objects.filter(user=colleague).exists()
    for other in ("Nabo", "Nilsen", "Kari Kollega", colleague.email):
        assert other not in text


def test_the_grade_of_protection_is_not_on_paper(home):
    assert "protection" not in json.dumps(report_of(home).as_json())


def test_a_planning_household_is_told_of_its_consent(home):
    home.state, home.moved_in, home.consent_until = "planning", None, timezone.localdate()
    home.save()
    [section] = [each for each in report_of(home).sections if each.key == "welcome.Household"]
    assert "artikkel 6 nr. 1 bokstav a" in section.basis


def test_the_pdf_is_tagged_and_in_the_persons_language(home, colleague, client):
    response = client.get(url(home, "pdf"))
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "nb"
    words = words_of(response.content)
    assert "Oksana" in words
    assert "1 / " in words
    assert "Kari Kollega" not in words


def test_a_long_log_is_whole_in_the_file_and_short_on_paper(home, colleague, client):
    record_each(action="looked", model=Household, ids=[home.pk] * 300, municipality_id=home.municipality_id)
    [log] = [section for section in report_of(home).sections if section.key == "municipalities.AuditEntry"]
    assert (len(log.rows), len(log.newest), log.more) == (300, 20, 280)
    before = time.perf_counter()
    assert client.get(url(home, "pdf")).status_code == 200
    sys.stdout.write(f"A report with 300 looks: {time.perf_counter() - before:.2f} s\n")


def test_taking_it_out_is_in_the_log(home, colleague, client):
    assert client.get(url(home, "json")).json()["household"] == home.pk
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.model, entry.object_id, entry.note) == ("welcome.Household", str(home.pk), "report=json")


@pytest.mark.parametrize("kind", ["pdf", "json"])
def test_who_only_reads_or_works_elsewhere_gets_none(home, client, kind):
    client.force_login(MembershipFactory(municipality=home.municipality, role="reader").user)
    assert client.get(url(home, kind)).status_code == 403
    client.force_login(MembershipFactory().user)
    assert client.get(url(home, kind)).status_code == 404


# --- records of processing -----------------------------------------------------------------------


@pytest.fixture
def manager(client):
    membership = MembershipFactory(role="administrator", user__language="en")
    client.force_login(membership.user)
    return membership.municipality


def test_the_records_tell_of_each_activity(manager):
    found = {record.code: record for record in records.records_of(manager)}
    assert {"welcome", "planning", "letters", "imports", "rights", "history", "accounts"} <= set(found)
    for record in found.values():
        assert all(vars(record).values()), record


@pytest.mark.parametrize("kind", ["", "pdf", "csv", "json"])
def test_they_are_taken_out_in_each_form(client, manager, kind):
    response = client.get(RECORDS, {"as": kind} if kind else {})
    assert response.status_code == 200
    text = words_of(response.content) if kind == "pdf" else response.content.decode()
    assert "welcome those who moved here" in " ".join(text.split())


def test_they_begin_with_a_municipality_in_which_one_may_see_them(client, manager):
    user = MembershipFactory(municipality=manager, role="administrator").user
    other = MembershipFactory(user=user, role="service_office", municipality__name="Aa").municipality
    client.force_login(user)
    assert client.get(RECORDS).context["place"] == manager
    assert client.get(RECORDS, {"municipality": other.pk}).status_code == 403


def test_the_list_of_cleanings_leads_to_them_only_who_may_see_them(client, manager):
    cleanings = reverse("admin:welcome_retentionrun_changelist")
    assert RECORDS in client.get(cleanings).content.decode()
    client.force_login(MembershipFactory(municipality=manager, role="service_office").user)
    assert RECORDS not in client.get(cleanings).content.decode()


def test_they_are_for_the_administrator(client, manager):
    assert client.get(RECORDS, {"as": "exe"}).status_code == 404
    assert client.get(RECORDS, {"municipality": MunicipalityFactory().pk}).status_code == 404
    client.force_login(MembershipFactory(municipality=manager, role="service_office").user)
    assert client.get(RECORDS).status_code == 403
