from typing import Any

from django.db.models import Q

from municipalities.privacy.activities import STORIES
from municipalities.privacy.below import STAFF, TEXT
from municipalities.privacy.registry import Kind, Personal, declare
from welcome.stories.models import Story, StoryQuerySet, Storyteller, StoryText


def _theirs(municipality_id: int, people: Any, households: Q) -> StoryQuerySet:
    """Told by these people, as their e-mail, phone or household says."""
    theirs = households
    for person in people:
        if person.email:
            theirs |= Q(teller__email__iexact=person.email)
        if person.phone:
            theirs |= Q(teller__phone=person.phone)
    found = Story.objects.filter(theirs, municipality_id=municipality_id)
    return Story.objects.filter(pk__in=found.values("pk"))


def of_household(household: Any) -> StoryQuerySet:
    here = Q(teller__household=household.pk)
    return _theirs(household.municipality_id, household.people.all(), here)


def of_person(person: Any) -> StoryQuerySet:
    return _theirs(person.municipality_id, [person], Q(pk__in=[]))


DECLARATIONS = [
    declare(
        Story,
        activity=STORIES,
        rows=of_household,
        of_person=of_person,
        personal={
            "shown_name": Kind.IDENTITY,
            "moved_from": Kind.ADDRESS,
            "moved_year": Kind.HOUSEHOLD,
            "consent_on": Kind.CHOICE,
            "consent_how": Kind.CHOICE,
            "consent_by": STAFF,
            "ends_on": Kind.CHOICE,
            "published_at": Kind.TRACE,
            "withdrawn_at": Kind.TRACE,
        },
        plain=["id", "municipality", "state"],
    ),
    declare(
        StoryText,
        activity=STORIES,
        rows=lambda household: StoryText.objects.filter(story__in=of_household(household)),
        personal={"title": Kind.FREE_TEXT, "body": Kind.FREE_TEXT, "changed_by": STAFF},
        plain=[*(name for name in TEXT if name not in {"title", "body"}), "municipality", "story"],
    ),
    declare(
        Storyteller,
        activity=STORIES,
        rows=lambda household: Storyteller.objects.filter(story__in=of_household(household)),
        personal={
            "name": Kind.IDENTITY,
            "email": Kind.CONTACT,
            "phone": Kind.CONTACT,
            "household": Personal(Kind.HOUSEHOLD, shown=False),
            "mailed_at": Kind.TRACE,
        },
        plain=["id", "municipality", "story"],
    ),
]
