"""What staff see of who may only be kept, and of letters that were out when protection came, on a phone."""

import pytest

from municipalities.tenancy.models import Role
from tests.browser.conftest import log_in
from tests.browser.test_staff import check_content
from tests.factories.municipalities import UserFactory
from tests.factories.welcome import HostAssignmentFactory
from tests.welcome.households.files import csv, read, row, take_in
from tests.welcome.letters.frozen import make_frozen, make_municipality, make_printed, worker
from welcome.households import actions, holding
from welcome.households.models import Household
from welcome.letters import runs


@pytest.fixture
def place():
    return make_municipality(name="Ål", slug="al")


@pytest.fixture
def office(page, place, live_server):
    """Logged in, with the second step taken, in English."""
    user = worker(place, Role.COORDINATOR)
    user.language = "en"
    user.save()
    log_in(page.context, user, live_server)
    return user


def test_a_restricted_household_and_the_rows_of_a_list_about_it(page, office, place):
    take_in(csv(row(), row(given="Taras", born="2015")), place)
    home = Household.objects.get()
    holding.hold(household=home, why="contested", by=UserFactory(name="Siri Servicekontor"))
    batch = read(csv(row(phone="40000001"), row(given="Kari", family="Berg", street="Nyvegen")), place)
    page.goto(f"/admin/welcome/importbatch/{batch.pk}/change/")
    check_content(page, ".run")
    page.goto(f"/admin/welcome/household/{home.pk}/change/")
    check_content(page, ".run")


def test_letters_that_were_out_when_protection_came(page, office, place):
    run = make_printed(make_frozen(place, letters=3))
    homes = list(Household.objects.filter(letters__run=run).order_by("pk"))
    assigned = HostAssignmentFactory(household=homes[0])
    runs.finish(run=run, by=None)
    actions.protect(household=homes[0], grade="fortrolig", by=None)
    for step in ("delivery", "report"):
        page.goto(f"/admin/welcome/letterrun/{run.pk}/{step}/")
        assert page.locator("#already-out li").count() == 1
        check_content(page, ".run")
    page.goto(f"/admin/welcome/household/{homes[0].pk}/host/")
    check_content(page, ".run")
    assert assigned.host.name in page.content()
