import datetime

import pytest

from municipalities.municipality.models import Municipality
from tests.factories.municipalities import (
    MunicipalityFactory,
    MunicipalityTextFactory,
    TopicContactFactory,
    TopicFactory,
    TopicTextFactory,
)
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.staff_client import StaffClient
from tests.welcome.letters.frozen import approve, make_frozen, worker
from welcome.households.models import Household
from welcome.households.quarters import Quarter
from welcome.letters import runs
from welcome.letters.models import LetterRun

Q3 = Quarter(2026, 3)
DATED = datetime.date(2026, 10, 5)


@pytest.fixture
def place(db) -> Municipality:
    """Ål with a greeting in bokmål and one topic: all that a run needs."""
    place = MunicipalityFactory(number="3328", name="Ål", slug="aal", second_approver=False)
    MunicipalityTextFactory(municipality=place, language="nb")
    topic = TopicFactory(municipality=place, slug="doctor")
    TopicTextFactory(topic=topic)
    TopicContactFactory(topic=topic, contact__name="Ål legesenter")
    return place


@pytest.fixture
def run():
    return make_frozen()


@pytest.fixture
def as_role(client, run):
    """as_role(role) is a browser of somebody with that role in the run's municipality, in English."""

    def log_in(role, municipality=None):
        user = role if not isinstance(role, str) else worker(municipality or run.municipality, role)
        browser = StaffClient(headers={"accept-language": "en"})
        browser.force_login(user)
        browser.user = user
        return browser

    return log_in


def arrive(place: Municipality, *names: str, **household: object) -> Household:
    """A household of adults, each name "given family"."""
    arrived = HouseholdFactory(municipality=place, **household)
    for order, name in enumerate(names or ["Oksana Kovalenko"]):
        given, _, family = name.rpartition(" ")
        PersonFactory(
            household=arrived, given_name=given or family, family_name=family if given else "", order=order
        )
    return arrived


def frozen(place: Municipality, quarter: Quarter = Q3) -> LetterRun:
    run = runs.ensure(municipality=place, quarter=quarter, by=None)
    return runs.freeze(run=run, by=None, dated=DATED)


def approved(place: Municipality, quarter: Quarter = Q3) -> LetterRun:
    return approve(frozen(place, quarter))
