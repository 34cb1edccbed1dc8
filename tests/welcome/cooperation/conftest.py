import datetime

import pytest
from django.utils import timezone

from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import AttendeeFactory, CooperationMeetingFactory, IdeaFactory
from tests.welcome.letters.frozen import worker


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def boss(place):
    return worker(place, Role.COORDINATOR)


@pytest.fixture
def meeting(place):
    return CooperationMeetingFactory(municipality=place, voting=True)


@pytest.fixture
def voter(meeting):
    return AttendeeFactory(meeting=meeting)


@pytest.fixture
def ideas(meeting):
    return IdeaFactory.create_batch(5, meeting=meeting)


@pytest.fixture
def later():
    return timezone.localdate() + datetime.timedelta(days=60)
