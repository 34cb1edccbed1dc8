"""What opens a household's pages without an account: its links, whatever page they lead to, and its logins."""

from collections.abc import Iterable

from municipalities.audit.vocabulary import Action
from municipalities.links import actions as links
from municipalities.links.purposes import Purpose, purposes
from welcome.households import logging_in
from welcome.households.models import Household


def close(*, of: Iterable[int], by_id: int | None) -> None:
    """When protection comes, or is lifted: letters lie where somebody lived. That the grade is another one closes
    them too, but only until it is the same again; what is revoked stays so. The log calls it by its reason: those
    entries are in no file, which would else tell who got protection by whose links ended."""
    ids = list(of)
    logging_in.end_all(of=ids, by_id=by_id, as_what=Action.PROTECTED)
    for purpose in purposes():
        links.revoke_each(purpose=purpose, ids=_theirs(purpose, ids), by_id=by_id, as_what=Action.PROTECTED)


def _theirs(purpose: Purpose, ids: list[int]) -> list[int]:
    """What of these households the links of a purpose lead to, also of slices above, which need not be known here."""
    if purpose.model is Household:
        return ids
    found: list[int] = []
    for column in purpose.model._meta.concrete_fields:
        if column.related_model is Household:
            rows = purpose.model._base_manager.filter(**{f"{column.name}__in": ids})
            found += rows.values_list("pk", flat=True)
    return found
