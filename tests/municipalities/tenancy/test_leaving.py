"""Whoever leaves is out: at once, everywhere, and by whatever way they were in."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.tenancy.models import Role
from tests.factories.municipalities import PASSWORD, MembershipFactory, MunicipalityFactory, UserFactory
from tests.staff_client import StaffClient

pytestmark = pytest.mark.django_db
WORK = "/admin/"


@pytest.fixture
def home():
    return MunicipalityFactory()


@pytest.fixture
def boss(home, client):
    user = MembershipFactory(municipality=home, role=Role.ADMINISTRATOR).user
    client.force_login(user)
    return user


@pytest.fixture
def colleague(home):
    return MembershipFactory(municipality=home, user__last_login=timezone.now()).user


def browser_of(user, *, listed=False):
    browser = StaffClient()
    browser.force_login(user)
    assert browser.get(WORK).status_code == 200
    if listed:  # As a login through the pages does it.
        UserSession.objects.create(user=user, session_key=browser.session.session_key, ip="127.0.0.1")
    return browser


def is_in(browser):
    return browser.get(WORK).status_code == 200


def step(client, user, verb):
    return client.post(reverse("admin:municipalities_user_account", args=[user.pk, verb]))


@pytest.mark.parametrize("listed", [True, False])
def test_locked_out_nobody_is_in_any_more(boss, client, colleague, listed):
    """Also not in a session that allauth's list of them does not know."""
    browsers = [browser_of(colleague, listed=listed), browser_of(colleague, listed=listed)]
    assert step(client, colleague, "lock").status_code == 302
    assert not any(is_in(browser) for browser in browsers)
    assert step(client, colleague, "open").status_code == 302
    # Let in again, they log in again; the old browsers stay out.
    assert not any(is_in(browser) for browser in browsers)
    assert not UserSession.objects.filter(user=colleague).exists()


def test_switched_off_on_the_form_nobody_is_in_any_more(boss, client, colleague):
    browser = browser_of(colleague)
    row = colleague.memberships.get()
    client.post(
        reverse("admin:municipalities_user_change", args=[colleague.pk]),
        {
            "email": colleague.email, "name": colleague.name,
            "memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 1, "memberships-0-id": row.pk,
            "memberships-0-user": colleague.pk, "memberships-0-municipality": row.municipality_id,
            "memberships-0-role": row.role,
        },
    )  # fmt: skip
    colleague.refresh_from_db()
    assert not colleague.is_active
    assert not is_in(browser)


@pytest.mark.parametrize("listed", [True, False])
def test_whose_last_role_is_taken_is_logged_out_by_the_next_request(boss, client, colleague, listed):
    browser = browser_of(colleague, listed=listed)
    row = colleague.memberships.get()
    client.post(reverse("admin:municipalities_membership_delete", args=[row.pk]), {"post": "yes"})
    assert not colleague.memberships.exists()
    assert browser.get(WORK).url.startswith("/admin/login/")
    assert "_auth_user_id" not in browser.session


def test_a_role_that_goes_by_another_way_logs_out_too(colleague):
    browser = browser_of(colleague)
    colleague.memberships.all().delete()
    browser.get("/nb/")
    assert "_auth_user_id" not in browser.session


def test_the_sessions_of_others_stay(boss, client, colleague):
    other = browser_of(MembershipFactory().user)
    browser_of(colleague)
    before = Session.objects.count()
    step(client, colleague, "lock")
    assert is_in(other)
    assert is_in(client)
    assert Session.objects.count() == before - 1


# --- who may do it to whom ------------------------------------------------------------------------


def test_who_works_elsewhere_too_loses_the_roles_here_and_nothing_else(boss, client, colleague, home):
    elsewhere = MembershipFactory(user=colleague)
    browser = browser_of(colleague)
    assert step(client, colleague, "lock").status_code == 302
    colleague.refresh_from_db()
    assert colleague.is_active
    assert [*colleague.memberships.all()] == [elsewhere]
    assert not is_in(browser)
    assert is_in(browser_of(colleague))


@pytest.mark.parametrize("verb", ["open", "invite", "recall", "forget"])
def test_the_account_of_who_works_elsewhere_too_is_not_touched(boss, client, colleague, verb):
    MembershipFactory(user=colleague)
    auth.TOTP.activate(colleague, auth.generate_totp_secret())
    assert step(client, colleague, verb).status_code == 403
    assert Authenticator.objects.filter(user=colleague).exists()


@pytest.mark.parametrize("verb", ["lock", "open", "invite", "recall", "forget"])
def test_the_systems_administrator_is_touched_by_no_municipality(boss, client, home, verb):
    system = MembershipFactory(municipality=home, user__is_superuser=True, user__last_login=timezone.now())
    assert step(client, system.user, verb).status_code == 403
    system.user.refresh_from_db()
    assert system.user.is_active


@pytest.mark.parametrize("verb", ["lock", "forget"])
def test_nobody_does_it_to_themselves_and_nobody_to_who_works_elsewhere(boss, client, verb):
    stranger = MembershipFactory(user__last_login=timezone.now()).user
    assert step(client, boss, verb).status_code == 403
    assert step(client, stranger, verb).status_code == 404
    assert step(client, stranger, "nonsense").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_no_other_role_does_it(home, colleague, role):
    browser = StaffClient()
    browser.force_login(MembershipFactory(municipality=home, role=role).user)
    assert step(browser, colleague, "lock").status_code == 404  # They see no accounts at all.
    colleague.refresh_from_db()
    assert colleague.is_active


def test_to_ask_changes_nothing(boss, client, colleague):
    browser = browser_of(colleague)
    assert (
        client.get(reverse("admin:municipalities_user_account", args=[colleague.pk, "lock"])).status_code
        == 200
    )
    assert is_in(browser)


# --- a lost phone ---------------------------------------------------------------------------------


def test_forgotten_the_second_step_is_set_up_anew_by_who_knows_the_password(
    boss, client, colleague, settings
):
    auth.TOTP.activate(colleague, auth.generate_totp_secret())
    browser = browser_of(colleague)
    assert step(client, colleague, "forget").status_code == 302
    assert not Authenticator.objects.filter(user=colleague).exists()
    assert AuditEntry.objects.filter(action="changed", fields=["second_factor"]).exists()
    assert not is_in(browser)
    later = Client()
    later.post("/account/login/", {"login": colleague.email, "password": PASSWORD})
    assert later.get(WORK).url == "/account/security/"


def test_who_never_worked_anywhere_is_shown_no_public_page_as_logged_in():
    browser = StaffClient()
    browser.force_login(UserFactory())
    browser.get("/nb/")
    assert "_auth_user_id" not in browser.session
