"""The sponsor's counter, and the vouchers on the household's own page."""

import re

import pytest
from django.urls import reverse

from municipalities.links import actions as links
from municipalities.tenancy.logs import without_tokens
from tests.factories.municipalities import OrganisationFactory
from tests.factories.welcome import GiftFactory, GiftTextFactory, VoucherFactory
from tests.municipalities.links.made import path_of
from tests.welcome.letters.frozen import make_frozen, make_municipality, make_printed, protect
from welcome.households.links import NEWCOMER
from welcome.letters import runs
from welcome.packages import actions, vouchers
from welcome.packages.links import REDEEM
from welcome.packages.models import Fulfilment, GiftRule
from welcome.packages.package_models import VoucherState
from welcome.portal import redeem

pytestmark = pytest.mark.django_db


@pytest.fixture
def voucher():
    return VoucherFactory(code="ABCD-EFGH-2345")


@pytest.fixture
def at_the_counter(client, voucher):
    """The page that the sponsor's link leads to."""
    link = links.issue(purpose=REDEEM, of=voucher.gift.sponsor, by=None)
    answer = client.get(path_of(link))
    return answer["Location"].replace("/nn/", "/en/").replace("/nb/", "/en/")


def stamp_of(answer):
    return re.search(r'name="stamp" value="([^"]+)"', answer.content.decode())[1]


def same(page):
    return re.sub(r'nonce="[^"]+"', "", page)


def test_a_double_tap_is_one_and_another_form_is_told(client, voucher, at_the_counter):
    page = client.get(at_the_counter)
    sent = {"code": "abcd efgh 2345", "stamp": stamp_of(page)}
    for _tap in range(2):
        assert client.post(at_the_counter, sent)["Location"].endswith("?done=redeemed")
    voucher.refresh_from_db()
    assert voucher.state == VoucherState.REDEEMED
    again = client.post(at_the_counter, {"code": voucher.code, "stamp": stamp_of(client.get(at_the_counter))})
    assert again.status_code == 422
    assert "This code was used on" in again.content.decode()
    assert 'value="ABCD-EFGH-2345"' in again.content.decode()  # What was typed stays.


def test_what_was_just_redeemed_can_be_taken_back_there(client, voucher, at_the_counter):
    vouchers.redeem(partner=voucher.gift.sponsor, typed=voucher.code, stamp="s" * 20)
    assert "ABCD-EFGH-2345" in client.get(at_the_counter).content.decode()
    undo = at_the_counter + "undo/"
    assert client.get(undo).status_code == 405
    assert client.post(undo, {"voucher": voucher.pk})["Location"].endswith("?done=undone")
    assert client.post(undo, {"voucher": voucher.pk})["Location"].endswith("?done=late")
    voucher.refresh_from_db()
    assert voucher.state == VoucherState.UNUSED


def test_the_camera_leads_to_the_form_at_the_counter_only_and_redeems_nothing(
    client, voucher, at_the_counter
):
    scanned = reverse("portal:voucher", args=[voucher.key])
    page = client.get(scanned, follow=True)
    assert f'value="{voucher.key}"' in page.content.decode()
    voucher.refresh_from_db()
    assert voucher.state == VoucherState.UNUSED
    client.cookies.clear()
    shown = [
        client.get(reverse("portal:voucher", args=[key])).content.decode()
        for key in (voucher.key, "NOSUCHCODE")
    ]
    assert same(shown[0].replace(voucher.key, "NOSUCHCODE")) == same(shown[1])
    assert voucher.key not in without_tokens(f"GET {scanned} 200")
    assert voucher.key not in without_tokens(f"GET {at_the_counter}{voucher.key}/ 200")


def test_who_guesses_is_stopped(client, voucher, at_the_counter, settings, monkeypatch):
    settings.RATE_LIMIT_FACTOR = 1
    monkeypatch.setattr(redeem, "TRIES", (3, 600))
    sent = {"stamp": stamp_of(client.get(at_the_counter))}
    answers = [
        client.post(at_the_counter, sent | {"code": f"WRONG-{number}"}).status_code for number in range(4)
    ]
    assert answers == [422, 422, 422, 429]
    assert client.post(at_the_counter, sent | {"code": voucher.code}).status_code == 429


def test_a_link_that_was_called_back_redeems_nothing(client, voucher, at_the_counter):
    stamp = stamp_of(client.get(at_the_counter))
    links.revoke_all(of=voucher.gift.sponsor, by=None)
    assert client.post(at_the_counter, {"code": voucher.code, "stamp": stamp}).status_code == 410


def test_a_household_sees_its_package_and_its_vouchers_on_its_own_page(client):
    sponsor = OrganisationFactory(name="Ål kino", municipality=make_municipality())
    gift = GiftFactory(
        municipality=sponsor.municipality, sponsor=sponsor, giver="", fulfilment=Fulfilment.OWN_CODES,
        rule=GiftRule.ADULT,
    )  # fmt: skip
    GiftTextFactory(gift=gift, language="en", title="Cinema ticket", brief="Until Easter.")
    run = make_printed(make_frozen(sponsor.municipality, letters=2))
    home = run.letters.get(language="en").household

    def own_page():
        return client.get(
            path_of(links.issue(purpose=NEWCOMER, of=home, by=None)), follow=True
        ).content.decode()

    package = home.packages.get()
    [voucher] = package.items.get().vouchers.all()
    assert voucher.code not in own_page(), "no letter tells of it yet"
    runs.finish(run=run, by=None)
    page = own_page()
    assert "We are packing it." in page
    assert "<strong>Cinema ticket</strong>, Ål kino<br>Until Easter." in page
    assert all(code in page for code in (package.code, voucher.code))
    assert page.count('class="my__square"') == 2
    actions.hand_out(package=package, by=None)
    vouchers.redeem(partner=sponsor, typed=voucher.code, stamp="s" * 20)
    page = own_page()
    assert "You got it" in page
    assert 'class="my__square"' not in page
    protect(home)
    assert voucher.code not in own_page()
