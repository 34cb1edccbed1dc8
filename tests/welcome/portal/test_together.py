"""Two jobs, a home, kindergarten and school in one search: what is near what, what is missing, and what comes of it."""

import datetime
import itertools
import re
from decimal import Decimal

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from housing.listings.models import Offer
from housing.shown.distances import around, kilometres, points_of_codes
from housing.wishes.forms import WishFields
from housing.wishes.links import WISH
from housing.wishes.models import Wish
from municipalities.enquiries.models import Enquiry
from municipalities.jobs.catalogue import Extent, Field
from municipalities.learning.models import Capacity, Kind
from municipalities.links import actions as links
from municipalities.tenancy.models import Role
from tests.factories.housing import ListingFactory, ListingPhotoFactory, ListingTextFactory, WishFactory
from tests.factories.municipalities import (
    ContactPointFactory,
    LearningPlaceFactory,
    MembershipFactory,
    MunicipalityFactory,
    VacancyFactory,
)
from tests.sending import send
from welcome.portal import together
from welcome.portal.together import Gap
from welcome.portal.together_forms import LONGEST, TogetherForm, read

pytestmark = pytest.mark.django_db

SUNDRE, TORPO, GOL, FLA = (60.6305, 8.5610), (60.6640, 8.7060), (60.7015, 8.9460), (60.4260, 9.4600)
PATH = "/en/al/together/"


def at(point):
    return {"latitude": point[0], "longitude": point[1]}


@pytest.fixture
def al():
    """Its post codes are known by their contact points."""
    made = MunicipalityFactory(slug="al", name="Ål", **at(SUNDRE))
    ContactPointFactory(municipality=made, name="Ål rådhus", postal_code="3570", **at(SUNDRE))
    ContactPointFactory(municipality=made, name="Torpo skule", postal_code="3579", **at(TORPO))
    return made


@pytest.fixture
def gol():
    made = MunicipalityFactory(slug="gol", name="Gol", **at(GOL))
    ContactPointFactory(municipality=made, name="Gol rådhus", postal_code="3550", **at(GOL))
    return made


def home(al, title="Leilighet", point=SUNDRE, **more):
    made = ListingFactory(municipality=al, **(at(point) if point else {}), **more)
    ListingTextFactory(listing=made, title=title)
    return made


def nurse(place, **more):
    return VacancyFactory(
        municipality=place, **({"title": "Sjukepleiar", "field": Field.HEALTH, "postal_code": "3570"} | more)
    )


def electrician(place, **more):
    return VacancyFactory(
        municipality=place, **({"title": "Elektrikar", "field": Field.BUILDING, "postal_code": "3570"} | more)
    )


def search(al, **said):
    form = TogetherForm({"field": "health", "field2": "building"} | said)
    assert form.is_valid(), form.errors
    return together.find(al, form.asked(al))


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
    assert [(near.row, near.km, near.more) for near in package.jobs] == [(first, 0, 0), (second, 9, 0)]
    assert package.gaps == []
    assert package.is_whole


def test_jobs_lie_across_the_border_too(al, gol):
    home(al)
    nurse(al)
    there = electrician(gol, postal_code="3550")
    [package] = search(al, within=30).packages
    assert (package.jobs[1].row, package.jobs[1].km) == (there, 22)
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
    assert found.packages[0].jobs[0].row == mine
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
    assert [near and near.row for near in package.jobs] == [only, None]
    assert package.gaps == [Gap.ONE_JOB]
    only.positions = 2
    only.save()
    [package] = search(al, field2="health").packages
    assert [near.row for near in package.jobs] == [only, only]
    only.positions = 1
    only.save()
    other = nurse(al, postal_code="3579")
    [package] = search(al, field2="health").packages
    assert [near.row for near in package.jobs] == [only, other]


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
    assert together._point_of_home(its, {}) == (60.63, 8.56)


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
    assert package.jobs[0].row == its


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
    assert search(al, field2="", within=10).jobs == [[near]]
    assert set(search(al, field2="", within=30).jobs[0]) == {near, far}


def test_one_next_door_is_not_pushed_out_by_many_farther_off(al, gol, monkeypatch):
    monkeypatch.setattr(together, "MOST_JOBS", 3)
    home(al)
    mine = nurse(al, published_at=timezone.now() - datetime.timedelta(days=5))
    for _number in range(4):
        nurse(gol, postal_code="3550")
    found = search(al, field2="", within=10)
    assert found.packages[0].jobs[0].row == mine
    assert not found.is_capped
    assert search(al, field2="", within=30).is_capped


