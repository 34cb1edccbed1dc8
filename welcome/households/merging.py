"""Two households that are one: what the merged one holds."""

from dataclasses import dataclass

from django.db import IntegrityError, models, transaction

from welcome.households.addresses import Address
from welcome.households.models import AddressKind, Household, HouseholdState, Person, Protection
from welcome.households.recognition import Likeness, Trace, likeness

_GRADES = [Protection.NONE, Protection.CLIENT, Protection.CONFIDENTIAL, Protection.STRICT]
_FILLED = ("moved_from", "reason", "contact_wish", "left_to", "left_why")
_JOINED = ("needs", "interests")
LONGEST_NOTE = 2000  # Of needs and interests.
_OF_PERSON = ("family_name", "birth_date", "birth_year", "language", "phone", "email", "died_on")


@dataclass(frozen=True)
class Merger:
    """What a merge will do; the confirmation page shows it before anything happens."""

    same: list[tuple[Person, Person]]  # One person twice: the one that stays, the one that goes.
    moved: list[Person]
    strictest: str
    takes_address: bool


def foresee(*, keep: Household, other: Household) -> Merger:
    same: list[tuple[Person, Person]] = []
    moved: list[Person] = []
    mine = list(keep.people.all())
    for theirs in other.people.all():
        twin = next((person for person in mine if _are_one(person, theirs)), None)
        if twin is None:
            moved.append(theirs)
        else:
            mine.remove(twin)
            same.append((twin, theirs))
    strictest = max((keep.protection, other.protection), key=lambda grade: _GRADES.index(Protection(grade)))
    takes_address = not strictest and keep.address_kind == AddressKind.UNKNOWN != other.address_kind
    return Merger(same, moved, strictest, takes_address)


def _are_one(one: Person, other: Person) -> bool:
    # Staff say that these live together, so both count as being at one address.
    traces = (
        Trace(person.name_key, person.birth_date, person.birth_year, address_key="here")
        for person in (one, other)
    )
    return likeness(*traces).value >= Likeness.MISSPELT.value


def merge(*, keep: Household, other: Household) -> str:
    """Carries it out, within the caller's transaction and lock. Answers the strictest grade of the two.

    What `keep` holds stays; `other` fills the gaps.
    """
    plan = foresee(keep=keep, other=other)
    for mine, theirs in plan.same:
        for name in _OF_PERSON:
            if not getattr(mine, name):
                setattr(mine, name, getattr(theirs, name))
        mine.save()
        theirs.delete()
    order = keep.people.count()
    for number, person in enumerate(plan.moved):
        person.household, person.order = keep, order + number
        person.save()
    _bring_along(keep, other)
    for name in _FILLED:
        if not getattr(keep, name) and not keep.protection:
            setattr(keep, name, getattr(other, name))
    for name in _JOINED:
        texts = dict.fromkeys(filter(None, (getattr(keep, name), getattr(other, name))))
        setattr(keep, name, "\n".join(texts)[:LONGEST_NOTE])
    keep.no_letter = keep.no_letter or other.no_letter
    if keep.state == HouseholdState.PLANNING != other.state:
        # Who planned to come has come: the other one tells when.
        keep.state, keep.moved_in, keep.left_on = other.state, other.moved_in, other.left_on
    if plan.takes_address:
        Address.of(other).put_on(keep)
    other.delete()
    keep.save()
    return plan.strictest


def _bring_along(keep: Household, other: Household) -> None:
    """Letters and whatever else points to a household; the slices above need not be known here. A model
    of which a household has one row in something, such as a letter in a run, has a field `merged`: it tells
    the row of the household that went from the one that counts."""
    for relation in Household._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if model is Person or not isinstance(relation.field, models.ForeignKey):
            continue
        for row in model._base_manager.filter(**{name: other}):
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=row.pk).update(**{name: keep})
            except IntegrityError:
                # Both have one, as a letter of the same run: that of the kept household counts, and the
                # other follows it, so that what is known of these people stays together.
                model._base_manager.filter(pk=row.pk).update(**{name: keep, "merged": True})
