"""T3: whoever is erased is nowhere any more: rows, log, letters, files, imports, cache, broker, mail, logs."""

import logging
import sys

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.links.models import Link
from tests.factories.municipalities import MembershipFactory
from tests.factories.welcome import (
    HouseholdFactory,
    ImportBatchFactory,
    LetterFactory,
    LetterRunFactory,
    PersonFactory,
)
from tests.walls.everywhere import search_kept, search_logs, stored_files
from tests.welcome.privacy.planted import OF_HOUSEHOLD, OF_PERSON, VALUES, plant
from welcome.households.consents import Consent
from welcome.households.imports import ImportRow, Verdict
from welcome.households.models import Household
from welcome.letters import output, printing, runs, verification, withdrawal
from welcome.letters.models import LetterRun
from welcome.privacy import erasure
from welcome.privacy.models import DataRequest

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["frozen", "ready", "done"])
def planted(client, request, caplog):
    caplog.set_level(logging.DEBUG)
    return plant(client, until=request.param)


def where(values):
    return {hit.value: hit.where for hit in search_kept(values)}


def erase(capture, **who):
    with capture(execute=True):
        return erasure.erase(**who, by=None)


def table(counted):
    """Seen with `pytest -rP`, or when the test fails."""
    sys.stdout.write(f"T3 {'planted value':<32} {'before':>6} {'after':>6}\n")
    for name, before, after in counted:
        sys.stdout.write(f"   {name:<32} {before:>6} {after:>6}\n")


def test_an_erased_household_is_nowhere(planted, caplog, django_capture_on_commit_callbacks):
    assert len(VALUES) == 20
    before = search_kept(VALUES.values())
    assert {hit.value for hit in before} == set(VALUES.values()), "All were planted, and are found."
    erase(django_capture_on_commit_callbacks, household=planted.household)
    after = [*search_kept(VALUES.values()), *search_logs(VALUES.values(), caplog.records)]
    counted = [
        (name, sum(hit.value == value for hit in before), sum(hit.value == value for hit in after))
        for name, value in VALUES.items()
    ]
    table(counted)
    assert [str(hit) for hit in after] == []


def test_no_free_page_of_the_database_holds_them(planted, django_capture_on_commit_callbacks):
    """SQLite hands out its memory as it would stand in the file, deleted rows and all."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps dead rows until it cleans up: docs/privacy.md.")
    values = [value for value in VALUES.values() if not value.isdigit()]

    def found():
        return [value for value in values if value.encode() in connection.connection.serialize()]

    assert len(found()) > 14
    erase(django_capture_on_commit_callbacks, household=planted.household)
    assert found() == []


def test_one_of_several_is_nowhere_and_the_others_stay(planted, django_capture_on_commit_callbacks, caplog):
    erase(django_capture_on_commit_callbacks, household=planted.household, person=planted.person)
    after = [*search_kept(OF_PERSON.values()), *search_logs(OF_PERSON.values(), caplog.records)]
    assert [str(hit) for hit in after] == []
    assert list(planted.household.people.all()) == [planted.partner]
    stays = where(OF_HOUSEHOLD.values())
    assert {"Kvernhusstigen", "rullestolrampe ved inngangen", "bohdanko@plantet.example"} <= set(stays)


def test_the_runs_still_add_up(planted, django_capture_on_commit_callbacks, tmp_path):
    letter = planted.household.letters.get()
    run = letter.run
    erase(django_capture_on_commit_callbacks, household=planted.household)
    run.refresh_from_db()
    assert run.letters.count() + run.left_out.count() == run.cohort
    if run.state == "rendering":
        for file in run.files.all():
            printing.render(file.pk)
            runs.settle_file(file.pk)
        run.refresh_from_db()
        assert run.state == "ready"
        output.write_out(run, tmp_path)
        assert list(verification.faults(run, tmp_path)) == []
        printed = [path for path in stored_files("letters") if "/proof-" not in path]
        assert len(printed) == 1, "The file from before is gone."


def test_the_trail_says_that_it_was_done_and_nothing_of_who(planted, django_capture_on_commit_callbacks):
    number = planted.household.pk
    erase(django_capture_on_commit_callbacks, household=planted.household)
    entry = AuditEntry.objects.get(action="erased", model="welcome.Household")
    assert (entry.model, entry.object_id) == ("welcome.Household", str(number))
    assert not LogEntry.objects.filter(object_id=str(number), content_type__model="household").exists()


def test_what_they_asked_for_is_answered_and_their_links_open_nothing(
    planted, django_capture_on_commit_callbacks
):
    erase(django_capture_on_commit_callbacks, household=planted.household)
    asked = DataRequest.objects.get()
    assert (asked.outcome, asked.wrote, asked.household) == ("done", "", None)
    assert asked.handled_at is not None
    assert not Link.objects.exists()
    assert not Consent.objects.exists()


def test_waiting_rows_are_refused_with_a_reason(planted, django_capture_on_commit_callbacks):
    erase(django_capture_on_commit_callbacks, household=planted.household)
    rows = ImportRow.objects.filter(batch__filename="venter.csv")
    assert {(row.verdict, row.problems[0]["code"]) for row in rows} == {(Verdict.REFUSED, "erased")}
    assert rows[0].batch.counts == {"refused": 2}


def test_a_namesake_of_another_age_stays_in_the_list(db):
    batch = ImportBatchFactory(state="read")
    home = HouseholdFactory(municipality=batch.municipality)
    person = PersonFactory(household=home, birth_year=1988)
    ImportRow.objects.create(
        batch=batch, municipality=batch.municipality, number=2, verdict=Verdict.NEW, person_key=person.name_key,
        values={"given_name": "Oksana", "birth_year": 1951},
    )  # fmt: skip
    erasure.erase(household=home, by=None)
    assert ImportRow.objects.get().verdict == Verdict.NEW


def test_nobody_is_erased_while_a_list_is_read(db):
    batch = ImportBatchFactory()
    home = HouseholdFactory(municipality=batch.municipality)
    with pytest.raises(erasure.Refused):
        erasure.erase(household=home, by=None)
    assert Household.objects.filter(pk=home.pk).exists()


def test_the_last_one_takes_the_household_along(db):
    person = PersonFactory()
    assert erasure.erase(household=person.household, person=person, by=None).whole
    assert not Household.objects.exists()


def test_twice_is_once(db):
    home = PersonFactory().household
    erasure.erase(household=home, by=None)
    erasure.erase(household=home, by=None)
    assert AuditEntry.objects.filter(action="erased").count() == 1


# --- the page ------------------------------------------------------------------------------------


@pytest.fixture
def home(client):
    person = PersonFactory(given_name="Oksana", family_name="Kovalenko")
    PersonFactory(household=person.household, given_name="Taras", family_name="Kovalenko")
    user = MembershipFactory(municipality=person.municipality, user__language="en").user
    client.force_login(user)
    return person.household


def page(home, name="welcome_household_erase"):
    return reverse(f"admin:{name}", args=[home.pk])


def test_it_tells_what_goes_and_asks_first(client, home):
    shown = client.get(page(home)).content.decode()
    assert "Oksana Kovalenko, Taras Kovalenko" in shown
    assert client.post(page(home)).status_code == 422
    assert Household.objects.exists()
    assert client.post(page(home), {"sure": "on"}).status_code == 302
    assert not Household.objects.exists()


def test_there_is_no_other_way_to_delete_a_household(client, home):
    """The theme's own would leave letters, files and lists behind that name them."""
    delete = page(home, "welcome_household_delete")
    assert client.post(delete, {"post": "yes"}).url == page(home)
    assert "delete_selected" not in client.get(reverse("admin:welcome_household_changelist")).content.decode()
    data = {"action": "delete_selected", "_selected_action": [home.pk], "post": "yes"}
    client.post(reverse("admin:welcome_household_changelist"), data)
    assert Household.objects.filter(pk=home.pk).exists()
    client.force_login(MembershipFactory(municipality=home.municipality, role="reader").user)
    assert client.get(delete).status_code == 403
    client.force_login(MembershipFactory().user)
    assert client.get(delete).status_code == 404


