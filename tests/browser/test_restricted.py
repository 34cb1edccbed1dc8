"""What staff see of who may only be kept, and of letters that were out when protection came, on a phone."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from municipalities.tenancy.models import Role
from tests.browser.conftest import STANDARD
from tests.factories.municipalities import UserFactory
from tests.factories.welcome import HostAssignmentFactory
from tests.staff_client import StaffClient
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
    user.language = os.environ.get("LOOK_LANGUAGE", "en")
    user.save()
    client = StaffClient()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return user


def check(page):
    """axe on what is ours; the theme's own frame around it is the theme's."""
    found = Axe().run(page, context=".run", options=STANDARD)
    assert not found.response["violations"], f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"


def look(page, name):
    if folder := os.environ.get("LOOK_FOLDER"):
        for width in (390, 1280):
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": 844})
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(color_scheme="light")


def test_a_restricted_household_and_the_rows_of_a_list_about_it(page, office, place):
    take_in(csv(row(), row(given="Taras", born="2015")), place)
    home = Household.objects.get()
    holding.hold(household=home, why="contested", by=UserFactory(name="Siri Servicekontor"))
    batch = read(csv(row(phone="40000001"), row(given="Kari", family="Berg", street="Nyvegen")), place)
    page.goto(f"/admin/welcome/importbatch/{batch.pk}/change/")
    check(page)
    look(page, "import")
    page.goto(f"/admin/welcome/household/{home.pk}/change/")
    check(page)
    look(page, "household")


def test_letters_that_were_out_when_protection_came(page, office, place):
    run = make_printed(make_frozen(place, letters=3))
    homes = list(Household.objects.filter(letters__run=run).order_by("pk"))
    assigned = HostAssignmentFactory(household=homes[0])
    runs.finish(run=run, by=None)
    actions.protect(household=homes[0], grade="fortrolig", by=None)
    for step in ("delivery", "report"):
        page.goto(f"/admin/welcome/letterrun/{run.pk}/{step}/")
        assert page.locator("#already-out li").count() == 1
        check(page)
        look(page, step)
    page.goto(f"/admin/welcome/household/{homes[0].pk}/host/")
    check(page)
    assert assigned.host.name in page.content()
    look(page, "host")
