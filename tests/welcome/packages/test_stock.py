"""The ledger: what lies on the shelf is the sum of what came and went, and never less than nothing."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from municipalities.municipality import scope
from tests.factories.welcome import (
    GiftFactory,
    GiftTextFactory,
    HouseholdFactory,
    PackageFactory,
    PackageItemFactory,
)
from welcome.households import actions as households
from welcome.households.models import Protection
from welcome.packages import actions, stock
from welcome.packages.models import Fulfilment
from welcome.packages.package_models import Package, PackageState
from welcome.packages.stock_models import MovementKind, Stock, StockMovement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def shelf(count=10, **more):
    gift = GiftTextFactory(gift=GiftFactory(fulfilment=Fulfilment.STOCK, **more), title="Votter").gift
    if count:
        stock.receive(gift=gift, count=count, reason="From the knitters", by=None)
    return gift


def package_of(gift, count=2, **more):
    home = HouseholdFactory(municipality=gift.municipality, **more)
    return PackageItemFactory(package=PackageFactory(household=home), gift=gift, count=count).package


def balance(gift):
    kept = Stock.objects.get(gift=gift).balance
    assert kept == (StockMovement.objects.filter(gift=gift).aggregate(n=Sum("change"))["n"] or 0)
    return kept


def test_what_is_packed_leaves_the_shelf_and_what_comes_back_returns_to_it():
    gift = shelf(10)
    package = package_of(gift, 3)
    assert actions.pack(package=package, by=None)
    assert balance(gift) == 7
    assert not actions.pack(package=package, by=None)
    assert actions.hand_out(package=package, by=None)
    assert balance(gift) == 7
    assert actions.take_back(package=package, by=None)
    assert balance(gift) == 10
    assert not actions.take_back(package=package, by=None)
    package.refresh_from_db()
    assert (package.state, package.ended_at is not None) == (PackageState.RETURNED, True)


def test_nothing_is_taken_where_one_of_the_gifts_is_short():
    plenty, short = shelf(10), None
    short = GiftTextFactory(
        gift=GiftFactory(municipality=plenty.municipality, fulfilment=Fulfilment.STOCK), title="Kart"
    ).gift
    stock.receive(gift=short, count=1, reason="", by=None)
    package = package_of(plenty, 2)
    PackageItemFactory(package=package, gift=short, count=2)
    with pytest.raises(ValidationError, match="only 1 of “Kart”"):
        actions.hand_out(package=package, by=None)
    package.refresh_from_db()
    assert (balance(plenty), balance(short), package.state) == (10, 1, PackageState.WAITING)


def test_a_correction_says_why_and_is_a_movement():
    gift = shelf(10)
    with pytest.raises(ValidationError, match="Say why"):
        stock.correct(gift=gift, counted=8, reason=" ", by=None)
    assert stock.correct(gift=gift, counted=8, reason="Two were torn", by=None) == -2
    assert stock.correct(gift=gift, counted=8, reason="Counted again", by=None) == 0
    assert balance(gift) == 8
    assert list(StockMovement.objects.filter(gift=gift).values_list("kind", "change")) == [
        (MovementKind.CORRECTED, -2), (MovementKind.RECEIVED, 10),
    ]  # fmt: skip


def test_the_database_refuses_less_than_nothing_and_a_movement_that_is_changed():
    gift = shelf(3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.filter(gift=gift).update(balance=-1)
    with pytest.raises(Exception, match=r"may only be added|permission denied"), transaction.atomic():
        StockMovement.objects.filter(gift=gift).update(change=30)


def test_a_package_of_who_is_protected_goes_back_to_the_shelf_and_is_found_by_nobody():
    gift = shelf(10)
    package = package_of(gift, 4)
    actions.pack(package=package, by=None)
    households.protect(household=package.household, grade=Protection.STRICT, by=None)
    package.refresh_from_db()
    assert (balance(gift), package.state) == (10, PackageState.CANCELLED)
    assert not Package.objects.open_to_all().exists()
    assert not actions.hand_out(package=package, by=None)


def test_too_little_is_told_with_what_waits_to_be_packed_and_what_must_be_left():
    gift = shelf(10, warn_below=2)
    package_of(gift, 3)
    assert stock.lacking(gift.municipality, {gift.pk: 5}) == []
    [lack] = stock.lacking(gift.municipality, {gift.pk: 6})
    assert lack.sentence == "“Votter”: 9 are needed, and 10 are in stock."


def test_what_lies_packed_for_three_weeks_was_not_collected():
    package = package_of(shelf(10))
    actions.pack(package=package, by=None)
    now = timezone.now()
    assert not Package.objects.uncollected(now + datetime.timedelta(days=20)).exists()
    assert Package.objects.uncollected(now + datetime.timedelta(days=22)).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql", why="SQLite lets one write at a time")
def test_two_who_pack_the_last_ones_at_once_get_them_once():
    gift = shelf(3)
    packages = [package_of(gift, 2) for _ in range(4)]
    start, told = threading.Barrier(4), []

    def at_the_counter(package):
        try:
            with scope.of(package.municipality_id):
                start.wait()
                told.append(actions.pack(package=package, by=None))
        except ValidationError:
            told.append("short")
        finally:
            connection.close()

    threads = [threading.Thread(target=at_the_counter, args=[package]) for package in packages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == ["True", "short", "short", "short"]
    assert balance(gift) == 1