def test_a_doctor_is_offered_no_building_project(al):
    home(al)
    nurse(al, title="Byggprosjektleder", field=Field.BUILDING)
    its = nurse(al, title="Lækjar ved helsesenteret")
    [package] = search(al, field="", field2="", words="lege").packages
    assert package.jobs[0].row == its


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


_numbers = itertools.count(1)


def kindergarten(al, point=SUNDRE, **more):
    contact = ContactPointFactory(municipality=al, name=f"Sundre barnehage {next(_numbers)}", **at(point))
    said = {
        "kind": Kind.KINDERGARTEN,
        "capacity": Capacity.FREE,
        "free_places": 2,
        "capacity_on": timezone.localdate(),
    }
    return LearningPlaceFactory(municipality=al, contact=contact, **(said | more))


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


# --- the page ---------------------------------------------------------------------------------


def test_without_a_search_it_asks(al, client):
    answer = client.get(PATH)
    assert answer.status_code == 200
    assert b"What each of you works as" in answer.content
    assert b"No home fits" not in answer.content


def test_nothing_said_of_work_is_an_error_beside_its_field(al, client):
    answer = client.get(PATH, {"offer": "rent", "bedrooms": "2"})
    assert answer.status_code == 200
    assert "Say what one of you works as" in answer.content.decode()
    assert 'value="2"' in answer.content.decode(), "what was typed is still there"


@pytest.mark.parametrize(
    "said",
    [
        {"within": "0"},
        {"within": "151"},
        {"children": "7"},
        {"bedrooms": "-1"},
        {"price": "x"},
        {"field": "no"},
    ],
)
def test_what_makes_no_sense_is_said(al, client, said):
    answer = client.get(PATH, {"words": "kokk"} | said)
    assert set(answer.context["form"].errors) == set(said)
    assert answer.context["searched"] is False


def test_the_page_tells_of_all_of_it(al, gol, client):
    home(al, "Lys leilighet")
    nurse(al, employer_name="Ål kommune")
    electrician(gol, postal_code="3550")
    kindergarten(al)
    page = client.get(PATH, {"words": "nurse", "field2": "building", "children": "1"}).content.decode()
    assert "1 home with all you asked for" in page
    for told in ("Lys leilighet", "Sjukepleiar", "Ål kommune", "In the same place.", "Elektrikar", "About 22 km away.",
                 "Sundre barnehage", "2 free places", "these places too: Gol."):  # fmt: skip
        assert told in re.sub(r"\s+", " ", page), told


def test_what_is_missing_is_named(al, client):
    nurse(al)
    page = client.get(PATH, {"field": "health", "field2": "building"}).content.decode()
    assert "No home fits just now" in page
    assert "no job is advertised just now for the second of you" in page
    assert "Jobs there are for the first of you" in page
    assert "Sjukepleiar" in page


def test_questions_are_constant_in_the_number_of_rows(al, gol, client):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            answer = client.get(
                PATH, {"field": "health", "field2": "building", "children": "1", "school": "on"}
            )
        assert answer.status_code == 200
        return len(caught)

    home(al), nurse(al), electrician(gol, postal_code="3550"), kindergarten(al)
    client.get(PATH, {"field": "health"})
    few = asked()
    for number in range(12):
        home(al, f"Heim {number}"), nurse(al), electrician(gol, postal_code="3550"), kindergarten(al)
    assert asked() == few


def test_many_are_paged(al, client):
    nurse(al)
    for number in range(11):
        home(al, f"Heim {number}")
    first = client.get(PATH, {"field": "health"}).content.decode()
    second = client.get(PATH, {"field": "health", "page": "2"}).content.decode()
    assert first.count('class="package"') == 10
    assert second.count('class="package"') == 1
    assert "field=health&amp;page=2" in first


# --- saved, mailed, handed over ---------------------------------------------------------------


