"""Logging in as a colleague does it: password, second step, and the pages of one's own account."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.conf import settings
from playwright.sync_api import expect

from municipalities.tenancy.models import Role
from tests.browser.conftest import LANGUAGES, reads_well
from tests.factories.municipalities import PASSWORD, MembershipFactory


@pytest.fixture
def colleague():
    return MembershipFactory(role=Role.COORDINATOR, user__language="en").user


def code_of(secret):
    """One that is still the right one when the portal reads it."""
    if (left := 30 - time.time() % 30) < 5:
        time.sleep(left)
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))


def give_password(page, user):
    page.goto("/account/login/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_password_to_the_first_code_and_back(page, colleague, language):
    """The whole way, once in each language: set up an app, see the codes, log out, log in with a code."""
    colleague.language = language
    colleague.save()
    page.goto("/account/login/")
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": page.url}])
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", language)
    reads_well(page, language)
    page.locator("[name=login]").fill(colleague.email)
    page.locator("[name=password]").fill("feil-passord-her")
    with page.expect_navigation():  # The page that answers looks like the one that asked.
        page.locator("[name=password]").press("Enter")
    expect(page.locator("[name=login]")).to_have_value(colleague.email)
    reads_well(page, language)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/account/security/")
    reads_well(page, language)

    page.locator("a[href$='/account/app/']").first.click()
    page.wait_for_url("**/account/app/")
    picture = page.locator(".account__qr")
    expect(picture).to_be_visible()
    assert picture.bounding_box()["width"] >= 150, "a phone must be able to read it"
    reads_well(page, language)
    page.locator("[name=code]").fill("000000")
    with page.expect_navigation():
        page.locator("[name=code]").press("Enter")
    reads_well(page, language)
    secret = page.locator(".account__key").text_content().strip()
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("[name=code]").press("Enter")
    page.wait_for_url("**/account/codes/")
    reads_well(page, language)
    for address in ("security", "sessions", "password"):
        page.goto(f"/account/{address}/")
        reads_well(page, language)
    page.goto("/account/logout/")
    reads_well(page, language)
    page.locator("main button[type=submit], main button").first.click()
    page.wait_for_url("**/account/login/**")

    Authenticator.objects.filter(user=colleague, type="totp").update(last_used_at=None)
    give_password(page, colleague)
    page.wait_for_url("**/account/step/")
    reads_well(page, language)


@pytest.mark.parametrize(
    "path", ["password/forgotten", "password/sent", "closed", "invitation/x/y", "password/new/1-x"]
)
def test_pages_without_login_read_well(page, path):
    page.goto(f"/account/{path}/")
    reads_well(page, "nb")  # Every look, whatever language they fall back on.


def test_a_passkey_is_set_up_and_lets_in(page, colleague):
    """With an authenticator that Chromium plays itself."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    page.goto("/account/login/")
    # A passkey belongs to a name, never to a number.
    named = page.url.replace("127.0.0.1", "localhost").partition("/account")[0]
    page.goto(f"{named}/account/login/")
    page.locator("[name=login]").fill(colleague.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/account/security/")
    page.locator("a[href$='/account/passkeys/add/']").first.click()
    page.locator("[name=name]").fill("Work phone")
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "/passkeys/add/" not in url)
    assert Authenticator.objects.filter(user=colleague, type="webauthn").exists()
    page.goto(f"{named}/admin/")
    expect(page).to_have_url(f"{named}/admin/")

    page.goto(f"{named}/account/logout/")
    page.locator("main button").first.click()
    page.wait_for_url("**/account/login/**")
    page.locator("[name=login]").fill(colleague.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/account/step/")
    page.goto(f"{named}/admin/")
    assert "/admin/" not in page.url.split("?")[0], "the password alone opens nothing"
    page.goto(f"{named}/account/step/")
    page.locator("[data-passkey=use]").click()
    page.wait_for_url(f"{named}/admin/")
