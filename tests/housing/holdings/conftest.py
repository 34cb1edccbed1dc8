"""Who takes lists of farms in, and where."""

import pytest

from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål", number="3328")


@pytest.fixture
def kari(al):
    """Reads English, so that a test holds whatever the translations say."""
    return MembershipFactory(municipality=al, role=Role.SERVICE_OFFICE, user__language="en").user


@pytest.fixture
def office(client, kari):
    client.force_login(kari)
    return client