def test_it_is_saved_with_all_that_was_said(al, client):
    home(al)
    page = client.get(
        PATH, {"words": "nurse", "field": "health", "field2": "building", "offer": "rent", "price": "9500"}
    )
    [path] = re.findall(r'href="(/en/al/looking/\?[^"]*)"', page.content.decode())
    form = client.get(path.replace("&amp;", "&")).context["form"]
    assert form.initial | {"stamp": ""} == {
        "stamp": "",
        "offer": "rent",
        "price": "9500",
        "fields_of_work": ["health", "building"],
        "wants_home": True,
    }
    said = {"wants_home": "on", "offer": "rent", "price": "9500", "fields_of_work": ["health", "building"]}
    send(
        client,
        path.replace("&amp;", "&"),
        said | {"often": "daily", "name": "Jamal", "email": "jamal@heime.example"},
    )
    wish = Wish.objects.get()
    assert read(wish.package).cleaned_data["words"] == "nurse"
    assert {each.field for each in wish.fields.all()} == {"health", "building"}


def test_the_saved_search_leads_back_from_their_own_page_and_the_staffs(al, client):
    wish = WishFactory(municipality=al, package="words=nurse&offer=rent")
    membership = MembershipFactory(municipality=al, role=Role.SERVICE_OFFICE)
    client.force_login(membership.user)
    staff = client.get(reverse("admin:housing_wish_change", args=[wish.pk])).content.decode()
    assert "/al/together/?words=nurse&amp;offer=rent" in staff


@pytest.mark.parametrize(
    "package", ["x=1", "words=" + "a" * LONGEST, "&".join(["a=1"] * 200), "within=99999&field=health"]
)
def test_what_is_no_search_is_handed_nowhere(al, client, package):
    assert read(package) is None
    assert (
        client.get("/en/al/looking/", {"package": package, "field": "health"})
        .context["form"]
        .initial["wants_home"]
        is False
    )
    assert client.get("/en/al/ask/", {"package": package}).context["form"].initial == {}


def test_the_service_office_gets_it_in_words(al, client):
    said = {
        "words": "nurse",
        "field2": "building",
        "bedrooms": "3",
        "price": "12000",
        "children": "2",
        "school": "on",
    }
    page = client.get(PATH, said).content.decode()
    [path] = re.findall(r'href="(/en/al/ask/\?package[^"]*)"', page)
    words = client.get(path.replace("&amp;", "&")).context["form"].initial["words"]
    for line in ("– A job: nurse", "– A job: Building and craft", "3 bedrooms, 12\u00a0000\u00a0kr at most",
                 "– Kindergarten for 2 children", "– School", "– Within 30 km",
                 "/en/al/together/?words=nurse"):  # fmt: skip
        assert line in words, line
    assert not Enquiry.objects.exists(), "nothing is sent before they press"


# --- on one page ------------------------------------------------------------------------------


def offer_path(home, *jobs):
    query = "&".join([f"home={home.pk}", *(f"job={job.pk}" for job in jobs)])
    return f"/nb/al/together/offer/?{query}"


