"""Vouchers: given out with the package, redeemed at the sponsor's counter, each once."""

import datetime
import threading

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.municipality import scope
from tests.factories.municipalities import OrganisationFactory
from tests.factories.welcome import GiftFactory, HouseholdFactory, VoucherFactory
from welcome.packages import actions, vouchers
from welcome.packages.actions import Wanted
from welcome.packages.composing import GiftLine
from welcome.packages.models import Fulfilment
from welcome.packages.package_models import Package, Voucher, VoucherState
from welcome.packages.vouchers import Refused, redeem, undo, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
STAMP, OTHER = "a" * 22, "b" * 22


def pool(codes="", **more):
    sponsor = OrganisationFactory()
    gift = GiftFactory(
        municipality=sponsor.municipality, sponsor=sponsor, fulfilment=Fulfilment.PARTNER_CODES, **more
    )
    if codes:
        upload(gift=gift, lines=codes.split(), by=None)
    return gift


def give(gift, count=2):
    home = HouseholdFactory(municipality=gift.municipality)
    wanted = [Wanted(home.pk, "nb", [GiftLine(gift.pk, "Kinobillett", count, "", "")])]
    actions.compose(municipality=gift.municipality, occasion="2026-3", wanted=wanted, by=None)
    return home.packages.get().items.get()


def test_our_own_codes_are_long_and_all_different():
    sponsor = OrganisationFactory()
    item = give(
        GiftFactory(municipality=sponsor.municipality, sponsor=sponsor, fulfilment=Fulfilment.OWN_CODES), 3
    )
    keys = set(item.vouchers.values_list("key", flat=True))
    assert len(keys) == 3
    assert {len(key) for key in keys} == {vouchers.OWN_LENGTH}


def test_a_code_is_redeemed_once_however_it_is_typed():
    voucher = VoucherFactory(code="ABCD-EFGH-2345")
    partner = voucher.gift.sponsor
    assert redeem(partner=partner, typed=" abcd efgh2345 ", stamp=STAMP) == voucher
    assert redeem(partner=partner, typed="ABCD-EFGH-2345", stamp=STAMP) == voucher
    with pytest.raises(Refused, match="was used on"):
        redeem(partner=partner, typed="ABCDEFGH2345", stamp=OTHER)


def test_nobody_else_redeems_it_and_what_nobody_was_given_is_no_code():
    voucher = VoucherFactory()
    neighbour = OrganisationFactory(municipality=voucher.municipality)
    with pytest.raises(Refused, match="no code of yours"):
        redeem(partner=neighbour, typed=voucher.code, stamp=STAMP)
    gift = pool("KINO-0001")
    with pytest.raises(Refused, match="no code of yours"):
        redeem(partner=gift.sponsor, typed="KINO-0001", stamp=STAMP)
    with pytest.raises(Refused, match="no code of yours"):
        redeem(partner=gift.sponsor, typed="", stamp=STAMP)


def test_a_mistake_is_taken_back_within_minutes_and_the_same_form_does_not_redeem_it_again():
    voucher = VoucherFactory()
    partner = voucher.gift.sponsor
    redeem(partner=partner, typed=voucher.code, stamp=STAMP)
    assert undo(partner=partner, voucher_id=voucher.pk)
    assert not undo(partner=partner, voucher_id=voucher.pk)
    with pytest.raises(Refused, match="taken back"):
        redeem(partner=partner, typed=voucher.code, stamp=STAMP)
    assert redeem(partner=partner, typed=voucher.code, stamp=OTHER)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        assert not undo(partner=partner, voucher_id=voucher.pk)


def test_the_codes_of_a_package_that_is_cancelled_are_worth_nothing():
    item = give(pool("KINO-0001 KINO-0002"))
    code = item.vouchers.first()
    actions.cancel(package=item.package, by=None)
    with pytest.raises(Refused, match="cancelled"):
        redeem(partner=code.gift.sponsor, typed=code.code, stamp=STAMP)


def test_codes_of_the_sponsor_go_to_who_comes_first_and_to_who_waited():
    gift = pool("KINO-0001 KINO-0002 KINO-0003")
    first, second = give(gift), give(gift)
    assert [item.vouchers.count() for item in (first, second)] == [2, 1]
    assert upload(gift=gift, lines=["KINO-0004;to Ål", "", '\ufeff"KINO-0005"'], by=None) == (2, 1)
    assert set(second.vouchers.values_list("code", flat=True)) == {"KINO-0003", "KINO-0004"}
    assert Voucher.objects.pooled().get().code == "KINO-0005"


def test_bad_lines_are_all_named_and_nothing_is_kept():
    gift = pool("KINO-0001")
    with pytest.raises(ValidationError) as refused:
        upload(gift=gift, lines=["kino 0001", "KINO-0002", "AB", "KINO-0002"], by=None)
    assert refused.value.messages == [
        "Line 1: “kino 0001” is there already.",
        "Line 3: “AB” has not 6 to 40 letters and digits.",
        "Line 4: “KINO-0002” stands in line 2 too.",
    ]
    assert Voucher.objects.count() == 1


def test_five_hundred_packages_cost_as_many_statements_as_ten(django_assert_max_num_queries):
    gift = pool()
    own = GiftFactory(municipality=gift.municipality, sponsor=gift.sponsor, fulfilment=Fulfilment.OWN_CODES)
    homes = [HouseholdFactory(municipality=gift.municipality) for _ in range(40)]
    upload(gift=gift, lines=[f"KINO-{number:04}" for number in range(50)], by=None)
    wanted = [
        Wanted(home.pk, "nb", [GiftLine(gift.pk, "Kino", 1, "", ""), GiftLine(own.pk, "Kart", 2, "", "")])
        for home in homes
    ]
    with django_assert_max_num_queries(16):
        assert (
            actions.compose(municipality=gift.municipality, occasion="2026-3", wanted=wanted, by=None) == 40
        )
    assert actions.compose(municipality=gift.municipality, occasion="2026-3", wanted=wanted, by=None) == 0
    assert (Package.objects.count(), Voucher.objects.issued().count()) == (40, 120)


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql", why="SQLite lets one write at a time")
@pytest.mark.parametrize(
    "stamps", [[STAMP] * 6, [f"{number}" * 22 for number in range(6)]], ids=["taps", "counters"]
)
def test_six_at_the_same_moment_redeem_it_once(stamps):
    """A form that was sent six times is told six times that it is done; of six counters one is."""
    voucher = VoucherFactory()
    partner, start, told = voucher.gift.sponsor, threading.Barrier(6), []

    def at_the_counter(stamp):
        try:
            with scope.of(partner.municipality_id):
                start.wait()
                told.append(bool(redeem(partner=partner, typed=voucher.code, stamp=stamp)))
        except Refused:
            told.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=at_the_counter, args=[stamp]) for stamp in stamps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count(True) == (6 if len(set(stamps)) == 1 else 1)
    voucher.refresh_from_db()
    assert voucher.state == VoucherState.REDEEMED
    entries = AuditEntry.objects.filter(model="welcome.Voucher", object_id=str(voucher.pk))
    assert entries.count() == 1
