"""Loads the demo county: all of it or nothing, and only into a portal that is empty or its own."""

import datetime

from django.db import transaction

from demo import people, rows, staff
from demo.activities import add_activities
from demo.asking import add_asking
from demo.content import add_municipalities, add_texts
from demo.cooperating import add_cooperation
from demo.holdings import add_holdings
from demo.homes import add_homes
from demo.jobs import add_jobs
from demo.learning import add_learning
from demo.ordering import add_orders
from demo.packages import add_packages
from demo.places import places
from demo.receiving import add_receiving
from demo.stories import add_stories
from demo.wishes import add_wishes
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.households.models import Household
from welcome.letters import runs

WAITING = "3328"  # Ål's run is frozen and waits for whoever logs in first.
DRAFTS = ("3324", "3326", "3303")
DATED = datetime.date(2026, 10, 5)


class RealPortal(Exception):
    """Somebody's own municipalities are here; invented people must not be mixed with theirs."""


def load(*, with_people: bool = True) -> tuple[bool, bool]:
    """Whether the municipalities, and whether the people, were loaded now; what is there stays as it
    is. People come only where there are none. Raises RealPortal."""
    with transaction.atomic():
        _refuse_real_portal()
        new_places = not Municipality.objects.exists()
        if new_places:
            municipalities = add_municipalities()
            add_texts(municipalities, staff.add_staff(municipalities))
            add_learning(municipalities)
            add_activities(municipalities)
            add_homes(municipalities)
            add_jobs(municipalities)
        new_password = new_places or not staff.password_file().exists()
        if new_password:
            staff.set_password(staff.password())
        new_people = with_people and not Household.objects.exists()
        if new_people:
            _add_people_and_runs()
    return new_places, new_people


def _refuse_real_portal() -> None:
    ours = {(place.number, f"post@{place.slug}.example") for place in places()}
    strangers = sorted(
        f"{number} {name}"
        for number, name, email in Municipality.objects.values_list("number", "name", "email")
        if (number, email) not in ours
    )
    if strangers:
        raise RealPortal(", ".join(strangers[:5]))


def _add_people_and_runs() -> None:
    municipalities = {municipality.number: municipality for municipality in Municipality.objects.all()}
    rows.add_people(municipalities, people.everybody())
    add_receiving(municipalities)
    add_stories(municipalities)
    add_asking(municipalities)
    if WAITING in municipalities:
        add_orders(municipalities[WAITING])
        add_packages(municipalities[WAITING], User.objects.filter(email=staff.OFFICE).first())
        add_holdings(municipalities[WAITING])
        add_wishes(municipalities[WAITING])
        add_cooperation(municipalities[WAITING])
    office = User.objects.filter(email=staff.OFFICE).first()
    for number in DRAFTS:
        if number in municipalities:
            runs.ensure(municipality=municipalities[number], quarter=people.LAST, by=None)
    if WAITING in municipalities:
        run = runs.ensure(municipality=municipalities[WAITING], quarter=people.LAST, by=office)
        runs.freeze(run=run, by=office, dated=DATED)
