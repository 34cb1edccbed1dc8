"""A household's history, newest first: how it came in, what was done with it, and by whom."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from welcome.households import history
from welcome.households.models import Household


@dataclass(frozen=True)
class Event:
    when: datetime.datetime
    what: str
    who: str = ""


def timeline(household: Household, *, without: Collection[str] = ()) -> list[Event]:
    """One query: the log with its users. `without`: sentences of `history` that are told elsewhere."""
    events = [
        Event(
            household.created_at,
            _("Registered: %(source)s.") % {"source": household.get_source_display().lower()},
        )
    ]
    for entry in history.entries_of(household):
        message = entry.change_message
        if entry.is_addition() or message in without:
            continue  # An addition says what the first event says.
        what = entry.get_change_message() if message.startswith("[") else _(message) if message else ""
        events.append(Event(entry.action_time, what or _("Changed."), str(entry.user)))
    return sorted(events, key=lambda event: event.when, reverse=True)
