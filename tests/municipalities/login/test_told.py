"""What the login's pages tell of who has an account: nothing, not by words, nor by work."""

import re

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from municipalities.audit.models import AuditEntry, SystemEntry
from tests.factories.municipalities import MembershipFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="what it tries does not depend on the database"),
]
NOBODY = "ingen@dalen.example"


@pytest.fixture
def locked():
    return MembershipFactory(user__is_active=False).user.email


def work_of(ask):
    """How many statements, and how many of them write."""
    with CaptureQueriesContext(connection) as asked:
        answer = ask()
    verbs = [re.match(r"\W*(\w+)", query["sql"])[1].upper() for query in asked]
    return len(verbs), verbs.count("INSERT"), verbs.count("UPDATE"), answer


def test_a_login_that_fails_costs_the_same_for_everybody(colleague, locked):
    def ask(email):
        words = {"login": email, "password": "feil-passord-her"}
        return work_of(lambda: Client().post("/account/login/", words))

    ask(NOBODY)  # What is only asked once, by whoever comes first.
    counted = {email: ask(email)[:3] for email in (colleague.email, NOBODY, locked)}
    assert len(set(counted.values())) == 1, counted


def test_a_password_is_hashed_once_for_everybody(colleague, locked, monkeypatch):
    hashed = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *parts, **more: hashed.append(1) or encode(*parts, **more))
    counted = []
    for email in (colleague.email, NOBODY, locked):
        hashed.clear()
        Client().post("/account/login/", {"login": email, "password": "feil-passord-her"})
        counted.append(len(hashed))
    assert counted == [1, 1, 1]


def test_a_failed_login_is_noted_without_what_was_typed(colleague):
    for email in (colleague.email, NOBODY):
        Client().post("/account/login/", {"login": email, "password": "feil-passord-her"})
    mine = AuditEntry.objects.get(action="login_failed")
    nobodys = SystemEntry.objects.get(action="login_failed")
    assert mine.object_id == str(colleague.pk)
    assert (nobodys.model, nobodys.object_id, nobodys.note) == ("", "", "")
    assert "ingen" not in str([*SystemEntry.objects.values(), *AuditEntry.objects.values()])


def test_to_ask_for_a_new_password_costs_the_same_for_everybody(colleague, locked):
    def ask(email):
        return work_of(lambda: Client().post("/account/password/forgotten/", {"email": email}))

    ask(NOBODY)
    counted = {email: ask(email) for email in (colleague.email, NOBODY, locked)}
    assert len({counts[:3] for counts in counted.values()}) == 1, counted
    assert len({counts[3].url for counts in counted.values()}) == 1


@pytest.mark.parametrize(
    "next",
    [
        "//evil.example",
        "https:evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "https:///evil.example",
        "/\t/evil.example",
    ],
)
def test_the_staff_sites_own_way_in_leads_nowhere_else(next):
    there = Client().get("/admin/login/", {"next": next}).url
    assert there == "/account/login/?next=%2Fadmin%2F"
