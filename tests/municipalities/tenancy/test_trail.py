"""The log's pages: found by who, when, what and whom; nobody else's, and nothing of it can be changed."""

import csv
import io

import pytest
import time_machine
from django.urls import reverse

from municipalities.audit import recording, sealing
from municipalities.audit.checks import AuditCheck, SystemCheck
from municipalities.audit.models import Action, Actor, AuditEntry, SystemEntry
from municipalities.audit.sealing import Chain
from municipalities.audit.vocabulary import Fault, Finding
from municipalities.tenancy import tasks
from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    AuditCheckFactory,
    AuditEntryFactory,
    AuditPruningFactory,
    MembershipFactory,
    MunicipalityFactory,
    SystemEntryFactory,
    UserFactory,
)
from tests.municipalities.audit.owner import behind

pytestmark = pytest.mark.django_db

LIST = "admin:municipalities_auditentry_changelist"
CHECK = "admin:municipalities_auditentry_check"
SYSTEM_LIST = "admin:municipalities_systementry_changelist"
SYSTEM_CHECK = "admin:municipalities_systementry_check"


@pytest.fixture
def place():
    return MunicipalityFactory(name="Dalen")


@pytest.fixture
def boss(place, client):
    user = MembershipFactory(municipality=place, role=Role.COORDINATOR, user__language="en").user
    client.force_login(user)
    return user


@pytest.fixture
def system(client):
    user = UserFactory(is_superuser=True, language="en", name="Sissel System")
    client.force_login(user)
    return user


@pytest.fixture
def kari(place):
    return MembershipFactory(
        municipality=place, user__name="Kari Nordmann", user__email="kari@dalen.example"
    ).user


def listed(client, page=LIST, **query):
    answer = client.get(reverse(page), query)
    assert answer.status_code == 200, answer
    return {entry.pk for entry in answer.context["cl"].result_list}


# --- search and filters --------------------------------------------------------------------------


def test_it_is_searched_by_household_and_by_colleague(place, boss, kari, client):
    about = AuditEntryFactory(municipality=place, object_id="4711")
    hers = AuditEntryFactory(municipality=place, object_id="12", user=kari)
    AuditEntryFactory(municipality=place, object_id="47110")
    assert listed(client, q="4711") == {about.pk}
    assert listed(client, q="nordmann") == {hers.pk}
    assert listed(client, q="kari@dalen") == {hers.pk}
    assert listed(client, q="kari 12") == {hers.pk}
    assert listed(client, q="kari 4711") == set()


def test_a_name_from_elsewhere_finds_nothing(place, boss, client):
    stranger = MembershipFactory(user__name="Ola Utenbygds").user
    AuditEntryFactory(municipality=place, user=stranger)
    assert listed(client, q="utenbygds") == set()


def test_it_is_filtered_by_what_when_who_whom_and_kind_of_actor(place, boss, kari, client):
    with time_machine.travel("2026-09-01T10:00Z", tick=False):
        early = AuditEntryFactory(municipality=place, action=Action.ERASED, model="welcome.Household")
    with time_machine.travel("2026-10-31T22:30Z", tick=False):  # Still the 31st, here.
        hers = AuditEntryFactory(municipality=place, user=kari, model="welcome.LetterRun")
        night = AuditEntryFactory(municipality=place, actor=Actor.TASK, actor_name="clean", model="")
    assert listed(client, action__exact="erased") == {early.pk}
    assert listed(client, at_from="2026-10-01", at_to="2026-10-31") == {hers.pk, night.pk}
    assert listed(client, at_to="2026-09-30") == {early.pk}
    assert listed(client, at_from="2026-11-01") == set()
    assert listed(client, at_from="rubbish") == {early.pk, hers.pk, night.pk}
    assert listed(client, user__id__exact=kari.pk) == {hers.pk}
    assert listed(client, model__exact="welcome.LetterRun") == {hers.pk}
    assert listed(client, actor__exact="task") == {night.pk}
    assert listed(client, action__exact="looked", actor__exact="task") == {night.pk}


def test_the_filter_by_colleague_names_ones_own(place, boss, kari, client):
    stranger = MembershipFactory(user__name="Ola Utenbygds").user
    AuditEntryFactory(municipality=place, user=stranger)
    page = client.get(reverse(LIST)).content.decode()
    assert "Kari Nordmann" in page
    assert f'value="{stranger.pk}"' not in page


