"""A protected address is nowhere: households of each grade, with values that nobody else has, come in by
every door and at every moment of a letter's life; then everything the portal shows or keeps is searched."""

import datetime
import logging
from urllib.parse import urlsplit

import pytest
from django.db.models import Max
from django.urls import reverse
from kombu.transport.memory import Channel

from municipalities.audit.models import AuditEntry
from municipalities.links import actions as links
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import Role, User
from municipalities.topics.models import Topic
from tests.factories.municipalities import UserFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.walls import everywhere, people
from tests.walls.declared import QUERIES, Kind, rule_of, values_of
from tests.walls.planting import ADMINS, OF_THE_INSTALLATION, Place, make
from tests.walls.routes import addresses_of, all_routes
from tests.welcome.households.files import csv, read, row, save, take_in
from tests.welcome.letters.frozen import approve, make_municipality, make_printed
from welcome.households import actions
from welcome.households.consents import Consent
from welcome.households.links import NEWCOMER
from welcome.households.models import Household, Protection
from welcome.households.own_logins import OwnLogin
from welcome.households.quarters import Quarter
from welcome.households.recognition import name_key
from welcome.letters import printing, rendering, runs, schedule
from welcome.letters.models import Letter, LetterRun, PrintFile, RunState
from welcome.orders import actions as ordering
from welcome.orders.models import Order

pytestmark = pytest.mark.django_db

GRADES = [Protection.CLIENT, Protection.CONFIDENTIAL, Protection.STRICT]
# Every planted street, farm and place begins with the first, every name and e-mail with the one below.
ADDRESS = ["Kvasir", "Surtvik", "904173", "904173Q", "H0847"]
IDENTITY = ["Ymirhild", "+47 904 18 855"]
MARK_WORDS = ["klientadresse", "fortrolig", "strengtFortrolig", "strengt fortrolig"]
# Pages that are searched by `?q=` or `?s=`.
SEARCHED = {
    "admin:welcome_household_changelist", "admin:welcome_importbatch_change", "admin:welcome_letterrun_cohort",
    "admin:search", "portal:search",
}  # fmt: skip
MOMENTS = [Quarter(2025, 3), Quarter(2025, 4), Quarter(2026, 1), Quarter(2026, 2), Quarter(2026, 3)]
BEFORE, MADE, DONE, READY, FROZEN = MOMENTS


def planted(door, grade):
    """The values of one household, some told twice; two of the same door and grade are the same people."""
    word = f"{door}{grade.value[:3]}".title()
    return {
        "given": f"Ymirhild{word}", "family": "Ymirhildsønn", "street": f"Kvasir{word}gata", "number": "904173",
        "letter": "Q", "unit": "H0847", "code": "3570", "place": "Kvasirvoll", "origin": "Surtvik",
        "phone": "+47 904 18 855", "email": f"ymirhild.{word}@dalen.example".lower(),
    }  # fmt: skip


def living(place, door, grade, quarter):
    """In the database, not protected yet."""
    has = planted(door, grade)
    home = HouseholdFactory(
        municipality=place, moved_in=quarter.first_day + datetime.timedelta(days=20), extra_line="c/o Kvasirbakken",
        street=has["street"], house_number=has["number"], house_letter=has["letter"], unit=has["unit"],
        postal_place=has["place"], moved_from=has["origin"],
    )  # fmt: skip
    PersonFactory(
        household=home,
        given_name=has["given"],
        family_name=has["family"],
        phone=has["phone"],
        email=has["email"],
    )
    return home


def run_of(place, quarter):
    return runs.freeze(run=runs.ensure(municipality=place, quarter=quarter, by=None), by=None)


def protect(homes):
    for grade, home in homes.items():
        actions.protect(household=home, grade=grade, by=None)


@pytest.fixture
def told(caplog):
    caplog.set_level(logging.DEBUG)
    Channel.queues.clear()
    yield caplog
    Channel.queues.clear()


@pytest.fixture
def place(told):
    place = make_municipality(name="Heimegrenda")
    for quarter in MOMENTS:
        moved_in = quarter.first_day + datetime.timedelta(days=9)
        PersonFactory(
            household=HouseholdFactory(
                municipality=place, moved_in=moved_in, house_number=str(quarter.number)
            ),
            given_name="Kari",
        )
    return place


@pytest.fixture
def office(place):
    return people.colleague(Place(place, {}), Role.SERVICE_OFFICE)


def protected_while_made(run, homes, monkeypatch):
    make_file = rendering.render_file

    def then_protect(file, **more):
        made = make_file(file, **more)
        protect(homes)
        return made

    monkeypatch.setattr(rendering, "render_file", then_protect)
    assert not printing.render(run.files.get().pk)
    monkeypatch.setattr(rendering, "render_file", make_file)


