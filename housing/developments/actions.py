"""What happens to the units of a project."""

import datetime

from django.db import transaction
from django.utils import timezone

from housing.developments.models import Unit, UnitChange
from housing.shown.models import Availability
from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.models import User


def move(*, unit: Unit, state: Availability, since: datetime.date | None = None, by: User | None) -> bool:
    """Note that the unit is `state` since that day, today where none is given. What is noted for a day before
    the newest change is history only. False where that is known already."""
    since = since or timezone.localdate()
    with transaction.atomic():
        found = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
        known = UnitChange.objects.filter(unit=found, since__lte=since).order_by("-since", "-pk").first()
        if known is not None and known.state == state:
            return False
        UnitChange.objects.create(
            municipality_id=found.municipality_id, unit=found, state=state, since=since, noted_by=by
        )
        newest = UnitChange.objects.filter(unit=found).latest("since", "pk")
        Unit.objects.filter(pk=found.pk).update(state=newest.state)
        unit.state = newest.state
        recording.record(
            action=Action.CHANGED, of=found, fields=["state"], note=f"state={state.value}",
            by_id=by.pk if by else None,
        )  # fmt: skip
    return True
