"""ID-porten in a browser without JavaScript, from the link in the letter to the login half a year later; on a
phone, in each language. ID-porten is a real OpenID provider on this machine."""

import pytest
from playwright.sync_api import expect

from municipalities.links import actions as links
from tests.browser import county
from tests.browser.conftest import LANGUAGES, reads_well
from tests.factories.municipalities import IdentityProviderFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.municipalities.login.provider import Provider
from welcome.households.links import NEWCOMER
from welcome.households.own_logins import OwnLogin

OKSANA = {"sub": "oksana-1", "acr": "idporten-loa-high"}


@pytest.fixture(scope="module")
def idporten(tmp_path_factory):
    provider = Provider(tmp_path_factory.mktemp("provider"))
    provider.say(claims=OKSANA)
    yield provider
    provider.stop()


@pytest.fixture
def here(live_server):
    """By number: a provider takes any port there, as the one that is registered is not this one's."""
    return live_server.url.replace("localhost", "127.0.0.1")


@pytest.fixture
def al(idporten, settings, here):
    settings.SITE_URL = here
    settings.FETCH_PRIVATE_HOSTS = [f"127.0.0.1:{idporten.port}"]
    idporten.say(claims=OKSANA, discovery=None)
    made = county.everything()
    made.number = "3336"  # The address to come back to is registered at the provider.
    made.save()
    IdentityProviderFactory(idporten=True, municipality=made, issuer=idporten.issuer)
    return made


@pytest.fixture
def home(al):
    made = HouseholdFactory(municipality=al, language="nb")
    PersonFactory(household=made, family_name="Kovalenko")
    return made


@pytest.fixture
def phone(browser, here):
    context = browser.new_context(
        base_url=here, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    yield context.new_page()
    context.close()


def test_from_the_link_to_the_login_without_a_script(phone, home, al):
    link = links.issue(purpose=NEWCOMER, of=home, by=None)
    phone.goto(f"/l/newcomer/{link.token}/")
    phone.goto(phone.url.replace("/nb/", "/en/"))
    phone.get_by_role("button", name="Next time I log in with ID-porten").click()
    phone.wait_for_url("**/en/my/*/?done=login")
    assert OwnLogin.objects.get().household == home
    phone.get_by_role("button", name="Close the page now").click()
    links.revoke(link=link, by=None)

    phone.goto(f"/en/{al.slug}/")
    phone.get_by_role("link", name="Your own page", exact=True).click()
    phone.get_by_role("button", name="Log in with ID-porten").click()
    phone.wait_for_url("**/en/my/*/")
    expect(phone.get_by_text("Kovalenko")).to_be_visible()
    phone.get_by_role("button", name="Take away").click()
    expect(phone.get_by_role("heading", name="The login is taken away")).to_be_visible()
    assert not OwnLogin.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_way_reads_well(browser, here, home, al, idporten, language):
    context = browser.new_context(base_url=here)
    page = context.new_page()
    page.goto(f"/{language}/{al.slug}/own-page/")
    reads_well(page, language)
    page.locator("main form button").click()
    page.wait_for_url("**/idporten/3336/back/**")
    reads_well(page, language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    idporten.say(claims=OKSANA | {"acr": "idporten-loa-low"})
    page.goto(f"/{language}/{al.slug}/own-page/")
    page.locator("main form button").click()
    page.wait_for_url("**/idporten/3336/back/**")
    reads_well(page, language)

    idporten.say(claims=OKSANA)
    page.goto(f"/l/newcomer/{links.issue(purpose=NEWCOMER, of=home, by=None).token}/")
    mine = page.url.split("/my/")[1]
    page.goto(f"/{language}/my/{mine}")
    reads_well(page, language)
    page.locator("form[action$='/login/'] button").click()
    page.wait_for_url("**/my/*/?done=login")
    reads_well(page, language)
    page.goto(f"/{language}/{al.slug}/own-page/")
    page.locator("main form button").click()
    page.wait_for_url("**/my/*/")
    with page.expect_navigation():
        page.locator("form[action$='/leave/'] button").click()
    reads_well(page, language)
    context.close()


@pytest.mark.parametrize("language", ["nb", "en"])
def test_without_idporten_the_page_tells_of_the_link(page, language):
    al = county.everything()
    page.goto(f"/{language}/{al.slug}/own-page/")
    reads_well(page, language)
    assert page.locator("main form").count() == 0
