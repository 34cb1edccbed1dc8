"""Two jobs, a home, kindergarten and school in one search: what is near what, and what is missing."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from housing.shown.distances import around, kilometres, points_of_codes
from municipalities.jobs.catalogue import Extent, Field
from municipalities.learning.models import Capacity, Kind
from tests.factories.municipalities import (
    ContactPointFactory,
    LearningPlaceFactory,
    MunicipalityFactory,
    VacancyFactory,
)
from tests.welcome.portal.hallingdal import (
    FLA,
    GOL,
    PATH,
    SUNDRE,
    TORPO,
    al,
    at,
    electrician,
    gol,
    home,
    kindergarten,
    nurse,
    search,
)
from welcome.portal import together
from welcome.portal.together import Gap

__all__ = ["al", "gol"]
pytestmark = pytest.mark.django_db


# --- how far ----------------------------------------------------------------------------------


def test_distances_are_those_of_the_globe():
    """Oslo to Bergen and pole to pole, as atlases have them."""
    assert kilometres((59.9139, 10.7522), (60.3913, 5.3221)) == pytest.approx(305, abs=2)
    assert kilometres((90, 0), (-90, 0)) == pytest.approx(20015, abs=5)
    assert kilometres(SUNDRE, SUNDRE) == 0


def test_a_post_code_lies_in_the_middle_of_its_contact_points(al):
    ContactPointFactory(municipality=al, postal_code="3570", latitude=60.6405, longitude=8.5810)
    ContactPointFactory(municipality=al, postal_code="3578")
    assert points_of_codes([al.pk]) == {"3570": pytest.approx((60.6355, 8.571)), "3579": pytest.approx(TORPO)}


def test_the_neighbours_are_those_within_the_distance(al, gol):
    MunicipalityFactory(name="Flå", slug="fla", **at(FLA))
    MunicipalityFactory(name="Hemsedal", slug="hemsedal", published=False, **at(GOL))
    MunicipalityFactory(name="Utan punkt", slug="utan")
    assert [town.name for town in around(al, 30)] == ["Ål", "Gol"]
    assert [town.name for town in around(al, 80)] == ["Ål", "Gol", "Flå"]
    assert [town.name for town in around(al, 10)] == ["Ål"]


# --- what is found ----------------------------------------------------------------------------


def test_a_home_with_a_job_for_each(al):
    its, first, second = home(al), nurse(al), electrician(al, postal_code="3579")
    VacancyFactory(municipality=al, field=Field.OFFICE)
    [package] = search(al).packages
    assert package.home == its
    assert [(near.row.pk, near.km, near.more) for near in package.jobs] == [
        (first.pk, 0, 0),
        (second.pk, 9, 0),
    ]
    assert package.gaps == []
    assert package.is_whole


def test_jobs_lie_across_the_border_too(al, gol):
    home(al)
    nurse(al)
    there = electrician(gol, postal_code="3550")
    [package] = search(al, within=30).packages
    assert (package.jobs[1].row.pk, package.jobs[1].km) == (there.pk, 22)
    [package] = search(al, within=20).packages
    assert package.jobs[1] is None
    assert package.gaps == [Gap.SECOND_JOB]


def test_the_nearest_comes_first_and_the_others_are_counted(al, gol):
    home(al, "Langt", TORPO, postal_code="3579")
    near = home(al, "Nær", SUNDRE)
    nurse(gol, postal_code="3550")
    mine = nurse(al)
    electrician(al)
    found = search(al)
    assert found.packages[0].home == near
    assert found.packages[0].jobs[0].row.pk == mine.pk
    assert found.packages[0].jobs[0].more == 1
    assert found.whole == 2


def test_what_lacks_something_comes_after_what_is_whole(al, gol):
    far = home(al, "Billig og langt", TORPO, price=1000, postal_code="3579")
    home(al, "Nær", SUNDRE)
    nurse(al, postal_code="3579")
    electrician(gol, postal_code="3550")
    found = search(al, within=15)
    assert found.packages[0].home == far
    assert [each.is_whole for each in found.packages] == [True, False]


def test_one_vacancy_is_not_for_two(al):
    """Both look in the same field: they are two vacancies, or one with two positions."""
    home(al)
    only = nurse(al)
    [package] = search(al, field2="health").packages
    assert [near and near.row.pk for near in package.jobs] == [only.pk, None]
    assert package.gaps == [Gap.ONE_JOB]
    only.positions = 2
    only.save()
    [package] = search(al, field2="health").packages
    assert [near.row.pk for near in package.jobs] == [only.pk, only.pk]
    only.positions = 1
    only.save()
    other = nurse(al, postal_code="3579")
    [package] = search(al, field2="health").packages
    assert [near.row.pk for near in package.jobs] == [only.pk, other.pk]


def test_a_place_that_nobody_knows_is_said(al):
    """Neither the home's point nor its post code is known."""
    home(al, point=None, postal_code="3999")
    nurse(al)
    [package] = search(al, field2="").packages
    assert package.jobs[0].km is None
    assert package.gaps == [Gap.DISTANCE]
    assert not package.is_whole


def test_a_job_without_a_post_code_lies_at_the_centre(al):
    home(al, point=TORPO)
    nurse(al, postal_code="")
    [package] = search(al, field2="").packages
    assert package.jobs[0].km == 9


def test_a_hidden_address_is_not_told_by_its_distance(al):
    its = home(al, point=(Decimal("60.63499"), Decimal("8.56499")), shows_address=False)
    assert together.Places([al]).of_home(its) == (60.63, 8.56)


