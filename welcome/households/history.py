"""What was done with a household, in the staff site's own log: sentences without names or addresses."""

from collections.abc import Iterable

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_noop

from welcome.households.models import Household

CHANGED_BY_IMPORT = gettext_noop("Changed by an import.")
CHECKED = gettext_noop("Checked.")
NOT_CHECKED = gettext_noop("The check was undone.")
PROTECTED = gettext_noop("The address is protected now; what was held of it was deleted.")
NOT_PROTECTED = gettext_noop("The protection of the address was lifted.")
MOVED_ON = gettext_noop("Has moved on.")
MERGED = gettext_noop("Merged with another household.")


def note(household_ids: Iterable[int | None], message: str, *, by_id: int | None) -> None:
    """One entry a household. Without a user there is no entry: the log is about what people did."""
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
        for pk in sorted(filter(None, household_ids))
    )


def entries_of(household: Household) -> models.QuerySet[LogEntry]:
    kind = ContentType.objects.get_for_model(Household)
    return LogEntry.objects.filter(content_type=kind, object_id=str(household.pk)).select_related("user")
