"""Password and second step, as a browser meets them."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from municipalities.audit.models import AuditEntry
from municipalities.login import delivery, tasks
from municipalities.privacy import encryption
from tests.factories.municipalities import PASSWORD, MembershipFactory, UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="what it tries does not depend on the database"),
]
WORK = "/admin/"


def is_in(browser):
    return browser.get(WORK).status_code == 200


# --- the second step ------------------------------------------------------------------------------


def test_a_password_alone_opens_nothing_but_the_set_up(browser, give_password, colleague):
    answer = give_password(colleague)
    assert answer.url == WORK
    for address in (WORK, "/admin/welcome/household/", "/nb/", "/account/password/", "/account/sessions/"):
        assert browser.get(address).url == "/account/security/", address
    assert browser.post("/admin/welcome/household/add/").status_code == 403
    assert browser.get("/account/security/").status_code == 200
    assert browser.get("/account/logout/").status_code == 200
    assert browser.post("/i18n/setlang/", {"language": "nn"}).status_code == 302


def test_every_address_of_the_staff_site_is_closed_to_a_password_alone(browser, give_password, colleague):
    give_password(colleague)
    from tests.test_tenancy import ADDRESSES

    for pattern, _model, parts in ADDRESSES:
        if pattern.name in {None, "logout"} or parts:
            continue
        answer = browser.get(reverse(f"admin:{pattern.name}"))
        assert (answer.status_code, answer.url) == (302, "/account/security/"), pattern.name


def test_who_sets_up_an_app_is_in_and_sees_the_recovery_codes_once(
    browser, give_password, colleague, code_of
):
    give_password(colleague)
    page = browser.get("/account/app/")
    secret = page.context["form"].secret
    answer = browser.post("/account/app/", {"code": code_of(secret)})
    assert answer.url == "/account/codes/"
    codes = browser.get("/account/codes/").context["unused_codes"]
    assert len(codes) == 10
    assert codes[0].isdecimal()
    assert codes[0] not in browser.get("/account/codes/").content.decode()
    assert is_in(browser)


def test_a_wrong_code_at_set_up_sets_nothing_up(browser, give_password, colleague):
    give_password(colleague)
    browser.get("/account/app/")
    assert browser.post("/account/app/", {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_password_and_code_let_in(browser, give_password, colleague, secret, code_of):
    assert give_password(colleague, next="/admin/municipalities/topic/").url == "/account/step/"
    assert not is_in(browser)
    answer = browser.post("/account/step/", {"code": code_of(secret)})
    assert answer.url == "/admin/municipalities/topic/"
    assert is_in(browser)


@pytest.mark.parametrize("code", ["000000", "", "x", "٠٠٠٠٠٠", "0" * 4000])
def test_a_wrong_code_does_not(browser, give_password, colleague, secret, code):
    give_password(colleague)
    assert browser.post("/account/step/", {"code": code}).status_code == 200
    assert not is_in(browser)


def test_a_code_works_once(browser, give_password, colleague, secret, code_of):
    code = code_of(secret)
    give_password(colleague)
    browser.post("/account/step/", {"code": code})
    other = Client()
    give_password(colleague, to=other)
    other.post("/account/step/", {"code": code})
    assert is_in(browser)
    assert not is_in(other)


def test_a_recovery_code_works_once(browser, give_password, colleague, recovery_codes):
    give_password(colleague)
    browser.post("/account/step/", {"code": recovery_codes[0]})
    assert is_in(browser)
    other = Client()
    give_password(colleague, to=other)
    other.post("/account/step/", {"code": recovery_codes[0]})
    assert not is_in(other)
    other.post("/account/step/", {"code": recovery_codes[1]})
    assert is_in(other)


def test_codes_are_not_tried_out(browser, give_password, colleague, secret, code_of):
    give_password(colleague)
    for _ in range(5):
        browser.post("/account/step/", {"code": "000000"})
    browser.post("/account/step/", {"code": code_of(secret)})
    assert not is_in(browser)


def test_passwords_are_not_tried_out(browser, give_password, colleague):
    for _ in range(5):
        give_password(colleague, "feil-passord-her")
    give_password(colleague)
    assert "_auth_user_id" not in browser.session


def test_with_a_password_alone_nobody_adds_a_second_factor_of_theirs(
    browser, give_password, colleague, code_of, settings
):
    """A session from before the second step was demanded, of somebody who has one meanwhile."""
    settings.SECOND_FACTOR = False
    give_password(colleague)
    settings.SECOND_FACTOR = True
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(colleague, secret)
    for address in ("/account/app/", "/account/passkeys/add/", "/account/codes/new/", WORK):
        assert browser.get(address).url.startswith("/account/step/again/?next="), address
    browser.post("/account/step/again/?next=/admin/", {"code": code_of(secret)})
    assert is_in(browser)


def test_the_only_second_factor_stays(client, colleague, secret):
    client.force_login(colleague)
    client.post("/account/again/?next=/account/app/remove/", {"password": PASSWORD})
    client.post("/account/app/remove/")
    assert Authenticator.objects.filter(user=colleague, type="totp").exists()


def test_the_apps_secret_is_encrypted(colleague, secret):
    row = Authenticator.objects.get(user=colleague, type="totp")
    assert secret not in str(row.data)
    assert row.wrap().instance.data["secret"].startswith("gAAAA")


# --- the login page -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
    ],
)
def test_nobody_is_led_away_by_a_login(browser, give_password, colleague, secret, code_of, elsewhere):
    assert "evil" not in browser.get("/admin/login/", {"next": elsewhere}).url
    give_password(colleague, next=elsewhere)
    assert browser.post("/account/step/", {"code": code_of(secret)}).url == WORK


def test_the_staff_site_asks_for_the_login_and_leads_back(browser):
    wanted = "/admin/municipalities/topic/?q=lege"
    assert browser.get(browser.get(wanted).url).url == "/account/login/?next=" + (
        "%2Fadmin%2Fmunicipalities%2Ftopic%2F%3Fq%3Dlege"
    )


def test_the_key_of_the_session_is_a_new_one_after_login(browser, give_password, colleague, secret, code_of):
    browser.get("/account/login/")
    give_password(colleague)
    before = browser.session.session_key
    browser.post("/account/step/", {"code": code_of(secret)})
    assert browser.session.session_key != before
    assert is_in(browser)


def test_the_sessions_cookie_is_for_this_site_and_no_script(browser, give_password, colleague):
    give_password(colleague)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_login_tells_not_whether_an_account_is_there(browser, give_password, colleague):
    locked = MembershipFactory(user__is_active=False).user
    told = {
        re.sub(r'(value|nonce)="[^"]*"', "", give_password(who, "feil-passord-her").content.decode())
        for who in (colleague, "ingen@dalen.example", locked)
    }
    assert len(told) == 1


def test_nobody_signs_up(browser):
    for address in ("/account/signup/", "/account/email/", "/accounts/signup/", "/accounts/login/"):
        assert browser.get(address).status_code == 404


def test_whoever_works_nowhere_gets_no_session(browser, give_password):
    assert give_password(UserFactory()).url == "/account/closed/"
    assert "_auth_user_id" not in browser.session


# --- a new password -------------------------------------------------------------------------------


def test_a_forgotten_password_says_the_same_to_everybody(browser, colleague, monkeypatch):
    sent = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda app, name, ids, **more: sent.append(ids))
    answers = [
        browser.post("/account/password/forgotten/", {"email": who})
        for who in (colleague.email, "ingen@dalen.example")
    ]
    assert {answer.url for answer in answers} == {"/account/password/sent/"}
    assert not mail.outbox
    assert colleague.email not in str(sent)
    for (sealed,) in sent:  # What the worker does then.
        tasks.mail_password_link(sealed)
    assert [message.to for message in mail.outbox] == [[colleague.email]]


def test_no_link_is_mailed_to_who_is_locked_out(colleague):
    colleague.is_active = False
    colleague.save()
    tasks.mail_password_link(encryption.encrypt(colleague.email))
    assert not mail.outbox


def test_the_mailed_link_gives_a_new_password_once(browser, give_password, colleague, secret):
    delivery.mail_password_link(colleague.pk)
    link = re.search(r"http\S+(/account/\S+)", mail.outbox[0].body)[1]
    page = browser.get(link, follow=True)
    assert link not in page.request["PATH_INFO"]
    words = {"password1": "et-helt-nytt-passord", "password2": "et-helt-nytt-passord"}
    assert browser.post(page.request["PATH_INFO"], words).url == "/account/password/done/"
    assert "_auth_user_id" not in browser.session
    assert browser.get(link).context["token_fail"]
    assert give_password(colleague, "et-helt-nytt-passord").url == "/account/step/"


def test_links_in_mail_go_to_the_portal_and_not_to_what_a_request_calls_it(colleague):
    delivery.mail_password_link(colleague.pk)
    assert settings.SITE_URL in mail.outbox[0].body


# --- sessions -------------------------------------------------------------------------------------


def log_in(browser, give_password, user, recovery_code):
    give_password(user, to=browser)
    browser.post("/account/step/", {"code": recovery_code})


def test_sessions_are_listed_and_ended(browser, give_password, colleague, recovery_codes):
    other = Client(headers={"user-agent": "Telefonen"})
    log_in(browser, give_password, colleague, recovery_codes[0])
    log_in(other, give_password, colleague, recovery_codes[1])
    assert is_in(other)
    shown = browser.get("/account/sessions/")
    assert "Telefonen" in shown.content.decode()
    theirs = next(row for row in shown.context["sessions"] if row.user_agent == "Telefonen")
    browser.post(f"/account/sessions/{theirs.pk}/end/")
    assert not is_in(other)
    assert is_in(browser)


def test_nobody_ends_somebody_elses_session(browser, client, give_password, colleague, recovery_codes):
    log_in(browser, give_password, colleague, recovery_codes[0])
    client.force_login(MembershipFactory().user)
    from allauth.usersessions.models import UserSession

    theirs = UserSession.objects.get(user=colleague)
    assert client.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    assert is_in(browser)


@pytest.mark.parametrize("address", ["/account/security/", "/account/password/", "/account/sessions/"])
def test_ones_own_pages_answer(client, colleague, secret, address):
    client.force_login(colleague)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/account/passkeys/add/", "/account/codes/new/", "/account/app/remove/", "/account/step/again/",
     "/account/again/"],
)  # fmt: skip
def test_pages_behind_the_password_answer(client, colleague, secret, address):
    client.force_login(colleague)
    client.post("/account/again/?next=/account/security/", {"password": PASSWORD})
    assert client.get(address).status_code == 200


# --- what a password alone may not touch ----------------------------------------------------------


@pytest.fixture
def half_in(browser, give_password, colleague, settings):
    """A session by password alone, of somebody who has a second step: from before it was demanded."""
    settings.SECOND_FACTOR = False
    give_password(colleague)
    settings.SECOND_FACTOR = True
    auth.TOTP.activate(colleague, auth.generate_totp_secret())
    return browser


def held(user):
    return list(Authenticator.objects.filter(user=user).order_by("pk").values_list("pk", "type", "data"))


def own_addresses():
    """Every address of the account's pages but those that begin a login."""
    from municipalities.login.urls import urlpatterns

    open_to_half = {"account_logout", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
    for pattern in urlpatterns:
        if pattern.name not in open_to_half:
            parts = {name: "x" if name != "pk" else 1 for name in pattern.pattern.converters}
            if not pattern.pattern.regex.groups or parts:
                yield reverse(pattern.name, kwargs=parts)


@pytest.mark.parametrize("address", sorted(own_addresses()))
def test_no_page_of_the_account_answers_a_password_alone_where_there_is_a_second_step(
    half_in, colleague, address
):
    before = held(colleague)
    assert half_in.get(address).url.startswith("/account/step/again/?next=")
    assert half_in.post(address, {"code": "000000", "password1": "x", "name": "x"}).status_code == 403
    assert held(colleague) == before


def test_the_password_again_does_not_replace_the_second_step(half_in, colleague):
    assert half_in.post("/account/again/", {"password": PASSWORD}).status_code == 403
    assert half_in.post("/account/step/again/", {"code": "000000"}).status_code == 200
    assert not is_in(half_in)


def test_the_only_second_factor_stays_whichever_it_is(client, colleague):
    only = Authenticator.objects.create(
        user=colleague, type="webauthn", data={"name": "nøkkel", "credential": {}}
    )
    client.force_login(colleague)
    client.post("/account/again/?next=/account/security/", {"password": PASSWORD})
    client.post(f"/account/passkeys/{only.pk}/remove/")
    assert Authenticator.objects.filter(pk=only.pk).exists()


def test_a_second_factor_goes_where_another_one_stays(client, colleague, secret):
    Authenticator.objects.create(user=colleague, type="webauthn", data={"name": "nøkkel", "credential": {}})
    client.force_login(colleague)
    client.post("/account/again/?next=/account/app/remove/", {"password": PASSWORD})
    client.post("/account/app/remove/")
    assert not Authenticator.objects.filter(user=colleague, type="totp").exists()


def test_nobody_removes_or_renames_somebody_elses_passkey(client, colleague):
    theirs = Authenticator.objects.create(
        user=MembershipFactory().user, type="webauthn", data={"name": "deres", "credential": {}}
    )
    auth.TOTP.activate(colleague, auth.generate_totp_secret())
    client.force_login(colleague)
    client.post("/account/again/?next=/account/security/", {"password": PASSWORD})
    for address in (f"/account/passkeys/{theirs.pk}/", f"/account/passkeys/{theirs.pk}/remove/"):
        assert client.post(address, {"name": "mine"}).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_who_logs_out_stands_in_the_log(client):
    user = MembershipFactory().user
    client.force_login(user)
    client.post(reverse("account_logout"))
    assert AuditEntry.objects.filter(action="logged_out", object_id=str(user.pk)).count() == 1
