"""The page of the housing strategy: its findings, the lists behind its numbers, its files, and who sees it."""

import csv
import datetime
import html
import io
import re

import pytest
from django.utils import timezone

from housing.holdings.models import Outcome, Stage
from housing.listings.models import Offer, OwnerKind
from housing.shown.models import Availability, HomeKind
from housing.wishes import staff
from housing.wishes.strategy import Cell, Table
from municipalities.moderation.models import State
from municipalities.tenancy.models import Role
from tests.factories.housing import (
    ConditionCheckFactory,
    DevelopmentFactory,
    HoldingFactory,
    ListingFactory,
    PlotFactory,
    UnitChangeFactory,
    UnitFactory,
    WishFactory,
    in_days,
)
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/housing/wish/strategy/"
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


@pytest.fixture
def office(client, al):
    client.force_login(MembershipFactory(municipality=al, role=Role.COORDINATOR).user)
    return client


@pytest.fixture
def filled(al):
    """Something in every table, as it stands on the day the test runs."""
    for more in ({}, {"price": 12_000}, {"kind": HomeKind.HOUSE, "bedrooms": 3, "state": State.RESERVED}):
        ListingFactory(municipality=al, owner_kind=OwnerKind.PRIVATE, **more)
    ListingFactory(
        municipality=al, owner_kind=OwnerKind.PRIVATE, offer=Offer.SALE, kind=HomeKind.FARM, price=1_500_000
    )
    ListingFactory(municipality=al, offer=Offer.SALE, price=1_500_000, expires_on=in_days(-1))
    ConditionCheckFactory(listing=ListingFactory(municipality=al), cost=120_000)
    now = timezone.now()
    ListingFactory(municipality=al, state=State.GONE, published_at=now - 21 * A_DAY, expires_on=in_days(9))
    for more in ({"kind": HomeKind.FLAT}, {"kind": HomeKind.HOUSE}, {"kind": HomeKind.HOUSE}, {}):
        WishFactory(municipality=al, offer=Offer.RENT, **more)
    WishFactory(municipality=al, kind=HomeKind.FARM, price=2_000_000)
    WishFactory(municipality=al, wants_home=False)
    WishFactory(municipality=al, expires_on=in_days(-1))
    for state in (Availability.FREE, Availability.TAKEN):
        PlotFactory(municipality=al, has_road=True, has_water=True, has_power=True, state=state)
    PlotFactory(municipality=al, published=False)
    UnitChangeFactory(unit=UnitFactory(development=DevelopmentFactory(municipality=al)))
    for stage in (Stage.DIALOGUE, Stage.REGISTERED, Stage.REGISTERED):
        HoldingFactory(municipality=al, stage=stage)
    HoldingFactory(municipality=al, stage=Stage.SETTLED, outcome=Outcome.SOLD)
    return al


def tables_of(answer):
    """{name: [(words, link) of each cell, by row]} as the page shows them."""
    found = {}
    for name, inside in re.findall(
        r'aria-labelledby="(\w+)">\s*<table(.*?)</table>', answer.content.decode(), re.S
    ):
        lines = re.findall(r"<tr>(.*?)</tr>", inside, re.S)
        cells = [re.findall(r"<t([hd])[^>]*>(.*?)</t\1>", line, re.S) for line in lines]
        found[name] = [[_cell(inner) for _kind, inner in line] for line in cells]
    return found


def _cell(inner):
    link = re.search(r'href="([^"]+)"', inner)
    words = html.unescape(re.sub(r"<[^>]+>", "", inner)).strip()
    return words, html.unescape(link[1]) if link else ""


def as_number(words):
    return int(re.sub(r"\s", "", words))


def test_the_page_says_what_it_finds(office, filled):
    answer = office.get(PAGE)
    found = tables_of(answer)
    assert list(found) == list(staff.TABLES)
    titles = {table.name: table.title.replace("\xa0", " ") for table in answer.context["tables"]}
    for name, finding in {
        "kinds": r"til leie, enebolig\b.*\b2\b.*\b1\b", "bedrooms": "", "prices": "", "market": r"\b21\b",
        "rents": "9 500", "municipal": r"\b2\b.*\b0\b", "plots": r"\b1 .*\b2\b.*\b1 .*\b1\b", "empties": "1 av 4",
    }.items():  # fmt: skip
        assert re.search(finding, titles[name]), (name, titles[name])
        assert html.escape(titles[name]) in answer.content.decode().replace("\xa0", " ")
    assert [words for words, _link in found["kinds"][-1]][2:] == ["5", "5"]
    assert ("1 000 000–1 999 999", "") in [
        (words.replace("\xa0", " "), link) for line in found["prices"] for words, link in line
    ]


def test_every_number_that_leads_on_leads_to_as_many_rows(office, filled):
    ListingFactory(owner_kind=OwnerKind.PRIVATE)
    followed = set()
    for name, lines in tables_of(office.get(PAGE)).items():
        for line in lines:
            for words, link in line:
                if link:
                    behind = office.get(link)
                    assert behind.status_code == 200, link
                    assert behind.context["cl"].result_count == as_number(words), (name, line[0], link)
                    followed.add(name)
    assert followed == {"kinds", "bedrooms", "prices", "municipal", "plots", "empties"}


