"""An object that a link of each purpose may open. What needs more than its factory says so here."""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from municipalities.links import actions
from municipalities.links.models import Link
from municipalities.links.purposes import Purpose
from municipalities.municipality.models import Municipality
from municipalities.topics.review import REVIEW
from tests.factories.municipalities import MembershipFactory, TopicFactory, TopicTextFactory
from tests.factories.welcome import (
    CooperationMeetingFactory,
    HouseholdFactory,
    LetterFactory,
    LetterRunFactory,
)
from tests.test_tenancy import make
from welcome.cooperation.links import IDEAS
from welcome.letters.links import LETTER
from welcome.orders.links import KEEP


def _text(municipality: Municipality) -> Any:
    owner = MembershipFactory(municipality=municipality).user
    return TopicTextFactory(topic=TopicFactory(municipality=municipality, owner=owner))


def _letter(municipality: Municipality) -> Any:
    run = LetterRunFactory(municipality=municipality)
    return LetterFactory(run=run, household=HouseholdFactory(municipality=municipality))


def _planning(municipality: Municipality) -> Any:
    return HouseholdFactory(
        municipality=municipality,
        state="planning",
        moved_in=None,
        address_kind="unknown",
        consent_until=timezone.localdate() + datetime.timedelta(days=20),
        address_key="",
        **dict.fromkeys(["street", "house_number", "house_letter", "postal_code", "postal_place"], ""),
    )


OBJECTS: dict[str, Callable[[Municipality], Any]] = {
    REVIEW.code: _text,
    LETTER.code: _letter,
    KEEP.code: _planning,
    IDEAS.code: lambda municipality: CooperationMeetingFactory(municipality=municipality, gathering=True),
}


def object_for(purpose: Purpose, municipality: Municipality) -> Any:
    known = OBJECTS.get(purpose.code)
    return known(municipality) if known else make(purpose.model, municipality)


def issued(purpose: Purpose, municipality: Municipality) -> Link:
    return actions.issue(purpose=purpose, of=object_for(purpose, municipality), by=None)


def path_of(link: Link) -> str:
    return "/" + link.url.split("/", 3)[3]
