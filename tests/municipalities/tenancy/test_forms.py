import pytest
from django.urls import reverse

from municipalities.contacts.models import ContactPoint
from municipalities.tenancy.models import Role
from tests.factories.municipalities import ContactPointFactory, MembershipFactory

pytestmark = pytest.mark.django_db
NO_HOURS = {
    f"{rows}-{what}_FORMS": 0 for rows in ("opening_hours", "special_days") for what in ("TOTAL", "INITIAL")
}


@pytest.fixture
def contact(client):
    contact = ContactPointFactory(name="Ål bad")
    membership = MembershipFactory(municipality=contact.municipality, role=Role.EDITOR)
    client.force_login(membership.user)
    return contact


def test_a_constraint_on_a_field_outside_the_form_is_told_in_the_form(contact, client):
    """A contact point's municipality is no field of its page, and its name is unique in the municipality."""
    other = ContactPointFactory(municipality=contact.municipality, name="Kulturhuset")
    address = reverse("admin:municipalities_contactpoint_change", args=[other.pk])
    answer = client.post(address, {"name": "Ål bad", "person": "", **NO_HOURS})
    assert answer.status_code == 200
    assert [*answer.context["errors"]] == [["Dette kontaktpunktet finnes allerede."]]
    assert ContactPoint.objects.get(pk=other.pk).name == "Kulturhuset"


def test_a_constraint_in_the_form_is_told_once(contact, client):
    address = reverse("admin:municipalities_contactpoint_add")
    answer = client.post(address, {"name": "Nytt", "latitude": "60.6", "longitude": "", **NO_HOURS})
    assert len(answer.context["errors"]) == 1
    assert not ContactPoint.objects.filter(name="Nytt").exists()
