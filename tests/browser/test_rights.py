"""The pages of consents' words and of restriction, for everybody, on a phone and a screen, light and dark."""

import datetime

import pytest
from playwright.sync_api import expect

from municipalities.links import actions as links
from municipalities.tenancy.models import Membership, Role, User
from tests.browser.conftest import staff_sweep
from tests.browser.test_staff import coordinator
from tests.factories.welcome import HouseholdFactory, PersonFactory
from welcome.households import consents, holding
from welcome.households.consents import Consent
from welcome.households.links import NEWCOMER

__all__ = ["coordinator"]

PAGES = "/admin/welcome/retentionrun/"


@pytest.fixture
def homes(coordinator):
    """One that is held, one that is free, one that plans."""
    planning = {"state": "planning", "moved_in": None, "consent_until": datetime.date(2027, 1, 31)}
    made = [HouseholdFactory(municipality=coordinator, **more) for more in ({}, {}, planning)]
    for home in made:
        PersonFactory(household=home)
    user = User.objects.get()
    Membership.objects.create(user=user, municipality=coordinator, role=Role.ADMINISTRATOR)
    holding.hold(household=made[0], why="contested", by=user)
    return made


def test_they_read_well_for_everybody(page, coordinator, homes):
    held, free, _planning = homes
    for words in ("Ål kommune kan oppbevare dette.", "Ål kommune kan oppbevare navnene våre."):
        consents.write(municipality=coordinator, purpose="planning", language="nb", words=words)
    addresses = [
        f"{PAGES}consents/",
        f"{PAGES}consents/write/?purpose=planning&language=nb",
        f"{PAGES}consents/missing/",
        f"{PAGES}preview/",
        f"/admin/welcome/household/{held.pk}/hold/",
        f"/admin/welcome/household/{free.pk}/hold/",
    ]
    staff_sweep(page, addresses, "main.run")


def test_a_newcomer_is_asked_with_the_words_the_municipality_wrote(page, coordinator, homes, accessible):
    page.goto(f"{PAGES}consents/write/?purpose=planning&language=nb")
    page.get_by_label("Words").fill("Ål kommune kan oppbevare navnene våre.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("Ål kommune kan oppbevare navnene våre.")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Version 1 is what people agree to")).to_be_visible()
    url = links.issue(purpose=NEWCOMER, of=homes[2], by=None).url
    page.goto(url[url.index("/l/") :])
    expect(page.locator("#agree")).to_contain_text("Ål kommune kan oppbevare navnene våre.")
    accessible(page)
    page.locator("#agree button").click()
    expect(page.locator("#agree")).to_have_count(0)
    assert Consent.objects.get().text.words == "Ål kommune kan oppbevare navnene våre."
