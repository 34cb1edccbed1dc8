"""The pages on which staff pack, hand out and count, and what they never show."""

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory, OrganisationFactory
from tests.factories.welcome import (
    GiftFactory,
    GiftTextFactory,
    HouseholdFactory,
    PackageFactory,
    PackageItemFactory,
    PersonFactory,
)
from tests.welcome.letters.frozen import protect, worker
from welcome.packages import actions, stock, vouchers
from welcome.packages.actions import Wanted
from welcome.packages.composing import GiftLine
from welcome.packages.models import Fulfilment
from welcome.packages.package_models import Package, PackageState, Voucher
from welcome.packages.stock_models import Stock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
PICK_LIST, COUNTER = reverse("admin:welcome_package_pick_list"), reverse("admin:welcome_package_counter")


@pytest.fixture
def place(client):
    place = MunicipalityFactory(name="Ål")
    user = worker(place, Role.SERVICE_OFFICE)
    user.language = "en"
    user.save()
    client.force_login(user)
    return place


@pytest.fixture
def gift(place):
    gift = GiftFactory(municipality=place, fulfilment=Fulfilment.STOCK, shelf="B2")
    stock.receive(gift=gift, count=10, reason="", by=None)
    return GiftTextFactory(gift=gift, title="Badebillett").gift


def package(gift, family, number="1", street="Sundrevegen", **more):
    home = HouseholdFactory(
        municipality=gift.municipality, street=street, house_number=number, house_letter="", **more
    )
    PersonFactory(household=home, given_name="Oksana", family_name=family)
    return PackageItemFactory(package=PackageFactory(household=home), gift=gift).package


def text(answer):
    return answer.content.decode()


def on_paper(answer):
    assert answer["Content-Type"] == "application/pdf"
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content))


def test_the_pick_list_goes_along_the_road_and_leaves_out_who_is_protected(client, gift):
    rows = {
        name: package(gift, name, number) for name, number in {"Ti": "10", "Ni": "9", "Hemmelig": "1"}.items()
    }
    protect(rows["Hemmelig"].household)
    for page in (
        text(client.get(PICK_LIST)),
        on_paper(client.get(reverse("admin:welcome_package_pick_list_pdf"))),
    ):
        assert page.index("Oksana Ni") < page.index("Oksana Ti")
        assert "Hemmelig" not in page
        assert rows["Hemmelig"].code not in page
    by_shelf = text(client.get(f"{PICK_LIST}?by=shelf"))
    assert "B2" in by_shelf
    assert rows["Hemmelig"].code not in by_shelf
    assert client.get(reverse("admin:welcome_package_change", args=[rows["Hemmelig"].pk])).status_code == 404
    assert "Hemmelig" not in text(client.get(f"{COUNTER}?q=Hemmelig")).replace('value="Hemmelig"', "")
    assert "Hemmelig" not in text(client.get(reverse("admin:welcome_package_changelist")))


def test_the_ticked_ones_are_packed_and_what_is_short_is_told(client, gift):
    rows = [package(gift, name) for name in ("A", "B", "C", "D", "E", "F")]  # Two each of ten.
    answer = client.post(PICK_LIST, {"package": [row.pk for row in rows]}, follow=True)
    assert "5 packages are packed." in text(answer)
    assert f"{rows[-1].code}: There are only 0 of “Badebillett” in stock." in text(answer)
    assert Package.objects.packed().count() == 5


@pytest.mark.parametrize("typed", ["Oksana Kovalenko", "code", "koval"])
def test_at_the_counter_one_finds_it_and_hands_it_out(client, gift, typed):
    row, other = package(gift, "Kovalenko"), package(gift, "Berg")
    page = text(client.get(COUNTER, {"q": row.code.lower() if typed == "code" else typed}))
    assert row.code in page
    assert other.code not in page
    answer = client.post(COUNTER, {"package": row.pk}, follow=True)
    assert "It is handed out." in text(answer)
    assert "A colleague was first" in text(client.post(COUNTER, {"package": row.pk}, follow=True))
    row.refresh_from_db()
    assert (row.state, row.out_by is not None, Stock.objects.get().balance) == (
        PackageState.HANDED_OUT,
        True,
        8,
    )


def test_a_page_of_a_package_takes_it_through_its_steps(client, gift):
    row = package(gift, "Kovalenko")
    address = reverse("admin:welcome_package_change", args=[row.pk])
    for verb, state in {
        "pack": "packed",
        "post": "posted",
        "take_back": "returned",
        "cancel": "returned",
    }.items():
        client.post(address, {"verb": verb})
        row.refresh_from_db()
        assert row.state == state
    assert "Came back" in text(client.get(address))


