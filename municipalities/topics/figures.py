import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from municipalities.texts.models import TextState
from municipalities.topics.models import Topic


@dataclass(frozen=True)
class Freshness:
    """Texts by state, over all offered languages. `due_since` is the day the oldest became due."""

    due: int
    behind: int
    missing: int
    wanted: int  # Somebody has said what is wrong.
    due_since: datetime.date | None
    ownerless: int  # Topics, not texts.


def freshness(topics: Iterable[Topic], today: datetime.date | None = None) -> Freshness:
    """Of published topics; `topics` should come `with_states()`."""
    today = today or timezone.localdate()
    counts = dict.fromkeys(TextState, 0)
    due_days: list[datetime.date] = []
    wanted = ownerless = 0
    for topic in topics:
        text_set = topic.text_set
        ownerless += topic.owner_id is None
        wanted += sum(bool(text.change_wanted) for text in topic.texts.all())
        for code in topic.municipality.languages:
            state = text_set.state(code, today)
            counts[state] += 1
            text = text_set.in_language(code)
            if text is not None and state == TextState.DUE:
                due_days.append(text_set.due_on(text))
    return Freshness(
        due=counts[TextState.DUE],
        behind=counts[TextState.BEHIND],
        missing=counts[TextState.MISSING],
        wanted=wanted,
        due_since=min(due_days, default=None),
        ownerless=ownerless,
    )