def test_a_file_holds_what_the_page_shows(office, filled):
    for name, lines in tables_of(office.get(PAGE)).items():
        answer = office.get(PAGE, {"table": name, "format": "csv"})
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert f"al-{name}-{timezone.localdate().year}.csv" in answer["Content-Disposition"]
        rows = list(csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff")), delimiter=";"))
        shown = [["" if words == "–" else words for words, _link in line] for line in lines]
        assert rows[0] == shown[0]
        assert [[re.sub(r"\s", "", cell) for cell in row] for row in rows[1:]] == [
            [re.sub(r"\s", "", cell) for cell in line] for line in shown[1:]
        ]
        assert len(rows) > 2, name
    assert office.get(PAGE, {"table": "people", "format": "csv"}).status_code == 404


def test_a_file_runs_no_formula(office, monkeypatch):
    table = Table("kinds", "", "", "", ["=1+1"], [[Cell("=2+2"), Cell(-3)]], [])
    monkeypatch.setitem(staff.TABLES, "kinds", lambda asked: table)
    assert (
        office.get(PAGE, {"table": "kinds", "format": "csv"}).content.decode()
        == "\ufeff'=1+1\r\n'=2+2;-3\r\n"
    )


def test_without_anything_it_says_so(office):
    answer = office.get(PAGE)
    assert answer.status_code == 200
    assert not tables_of(answer)
    assert [table.nothing for table in answer.context["tables"]]
    for table in answer.context["tables"]:
        assert html.escape(table.nothing) in answer.content.decode()


def test_the_year_is_chosen_in_the_address(office, al):
    this_year = timezone.localdate().year
    then = datetime.datetime(this_year - 2, 3, 11, 11, tzinfo=datetime.UTC)
    ListingFactory(
        municipality=al, state=State.GONE, published_at=then - 10 * A_DAY, gone_at=then, expires_on=in_days(9)
    )
    answer = office.get(PAGE, {"year": this_year - 2})
    in_all = [words for words, _link in tables_of(answer)["market"][-1]]
    assert in_all[2:] == ["1", "10", "10", "10", "0", "0", "–"]
    for chosen, offered in ((this_year, 3), (this_year - 2, 3), (this_year - 4, 5)):
        years = office.get(PAGE, {"year": chosen}).context["years"]
        assert list(years) == [this_year - back for back in range(offered)], chosen
    assert "market" not in tables_of(office.get(PAGE))
    assert "market" not in tables_of(office.get(PAGE, {"year": this_year - 1}))
    for wrong in (this_year + 1, 1999, "x", "٢٠٢٥x", "-202"):
        assert office.get(PAGE, {"year": wrong}).status_code == 404, wrong


def test_somebody_with_several_sees_all_of_them_or_one(client, filled):
    there = MunicipalityFactory(name="Hol")
    kari = MembershipFactory(municipality=filled, role=Role.READER).user
    MembershipFactory(municipality=there, user=kari, role=Role.READER)
    texts_only = MembershipFactory(user=kari, role=Role.EDITOR).municipality
    for place in (there, texts_only):
        ListingFactory(municipality=place)
        WishFactory(municipality=place, offer=Offer.RENT)
    client.force_login(kari)
    assert client.get(PAGE).context["head"] == {"homes": "6", "wishes": "6"}
    for chosen, homes in ((filled, "5"), (there, "1")):
        answer = client.get(PAGE, {"municipality": chosen.pk})
        assert answer.context["head"]["homes"] == homes
        file = client.get(PAGE, {"municipality": chosen.pk, "table": "kinds", "format": "csv"})
        assert file.content.decode().strip().split(";")[-2] == homes
    for answer in (client.get(PAGE), client.get(PAGE, {"municipality": there.pk})):
        for line in tables_of(answer)["kinds"]:
            for words, link in line:
                if link:
                    assert client.get(link).context["cl"].result_count == as_number(words), link


def test_another_municipality_is_not_found_and_without_the_right_it_is_refused(client, al):
    other = MunicipalityFactory()
    reader = MembershipFactory(municipality=al, role=Role.READER).user
    texts_only = MembershipFactory(municipality=other, user=reader, role=Role.EDITOR).municipality
    client.force_login(reader)
    assert client.get(PAGE).status_code == 200
    for foreign in (texts_only.pk, MunicipalityFactory().pk, 0, "x"):
        for more in ({}, {"table": "kinds", "format": "csv"}):
            assert client.get(PAGE, {"municipality": foreign} | more).status_code == 404, foreign
    assert client.post(PAGE).status_code == 405
    client.force_login(MembershipFactory(municipality=al, role=Role.EDITOR).user)
    for more in ({}, {"table": "kinds", "format": "csv"}):
        assert client.get(PAGE, more).status_code == 403


def test_the_list_of_wishes_leads_to_it(office):
    assert f'href="{PAGE}"' in office.get("/admin/housing/wish/").content.decode()