def test_one_of_them_by_the_page(client, home):
    one = home.people.get(given_name="Taras")
    assert client.post(f"{page(home)}?person={one.pk}", {"sure": "on"}, follow=True).status_code == 200
    assert [person.given_name for person in home.people.all()] == ["Oksana"]


@pytest.mark.parametrize("number", ["x", "999999", "9" * 30, ""])
def test_somebody_who_is_not_there_is_not_found(client, home, number):
    assert client.get(f"{page(home)}?person={number}").status_code == 404


def test_who_may_only_read_erases_nobody(client, home):
    client.force_login(MembershipFactory(municipality=home.municipality, role="reader").user)
    assert client.post(page(home), {"sure": "on"}).status_code == 403
    assert Household.objects.exists()


def test_a_refusal_is_told_on_the_page(client, home):
    ImportBatchFactory(municipality=home.municipality)
    response = client.post(page(home), {"sure": "on"})
    assert response.status_code == 422
    assert Household.objects.exists()


def test_a_run_that_is_handed_over_in_this_moment_is_told_on_the_page(client, home, monkeypatch):
    now = timezone.now()
    run = LetterRunFactory(
        municipality=home.municipality, state="frozen", frozen_at=now, dated=now.date(), cohort=1
    )
    LetterFactory(run=run, household=home)

    def a_moment_later(**what):
        LetterRun.objects.filter(pk=run.pk).update(
            state="done", approved_at=now, rendering_at=now, ready_at=now, done_at=now
        )
        withdrawal.withdraw(**what)

    monkeypatch.setattr(erasure, "withdraw", a_moment_later)
    answer = client.post(page(home), {"sure": "on"})
    assert answer.status_code == 422
    assert "none can be taken back" in answer.content.decode()
    assert Household.objects.filter(pk=home.pk).exists()


@pytest.mark.parametrize("where", ["erase", "consents", "link"])
def test_each_page_about_a_household_leaves_a_look(client, home, where):
    assert client.get(reverse(f"admin:welcome_household_{where}", args=[home.pk])).status_code == 200
    looks = AuditEntry.objects.filter(model="welcome.Household", object_id=str(home.pk), action="looked")
    assert list(looks.values_list("note", flat=True)) == [where]
