"""Somebody offers to be a host: confirmed by mail, answered by staff, kept no longer than that."""

import re

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.factories.welcome import HostOfferFactory
from tests.welcome.orders.filled import send_page
from welcome.hosts import delivery, offering
from welcome.hosts.models import Host
from welcome.hosts.offers import HostOffer

pytestmark = pytest.mark.django_db
ME = {
    "name": "Guro Torpo", "place": "Torpo", "languages": ["nn", "uk"], "interests": "Ski", "about": "Eg bur her.",
    "email": "guro@torpo.example", "phone": "412 34 567", "may_be_named": "on", "agree_host": "on",
}  # fmt: skip


@pytest.fixture
def place():
    return MunicipalityFactory(name="Ål", slug="al", published=True)


@pytest.fixture
def office(client, place):
    client.force_login(MembershipFactory(municipality=place, role="service_office").user)
    return client


def test_an_offer_waits_for_its_mail_and_then_for_staff(client, place):
    assert send_page(client, place, "offer", ME, language="nn").status_code == 302
    assert not HostOffer.objects.waiting().exists()
    delivery.mail_waiting()
    assert "Guro" not in mail.outbox[0].body
    path = re.search(r"https?://[^/\s]+(/l/host-offer/\S+)", mail.outbox[0].body)[1]
    page = client.get(path, follow=True).request["PATH_INFO"]
    assert page.startswith("/nn/")
    assert not HostOffer.objects.waiting().exists()
    client.post(page, {"go": "confirm"})
    assert HostOffer.objects.waiting().get().languages == ["nn", "uk"]
    client.post(page, {"go": "withdraw"})
    assert not HostOffer.objects.exists()


@pytest.mark.parametrize("field", ["name", "place", "languages", "email", "agree_host"])
def test_what_is_asked_for_is_asked_for_at_its_field(client, place, field):
    answer = send_page(client, place, "offer", ME | {field: []})
    assert list(answer.context["form"].errors) == [field]
    assert not HostOffer.objects.exists()


def test_approved_they_are_a_host_as_they_wrote(office, place):
    send_page(office, place, "offer", ME, language="nn")
    offer = HostOffer.objects.get()
    offering.confirm(offer=offer)
    page = reverse("admin:welcome_hostoffer_change", args=[offer.pk])
    assert "Torpo" in office.get(page).content.decode()
    answer = office.post(page, {"verb": "approve", "capacity": "3"})
    host = Host.objects.get()
    assert answer.url == reverse("admin:welcome_host_change", args=[host.pk])
    assert (host.name, host.place, host.languages, host.capacity) == ("Guro Torpo", "Torpo", ["nn", "uk"], 3)
    assert (host.interests, host.about, host.about_language, host.named_since is not None) == (
        "Ski",
        "Eg bur her.",
        "nn",
        True,
    )
    assert not HostOffer.objects.exists()


def test_who_did_not_say_so_is_not_named_in_letters(place):
    host = offering.approve(offer=HostOfferFactory(municipality=place, waiting=True), capacity=2, by=None)
    assert host.named_since is None


def test_declined_with_thanks_and_deleted(office, place):
    offer = HostOfferFactory(municipality=place, waiting=True, screen="en")
    office.post(
        reverse("admin:welcome_hostoffer_change", args=[offer.pk]), {"verb": "decline", "word": "Later!"}
    )
    assert mail.outbox[0].to == [offer.email]
    assert "Later!" in mail.outbox[0].body
    assert not HostOffer.objects.exists()
    with pytest.raises(ValidationError):
        offering.approve(offer=offer, capacity=2, by=None)


def test_a_mail_that_can_not_be_sent_declines_nothing(office, place, refuse_mail_to):
    offer = HostOfferFactory(municipality=place, waiting=True)
    refuse_mail_to(offer.email)
    office.post(reverse("admin:welcome_hostoffer_change", args=[offer.pk]), {"verb": "decline", "word": ""})
    assert HostOffer.objects.exists()


def test_what_nobody_has_confirmed_is_not_answered(place):
    with pytest.raises(ValidationError):
        offering.approve(offer=HostOfferFactory(municipality=place), capacity=2, by=None)


def test_who_may_only_read_answers_nothing(client, place):
    offer = HostOfferFactory(municipality=place, waiting=True)
    client.force_login(MembershipFactory(municipality=place, role="reader").user)
    page = reverse("admin:welcome_hostoffer_change", args=[offer.pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"verb": "approve", "capacity": "2"}).status_code == 403
