import pytest
from django.db import connection
from django.urls import reverse

from tests.factories.municipalities import MembershipFactory

pytestmark = pytest.mark.django_db


def test_only_the_staff_site_may_run_what_its_theme_needs(client):
    for address in ("/nb/", reverse("account_login")):  # No eval where passwords are typed.
        assert "unsafe" not in client.get(address).headers["Content-Security-Policy"]
    client.force_login(MembershipFactory().user)
    assert "'unsafe-eval'" in client.get(reverse("admin:index")).headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/account/login/", "/nb/"])
def test_nothing_is_fetched_from_others_and_nobody_may_frame_us(client, address):
    headers = client.get(address).headers
    assert "https:" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("words", [{"language": "a\0b"}, {"id__in": "9" * 30}, {"id__in": "1,-" + "9" * 30}])
def test_what_no_database_can_look_for_is_no_crash(client, words):
    client.force_login(MembershipFactory(role="administrator").user)
    address = reverse("admin:municipalities_user_changelist")
    # PostgreSQL compares numbers of any length, and finds nobody; SQLite can't, and the list says so.
    number = 302 if connection.vendor == "sqlite" else 200
    assert client.get(address, words).status_code == (400 if "language" in words else number)


def test_a_nul_in_what_is_completed_is_no_crash(client):
    client.force_login(MembershipFactory(role="administrator").user)
    asked = {"app_label": "municipalities", "model_name": "topic", "field_name": "owner", "term": "\0"}
    assert client.get(reverse("admin:autocomplete"), asked).status_code == 400


def test_a_nul_in_a_cookie_is_no_crash(client):
    # In quotation marks a cookie may spell any sign by its number.
    assert client.get("/nb/", headers={"cookie": 'sessionid="aaaaaaaa\\000"'}).status_code == 400


@pytest.mark.parametrize("picked", ["x", "9" * 30, "a\0"])
def test_an_action_on_what_is_no_row_is_no_crash(client, picked):
    client.force_login(MembershipFactory(role="administrator").user)
    address = reverse("admin:municipalities_topic_changelist")
    assert client.post(address, {"action": "still_right", "_selected_action": picked}).status_code == 404