@pytest.mark.parametrize(
    ("said", "finds"),
    [
        ({"offer": "sale"}, False), ({"offer": "rent"}, True), ({"bedrooms": 3}, False), ({"bedrooms": 2}, True),
        ({"price": 9000}, False), ({"price": 9500}, True), ({"pets": "on"}, False), ({"kind": "house"}, False),
    ],
)  # fmt: skip
def test_the_home_is_narrowed_as_a_wish_is(al, said, finds):
    home(al)
    nurse(al)
    assert bool(search(al, field2="", **said).packages) is finds


@pytest.mark.parametrize("words", ["nurse", "sykepleier", "Sjukepleiar", "sjukepleier"])
def test_an_occupation_is_found_by_all_its_names(al, words):
    home(al)
    its = nurse(al, field=Field.OTHER)
    electrician(al)
    [package] = search(al, field="", field2="", words=words).packages
    assert package.jobs[0].row.pk == its.pk


def test_the_extent_counts_where_it_is_said(al):
    home(al)
    nurse(al, extent=Extent.PART)
    assert search(al, field2="", extent="full").packages[0].jobs == [None]
    assert search(al, field2="", extent="part").packages[0].jobs[0] is not None


def test_what_is_not_shown_is_not_found(al):
    today = timezone.localdate()
    home(al, expires_on=today - datetime.timedelta(days=1))
    home(MunicipalityFactory(slug="anna", **at(SUNDRE)))
    nurse(al, expires_on=today - datetime.timedelta(days=1))
    found = search(al, field2="")
    assert found.packages == []
    assert found.jobs == [[]]


def test_without_a_home_the_jobs_in_reach_are_told(al, gol):
    near, far = nurse(al), nurse(gol, postal_code="3550")
    assert [row.pk for row in search(al, field2="", within=10).jobs[0]] == [near.pk]
    assert {row.pk for row in search(al, field2="", within=30).jobs[0]} == {near.pk, far.pk}


def test_one_next_door_is_not_pushed_out_by_many_farther_off(al, gol, monkeypatch):
    monkeypatch.setattr(together, "MOST_JOBS", 3)
    home(al)
    mine = nurse(al, published_at=timezone.now() - datetime.timedelta(days=5))
    for _number in range(4):
        nurse(gol, postal_code="3550")
    found = search(al, field2="", within=10)
    assert found.packages[0].jobs[0].row.pk == mine.pk
    assert not found.is_capped
    assert search(al, field2="", within=30).is_capped


def test_a_doctor_is_offered_no_building_project(al):
    home(al)
    nurse(al, title="Byggprosjektleder", field=Field.BUILDING)
    its = nurse(al, title="Lækjar ved helsesenteret")
    [package] = search(al, field="", field2="", words="lege").packages
    assert package.jobs[0].row.pk == its.pk


def test_what_nobody_can_place_is_not_said_to_be_within_reach(al):
    home(al, point=None, postal_code="3999")
    nurse(al), nurse(al)
    assert search(al, field2="").packages[0].jobs[0].more == 0


def test_a_job_that_is_near_the_home_is_not_said_to_be_missing(al, gol, client):
    """Reckoned from the municipality's centre it would be too far off."""
    home(al, point=(60.70, 8.86))
    nurse(gol, postal_code="3550")
    page = client.get(PATH, {"field": "health", "within": "20"}).content.decode()
    assert "1 home with all you asked for" in page
    assert "is advertised just now" not in page


# --- children ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "children", "room"),
    [
        ({}, 2, True), ({}, 3, False), ({"free_places": None}, 3, True),
        ({"capacity": Capacity.WAITING, "free_places": None}, 1, False),
        ({"capacity_on": timezone.localdate() - datetime.timedelta(days=184)}, 1, False),
        ({"capacity": "", "free_places": None, "capacity_on": None}, 1, False), ({"published": False}, 1, False),
    ],
)  # fmt: skip
def test_a_kindergarten_has_room_if_somebody_has_told_so_lately(al, more, children, room):
    home(al)
    nurse(al)
    its = kindergarten(al, **more)
    [package] = search(al, field2="", children=children).packages
    assert (package.kindergarten and package.kindergarten.row) == (its if room else None)
    assert (Gap.KINDERGARTEN in package.gaps) is not room
    assert package.is_whole is room


def test_the_nearest_kindergarten_with_room(al):
    home(al, point=TORPO)
    nurse(al)
    kindergarten(al)
    near = kindergarten(al, TORPO)
    [package] = search(al, field2="", children=1).packages
    assert (package.kindergarten.row, package.kindergarten.km, package.kindergarten.more) == (near, 0, 1)


def test_the_school_is_the_one_of_the_address(al):
    its = home(al, street_address="Sundrevegen 12")
    nurse(al)
    for name, zone in (("Leveld skule", "3579"), ("Ål skule", "Sundrevegen")):
        contact = ContactPointFactory(municipality=al, name=name)
        LearningPlaceFactory(municipality=al, contact=contact, kind=Kind.SCHOOL, zone=zone)
    [package] = search(al, field2="", school="on").packages
    assert package.school.contact.name == "Ål skule"
    for name in ("Vats skule", "Sundre skule"):
        contact = ContactPointFactory(municipality=al, name=name)
        LearningPlaceFactory(
            municipality=al, contact=contact, kind=Kind.SCHOOL, zone="3570", lowest=1, highest=7
        )
    # Then the street is nobody's business; two are of its post code, and neither is told as the one.
    its.shows_address = False
    its.save()
    [package] = search(al, field2="", school="on").packages
    assert package.school is None
    assert package.gaps == [Gap.SCHOOL]