def text_of(answer):
    assert answer["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    assert len(document) == 1, "an offer is one page"
    return " ".join(document[0].get_textpage().get_text_range().split())


def test_an_offer_is_one_page_with_the_employers_words(al, client):
    its, first, second = home(al, "Lys leilighet"), nurse(al), electrician(al, postal_code="3579")
    ListingPhotoFactory(listing=its)
    kindergarten(al)
    path = offer_path(its, first, second)
    assert client.get(path).status_code == 200
    answer = client.post(
        path, {"whom": "Amina", "greeting": "Vi vil gjerne ha deg.", "sender": "Kari, Ål sjukeheim"}
    )
    told = text_of(answer)
    for words in ("Amina", "Vi vil gjerne ha deg.", "Kari, Ål sjukeheim", "Sjukepleiar", "Elektrikar",
                  "Lys leilighet", "Sundre barnehage", "/nb/al/homes/"):  # fmt: skip
        assert words in told, words
    assert answer["Cache-Control"] == "no-store"


def test_the_longest_words_still_are_one_page(al, client):
    its = home(al, "L" * 80)
    its.texts.update(body=f"<p>{'Ord ' * 400}</p>")
    ListingPhotoFactory(listing=its)
    kindergarten(al)
    jobs = [
        nurse(al, title="Sjukepleiarstilling " * 7, employer_name="A" * 120),
        electrician(al, title="E" * 150),
    ]
    said = {"whom": "W" * 80, "greeting": "Vi vil gjerne ha deg. " * 22, "sender": "s" * 120}
    text_of(client.post(offer_path(its, *jobs), said))


def test_words_that_are_too_long_are_said_beside_their_field(al, client):
    its, job = home(al), nurse(al)
    answer = client.post(offer_path(its, job), {"greeting": "x" * 501})
    assert answer.status_code == 422
    assert "x" * 501 in answer.content.decode()


def test_what_is_found_can_be_printed_however_far_it_is(al, client):
    """Two of the towns of a search for 150 kilometres."""
    far = MunicipalityFactory(slug="langt", name="Langt", latitude=61.55, longitude=8.56)
    home(al), nurse(far, postal_code="")
    page = client.get(PATH, {"field": "health", "within": "150"}).content.decode()
    [path] = set(re.findall(r'href="(/en/al/together/offer/[^"]*)"', page))
    assert client.get(path.replace("&amp;", "&")).status_code == 200


def test_one_vacancy_twice_is_one(al, client):
    its, job = home(al), nurse(al)
    assert "En jobb og en bolig" in text_of(client.post(offer_path(its, job, job), {}))


def test_what_no_font_has_is_said_beside_its_field(al, client):
    path = offer_path(home(al), nurse(al, title="🚀 Sjukepleiar"))
    answer = client.post(path, {"whom": "Amina 🎉", "greeting": "Velkommen"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"whom"}
    assert "U+1F389" in answer.content.decode()
    assert "Sjukepleiar" in text_of(client.post(path, {"whom": "Amina"})), (
        "the advertisement's rocket is left out"
    )


def test_words_that_don_t_fit_are_no_second_page(al, client):
    answer = client.post(offer_path(home(al), nurse(al)), {"greeting": "\n".join("a" * 240)})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"greeting"}


@pytest.mark.parametrize("query", ["", "home=1", "home=x&job=y", "home=99999999999999999999&job=1"])
def test_an_offer_of_what_is_not_there_is_not_there(al, client, query):
    assert client.get(f"/nb/al/together/offer/?{query}").status_code == 404


def test_an_offer_holds_only_what_is_shown(al, client):
    its, job = home(al), nurse(al)
    gone = nurse(al, expires_on=timezone.localdate() - datetime.timedelta(days=1))
    far = nurse(MunicipalityFactory(slug="vadso", name="Vadsø", latitude=70.07, longitude=29.75))
    elsewhere = home(MunicipalityFactory(slug="anna"))
    assert client.get(offer_path(its, job)).status_code == 200
    for path in (offer_path(its, gone), offer_path(its, far), offer_path(elsewhere, job), offer_path(its)):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_each_gap_has_words_in_each_language(language):
    with translation.override(language):
        words = [str(gap.label) for gap in Gap]
    assert len(set(words)) == len(Gap)


def test_a_saved_search_is_over_when_they_look_for_something_else(al, client):
    wish = WishFactory(municipality=al, package="words=nurse")
    link = links.issue(purpose=WISH, of=wish, by=None)
    page = client.get(f"/l/wish/{link.token}/")["Location"]
    as_it_is = WishFields.as_it_is(wish) | {"often": "weekly"}
    client.post(page, {name: value for name, value in as_it_is.items() if value not in (None, False, "")})
    wish.refresh_from_db()
    assert (wish.often, wish.package) == ("weekly", "words=nurse")
    client.post(page, {"wants_home": "on", "offer": "sale", "often": "weekly"})
    wish.refresh_from_db()
    assert (wish.offer, wish.package) == (Offer.SALE, "")


@pytest.mark.parametrize(
    "words",
    ["مرحبا بكم في آل", "Ласкаво просимо!", "ord" * 160, "<b>&amp;</b>"],
)
def test_an_offer_takes_words_in_any_script(al, client, words):
    told = text_of(client.post(offer_path(home(al), nurse(al)), {"whom": words[:80], "greeting": words}))
    assert "<b>" in told if words.startswith("<") else told


@pytest.mark.parametrize(
    "query", ["words=%ED%A0%80", "within=1e9", "field=health&field=x", "children=-1", "price=9" + "9" * 40,
              "page=x&field=health", "page=99999999999999999999&field=health", "words=" + "a" * 500, "school=on"],
)  # fmt: skip
def test_an_odd_address_is_answered(al, client, query):
    home(al), nurse(al)
    assert client.get(f"{PATH}?{query}").status_code == 200
    assert client.get(f"/en/homes/?{query}").status_code == 200
    assert client.get(f"/en/al/looking/?package={query}").status_code == 200
    assert client.get(f"/en/al/ask/?package={query}").status_code == 200
    assert client.get(f"/en/al/together/offer/?home={query}&job={query}").status_code == 404
