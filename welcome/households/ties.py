"""What slices above tie to a household, and what becomes of it when the household is not what it was.

Such a model has `end_with_household(households)`, which ends what runs for these households and answers with the
numbers of its rows by municipality; one in which an address may have been written has `forget_address(households)`;
one of people who are perhaps of a household has `hide_waiting(municipality, names, households)`. The slices need not
be known here; each is asked by the reference it holds.
"""

from collections.abc import Collection, Iterable

from municipalities.audit import recording
from municipalities.audit.vocabulary import Action
from municipalities.municipality.models import Municipality
from welcome.households.models import Household


def end(*, of: Iterable[int], by_id: int | None, as_what: Action = Action.CHANGED) -> None:
    """For good: what has ended is not begun again when protection is lifted, or somebody comes back. `as_what` is
    what the log calls it, as with `doors.close`."""
    households = list(of)
    for relation in Household._meta.related_objects:
        ending = getattr(relation.related_model, "end_with_household", None)
        if ending is None:
            continue
        for place, ids in ending(households).items():
            recording.record_each(
                action=as_what,
                model=relation.related_model,
                ids=ids,
                municipality_id=place,
                fields=["state"],
                by_id=by_id,
            )


def forget(*, of: Iterable[int]) -> None:
    """When protection comes: what is written about them elsewhere, and may hold where they live, is emptied."""
    households = list(of)
    for relation in Household._meta.related_objects:
        if forgetting := getattr(relation.related_model, "forget_address", None):
            forgetting(households)


def hide(municipality: Municipality, *, names: Collection[str], households: Collection[int]) -> None:
    """When protection comes to people of these name keys, and of these households as the database still has them:
    what waits and may be of them holds no address any more."""
    for relation in Household._meta.related_objects:
        if hiding := getattr(relation.related_model, "hide_waiting", None):
            hiding(municipality, names, households)
