"""Homes and jobs in a browser: an owner offers a flat, staff send it back, the owner mends it, it is published, a
seeker writes, the owner answers; the map with the keyboard; every page for everybody."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from housing.holdings.models import Holding, Outcome, Stage
from housing.listings import delivery as home_mail
from housing.listings.links import HOME, MESSAGE
from housing.listings.models import Furnished, Listing, ListingSubmission, Offer
from housing.shown.models import Availability, HomeKind
from housing.wishes.links import WISH
from municipalities.enquiries.models import Enquiry
from municipalities.jobs.catalogue import Engagement, Extent, Field
from municipalities.jobs.links import VACANCY
from municipalities.jobs.models import Source
from municipalities.links import actions as links
from municipalities.moderation import delivery
from municipalities.moderation.models import State
from tests.browser import county
from tests.browser.conftest import LANGUAGES, reads_well, staff_sweep, sweep
from tests.browser.test_staff import coordinator
from tests.factories.housing import (
    ConditionCheckFactory,
    DevelopmentFactory,
    DevelopmentTextFactory,
    HoldingFactory,
    HoldingOwnerFactory,
    HoldingReasonFactory,
    ListingFactory,
    ListingPhotoFactory,
    ListingSubmissionFactory,
    ListingTextFactory,
    OwnerMessageFactory,
    OwnerNoticeFactory,
    PlotFactory,
    PlotPhotoFactory,
    PlotTextFactory,
    PriceChangeFactory,
    UnitChangeFactory,
    UnitFactory,
    WishFactory,
    WishFieldFactory,
    in_days,
)
from tests.factories.municipalities import ContactPointFactory, VacancyFactory, VacancySubmissionFactory
from tests.pictures import jpeg

__all__ = ["coordinator"]

POINT = {"latitude": "60.63157", "longitude": "8.56312"}
LONG = "Fjordutsiktsleilighetsbyggeprosjektet ved elvebredden i enden av veien"


def fill(al):
    """Homes of each kind, with much and with little."""
    desk = ContactPointFactory(municipality=al, name="Bustadkontoret")
    flat = ListingFactory(
        municipality=al, contact=desk, deposit=28500, shared_costs=1200, lease_months=12, floor=2, energy="C",
        built_year=1998, furnished=Furnished.PARTLY, pets=True, step_free=True, parking=True,
        includes_power=True, includes_internet=True, website="https://annonse.example/1", **POINT,
    )  # fmt: skip
    ListingTextFactory(listing=flat, language="nn", title="Lyst husvære i Sundre", body="<p>To soverom.</p>")
    for alt in ("Kjøken med vindauge mot fjorden", "Stova om kvelden", "Badet"):
        ListingPhotoFactory(listing=flat, alt=alt)
    PriceChangeFactory(listing=flat, since=in_days(-40), price=9900)
    PriceChangeFactory(listing=flat)
    farm = ListingFactory(
        municipality=al, offer=Offer.SALE, kind=HomeKind.FARM, price=None, bedrooms=None, area=None, land="84.5",
        animals=True, must_live_there=True, shows_address=False, state=State.RESERVED, latitude="60.7",
        longitude="8.6",
    )  # fmt: skip
    ListingTextFactory(listing=farm, language="nb", title=LONG, body="")
    for number in range(26):
        ListingTextFactory(
            listing=ListingFactory(municipality=al, price=5000 + number), title=f"Hybel {number}"
        )
    owned = ListingSubmissionFactory(listing__municipality=al).listing
    ListingTextFactory(listing=owned, title="Loft hos Torill")
    plot = PlotFactory(
        municipality=al, has_road=True, has_water=True, has_power=True, view="Sol til ni", connection=60_000,
        plan_url="https://plan.example/", **POINT,
    )  # fmt: skip
    PlotTextFactory(plot=plot, language="nn", title="Tomt med utsikt")
    PlotPhotoFactory(plot=plot)
    PlotFactory(municipality=al, state=Availability.TAKEN, price=None, area=None)
    project = DevelopmentFactory(
        municipality=al, name="Tunet", ready_on=in_days(200), website="https://tunet.example/"
    )
    DevelopmentTextFactory(development=project, language="nn", title="Tunet i Sundre")
    for state in (Availability.FREE, Availability.RESERVED, Availability.TAKEN, Availability.COMING):
        UnitFactory(development=project, state=state, price=3_100_000, area=64, floor=2)
    cook = VacancyFactory(
        municipality=al, title="Kokk på høgfjellshotellet", field=Field.TOURISM, extent=Extent.FULL, percent=100,
        engagement=Engagement.SUMMER, positions=3, postal_code="3570", postal_place="Ål",
        apply_email="jobb@hotellet.example", employer_url="https://hotellet.example/", language="nn",
    )  # fmt: skip
    nav = VacancyFactory(
        municipality=al, title=LONG, source=Source.NAV, feed_uuid="10584075-1e5c-4a83-bf49-c80bcab83018",
        source_url="https://arbeidsplassen.nav.no/stillinger/stilling/1", due_on=None, due_words="Snarest",
    )  # fmt: skip
    for number in range(30):
        VacancyFactory(municipality=al, title=f"Vaktmeister {number}")
    return flat, farm, owned, plot, project, cook, nav


@pytest.fixture
def al():
    made = county.everything()
    county.next_to_nothing()
    return made


@pytest.fixture
def pages(al):
    flat, farm, owned, plot, project, cook, nav = fill(al)
    return [
        "al/live/",
        "al/work/",
        "al/homes/",
        "al/homes/?offer=rent&sort=price&page=2",
        "al/homes/?bedrooms=19",
        "al/homes/?price=abc",
        "rollag/homes/",
        "rollag/live/",
        f"al/homes/{flat.pk}-lyst-husvare-i-sundre/",
        f"al/homes/{farm.pk}-fjordutsiktsleilighetsbyggeprosjektet-ved-elvebredden-i-ende/",
        f"al/homes/compare/?home={flat.pk}&home={farm.pk}&home={owned.pk}",
        "al/homes/compare/",
        "al/homes/new/",
        "al/homes/new/?sent=1",
        f"al/homes/{owned.pk}/write/",
        "al/homes/empty/",
        "al/homes/empty/?sent=1",
        "al/looking/?offer=rent&bedrooms=2",
        "al/looking/?sent=1",
        "homes/",
        "homes/?town=rollag&bedrooms=19",
        "jobs/",
        "jobs/?q=romskip",
        "al/together/",
        "al/together/?words=kokk&field2=trade&children=1&school=on",
        "al/together/?field=health&bedrooms=20",
        "al/together/?offer=rent&within=999",
        f"al/together/offer/?home={flat.pk}&job={cook.pk}&job={nav.pk}",
        "al/plots/",
        "rollag/plots/",
        f"al/plots/{plot.pk}/",
        "al/projects/",
        "rollag/projects/",
        f"al/projects/{project.pk}-tunet/",
        "al/jobs/",
        "al/jobs/?q=romskip",
        "rollag/jobs/",
        "rollag/work/",
        f"al/jobs/{cook.pk}-kokk-pa-hogfjellshotellet/",
        f"al/jobs/{nav.pk}/",
        "al/jobs/new/",
        "al/jobs/new/?sent=1",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(page, pages, language):
    sweep(page, pages, language)


def test_nothing_is_wider_than_the_narrowest_screen(page, pages):
    page.set_viewport_size({"width": 320, "height": 640})
    wide = []
    for address in pages:
        page.goto(f"/en/{address}")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide.append(f"{page.url}: {over} px")
    assert not wide, "\n".join(wide)


def opened(page, purpose, of, language):
    link = links.issue(purpose=purpose, of=of, by=None)
    page.goto(f"/l/{purpose.code}/{link.token}/")
    assert link.token not in page.url
    page.goto(re.sub(r"/(nb|nn|en)/", f"/{language}/", page.url, count=1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_owners_and_employers_pages_are_accessible_in_each_state(page, al, language):
    for state, more in (
        (State.DRAFT, {"confirmed_at": None}),
        (State.DRAFT, {"word": "Kor mange soverom?"}),
        (State.PUBLISHED, {}),
        (State.RESERVED, {}),
        (State.GONE, {}),
    ):
        home = ListingSubmissionFactory(listing__municipality=al, listing__state=state, language="nn", **more)
        ListingTextFactory(listing=home.listing, language="nn")
        for alt in ("Stova", "Badet"):
            ListingPhotoFactory(listing=home.listing, alt=alt)
        opened(page, HOME, home, language)
        reads_well(page, language)
    job = VacancySubmissionFactory(vacancy__municipality=al, language="nn")
    opened(page, VACANCY, job, language)
    reads_well(page, language)
    ListingTextFactory(listing=ListingFactory(municipality=al), title="Husvære")
    VacancyFactory(municipality=al, field=Field.HEALTH)
    for more in ({"confirmed_at": None}, {}, {"kind": HomeKind.FARM}):
        wish = WishFactory(municipality=al, **more)
        WishFieldFactory(wish=wish)
        opened(page, WISH, wish, language)
        reads_well(page, language)
    message = OwnerMessageFactory(municipality=al, phone="+4799887766")
    ListingTextFactory(listing=message.listing)
    opened(page, MESSAGE, message, language)
    reads_well(page, language)


def mailed(address):
    delivery.tell_all()
    home_mail.mail_all()
    return next(message for message in reversed(mail.outbox) if message.to == [address])


def follow(page, message):
    [link] = re.findall(r"http\S+(/l/\S+)", message.body)
    page.goto(link)


def test_from_an_owners_offer_to_the_answer_of_a_seeker(page, coordinator):
    page.goto("/nn/al/homes/")
    page.get_by_role("link", name="Tilby ein bustad").click()
    page.get_by_label("Kva vil du gjere?").select_option("rent")
    page.get_by_label("Kva slags bustad er det?").select_option("flat")
    page.get_by_label("Kva vil du kalle han").fill("Loft i Torpo")
    page.get_by_label("Korleis er det å bu der?").fill("Utsikt til dalen.\n\nStille.")
    page.get_by_label("Adresse", exact=True).fill("Torpovegen 4")
    page.get_by_label("Postnummer").fill("3579")
    page.get_by_label("Poststad").fill("Torpo")
    page.get_by_label("Kva kostar det").fill("8900")
    page.get_by_label("Depositum i kroner").fill("17800")
    page.get_by_label("Namnet ditt").fill("Torill Eigar")
    page.get_by_label("E-posten din").fill("torill@heime.example")
    page.wait_for_timeout(3100)  # Nobody fills it in faster.
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Takk!")

    follow(page, mailed("torill@heime.example"))
    page.locator("input[type=file]").set_input_files(
        {"name": "stova.jpg", "mimeType": "image/jpeg", "buffer": jpeg(900, 600)}
    )
    page.get_by_label("Kva viser det?").last.fill("Stova")
    page.get_by_role("button", name="Legg til biletet").click()
    expect(page.get_by_role("img", name="Stova")).to_be_visible()
    page.get_by_role("button", name="Det stemmer: send inn").click()
    home = Listing.objects.get(street_address="Torpovegen 4")
    assert home.state == State.WAITING

    decide = f"/admin/housing/listing/{home.pk}/decide/"
    page.goto(decide)
    page.locator("[name=word]").fill("Kor mange soverom er det?")
    page.locator("[value=send_back]").click()
    follow(page, mailed("torill@heime.example"))
    expect(page.get_by_text("Kor mange soverom er det?")).to_be_visible()
    page.get_by_label("Soverom").fill("1")
    page.get_by_role("button", name="Endre og send inn").click()
    page.goto(decide)
    page.locator("[value=publish]").click()
    home.refresh_from_db()
    assert (home.state, home.bedrooms) == (State.PUBLISHED, 1)

    page.goto("/nn/al/homes/?offer=rent")
    page.get_by_role("link", name="Loft i Torpo").click()
    page.get_by_role("link", name="Skriv til eigaren").click()
    page.get_by_label("Kva vil du seie").fill("Kan vi sjå det på laurdag?")
    page.get_by_label("Namnet ditt").fill("Jamal")
    page.get_by_label("E-posten din").fill("jamal@heime.example")
    page.wait_for_timeout(3100)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("er send til eigaren")
    message = mailed("torill@heime.example")
    assert "jamal@heime.example" not in message.body
    follow(page, message)
    page.get_by_label("Svaret ditt").fill("Kom klokka tolv!")
    page.get_by_role("button", name="Send svaret").click()
    answer = mailed("jamal@heime.example")
    assert "Kom klokka tolv!" in answer.body
    assert answer.reply_to == ["torill@heime.example"]
    assert ListingSubmission.objects.get().listing == home


def test_the_map_is_asked_for_and_worked_with_the_keyboard(browser, live_server, al):
    flat, *_others = fill(al)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    page = context.new_page()
    asked, wrong = [], []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None)
    page.route("https://cache.kartverket.no/**", lambda route: (asked.append(1), route.abort()))
    page.goto("/en/al/homes/?sort=price&page=2")
    page.goto(f"/en/al/homes/{flat.pk}/")
    assert not asked, "nobody else is asked before somebody wants the map"
    page.get_by_role("button", name="Show on a map").press("Enter")
    dot = page.locator(".sheet__dot")
    expect(dot).to_have_count(1)
    assert asked
    page.get_by_role("button", name="Closer").press("Enter")
    dot.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/homes/{flat.pk}-*/")
    assert not wrong, wrong
    context.close()


def test_one_search_for_home_and_jobs_is_handed_to_the_service_office(page, al):
    fill(al)
    page.goto("/nn/al/homes/")
    page.get_by_role("link", name="Søk etter alt").click()
    first, second = page.get_by_label("Yrke").all()
    first.fill("kokk")
    second.fill("vaktmeister")
    page.get_by_label("Soverom, minst").fill("1")
    page.get_by_label("Born som treng barnehageplass").fill("1")
    page.get_by_role("button", name="Finn alt samla").click()
    found = page.locator(".package").first
    expect(found).to_contain_text("Kokk på høgfjellshotellet")
    expect(found).to_contain_text("Vaktmeister")
    page.get_by_text("Endre det de ser etter").click()
    expect(page.get_by_label("Yrke").first).to_have_value("kokk")
    page.get_by_role("link", name="Gje det vidare").click()
    words = page.get_by_label("Kva lurer du på?")
    expect(words).to_have_value(
        re.compile("Ein jobb: kokk.*Barnehage til 1 barn.*/nn/al/together/", re.DOTALL)
    )
    page.locator("[name=contact]").first.fill("jamal@heime.example")
    page.wait_for_timeout(2100)  # Nobody reads and sends in less.
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url("**/ask/thanks/**")
    enquiry = Enquiry.objects.get(email="jamal@heime.example")
    assert "vaktmeister" in enquiry.text


def test_a_coordinator_takes_a_holding_from_registered_to_let(page, coordinator):
    page.goto("/admin/housing/holding/board/")
    page.locator("#run a[href$='/holding/add/']").click()
    page.locator("[name=gnr]").fill("34")
    page.locator("[name=bnr]").fill("7")
    page.locator("[name=name]").fill("Nordgarden")
    page.locator("[name=latitude]").fill("60.63157")
    page.locator("[name=longitude]").fill("8.56312")
    page.locator("[name=_continue]").click()
    holding = Holding.objects.get(gnr=34, bnr=7)
    assert holding.stage == Stage.REGISTERED
    for stage, outcome in ((Stage.OWNER_FOUND, ""), (Stage.CONTACTED, ""), (Stage.DIALOGUE, ""),
                           (Stage.WILLING, ""), (Stage.OFFERED, ""), (Stage.SETTLED, Outcome.LET)):  # fmt: skip
        page.goto(f"/admin/housing/holding/{holding.pk}/change/")
        page.locator(f"form[action$='/{holding.pk}/move/'] [name=stage]").select_option(stage)
        page.locator(f"form[action$='/{holding.pk}/move/'] [name=outcome]").select_option(outcome)
        page.locator(f"form[action$='/{holding.pk}/move/'] button[type=submit]").click()
        page.wait_for_load_state()
        holding.refresh_from_db()
        assert (holding.stage, holding.outcome) == (stage, outcome)
    assert [each.stage for each in holding.stages.order_by("pk")] == [
        Stage.REGISTERED, Stage.OWNER_FOUND, Stage.CONTACTED, Stage.DIALOGUE, Stage.WILLING, Stage.OFFERED,
        Stage.SETTLED,
    ]  # fmt: skip
    page.goto("/admin/housing/holding/board/")
    expect(page.locator("#run h2").first).to_contain_text("1 of 1")
    expect(page.locator("#run .sheet__show")).to_be_visible()


def test_staffs_pages_are_accessible(page, coordinator):
    al = coordinator
    flat, _farm, owned, plot, project, cook, nav = fill(al)
    ConditionCheckFactory(listing=flat)
    for number in range(16):
        holding = HoldingFactory(
            municipality=al,
            stage=Stage.REGISTERED if number < 14 else Stage.DECLINED,
            **(POINT if number % 2 else {}),
        )
    HoldingReasonFactory(holding=holding)
    HoldingOwnerFactory(holding=holding)
    notice = OwnerNoticeFactory(municipality=al)
    wish = WishFactory(municipality=al)
    UnitChangeFactory(unit=project.units.first())
    staff_sweep(
        page,
        [
            f"/admin/housing/listing/{flat.pk}/decide/",
            f"/admin/housing/listing/{owned.pk}/decide/",
            f"/admin/municipalities/vacancy/{cook.pk}/decide/",
            f"/admin/municipalities/vacancy/{nav.pk}/decide/",
            "/admin/housing/holding/board/",
        ],
        "#run",
    )
    for address in (
        f"/admin/housing/holding/{holding.pk}/change/", f"/admin/housing/ownernotice/{notice.pk}/change/",
        f"/admin/housing/wish/{wish.pk}/change/", "/admin/housing/holding/", "/admin/housing/wish/",
        "/admin/housing/listing/", f"/admin/housing/listing/{flat.pk}/change/",
        f"/admin/housing/plot/{plot.pk}/change/",
        f"/admin/housing/development/{project.pk}/change/", "/admin/municipalities/vacancy/",
        f"/admin/municipalities/vacancy/{cook.pk}/change/", f"/admin/municipalities/vacancy/{nav.pk}/change/",
    ):  # fmt: skip
        page.goto(address)
        assert page.locator("h1, h2").first.is_visible()
