"""What people change of their own, on the page behind their link."""

from collections.abc import Mapping

from django.db import transaction

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from welcome.households.models import Household, Person

OF_HOUSEHOLD = ("language", "interests", "contact_wish")
OF_PERSON = ("phone", "email")


def change(
    *, household: Household, values: Mapping[str, str], people: Mapping[int, Mapping[str, object]]
) -> list[str]:
    """`values` of OF_HOUSEHOLD; `people` by number, values of OF_PERSON, of this household's only. Says
    which fields became another; the same sent twice changes nothing the second time."""
    with transaction.atomic():
        home = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
        changed = _put(home, {name: values[name] for name in OF_HOUSEHOLD if name in values})
        for person in home.people.filter(pk__in=people):
            given = people[person.pk]
            changed += _put(person, {name: given[name] for name in OF_PERSON if name in given})
    return changed


def want_letters(*, household: Household, wanted: bool) -> bool:
    """Whether that is another wish than before."""
    with transaction.atomic():
        home = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
        return bool(_put(home, {"no_letter": not wanted}))


def _put(row: Household | Person, values: Mapping[str, object]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
        record(action=Action.CHANGED, of=row, fields=changed)
    return changed
