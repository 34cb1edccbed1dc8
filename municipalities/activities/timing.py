"""When an activity happens. Written anew whenever it is saved; in one statement for all of its times."""

import datetime

from django.utils import timezone

from municipalities.activities import rules
from municipalities.activities.models import Activity, Occurrence


def times(activity: Activity) -> list[tuple[datetime.datetime, datetime.datetime]]:
    """Beginning and end of each time, in order. Lengths are those of the wall's clock, over a change of it too."""
    first = activity.local_start
    last = timezone.localtime(activity.ends_at).replace(tzinfo=None)
    begins = set(rules.days(first, activity.rule, but_not=activity.cancelled_days))
    missed = set(activity.cancelled_days)
    for text in activity.more_times:
        further = datetime.datetime.fromisoformat(text)
        if further.date() not in missed:
            begins.add(further)
    if activity.all_day:
        first, last = _midnight(first), datetime.datetime.combine(last, datetime.time(23, 59))
        begins = {_midnight(each) for each in begins}
    found: dict[datetime.datetime, datetime.datetime] = {}
    for each in sorted(begins):
        begin = _aware(each)
        # In the night when the clock is put forward an hour is missing: what ends in it ends as it begins.
        found[begin] = max(begin, _aware(each + (last - first)))
    return list(found.items())


def _midnight(moment: datetime.datetime) -> datetime.datetime:
    return datetime.datetime.combine(moment, datetime.time())


def _aware(moment: datetime.datetime) -> datetime.datetime:
    return timezone.make_aware(moment)


def reckon(activity: Activity) -> list[Occurrence]:
    """Sets `last_at`; the rows are not written yet."""
    found = times(activity)
    # With every day cancelled there is no time at all, and it is over when the first would have been.
    activity.last_at = max([activity.ends_at, *(end for _begin, end in found)]) if found else activity.ends_at
    return [
        Occurrence(municipality_id=activity.municipality_id, activity=activity, starts_at=begin, ends_at=end)
        for begin, end in found
    ]


def write(activity: Activity, rows: list[Occurrence]) -> None:
    Occurrence.objects.filter(activity=activity).delete()
    for row in rows:
        row.activity = activity
    Occurrence.objects.bulk_create(rows)
