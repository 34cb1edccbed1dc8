"""An invitation's link: once, for three days, until it is sent again or taken back."""

import datetime
import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from municipalities.audit.models import AuditEntry
from municipalities.tenancy import invitations, leaving
from municipalities.tenancy.models import Membership, Role
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db
CHOSEN = {"new_password1": "et-helt-nytt-passord", "new_password2": "et-helt-nytt-passord"}


@pytest.fixture
def home():
    return MunicipalityFactory()


@pytest.fixture
def boss(home):
    return MembershipFactory(municipality=home, role=Role.ADMINISTRATOR).user


@pytest.fixture
def invited(home, boss, django_capture_on_commit_callbacks):
    """A new colleague, invited, who has not come yet."""
    user = MembershipFactory(municipality=home).user
    with django_capture_on_commit_callbacks(execute=True):
        invitations.send(user=user, by=boss)
    return user


def mailed():
    """The address in the newest mail."""
    return re.search(r"http\S+?(/account/\S+)", mail.outbox[-1].body)[1]


def opens(link):
    return Client().get(link, follow=True).context["validlink"]


def take_up(link):
    browser = Client()
    page = browser.get(link, follow=True)
    return browser.post(page.request["PATH_INFO"], CHOSEN)


def step(client, user, verb):
    return client.post(reverse("admin:municipalities_user_account", args=[user.pk, verb]))


def test_the_link_gives_a_password_once(invited):
    link = mailed()
    assert take_up(link).url == "/account/login/"
    invited.refresh_from_db()
    assert invited.check_password(CHOSEN["new_password1"])
    assert not invited.invited_at
    assert not opens(link)
    assert take_up(link).status_code == 200  # The page says that it is over.


def test_a_page_that_was_opened_before_is_worth_nothing_after_it_was_taken_up(invited):
    """Two tabs, or two people: the second one can't choose another password."""
    link, late = mailed(), Client()
    page = late.get(link, follow=True).request["PATH_INFO"]
    take_up(link)
    late.post(page, {"new_password1": "noe-ganske-annet", "new_password2": "noe-ganske-annet"})
    invited.refresh_from_db()
    assert invited.check_password(CHOSEN["new_password1"])


def test_the_link_is_over_after_three_days(invited, monkeypatch):
    link, now = mailed(), datetime.datetime.now()  # noqa: DTZ005 - as the tokens have it
    assert settings.PASSWORD_RESET_TIMEOUT == 3 * 24 * 3600
    for hours, holds in ((71, True), (73, False)):
        later = now + datetime.timedelta(hours=hours)
        monkeypatch.setattr(type(invitations.tokens), "_now", lambda tokens, later=later: later)
        assert opens(link) is holds, hours


def test_sent_again_the_link_of_before_is_worth_nothing(
    invited, client, boss, django_capture_on_commit_callbacks
):
    before = mailed()
    invited.invited_at -= datetime.timedelta(hours=1)  # Sent an hour ago.
    invited.save()
    before = invitations.link(invited).removeprefix(settings.SITE_URL)
    assert opens(before)
    client.force_login(boss)
    with django_capture_on_commit_callbacks(execute=True):
        step(client, invited, "invite")
    assert not opens(before)
    assert opens(mailed())


def test_taken_back_the_link_is_worth_nothing_and_the_role_is_gone(invited, client, boss, home):
    link = mailed()
    client.force_login(boss)
    step(client, invited, "recall")
    invited.refresh_from_db()
    assert not opens(link)
    assert not invited.is_active
    assert not Membership.objects.filter(user=invited).exists()


def test_who_is_locked_out_meanwhile_can_not_take_it_up(invited, client, boss):
    link = mailed()
    client.force_login(boss)
    step(client, invited, "lock")
    assert not opens(link)
    step(client, invited, "open")
    assert not opens(link)


def test_a_forged_link_and_another_persons_token_open_nothing(invited, home):
    link = mailed()
    other = MembershipFactory(municipality=home).user
    uid = invitations.link(other).rsplit("/", 3)[1]
    mine, token = link.rstrip("/").rsplit("/", 2)[1:]
    assert not opens(link.replace(mine, uid))
    assert not opens(link.replace(token, token[:-1] + ("a" if token[-1] != "a" else "b")))


def test_nobody_takes_back_the_invitation_of_whoever_came(invited, client, boss):
    take_up(mailed())
    client.force_login(boss)
    assert step(client, invited, "recall").status_code == 403
    assert step(client, invited, "invite").status_code == 403


def entries(user, home):
    rows = AuditEntry.objects.filter(model="municipalities.User", object_id=str(user.pk), municipality=home)
    return [(row.action, row.fields, row.user_id) for row in rows.order_by("pk")]


def test_each_step_of_an_invitation_stands_in_the_municipalitys_log(invited, client, boss, home):
    client.force_login(boss)
    before = len(entries(invited, home))
    step(client, invited, "invite")
    step(client, invited, "recall")
    assert entries(invited, home)[before:] == [
        ("invited", [], boss.pk),
        ("revoked", ["invited_at"], boss.pk),
    ]


def test_locking_letting_in_and_forgetting_the_second_step_stand_in_the_log(client, boss, home):
    user = MembershipFactory(municipality=home).user
    leaving.note("logged_in", user)
    user.last_login = datetime.datetime.now(datetime.UTC)
    user.save()
    client.force_login(boss)
    for verb in ("forget", "lock", "open"):
        step(client, user, verb)
    assert entries(user, home)[1:] == [
        ("changed", ["second_factor"], boss.pk),
        ("locked", [], boss.pk),
        ("changed", ["is_active"], boss.pk),
    ]


def test_a_role_that_is_given_changed_or_taken_away_stands_in_the_log(client, boss, home):
    membership = MembershipFactory(municipality=home, role=Role.READER)
    client.force_login(boss)
    address = reverse("admin:municipalities_membership_change", args=[membership.pk])
    client.post(address, {"user": membership.user_id, "role": Role.EDITOR})
    membership.refresh_from_db()
    assert membership.role == Role.EDITOR
    client.post(reverse("admin:municipalities_membership_delete", args=[membership.pk]), {"post": "yes"})
    rows = AuditEntry.objects.filter(model="municipalities.Membership", municipality=home)
    found = [(row.action, row.fields, row.user_id) for row in rows.order_by("pk")]
    assert found == [("changed", ["role"], boss.pk), ("deleted", [], boss.pk)]