def test_an_entry_outlives_the_account_and_the_kind_of_thing(place, boss, kari, client):
    gone = AuditEntryFactory(municipality=place, user_id=kari.pk, model="welcome.Vanished", object_id="3")
    nobody = AuditEntryFactory(
        municipality=place, actor=Actor.LINK, actor_name="newcomer", fields=["phone"], note="rows=2"
    )
    number = kari.pk
    kari.memberships.all().delete()
    kari.delete()
    page = client.get(reverse(LIST)).content.decode()
    assert f"Colleague {number}" in page
    assert "welcome.Vanished 3" in page
    assert "Somebody with a link · newcomer" in page
    assert "phone, rows 2" in page
    for entry in (gone, nobody):
        address = reverse("admin:municipalities_auditentry_change", args=[entry.pk])
        answer = client.get(address)
        assert answer.status_code == 200
        assert b'name="_save"' not in answer.content


def test_a_file_of_it_tells_nobodys_protection(place, boss, client):
    AuditEntryFactory(municipality=place, action=Action.PROTECTED, object_id="5")
    AuditEntryFactory(
        municipality=place, action=Action.LOOKED, object_id="7", route="admin:welcome_household_protect"
    )
    AuditEntryFactory(
        municipality=place, action=Action.CHANGED, object_id="6", fields=["protection", "street"]
    )
    data = {"format": "1", "resource": "0"}
    rows = client.post(reverse("admin:municipalities_auditentry_export"), data).content.decode()
    told = list(csv.DictReader(io.StringIO(rows)))
    assert [(row["number"], row["fields"]) for row in told] == [("6", "street")]
    assert AuditEntry.objects.filter(user=boss, action=Action.EXPORTED).get().note == "rows=1"


# --- the check -----------------------------------------------------------------------------------


@pytest.fixture
def entries(place):
    for number in range(4):
        recording.record(action=Action.CHANGED, of=place, note=f"rows={number}")
    sealing.seal(Chain(place.pk))
    return list(Chain(place.pk).entries().order_by("pk"))


def test_a_check_is_asked_for_seen_running_and_seen_done(place, boss, entries, client):
    assert "It was not checked yet." in client.get(reverse(CHECK)).content.decode()
    answer = client.post(reverse(CHECK), {"chain": place.pk}, follow=True)
    assert "The check waits for a worker." in answer.content.decode()
    assert 'hx-select="#chains"' in answer.content.decode()
    assert '<meta http-equiv="refresh"' in answer.content.decode()
    check = AuditCheck.objects.get()
    assert (check.asked_by, check.municipality) == (boss, place)
    AuditCheck.objects.update(attempts=1, first_entry=1, last_entry=4000, total=4000, counted=1500)
    page = client.get(reverse(CHECK)).content.decode()
    assert 'aria-valuenow="1500"' in page.replace(",", "")
    AuditCheck.objects.update(attempts=0)
    tasks.check_chain(check.pk)
    page = client.get(reverse(CHECK)).content.decode()
    # With the entry that says the check was asked for: a check seals first what was just written.
    assert "5 entries were read again: they are what was written." in page
    assert f"{place.pk}:5:{sealing.head(Chain(place.pk)).hash}" in page
    assert str(boss) in page
    assert "#chains" not in page


def test_a_broken_log_is_shown_with_its_place(place, boss, entries, client):
    behind("UPDATE municipalities_auditentry SET object_id = '99' WHERE id = %s", entries[1].pk)
    client.post(reverse(CHECK), {"chain": place.pk})
    tasks.check_chain(AuditCheck.objects.get().pk)
    page = " ".join(client.get(reverse(CHECK)).content.decode().split())
    assert 'role="alert"' in page
    assert f"An entry or its seal was changed, entry {entries[1].pk}, place 2 in the chain" in page


def test_a_check_that_nobody_takes_says_so(place, boss, client):
    with time_machine.travel("2026-11-25T12:00Z", tick=False) as clock:
        AuditCheckFactory(municipality=place, finding="", finished_at=None)
        assert "No worker has taken" not in client.get(reverse(CHECK)).content.decode()
        clock.shift(30)
        assert "No worker has taken" in client.get(reverse(CHECK)).content.decode()


def test_one_that_was_called_off_is_no_good_news(place, boss, client):
    AuditCheckFactory(municipality=place, finding=Finding.STOPPED)
    page = client.get(reverse(CHECK)).content.decode()
    assert "it says nothing of the log" in page
    assert "what was written." not in page


def test_the_page_tells_of_what_was_taken_away(place, boss, client):
    AuditPruningFactory(municipality=place, entries=1234)
    page = " ".join(client.get(reverse(CHECK)).content.decode().split())
    assert "entries older than 36 months were taken away" in page


