"""A municipality at work on its letters: who works there, and a quarter's run frozen and waiting."""

import datetime
import time

from django.core.files.storage import default_storage

from tests.factories.municipalities import (
    MembershipFactory,
    MunicipalityFactory,
    MunicipalityTextFactory,
    TopicFactory,
    TopicTextFactory,
)
from tests.factories.welcome import HouseholdFactory, PersonFactory
from welcome.households.models import AddressKind, Household, HouseholdState, Protection
from welcome.households.quarters import Quarter
from welcome.letters import printing, proving, runs
from welcome.letters.proof_models import ProofProblem

QUARTER = Quarter(2026, 3)
NO_ADDRESS = {
    "address_kind": AddressKind.UNKNOWN,
    **dict.fromkeys(["street", "house_number", "house_letter", "postal_code", "postal_place"], ""),
}


def make_municipality(**more):
    municipality = MunicipalityFactory(**more)
    MunicipalityTextFactory(municipality=municipality)
    MunicipalityTextFactory(municipality=municipality, language="en", body="<p>How good that you came.</p>")
    TopicTextFactory(topic=TopicFactory(municipality=municipality))
    return municipality


def arrive(municipality, given="Åse Marie", family="Østerhus", **more):
    household = HouseholdFactory(municipality=municipality, moved_in=datetime.date(2026, 8, 15), **more)
    PersonFactory(household=household, given_name=given, family_name=family)
    return household


def make_frozen(municipality=None, *, by=None, letters=3):
    """As many letters, and of those left out two protected, one without address and one who moved on."""
    municipality = municipality or make_municipality()
    for number in range(letters):
        language = ("nb", "en", "uk")[number % 3]
        arrive(municipality, family=f"Østerhus{number}", house_number=str(number + 1), language=language)
    for _ in range(2):
        arrive(municipality, "Hemmelig", "Navn", protection=Protection.STRICT, **NO_ADDRESS)
    arrive(municipality, "Utan", "Adresse", **NO_ADDRESS)
    arrive(municipality, "Reist", "Vidare", state=HouseholdState.LEFT, left_on=datetime.date(2026, 9, 20))
    run = runs.ensure(municipality=municipality, quarter=QUARTER, by=by)
    return runs.freeze(run=run, by=by)


def prove(run):
    """The proof a worker would have made by now, or makes."""
    until = time.monotonic() + 60
    while (proof := run.proofs.open().first()) is not None:
        if not proving.prove(proof.pk):
            assert time.monotonic() < until, proof.error
            time.sleep(0.05)
    return run


def found_in(run):
    """code → a problem that the proof has found."""
    return {problem.code: problem for problem in ProofProblem.objects.filter(proof__run=prove(run))}


def stored(run):
    """The names of the run's print files in storage; the proof's samples lie beside them."""
    try:
        names = default_storage.listdir(f"letters/{run.pk}")[1]
    except FileNotFoundError:
        return []
    return [name for name in names if not name.startswith("proof-")]


def approve(run, *, by=None):
    return runs.approve(run=prove(run), by=by)


def make_printed(run, *, by=None):
    approve(run, by=by)
    for file in run.files.all():
        printing.render(file.pk)
        runs.settle_file(file.pk)
    run.refresh_from_db()
    return run


def worker(municipality, role):
    return MembershipFactory(municipality=municipality, role=role).user


def protect(household):
    Household.objects.filter(pk=household.pk).update(
        protection=Protection.STRICT,
        address_kind=AddressKind.UNKNOWN,
        address_key="",
        **dict.fromkeys(["street", "house_number", "house_letter", "postal_code", "postal_place"], ""),
    )
