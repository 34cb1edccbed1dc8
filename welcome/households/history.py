"""What was done with a household, in the staff site's own log and in the log of looks and changes:
sentences and names of fields, without names or addresses of people."""

from collections import defaultdict
from collections.abc import Mapping

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_noop

from municipalities.audit import recording
from municipalities.audit.models import Action
from welcome.households.models import Household

CHANGED_BY_IMPORT = gettext_noop("Changed by an import.")
CHECKED = gettext_noop("Checked.")
NOT_CHECKED = gettext_noop("The check was undone.")
PROTECTED = gettext_noop("The address is protected now; what was held of it was deleted.")
NOT_PROTECTED = gettext_noop("The protection of the address was lifted.")
MOVED_ON = gettext_noop("Has moved on.")
MERGED = gettext_noop("Merged with another household.")
ORDERED = gettext_noop("An order was settled.")
HOST_GIVEN = gettext_noop("A host was found.")
HOST_AGREED = gettext_noop("Host and household have agreed.")
HOST_ANSWERED = gettext_noop("One of household and host has said yes.")
HOST_PAUSED = gettext_noop("Household and host have paused.")
HOST_ENDED = gettext_noop("They have their host no longer.")

# What the log of looks and changes says of each: the action, and the fields that it touched.
_TOLD: dict[str, tuple[Action, tuple[str, ...]]] = {
    CHANGED_BY_IMPORT: (Action.IMPORTED, ()),
    CHECKED: (Action.CHANGED, ("checked_at",)),
    NOT_CHECKED: (Action.CHANGED, ("checked_at",)),
    PROTECTED: (Action.PROTECTED, ("protection",)),
    NOT_PROTECTED: (Action.PROTECTED, ("protection",)),
    MOVED_ON: (Action.CHANGED, ("left_on", "left_to", "left_why", "state")),
    MERGED: (Action.MERGED, ()),
    ORDERED: (Action.CHANGED, ("orders",)),
    HOST_GIVEN: (Action.CHANGED, ("host_assignments",)),
    HOST_AGREED: (Action.CHANGED, ("host_assignments",)),
    HOST_ANSWERED: (Action.CHANGED, ("host_assignments",)),
    HOST_PAUSED: (Action.CHANGED, ("host_assignments",)),
    HOST_ENDED: (Action.CHANGED, ("host_assignments",)),
}


def note(households: Mapping[int, int], message: str, *, by_id: int | None) -> None:
    """One entry a household in each log; `households` gives the municipality of each by its number. The
    staff site's own is about what people did, so it has none without a user."""
    action, fields = _TOLD[message]
    places: defaultdict[int, list[int]] = defaultdict(list)
    for pk in sorted(households):
        places[households[pk]].append(pk)
    for place, ids in places.items():
        recording.record_each(
            action=action, model=Household, ids=ids, municipality_id=place, fields=fields, by_id=by_id
        )
    if by_id is None:
        return
    kind = ContentType.objects.get_for_model(Household)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=by_id,
            content_type=kind,
            object_id=str(pk),
            object_repr=f"{Household._meta.verbose_name} {pk}",
            action_flag=CHANGE,
            change_message=message,
        )
        for pk in sorted(households)
    )


def entries_of(household: Household) -> models.QuerySet[LogEntry]:
    kind = ContentType.objects.get_for_model(Household)
    return LogEntry.objects.filter(content_type=kind, object_id=str(household.pk)).select_related("user")
