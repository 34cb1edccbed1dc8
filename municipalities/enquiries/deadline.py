"""Working days: Monday to Friday. Public holidays are not known here, so a day named to somebody may be one."""

import datetime


def working_days_after(day: datetime.date, days: int) -> datetime.date:
    """The `days`-th working day after `day`."""
    while days:
        day += datetime.timedelta(days=1)
        days -= day.isoweekday() < 6
    return day