def test_stock_is_received_and_counted(client, gift):
    address = reverse("admin:welcome_gift_stock", args=[gift.pk])
    client.post(address, {"verb": "receive", "count": 5, "reason": "Frå strikkeklubben"})
    client.post(address, {"verb": "count", "counted": 14, "why": "Ein var øydelagd"})
    page = text(client.get(address))
    assert "Frå strikkeklubben" in page
    assert "Ein var øydelagd" in page
    assert Stock.objects.get(gift=gift).balance == 14
    assert client.post(address, {"verb": "count", "counted": 1}).status_code == 422
    assert Stock.objects.get(gift=gift).balance == 14


def test_codes_come_from_a_file_and_the_sponsor_gets_a_link(client, place):
    gift = GiftFactory(
        municipality=place,
        sponsor=OrganisationFactory(municipality=place),
        fulfilment=Fulfilment.PARTNER_CODES,
    )
    address = reverse("admin:welcome_gift_stock", args=[gift.pk])
    file = SimpleUploadedFile("kino.csv", b"KINO-0001;10\nKINO\n")
    answer = client.post(address, {"verb": "codes", "codes": "", "file": file})
    assert answer.status_code == 422
    assert "Line 2: “KINO” has not 6 to 40 letters and digits." in text(answer)
    assert not Voucher.objects.exists()
    file = SimpleUploadedFile("kino.csv", b"KINO-0001;10\nKINO-0002\n")
    client.post(address, {"verb": "codes", "codes": "KINO-0003", "file": file})
    assert Voucher.objects.pooled().count() == 3
    assert "/l/redeem/" in text(client.post(address, {"verb": "link"}))
    assert "/l/redeem/" not in text(client.get(address))


def test_vouchers_are_printed_to_be_enclosed(client, place):
    gift = GiftFactory(
        municipality=place, sponsor=OrganisationFactory(municipality=place), fulfilment=Fulfilment.OWN_CODES
    )
    home = HouseholdFactory(municipality=place)
    wanted = [Wanted(home.pk, "nb", [GiftLine(gift.pk, "Kinobillett", 2, "", "")])]
    actions.compose(municipality=place, occasion="2026-3", wanted=wanted, by=None)
    page = on_paper(client.get(reverse("admin:welcome_package_vouchers_pdf")))
    assert all(code in page for code in Voucher.objects.values_list("code", flat=True))


def test_the_lists_cost_as_many_questions_for_twenty_packages_as_for_two(
    client, gift, django_assert_max_num_queries
):
    counted = {}
    for many in (2, 20):
        while Package.objects.count() < many:
            package(gift, "Berg")
        for address in (
            PICK_LIST,
            f"{PICK_LIST}?by=shelf",
            f"{COUNTER}?q=Berg",
            reverse("admin:welcome_package_changelist"),
        ):
            with django_assert_max_num_queries(100) as asked:
                client.get(address)
            assert len(asked) <= counted.setdefault(address, len(asked)), address


def test_the_figures_and_the_statement_tell_what_was_used(client, place, gift):
    club = OrganisationFactory(municipality=place, name="Ål kino")
    film = GiftTextFactory(
        gift=GiftFactory(municipality=place, sponsor=club, fulfilment=Fulfilment.OWN_CODES, value=150),
        title="Kino",
    ).gift
    home = HouseholdFactory(municipality=place)
    lines = [GiftLine(gift.pk, "Badebillett", 2, "", ""), GiftLine(film.pk, "Kinobillett", 3, "", "")]
    gift.value = 40
    gift.save()
    actions.compose(municipality=place, occasion="2026-3", wanted=[Wanted(home.pk, "nb", lines)], by=None)
    actions.hand_out(package=home.packages.get(), by=None)
    code = Voucher.objects.first()
    vouchers.redeem(partner=club, typed=code.code, stamp="x" * 20)
    film.value = 999  # What it costs later changes nothing.
    film.save()
    home.people.all().delete()
    home.delete()
    page = text(client.get(reverse("admin:welcome_gift_figures")))
    assert "Ål kino" in page
    assert ">230<" in page  # 2 × 40 + 150.
    paper = on_paper(client.get(reverse("admin:municipalities_organisation_statement", args=[club.pk])))
    assert "Kino 3 3 1 150" in " ".join(paper.split())
    assert "Badebillett" not in paper
