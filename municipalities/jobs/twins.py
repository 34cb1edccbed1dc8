"""An employer's own entry and NAV's of the same vacancy are shown once: the employer's."""

from django.db import transaction

from municipalities.jobs.models import Source, Vacancy
from municipalities.moderation.models import OUT, State
from municipalities.moderation.moving import move


def own_of(vacancy: Vacancy) -> Vacancy | None:
    """The entry that staff or the employer have made of what the feed brings; None where there is none."""
    rows = Vacancy.objects.filter(feed_uuid=None, state__in=[State.WAITING, *OUT]).exclude(source=Source.NAV)
    return rows.alike(vacancy).order_by("pk").first()


def give_way(*, own: Vacancy) -> int:
    """What the feed has brought of the same steps back. How many did."""
    given = 0
    with transaction.atomic():
        for row in Vacancy.objects.filter(source=Source.NAV, state__in=OUT).alike(own):
            number, changed = row.feed_uuid, row.feed_changed_at
            given += move(row, OUT, State.GONE, None)
            if own.feed_uuid is None:
                # From now on it stands for the number, so that the next change brings it not once more.
                Vacancy.objects.filter(pk=row.pk).delete()
                Vacancy.objects.filter(pk=own.pk).update(feed_uuid=number, feed_changed_at=changed)
                own.feed_uuid = number
    return given