@pytest.fixture
def history(place, office, monkeypatch, django_capture_on_commit_callbacks):
    """Everything that happens to them, then one run of the sweep. Answers the runs by quarter."""
    homes = {
        quarter: {
            grade: living(place, f"{quarter.year}q{quarter.number}", grade, quarter) for grade in GRADES
        }
        for quarter in MOMENTS
    }
    with django_capture_on_commit_callbacks(execute=True):
        protect(homes[BEFORE])
        found = {quarter: run_of(place, quarter) for quarter in homes}
        for quarter in (DONE, READY):
            make_printed(found[quarter])
        runs.finish(run=found[DONE], by=None)
        approve(found[MADE])
    # Or everything below would find nothing because there was nothing.
    assert {hit.value for hit in everywhere.search_kept([*ADDRESS, *IDENTITY])} >= {
        "Kvasir",
        "904173",
        "Ymirhild",
    }
    assert everywhere.search_files(["Kvasir"])
    with django_capture_on_commit_callbacks(execute=True):
        protected_while_made(found[MADE], homes[MADE], monkeypatch)
        for quarter in (DONE, READY, FROZEN):
            protect(homes[quarter])
        come_by_file(place)
        come_by_form(place, office)
        come_by_order(place)
    with django_capture_on_commit_callbacks(execute=True):
        for quarter in (DONE, READY):
            in_delivery_stopped(found[quarter], office)
    with django_capture_on_commit_callbacks(execute=True):
        schedule.sweep()
    return found


def in_delivery_stopped(run, office):
    """Before the sweep has come by: the first who fetches anything is sent away, and nothing is handed out."""
    answers = [
        office.browser.get(reverse(f"admin:welcome_letterrun_{what}", args=[run.pk, *more]))
        for what, more in (("file", [1]), ("manifest", []), ("archive", []))
    ]
    assert answers[0].status_code == 302
    assert not {"application/pdf", "application/zip"} & {answer["Content-Type"] for answer in answers}
    for answer in answers:
        no(everywhere.search_response("a file in delivery", answer, [*ADDRESS, *IDENTITY]))


def come_by_file(place):
    for grade in GRADES:
        marked = {"protection": grade.value}
        take_in(csv(row(**planted("marked", grade), **marked)), place)
        take_in(csv(row(**planted("later", grade))), place)
        take_in(csv(row(**planted("later", grade), **marked)), place)
        # One waits for a decision with the mark in it, one without while the household gets it.
        read(csv(row(**planted("waiting", grade), **marked)), place)
        take_in(csv(row(**planted("reread", grade))), place)
        read(csv(row(**planted("reread", grade) | {"code": "3571"})), place)
        home = Household.objects.get(people__given_name=planted("reread", grade)["given"])
        actions.protect(household=home, grade=grade, by=None)
        # Saved only after the mark came by hand.
        batch = read(csv(row(**planted("saved", grade))), place)
        take_in(csv(row(**planted("saved", grade), **marked)), place)
        save(batch)


def come_by_form(place, office):
    """Typed with the mark: refused with what was typed, or kept without the address."""
    for grade in GRADES:
        has = planted("form", grade)
        office.browser.post(
            reverse("admin:welcome_household_add"),
            {
                "state": "living", "moved_in": "2026-08-20", "moved_from": has["origin"], "language": "nb",
                "protection": grade.value, "address_kind": "street", "street": has["street"],
                "house_number": has["number"], "house_letter": has["letter"], "unit": has["unit"],
                "postal_code": has["code"], "postal_place": has["place"], "people-TOTAL_FORMS": "1",
                "people-INITIAL_FORMS": "0", "people-0-given_name": has["given"],
                "people-0-family_name": has["family"], "people-0-role": "adult",
            },
        )  # fmt: skip


def come_by_order(place):
    """Ordered by the public form: before protection came, and by somebody who has it."""
    for grade in GRADES:
        for door in ("ordered", "later"):
            has = planted(door, grade)
            order = Order(
                municipality=place, wants_package=True, situation="moved", moved_on=datetime.date(2026, 8, 20),
                given_name=has["given"], family_name=has["family"], street=f"{has['street']} 904173 Q",
                postal_code=has["code"], postal_place=has["place"], phone="+4740188777",
                name_key=name_key(has["given"], has["family"]),
            )  # fmt: skip
            ordering.receive(order=order)
        home = HouseholdFactory(municipality=place, moved_in=MOMENTS[-1].first_day)
        has = planted("ordered", grade)
        PersonFactory(household=home, given_name=has["given"], family_name=has["family"])
        actions.protect(household=home, grade=grade, by=None)


