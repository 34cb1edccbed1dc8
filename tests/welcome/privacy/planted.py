"""A household whose values came in through every door there is, and what they are."""

from dataclasses import dataclass, field

from django.test import TestCase
from django.urls import reverse

from tests.factories.municipalities import LinkFactory, MembershipFactory
from tests.factories.welcome import HouseholdFactory, MemberFactory, OrderFactory, PersonFactory
from tests.welcome.households.files import csv, read, row, save
from tests.welcome.letters.frozen import QUARTER, arrive, make_municipality, make_printed
from welcome.households import actions, consents
from welcome.households.models import Household, Person
from welcome.letters import runs
from welcome.orders import settling
from welcome.privacy import requests

GIVEN, FAMILY, PARTNER = "Zvenyslava", "Hryhorenkova", "Bohdanko"
OF_PERSON = {
    "given name": GIVEN,
    "birth date": "1987-03-19",
    "phone": "+4741234598",
    "e-mail": "zvenyslava@plantet.example",
}
OF_HOUSEHOLD = {
    "family name": FAMILY,
    "partner": PARTNER,
    "partner's phone": "+4798765412",
    "partner's e-mail": "bohdanko@plantet.example",
    "street": "Kvernhusstigen",
    "house number": "9417",
    "unit": "H0407",
    "post code": "9738",
    "post place": "Plantevika",
    "moved from": "Tsjornomorsk",
    "needs": "rullestolrampe ved inngangen",
    "interests": "munnharpe og kveding",
    "wish for contact": "helst etter klokka sytten",
    "moved to": "Nordlandsplanten",
    "why they left": "savnet havet sårt",
    "needs of the merged household": "tolk ved første samtale",
}
VALUES = OF_PERSON | OF_HOUSEHOLD


@dataclass
class Planted:
    household: Household
    person: Person
    partner: Person
    browser: object = None
    letters: list = field(default_factory=list)


def _rows(**more):
    at = {"street": "Kvernhusstigen", "number": "9417", "letter": "", "unit": "H0407", "code": "9738",
          "place": "Plantevika", "origin": "Tsjornomorsk", "language": "nb"}  # fmt: skip
    return [
        row(given=GIVEN, family=FAMILY, born="19.03.1987", phone="412 34 598",
            email="zvenyslava@plantet.example", **at, **more),
        row(given=PARTNER, family=FAMILY, born="02.05.1985", phone="987 65 412",
            email="bohdanko@plantet.example", **at, **more),
    ]  # fmt: skip


def plant(client, *, until: str) -> Planted:
    """Import, form, merge, letter run (`until`: frozen, ready, done), a waiting import, its own log."""
    municipality = make_municipality()
    neighbour = arrive(municipality, given="Nabo", family="Nilsen", house_number="3")
    save(read(csv(*_rows()), municipality, name=f"{FAMILY}.csv"))
    home = Household.objects.get(street="Kvernhusstigen")
    client.force_login(MembershipFactory(municipality=municipality, role="administrator").user)
    change(client, home, needs="rullestolrampe ved inngangen", interests="munnharpe og kveding",
           contact_wish=f"helst etter klokka sytten, {GIVEN} svarer")  # fmt: skip
    other = HouseholdFactory(municipality=municipality, needs="tolk ved første samtale")
    PersonFactory(household=other, given_name=GIVEN, family_name=FAMILY, birth_year=1987)
    actions.merge(keep=home, other=other, by=None)
    run = runs.ensure(municipality=municipality, quarter=QUARTER, by=None)
    run = runs.freeze(run=run, by=None)
    if until != "frozen":
        run = make_printed(run)
    if until == "done":
        with TestCase.captureOnCommitCallbacks(execute=True):  # The proof's samples go with it.
            run = runs.finish(run=run, by=None)
    read(csv(*_rows(reason="Jobb")), municipality, name="venter.csv")
    Household.objects.filter(pk=home.pk).update(left_to="Nordlandsplanten", left_why="savnet havet sårt")
    home.refresh_from_db()
    assert neighbour.letters.exists()
    requests.receive(household=home, kind="deletion", wrote=f"{GIVEN} vil slettes, ring 412 34 598")
    consents.give(household=home, purpose="needs", how="page", by=None)
    order(home)
    LinkFactory(municipality=municipality, model="welcome.household", object_id=home.pk)
    person, partner = home.people.order_by("order", "pk")
    return Planted(home, person, partner, client)


def change(client, home, **values):
    """Types into the household's page and saves it."""
    page = reverse("admin:welcome_household_change", args=[home.pk])
    context = client.get(page).context
    data = {}
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if bound.name in form.fields and value not in (None, False):
                data[bound.html_name] = getattr(value, "isoformat", lambda value=value: str(value))()
    response = client.post(page, data | values)
    assert response.status_code == 302, response.context["errors"]


def order(home):
    """They have ordered as well, by the public form: once it is settled, once it waits; and joined the club."""
    partner = {"name": f"{PARTNER} {FAMILY}", "born": 1985}
    about = {"municipality": home.municipality, "given_name": GIVEN, "family_name": FAMILY, "birth_year": 1987,
             "email": "zvenyslava@plantet.example", "others": [partner]}  # fmt: skip
    settled = OrderFactory(moved=True, **about)
    settling.join(order=settled, household=home, take=["phone", "email"], by=None)
    OrderFactory(
        moved=True,
        street="Kvernhusstigen 9417",
        postal_code="9738",
        postal_place="Plantevika",
        needs="rullestolrampe ved inngangen",
        **about,
    )
    MemberFactory(
        municipality=home.municipality, name=f"{GIVEN} {FAMILY}", email="Zvenyslava@plantet.example"
    )
