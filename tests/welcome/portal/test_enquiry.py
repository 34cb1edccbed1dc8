"""The page behind the link in an answer."""

import pytest
from django.urls import reverse

from municipalities.audit.models import AuditEntry
from municipalities.enquiries import actions
from municipalities.enquiries.links import ENQUIRY
from municipalities.enquiries.models import Enquiry, State
from municipalities.links import actions as links
from municipalities.tenancy.models import Role
from tests.factories.municipalities import EnquiryFactory, MembershipFactory
from tests.municipalities.links.made import path_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def enquiry():
    made = EnquiryFactory(language="nn", text="Kvar er <b>legen</b>?")
    kari = MembershipFactory(
        municipality=made.municipality, role=Role.SERVICE_OFFICE, user__name="Kari Nordmann"
    ).user
    actions.note(enquiry=made, text="Han ringde i går òg.", by=kari)
    actions.answer(enquiry=made, text="I Helsevegen.", by=kari, outcome="answered")
    made.refresh_from_db()
    return made


@pytest.fixture
def page(enquiry, client):
    """Where the link leads."""
    return client.get(path_of(links.issue(purpose=ENQUIRY, of=enquiry, by=None)))["Location"]


def test_they_read_what_was_said_and_neither_notes_nor_names(page, enquiry, client):
    answer = client.get(page)
    shown = answer.content.decode()
    assert page.startswith("/nn/enquiry/")
    assert "Kvar er &lt;b&gt;legen&lt;/b&gt;?" in shown
    assert "I Helsevegen." in shown
    assert "i går" not in shown
    assert "Nordmann" not in shown
    assert answer["Cache-Control"] == "no-store, private"
    assert AuditEntry.objects.filter(object_id=enquiry.pk, actor="link", action="looked").exists()


def test_looking_changes_nothing(page, enquiry, client):
    before = Enquiry.objects.values().get()
    client.get(page)
    client.head(page)
    assert Enquiry.objects.values().get() == before


def test_they_write_back_and_it_waits_again(page, enquiry, client):
    answer = client.post(page, {"words": "Og når er det ope?"}, follow=True)
    assert "Og når er det ope?" in answer.content.decode()
    enquiry.refresh_from_db()
    assert enquiry.state == State.ASSIGNED


def test_an_empty_word_is_refused_and_too_many_keep_theirs(page, enquiry, client, monkeypatch):
    assert client.post(page, {"words": " "}).status_code == 422
    monkeypatch.setattr(actions, "MOST_WORDS_BACK", 0)
    answer = client.post(page, {"words": "Enno ein ting"})
    assert answer.status_code == 422
    assert "Enno ein ting" in answer.content.decode()


def test_it_is_over_when_the_enquiry_is_erased_or_belongs_to_another_address(page, enquiry, client):
    Enquiry.objects.filter(pk=enquiry.pk).update(email="annan@heime.example")
    assert client.get(page).status_code == 410
    enquiry.delete()
    assert client.get(page).status_code == 410
    assert client.get(reverse("portal:enquiry", args=["nope"])).status_code == 410