def every_page(place, rows):
    """Every address that is not a link's, with the number of every row of its model."""
    letters = Letter.objects.of(place).aggregate(most=Max("number"))["most"]
    files = PrintFile.objects.of(place).aggregate(most=Max("sequence"))["most"]
    for route in all_routes():
        if rule_of(route).kind is Kind.LINK or route.key == "admin:logout":
            continue
        values = values_of(route, Place(place, rows)) | {
            part: list(range(1, (most or 1) + 1))
            for part, most in (("number", letters), ("sequence", files))
            if part in route.parts
        }
        if "object_id" in route.parts and route.model:
            found = route.model._default_manager.all()
            if (
                route.model is Household
            ):  # A page of each grade; what is kept of the others was searched above.
                found = [found.filter(protection=grade).latest("pk") for grade in GRADES]
            elif route.model is AuditEntry:  # One of each thing that is noted.
                found = {(row.action, row.model, *row.fields): row for row in found}.values()
            values["object_id"] = [row.pk for row in found]
        query = QUERIES[route.key](Place(place, rows)) if route.key in QUERIES else ""
        for nth, address in enumerate(addresses_of(route, values)):
            yield address + query
            if route.key in SEARCHED and nth % 8 == 0:
                # What one asked for stands in the answer; half of a word is not what was planted.
                yield from (f"{address}?{name}={word}" for name in "qs" for word in ("Kvasi", "Ymi", "90417"))


@pytest.fixture
def rows(place, history):
    rows = {Municipality: place, Topic: Topic.objects.of(place).first(), User: UserFactory()}
    rows[Household] = Household.objects.of(place).protected().first()
    rows[LetterRun] = history[READY]
    for model in [*(model for model, _page in ADMINS), *OF_THE_INSTALLATION]:
        make(model, place, rows)
    make(Consent, place, rows)
    make(OwnLogin, place, rows)
    return rows


def no(hits):
    assert not hits, "\n".join(map(str, hits[:30]))


def test_nothing_kept_holds_the_address(history):
    no(everywhere.search_kept(ADDRESS))


def test_no_file_mail_message_or_cache_holds_who_they_are(history):
    hits = everywhere.search_files(IDENTITY) + everywhere.search_mail(IDENTITY)
    no(hits + everywhere.search_broker(IDENTITY) + everywhere.search_cache(IDENTITY))


def test_no_log_tells_of_them(history, told):
    no(everywhere.search_logs([*ADDRESS, *IDENTITY], told.records))


def test_what_is_made_anew_is_made_without_them(history, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for file in PrintFile.objects.filter(run__in=[history[READY], history[MADE]]):
            assert printing.render(file.pk)
            runs.settle_file(file.pk)
    assert {run.state for run in LetterRun.objects.filter(pk__in=[history[READY].pk, history[MADE].pk])} == {
        RunState.READY
    }
    assert everywhere.search_files(["Kari"])
    no(everywhere.search_files([*ADDRESS, *IDENTITY]))


def test_no_page_shows_the_address_even_to_who_may_know_of_the_mark(place, rows, told):
    browser = people.browser_of(UserFactory(is_superuser=True))
    no(search(browser, place, rows, ADDRESS, people.SYSTEM))
    no(everywhere.search_logs(ADDRESS, told.records))
    no(everywhere.search_kept(ADDRESS))  # What the looking itself has written.


@pytest.mark.only_on("sqlite", why="hidden by the code; the system administrator sees the same on both")
@pytest.mark.parametrize("who", [people.NOBODY, Role.READER])
def test_who_may_not_know_of_the_mark_sees_neither_it_nor_them(who, place, rows):
    # Who works elsewhere is refused at every address: tests/walls/test_routes.py.
    nobody = who == people.NOBODY
    browser = people.browser_of(None) if nobody else people.colleague(Place(place, {}), who).browser
    hits = search(browser, place, rows, [*ADDRESS, *IDENTITY, *MARK_WORDS], who)
    # Public pages tell everybody what kinds of protection there are, and so do the forms of who may give one.
    no([hit for hit in hits if hit.value not in MARK_WORDS or "/admin/" in hit.where])


def search(browser, place, rows, values, who):
    return everywhere.search_pages(values, browser, every_page(place, rows), who=str(who))


@pytest.mark.only_on("sqlite", why="hidden by the code, and searched for where it is kept on both")
def test_their_own_page_holds_no_address_either(place, history):
    pages = [route for route in all_routes() if route.purpose is NEWCOMER]
    for home in Household.objects.of(place).protected():
        browser = people.browser_of(None)
        link = links.issue(purpose=NEWCOMER, of=home, by=None)
        slot = browser.get(urlsplit(link.url).path).url.rstrip("/").rpartition("/")[2]
        for route in pages:
            if not {"consent", "login"} & set(route.parts):
                values = {"language": ["nb"], "slot": [slot], "kind": ["json", "correction"], "meeting": [1]}
                values["letter"] = list(Letter.objects.of(place).values_list("pk", flat=True))
                addresses = addresses_of(route, {part: values[part] for part in route.parts})
                no(everywhere.search_pages(ADDRESS, browser, addresses, who="the household"))