def test_a_check_elsewhere_is_neither_seen_nor_asked_for(place, boss, client):
    other = MunicipalityFactory(name="Utlandet")
    AuditCheckFactory(municipality=other, finding=Finding.BROKEN, fault=Fault.GAP, faults=1)
    assert "Utlandet" not in client.get(reverse(CHECK)).content.decode()
    assert client.get(reverse(CHECK), {"municipality": other.pk}).status_code == 404
    for number in (other.pk, "", "x", "9" * 30):
        assert client.post(reverse(CHECK), {"chain": number}).status_code == 404
    assert AuditCheck.objects.count() == 1


def test_many_municipalities_come_twenty_at_a_time(system, client):
    MunicipalityFactory.create_batch(21)
    assert len(client.get(reverse(CHECK)).context["chains"]) == 20
    assert len(client.get(reverse(CHECK), {"page": 2}).context["chains"]) == 1
    one = MunicipalityFactory()
    assert len(client.get(reverse(CHECK), {"municipality": one.pk}).context["chains"]) == 1


# --- the installation's own ----------------------------------------------------------------------


def test_the_system_administrator_reads_searches_and_filters_the_installations_log(system, client):
    mine = SystemEntryFactory(actor=Actor.STAFF, user=system, action=Action.LOGGED_IN)
    refused = SystemEntryFactory(ip="192.0.2.1")
    setup = SystemEntryFactory(
        actor=Actor.STAFF, action=Action.CHANGED, model="municipalities.User", object_id="88"
    )
    assert {mine.pk, refused.pk, setup.pk} <= listed(client, SYSTEM_LIST)
    assert mine.pk in listed(client, SYSTEM_LIST, q="sissel")
    assert refused.pk not in listed(client, SYSTEM_LIST, q="sissel")
    assert listed(client, SYSTEM_LIST, q="88") == {setup.pk}
    assert listed(client, SYSTEM_LIST, action__exact="login_failed") == {refused.pk}
    assert mine.pk in listed(client, SYSTEM_LIST, user__id__exact=system.pk)
    assert setup.pk not in listed(client, SYSTEM_LIST, user__id__exact=system.pk)
    assert listed(client, SYSTEM_LIST, model__exact="municipalities.User") == {setup.pk}
    page = client.get(reverse("admin:municipalities_systementry_change", args=[refused.pk]))
    assert "192.0.2.1" in page.content.decode()


def test_it_is_taken_out_as_a_file_and_that_is_noted(system, client):
    SystemEntryFactory(ip="192.0.2.1")
    data = {"format": "1", "resource": "0"}
    rows = client.post(reverse("admin:municipalities_systementry_export"), data).content.decode()
    assert "192.0.2.1" in {row["from where"] for row in csv.DictReader(io.StringIO(rows))}
    noted = SystemEntry.objects.filter(user=system, action=Action.EXPORTED).get()
    assert noted.note.startswith("systementry rows=")


def test_it_is_checked_and_seen_from_the_menu(system, client):
    SystemEntryFactory()
    sealing.seal(Chain(None))
    assert reverse(SYSTEM_LIST) in client.get(reverse("admin:index")).content.decode()
    client.post(reverse(SYSTEM_CHECK))
    tasks.check_installation(SystemCheck.objects.get().pk)
    page = client.get(reverse(SYSTEM_CHECK)).content.decode()
    assert "what was written." in page
    assert "installation:" in page


def test_nobody_of_a_municipality_sees_or_is_offered_it(place, client):
    boss = MembershipFactory(municipality=place, role=Role.ADMINISTRATOR).user
    client.force_login(boss)
    entry = SystemEntryFactory(ip="192.0.2.1")
    assert reverse(SYSTEM_LIST) not in client.get(reverse("admin:index")).content.decode()
    assert client.get(reverse(SYSTEM_LIST)).status_code == 403
    assert client.get(reverse(SYSTEM_CHECK)).status_code == 403
    assert client.post(reverse(SYSTEM_CHECK)).status_code == 403
    address = reverse("admin:municipalities_systementry_change", args=[entry.pk])
    assert client.get(address).status_code == 404


def test_an_entry_about_letters_is_told_in_words(place, boss, client):
    AuditEntryFactory(municipality=place, model="welcome.LetterRun", object_id="3", note="samples rows=12")
    AuditEntryFactory(
        municipality=place, model="welcome.Household", object_id="7", note="run=3 letter=21 pdf"
    )
    AuditEntryFactory(municipality=place, model="welcome.Household", object_id="7", fields=["no_letter"])
    page = client.get(reverse(LIST)).content.decode()
    assert "samples and problems of the proof, rows 12" in page
    assert "letter run 3, letter 21, as PDF" in page
    assert "no_letter" not in page
