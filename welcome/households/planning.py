"""Who plans to move here is held on a consent that ends: until when, prolonged, and given up."""

import datetime

from django.db import transaction
from django.utils import timezone

from municipalities.municipality.models import Municipality
from municipalities.municipality.retention import months_before
from municipalities.tenancy.models import User
from welcome.households import consents
from welcome.households.consents import Consent, ConsentPurpose, ConsentText
from welcome.households.models import Household, HouseholdState


def planned_until(municipality: Municipality, day: datetime.date) -> datetime.date:
    """Until when who agrees on `day` to be held while planning is held: the municipality decides."""
    return months_before(day, -municipality.retention_planning_months)


def prolong(
    *, household: Household, text: ConsentText, by: User | None, given_at: datetime.datetime | None = None
) -> bool:
    """Who plans to move here lets themselves be held on, by these words, agreed to now or at `given_at`: the consent
    there was ends with this. False, and nothing is changed, for a household that plans no more or may only be kept,
    and where they are held as long already."""
    with transaction.atomic():
        rows = Household.objects.select_for_update(of=("self",)).select_related("municipality")
        home = rows.not_held().filter(pk=household.pk, state=HouseholdState.PLANNING).first()
        if home is None:
            return False
        now = timezone.now()
        until = planned_until(home.municipality, timezone.localdate(given_at or now))
        if home.consent_until is not None and home.consent_until >= until:
            return False
        Consent.objects.filter(household=home, purpose=ConsentPurpose.PLANNING, withdrawn_at=None).update(
            withdrawn_at=now
        )
        consents.bring(household=home, text=text, given_at=given_at or now, by=by)
        home.consent_until = until
        home.save(update_fields=["consent_until"])
    household.refresh_from_db()
    return True


def let_run_out(*, household: Household, by: User | None) -> None:
    """Of somebody who plans to move here and has agreed to nothing that is kept: gone the next night too."""
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    with transaction.atomic():
        mine = Household.objects.not_held().filter(pk=household.pk, state=HouseholdState.PLANNING)
        if mine.update(consent_until=yesterday):
            consents.tell(household, "withdrawn", ConsentPurpose.PLANNING.value, by)
