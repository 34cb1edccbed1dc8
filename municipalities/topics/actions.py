from collections.abc import Iterable

from django.db import transaction

from municipalities.municipality.models import Municipality
from municipalities.texts import actions as texts
from municipalities.texts.models import TextState
from municipalities.topics.catalogue import STANDARD
from municipalities.topics.models import Topic


def add_standard(*, municipality: Municipality) -> int:
    """Give `municipality` the topics of the standard catalogue that it lacks; returns how many."""
    there = set(Topic.objects.of(municipality).values_list("slug", flat=True))
    lacking = [
        Topic(municipality=municipality, slug=entry.slug, door=entry.door, order=10 * place)
        for place, entry in enumerate(STANDARD, start=1)
        if entry.slug not in there
    ]
    # Somebody may press the button twice at once: the one who comes second adds nothing.
    Topic.objects.bulk_create(lacking, ignore_conflicts=True)
    return len(lacking)


@transaction.atomic
def still_right(*, topics: Iterable[Topic]) -> tuple[int, int]:
    """Confirm every text of `topics` but those behind their source, which somebody must read beside it.

    Returns how many were confirmed and how many were left behind. One that somebody changes at the same
    moment is neither: nobody here has read it.
    """
    confirmed = behind = 0
    for topic in topics:
        text_set = topic.text_set
        for text in topic.texts.all():
            match text_set.state(text.language):
                case TextState.BEHIND:
                    behind += 1
                case TextState.CURRENT | TextState.DUE:
                    confirmed += texts.confirm(text=text, source=text_set.source_of(text))
    return confirmed, behind
