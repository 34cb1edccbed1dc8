import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.municipalities.municipality.test_forms import picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(client):
    place = MunicipalityFactory()
    place.arms.save("arms.png", upload(picture("PNG")))
    place.mayor_signature.save("signature.png", upload(picture("PNG")))
    client.force_login(MembershipFactory(municipality=place, role=Role.ADMINISTRATOR).user)
    return place


@pytest.fixture
def save(client, place, django_capture_on_commit_callbacks):
    """save(name=value): the municipality's page with these fields changed, sent as a browser would."""

    def send(**changed):
        address = reverse("admin:municipalities_municipality_change", args=[place.pk])
        context = client.get(address).context
        forms = [context["adminform"].form]
        for inline in context["inline_admin_formsets"]:
            forms += [inline.formset.management_form, *inline.formset.forms]
        values = {field.html_name: field.value() for form in forms for field in form}
        data = {name: value for name, value in values.items() if value or (value == 0 and value is not False)}
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(address, {k: v for k, v in data.items() if not hasattr(v, "url")} | changed)
        assert answer.status_code == 302, answer.context["errors"]
        place.refresh_from_db()

    return send


def test_a_replaced_picture_is_not_kept(place, save):
    old, kept = place.arms.name, place.mayor_signature.name
    save(arms=upload(picture("PNG", (50, 50))))
    assert place.arms.name != old
    assert not default_storage.exists(old)
    assert default_storage.exists(place.arms.name)
    assert default_storage.exists(kept)


def test_a_picture_taken_away_is_not_kept(place, save):
    old = place.arms.name
    save(**{"arms-clear": "on"})
    assert not place.arms
    assert not default_storage.exists(old)


def test_a_picture_that_is_still_used_stays(place, save):
    other = MunicipalityFactory(arms=place.arms.name)
    save(arms=upload(picture("PNG", (50, 50))))
    assert default_storage.exists(other.arms.name)
