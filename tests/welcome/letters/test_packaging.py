"""From the letters of a run to packages: composed when it is approved, as it tells of them, and taken back with it."""

import pytest

from tests.factories.welcome import GiftFactory, GiftTextFactory
from tests.welcome.letters.frozen import approve, make_frozen, make_municipality, prove
from welcome.letters import packaging, runs, since, withdrawal
from welcome.letters.models import LeftOutReason, RunState
from welcome.packages import actions, stock
from welcome.packages.models import Fulfilment
from welcome.packages.package_models import Package, PackageState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def gift():
    gift = GiftFactory(municipality=make_municipality(), fulfilment=Fulfilment.STOCK, value=90)
    return GiftTextFactory(gift=gift, title="Badebillett").gift


def states():
    return sorted(Package.objects.values_list("state", flat=True))


def test_each_letter_has_its_package_once_it_is_approved(gift):
    run = make_frozen(gift.municipality, letters=3)
    stock.receive(gift=gift, count=10, reason="", by=None)
    assert not Package.objects.exists()
    approve(run)
    assert states() == [PackageState.WAITING] * 3
    assert packaging.compose(run, by=None) == 0
    item = Package.objects.get(household=run.letters.get(number=1).household).items.get()
    assert (item.title, item.count, item.value) == ("Badebillett", 1, 90)


def test_it_goes_with_the_letter_and_with_the_run(gift):
    run = make_frozen(gift.municipality, letters=3)
    stock.receive(gift=gift, count=10, reason="", by=None)
    approve(run)
    first, second, _third = (letter for letter in run.letters.order_by("number"))
    actions.hand_out(package=second.household.packages.get(), by=None)
    withdrawal.withdraw(letter=first, reason=LeftOutReason.ASKED_NOT_TO, by=None)
    assert states() == [PackageState.CANCELLED, PackageState.HANDED_OUT, PackageState.WAITING]
    runs.cancel(run=run, by=None)
    assert states() == [PackageState.CANCELLED, PackageState.CANCELLED, PackageState.HANDED_OUT]


def test_a_run_tried_again_composes_anew(gift):
    run = make_frozen(gift.municipality, letters=2)
    stock.receive(gift=gift, count=10, reason="", by=None)
    approve(run)
    runs.cancel(run=run, by=None)
    run = runs.freeze(run=runs.reopen(run=run, by=None), by=None)
    approve(run)
    assert states() == [PackageState.CANCELLED] * 2 + [PackageState.WAITING] * 2


def test_low_stock_warns_before_the_approval_and_does_not_forbid_it(gift):
    run = make_frozen(gift.municipality, letters=3)
    stock.receive(gift=gift, count=2, reason="", by=None)
    assert since.of(prove(run)).sentences == ["“Badebillett”: 3 are needed, and 2 are in stock."]
    approve(run)
    run.refresh_from_db()
    assert run.state == RunState.APPROVED
    assert since.of(run).sentences == []
