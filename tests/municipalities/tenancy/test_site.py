import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_only_the_staff_site_may_run_what_its_theme_needs(client):
    assert "'unsafe-eval'" in client.get(reverse("admin:login")).headers["Content-Security-Policy"]
    assert "unsafe" not in client.get("/nb/").headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/admin/login/", "/nb/"])
def test_nothing_is_fetched_from_others_and_nobody_may_frame_us(client, address):
    headers = client.get(address).headers
    assert "https:" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
