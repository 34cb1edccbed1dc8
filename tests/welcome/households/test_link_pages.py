"""Staff make, mail and call back the link to a household's own page."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from municipalities.links import actions as links
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from welcome.households.link_pages import square
from welcome.households.links import NEWCOMER

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    home = HouseholdFactory(language="en")
    PersonFactory(household=home, email="oksana@example.org")
    PersonFactory(household=home, email="child@example.org", birth_year=2020, role="child")
    return home


@pytest.fixture
def office(home, client):
    user = MembershipFactory(
        municipality=home.municipality, role=Role.SERVICE_OFFICE, user__language="en"
    ).user
    client.force_login(user)
    return client


@pytest.fixture
def page(home):
    return reverse("admin:welcome_household_link", args=[home.pk])


def text(answer):
    return answer.content.decode()


def test_a_link_is_made_and_shown_once(home, office, page):
    assert "no link that works" in text(office.get(page))
    made = office.post(page, {"verb": "make"})
    link = links.active(purpose=NEWCOMER, of=home)
    assert link.url in text(made)
    assert "<svg" in text(made)
    assert "no-store" in made["Cache-Control"]
    again = text(office.get(page))
    assert link.token not in again
    assert "They have a link" in again
    assert link.created_by.email == link.created_by.email.lower()
    office.logout()
    assert office.get(link.url.replace("http://127.0.0.1:8000", "")).status_code == 302


def test_the_code_holds_what_the_text_says():
    drawn = re.search(
        r'viewBox="0 0 (\d+)', square("https://tilflytter.example/l/newcomer/" + "a" * 40 + "/")
    )
    assert drawn
    assert int(drawn[1]) <= 60, "a camera reads it from paper at 3 cm"


def test_it_is_mailed_to_an_adult_and_to_nobody_else(home, office, page):
    for to in ("child@example.org", "stranger@example.org"):
        office.post(page, {"verb": "mail", "to": to})
    assert mail.outbox == []
    assert links.active(purpose=NEWCOMER, of=home) is None
    office.post(page, {"verb": "mail", "to": "oksana@example.org"})
    [sent] = mail.outbox
    assert sent.to == ["oksana@example.org"]
    assert links.active(purpose=NEWCOMER, of=home).url in sent.body
    assert "Øvre Ålsgata" not in sent.body


def test_a_mail_that_is_refused_leaves_the_link_they_had(home, office, page, refuse_mail_to):
    before = links.issue(purpose=NEWCOMER, of=home, by=None)
    refuse_mail_to("oksana@example.org")
    answer = office.post(page, {"verb": "mail", "to": "oksana@example.org"}, follow=True)
    assert "could not be sent" in text(answer)
    assert links.active(purpose=NEWCOMER, of=home) == before


def test_it_is_called_back(home, office, page):
    links.issue(purpose=NEWCOMER, of=home, by=None)
    assert "opens nothing any more" in text(office.post(page, {"verb": "revoke"}, follow=True))
    assert links.active(purpose=NEWCOMER, of=home) is None


def test_a_look_makes_nothing_and_a_reader_may_not(home, office, page, client):
    office.get(page)
    office.get(page, {"verb": "make"})
    assert links.active(purpose=NEWCOMER, of=home) is None
    reader = MembershipFactory(municipality=home.municipality, role=Role.READER).user
    client.force_login(reader)
    assert client.post(page, {"verb": "make"}).status_code == 403
    client.force_login(MembershipFactory(role=Role.ADMINISTRATOR).user)
    assert client.post(page, {"verb": "make"}).status_code == 404


def test_a_household_with_a_number_that_no_database_holds_is_not_there(office):
    for name in ("link", "host", "consents", "hold", "protect", "erase", "report_pdf"):
        assert office.get(reverse(f"admin:welcome_household_{name}", args=[10**30])).status_code == 404, name
