"""The newcomers' club: joined by a mail, left by the same link, and a list for staff."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from municipalities.audit.models import AuditEntry
from municipalities.links import actions as links
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.factories.welcome import ConsentTextFactory, HouseholdFactory, MemberFactory, PersonFactory
from tests.municipalities.links.made import path_of
from tests.welcome.orders.filled import send_page
from welcome.club import actions as club
from welcome.club import delivery
from welcome.club.links import CLUB
from welcome.club.models import Member
from welcome.households import actions
from welcome.households.consents import ConsentText
from welcome.privacy import erasure, report

pytestmark = pytest.mark.django_db
ME = {"name": "Piotr Nowak", "email": "piotr@nowak.example", "language": "pl", "agree_club": "on"}


@pytest.fixture
def place():
    return MunicipalityFactory(name="Ål", slug="al", published=True)


def opened(client):
    delivery.mail_waiting()
    path = re.search(r"https?://[^/\s]+(/l/club/\S+)", mail.outbox[-1].body)[1]
    return client.get(path, follow=True).request["PATH_INFO"]


def test_who_joins_is_on_the_list_once_they_have_said_so(client, place):
    assert send_page(client, place, "club", ME).status_code == 302
    member = Member.objects.get()
    assert (member.is_confirmed, member.language, member.screen) == (False, "pl", "en")
    assert member.text == ConsentText.objects.get(purpose="club")
    page = opened(client)
    client.get(page)
    assert not Member.objects.confirmed().exists()
    assert "You are on the list" in client.post(page, {"go": "confirm"}, follow=True).content.decode()
    assert Member.objects.confirmed().exists()
    entries = AuditEntry.objects.filter(model="welcome.Member").values_list("action", flat=True)
    assert {"added", "issued", "consented"} <= set(entries)


def test_without_agreeing_nobody_is_kept(client, place):
    answer = send_page(client, place, "club", ME | {"agree_club": ""})
    assert list(answer.context["form"].errors) == ["agree_club"]
    assert not Member.objects.exists()


def test_one_click_and_they_have_left(client, place):
    member = MemberFactory(municipality=place)
    link = links.issue(purpose=CLUB, of=member, by=None)
    page = client.get(path_of(link), follow=True).request["PATH_INFO"]
    assert Member.objects.exists()
    assert (
        "not on the list any more"
        in client.post(page.replace("/nb/", "/en/"), {"go": "leave"}).content.decode()
    )
    assert not Member.objects.exists()
    assert client.get(path_of(link), follow=True).status_code == 410


def test_who_joins_once_more_is_on_the_list_once_and_has_a_link_to_leave_by(client, place):
    home = HouseholdFactory(municipality=place)
    MemberFactory(municipality=place, email="PIOTR@nowak.example", household=home)
    answer = send_page(client, place, "club", ME)
    assert answer.url.endswith("?by=mail"), "nobody else learns that they are on it"
    page = opened(client)
    assert "You are on the list" in client.post(page, {"go": "confirm"}, follow=True).content.decode()
    member = Member.objects.get()
    assert (member.name, member.household) == ("Piotr Nowak", home)
    client.post(page, {"go": "leave"})
    assert not Member.objects.exists()


def test_an_order_brought_them_and_the_mail_says_how_to_leave(place):
    MemberFactory(municipality=place, screen="en")
    delivery.mail_waiting()
    assert "are on its list now" in mail.outbox[0].body


def test_the_list_as_a_file_holds_those_who_said_yes_and_nobody_who_is_protected(client, place):
    MemberFactory(municipality=place, name="=Regel")
    MemberFactory(municipality=place, name="Ubekreftet", unconfirmed=True)
    hidden = PersonFactory(household=HouseholdFactory(municipality=place)).household
    MemberFactory(municipality=place, name="Skjult", household=hidden)
    actions.protect(household=hidden, grade="fortrolig", by=None)
    client.force_login(MembershipFactory(municipality=place, role="service_office").user)
    answer = client.post(reverse("admin:welcome_member_export"), {"format": "1", "resource": "0"})
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/csv"
    assert "'=Regel" in text
    assert "Ubekreftet" not in text
    assert "Skjult" not in text


def test_who_asks_what_is_held_and_who_is_erased_is_found_by_their_mail(place):
    home = HouseholdFactory(municipality=place)
    PersonFactory(household=home, email="piotr@nowak.example")
    MemberFactory(municipality=place, email="Piotr@nowak.example")
    other = MemberFactory(municipality=place)
    held = {section.key for section in report.report_of(home).sections}
    assert "welcome.Member" in held
    erasure.erase(household=home, by=None)
    assert list(Member.objects.all()) == [other]


def test_a_mended_address_is_another_sending_and_the_same_form_twice_is_one(place):
    row = MemberFactory.build(
        municipality=place, email="mari@lie.example", text=ConsentTextFactory(municipality=place)
    )
    for email in ("mari@lie.example", "Mari@lie.example", "maria@lie.example", "maria@lie.example"):
        club.ask(
            member=Member(municipality=place, name=row.name, email=email, text=row.text, sent_as=row.sent_as)
        )
    assert sorted(Member.objects.values_list("email", flat=True)) == ["mari@lie.example", "maria@lie.example"]
