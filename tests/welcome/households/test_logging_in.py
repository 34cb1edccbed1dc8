"""How logins to one's own page end by themselves, with what they are about."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from municipalities.audit.models import Action, AuditEntry
from municipalities.links import actions as links
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.factories.welcome import HouseholdFactory, OwnLoginFactory, PersonFactory
from tests.welcome.households.files import csv, row, take_in
from welcome.households.links import NEWCOMER
from welcome.households.models import Household
from welcome.households.own_logins import OwnLogin
from welcome.privacy import erasure, retention
from welcome.privacy.report import report_of

pytestmark = pytest.mark.django_db


def test_a_list_that_tells_of_protection_ends_them():
    place = MunicipalityFactory()
    take_in(csv(row()), place)
    home = Household.objects.get()
    OwnLoginFactory(household=home)
    take_in(csv(row(protection="fortrolig")), place)
    home.refresh_from_db()
    assert home.is_protected
    assert not OwnLogin.objects.exists()


def test_what_protection_has_ended_is_told_as_that_and_so_in_no_file(client):
    person = PersonFactory()
    home = person.household
    clerk = MembershipFactory(municipality=home.municipality, role=Role.SERVICE_OFFICE).user
    OwnLoginFactory(household=home)
    links.issue(purpose=NEWCOMER, of=home, by=None)
    client.force_login(clerk)
    page = f"/admin/welcome/household/{home.pk}/protect/"
    client.get(page)
    assert client.post(page, {"grade": "fortrolig", "sure": "on"}).status_code == 302
    assert not OwnLogin.objects.exists()
    told = AuditEntry.objects.filter(action=Action.PROTECTED).values_list("model", "note")
    assert ("welcome.Household", "purpose=newcomer") in told
    assert any(model == "welcome.OwnLogin" for model, _note in told)
    rows = AuditEntry.objects.exclude(action=Action.PROTECTED).exclude(route__contains="protect")
    assert not rows.filter(action__in=[Action.REVOKED, Action.DELETED, Action.LOOKED]).exists()


def test_erasing_a_household_takes_its_own_and_no_others():
    home, other = PersonFactory().household, OwnLoginFactory()
    OwnLoginFactory(household=home)
    erasure.erase(household=home, by=None)
    assert OwnLogin.objects.get() == other


def test_erasing_one_of_a_household_takes_all_of_its_logins():
    """Whose is whose can't be told."""
    person = PersonFactory()
    PersonFactory(household=person.household)
    OwnLoginFactory(household=person.household)
    erasure.erase(household=person.household, person=person, by=None)
    assert person.household.people.count() == 1
    assert not OwnLogin.objects.exists()


def test_what_nobody_has_used_for_a_year_goes_by_night():
    place, now = MunicipalityFactory(), timezone.now()
    long_ago = now - datetime.timedelta(days=370)
    old = OwnLoginFactory(household__municipality=place, created_at=long_ago, used_at=long_ago)
    kept = OwnLoginFactory(household__municipality=place, created_at=long_ago, used_at=now)
    retention.clean(place, timezone.localdate())
    assert [*OwnLogin.objects.all()] == [kept]
    assert Household.objects.filter(pk=old.household_id).exists()


def test_the_report_tells_since_when_and_not_the_fingerprint():
    login = OwnLoginFactory(household=PersonFactory().household)
    told = str(report_of(login.household, "nb").as_json())
    assert "OwnLogin" in told
    assert login.fingerprint not in told


@pytest.mark.parametrize("clear", ["23879421936", "oksana-1", "Oksana Kovalenko"])
def test_the_database_takes_no_name_or_number_in_the_place_of_a_fingerprint(clear):
    with pytest.raises(IntegrityError, match="own_login_holds_fingerprints_only"), transaction.atomic():
        OwnLoginFactory(household=HouseholdFactory(), fingerprint=clear)
