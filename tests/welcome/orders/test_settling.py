"""Staff decide about an order: of a household that is known, of a new one, only what they wish, or declined."""

import datetime
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.factories.welcome import (
    GiftFactory,
    GiftTextFactory,
    HouseholdFactory,
    MemberFactory,
    OrderFactory,
    PersonFactory,
    SignUpFactory,
    WelcomeMeetingFactory,
)
from tests.welcome.orders.filled import NOWHERE
from welcome.club.models import Member
from welcome.households import holding
from welcome.households.consents import Consent, ConsentText
from welcome.households.models import Household, HouseholdState, Person
from welcome.meetings.models import SignUp
from welcome.orders import actions, matching, settling, taking
from welcome.orders.models import Order, OrderState
from welcome.packages import actions as packages
from welcome.packages.actions import Wanted
from welcome.packages.composing import GiftLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory(name="Ål")


@pytest.fixture
def boss(place):
    return MembershipFactory(municipality=place, role="service_office").user


def planning(place, **more):
    return HouseholdFactory(
        municipality=place, state="planning", moved_in=None, **NOWHERE,
        **({"consent_until": timezone.localdate() + datetime.timedelta(days=90)} | more),
    )  # fmt: skip


def order(place, **more):
    return OrderFactory(municipality=place, **({"given_name": "Maria", "family_name": "Lie"} | more))


def reasons(row):
    return {match.household.pk: match.reasons for match in matching.matches(row)}


# --- matching ----------------------------------------------------------------------------------------


def test_a_household_is_found_by_name_and_birth_year_phone_mail_and_address_with_the_reasons(place):
    row = order(
        place,
        moved=True,
        email="maria@lie.example",
        phone="+4741234567",
        others=[{"name": "Ola Nordmann", "born": 1988}],
    )
    same_name = PersonFactory(household=HouseholdFactory(municipality=place, house_number="99"), given_name="Lie",
                              family_name="MARIA", birth_year=1990).household  # fmt: skip
    by_phone = PersonFactory(household=HouseholdFactory(municipality=place, house_number="98"), given_name="Per",
                             phone="+4741234567").household  # fmt: skip
    by_mail = PersonFactory(household=HouseholdFactory(municipality=place, house_number="97"), given_name="Pål",
                            email="MARIA@lie.example").household  # fmt: skip
    at_home = PersonFactory(household=HouseholdFactory(municipality=place), given_name="Ole", family_name="Nordmann",
                            birth_year=1988).household  # fmt: skip
    other_age = PersonFactory(household=HouseholdFactory(municipality=place, house_number="96"), given_name="Maria",
                              family_name="Lie", birth_year=1960).household  # fmt: skip
    elsewhere = PersonFactory(given_name="Maria", family_name="Lie", birth_year=1990).household
    found = reasons(row)
    assert "MARIA" in found[same_name.pk][0]
    assert "Per" in found[by_phone.pk][0]
    assert "Pål" in found[by_mail.pk][0]
    assert at_home.pk in found
    assert not {other_age.pk, elsewhere.pk} & set(found)


def test_the_queries_of_a_match_do_not_grow(place, django_assert_num_queries):
    row = order(place, moved=True)
    for count in (1, 12):
        for number in range(count):
            home = HouseholdFactory(municipality=place, house_number=str(number))
            PersonFactory(household=home, given_name="Maria", family_name="Lie", birth_year=1990)
        with django_assert_num_queries(2):
            assert matching.matches(row)


# --- a new household ---------------------------------------------------------------------------------


def test_who_plans_is_held_on_a_consent_that_ends_and_with_their_words(place, boss):
    row = order(place, others=[{"name": "Ola Lie", "born": 1988}], children=[2020], needs="Tolk", interests="Ski",
                language="uk")  # fmt: skip
    words = row.planning_text
    home = settling.register(order=row, by=boss)
    assert (home.state, home.moved_in, home.source, home.language) == (
        HouseholdState.PLANNING,
        None,
        "form",
        "uk",
    )
    assert home.consent_until == timezone.localdate().replace(year=timezone.localdate().year + 1)
    assert (home.needs, home.interests) == ("Tolk", "Ski")
    people = list(home.people.order_by("order"))
    assert [(p.full_name, p.birth_year, p.email) for p in people] == [
        ("Maria Lie", 1990, row.email),
        ("Ola Lie", 1988, ""),
    ]
    given = {consent.purpose: consent for consent in Consent.objects.filter(household=home)}
    assert given["planning"].text == words
    assert given["planning"].given_at == row.asked_at
    assert set(given) == {"planning", "needs"}


def test_a_settled_order_tells_of_nobody_but_stays_with_the_household(place, boss):
    home = settling.register(
        order=order(place, needs="Tolk", others=[{"name": "Ola", "born": None}]), by=boss
    )
    row = Order.objects.get()
    assert (row.state, row.household, row.settled_by) == (OrderState.SETTLED, home, boss)
    assert [row.given_name, row.family_name, row.name_key, row.email, row.needs, str(row.phone or "")] == [
        ""
    ] * 6
    assert (row.birth_year, row.others, row.wants_package) == (None, [], True)
    with pytest.raises(IntegrityError, match="order_settled_tells_of_nobody"), transaction.atomic():
        Order.objects.update(given_name="Maria")


def test_who_has_moved_is_a_household_that_lives_here(place, boss):
    home = settling.register(order=order(place, moved=True), by=boss)
    assert (home.state, home.street_line, home.postal_place) == (
        HouseholdState.LIVING,
        "Øvre Ålsgata 12 B",
        "Ål",
    )
    assert home.address_key
    assert not Consent.objects.filter(household=home, purpose="planning").exists()


def test_a_farm_without_number_is_an_address_too(place, boss):
    home = settling.register(order=order(place, moved=True, street="Nordre Haugen"), by=boss)
    assert (home.address_kind, home.extra_line) == ("cadastre", "Nordre Haugen")


def test_two_who_settle_at_once_settle_once(place, boss):
    row = order(place)
    settling.register(order=row, by=boss)
    for again in (
        lambda: settling.register(order=row, by=boss),
        lambda: settling.decline(order=row, word="", by=boss),
        lambda: settling.only_do(order=row, by=boss),
        lambda: settling.join(order=row, household=Household.objects.get(), take=[], by=boss),
    ):
        with pytest.raises(ValidationError):
            again()
    assert Household.objects.count() == 1


def test_what_nobody_has_confirmed_is_not_settled(place, boss):
    with pytest.raises(ValidationError):
        settling.register(order=order(place, unconfirmed=True), by=boss)


# --- the same household ------------------------------------------------------------------------------


def test_only_what_is_ticked_is_taken_over(place, boss):
    home = HouseholdFactory(municipality=place, language="nb", interests="Kor")
    person = PersonFactory(
        household=home, given_name="Maria", family_name="Lie", birth_year=1990, phone="+4799951234"
    )
    row = order(place, phone="+4741234567", email="ny@lie.example", language="en", interests="Ski",
                others=[{"name": "Ola Lie", "born": 1988}, {"name": "Per Lie", "born": None}])  # fmt: skip
    keys = {take.key: take for take in taking.offered(row, Household.objects.with_people().get(pk=home.pk))}
    assert set(keys) == {"phone", "email", "language", "interests", "other-0", "other-1"}
    assert [keys[key].wanted for key in ("phone", "email", "language")] == [False, True, False]
    settling.join(order=row, household=home, take=["email", "interests", "other-0", "no-such"], by=boss)
    person.refresh_from_db()
    home.refresh_from_db()
    assert (str(person.phone), person.email) == ("+47 99 95 12 34", "ny@lie.example")
    assert (home.language, home.interests) == ("nb", "Kor\nSki")
    assert sorted(home.people.values_list("given_name", flat=True)) == ["Maria", "Ola"]
    assert Consent.objects.get(household=home).purpose == "needs"
    entry = AuditEntry.objects.get(model="welcome.Household", action="changed", note=f"order={row.pk}")
    assert set(entry.fields) >= {"interests", "people.email", "people"}


def test_who_planned_has_come_and_has_its_history(place, boss):
    home = planning(place)
    PersonFactory(household=home, given_name="Maria", family_name="Lie", birth_year=1990)
    settling.join(order=order(place), household=home, take=[], by=boss)
    settling.join(order=order(place, moved=True), household=home, take=["moved", "address"], by=boss)
    home.refresh_from_db()
    assert (home.state, home.moved_in, home.street) == (
        HouseholdState.LIVING,
        datetime.date(2026, 8, 15),
        "Øvre Ålsgata",
    )
    assert home.orders.count() == 2


def test_who_plans_on_and_orders_again_is_held_longer(place, boss):
    home = planning(place)
    PersonFactory(household=home, given_name="Maria", family_name="Lie", birth_year=1990)
    settling.join(order=order(place), household=home, take=["planning"], by=boss)
    home.refresh_from_db()
    assert home.consent_until > timezone.localdate() + datetime.timedelta(days=300)


def test_an_address_that_is_held_is_not_overwritten_by_a_form_that_anybody_may_send(place, boss):
    home = HouseholdFactory(municipality=place, house_number="5")
    PersonFactory(household=home, given_name="Maria", family_name="Lie", birth_year=1990)
    row = order(place, moved=True)
    assert "address" not in {take.key for take in taking.offered(row, home)}
    settling.join(order=row, household=home, take=["address", "moved"], by=boss)
    home.refresh_from_db()
    assert home.house_number == "5"


def test_a_protected_household_gets_no_address_and_no_seat_by_name(place, boss):
    home = HouseholdFactory(municipality=place, protection="fortrolig", **NOWHERE)
    PersonFactory(household=home, given_name="Maria", family_name="Lie", birth_year=1990)
    row = order(place, moved=True, wants_meeting=True, meeting=WelcomeMeetingFactory(municipality=place))
    assert "address" not in {take.key for take in taking.offered(row, home)}
    settling.join(order=row, household=home, take=["address"], by=boss)
    home.refresh_from_db()
    assert (home.street, home.address_key) == ("", "")
    assert not SignUp.objects.exists()


def test_a_household_that_may_only_be_kept_is_left_alone(place, boss):
    home = HouseholdFactory(municipality=place)
    PersonFactory(household=home, given_name="Maria", family_name="Lie", birth_year=1990)
    holding.hold(household=home, why="claim", by=boss)
    with pytest.raises(ValidationError):
        settling.join(order=order(place), household=home, take=["email"], by=boss)
    assert Order.objects.get().state == OrderState.WAITING


def test_a_household_of_another_municipality_is_not_there(place, boss):
    with pytest.raises(ValidationError):
        settling.join(order=order(place), household=HouseholdFactory(), take=[], by=boss)


# --- wishes ------------------------------------------------------------------------------------------


def test_the_wishes_are_done(place, boss):
    meeting = WelcomeMeetingFactory(municipality=place)
    text = ConsentText.objects.create(
        municipality=place, purpose="club", language="nb", version=1, words="Ja."
    )
    row = order(place, wants_meeting=True, meeting=meeting, wants_club=True, club_text=text, children=[2019])
    home = settling.register(order=row, by=boss)
    assert SignUp.objects.get().household == home
    member = Member.objects.get()
    assert (member.household, member.name, member.text, member.is_confirmed) == (
        home,
        "Maria Lie",
        text,
        True,
    )


def test_a_meeting_alone_makes_nobody_a_household(place, boss):
    row = order(
        place, wants_package=False, wants_meeting=True, situation="", planning_text=None, confirmed_at=None, email="",
        meeting=WelcomeMeetingFactory(municipality=place), phone="+4741234567",
    )  # fmt: skip
    with pytest.raises(ValidationError):
        settling.register(order=row, by=boss)
    settling.only_do(order=row, by=boss)
    assert SignUp.objects.get().contact == "41 23 45 67"
    assert not Household.objects.exists()


def test_the_package_is_for_a_household(place, boss):
    with pytest.raises(ValidationError):
        settling.only_do(order=order(place), by=boss)


def test_the_club_is_not_joined_twice_nor_by_who_has_not_confirmed(place, boss):
    text = ConsentText.objects.create(
        municipality=place, purpose="club", language="nb", version=1, words="Ja."
    )
    MemberFactory(municipality=place, email="maria@lie.example", text=text)
    club = {"wants_club": True, "club_text": text}
    settling.register(order=order(place, email="Maria@lie.example", **club), by=boss)
    settling.register(
        order=order(place, email="x@lie.example", phone="+4741234567", confirmed_at=None, **club), by=boss
    )
    assert Member.objects.count() == 1


def test_declined_with_a_word_and_deleted(place, boss):
    row = order(place, screen="en", email="maria@lie.example")
    assert settling.decline(order=row, word="We are full.", by=boss) is True
    assert mail.outbox[0].to == ["maria@lie.example"]
    assert "We are full." in mail.outbox[0].body
    assert not Order.objects.exists()


def test_declined_by_phone_sends_nothing_to_an_address_that_nobody_confirmed(place, boss):
    row = order(place, email="", phone="+4741234567", confirmed_at=None)
    assert settling.decline(order=row, word="", by=boss) is False
    assert not mail.outbox


def test_a_mail_that_can_not_be_sent_declines_nothing(place, boss, refuse_mail_to):
    row = order(place, email="maria@lie.example")
    refuse_mail_to("maria@lie.example")
    with pytest.raises(SMTPRecipientsRefused):
        settling.decline(order=row, word="", by=boss)
    assert Order.objects.get().state == OrderState.WAITING


# --- the pages ---------------------------------------------------------------------------------------


@pytest.fixture
def office(client, boss):
    client.force_login(boss)
    return client


def page_of(row):
    return reverse("admin:welcome_order_change", args=[row.pk])


def test_the_first_page_counts_the_queue_with_its_age(office, place):
    order(place)
    order(place, unconfirmed=True)
    old = order(place)
    Order.objects.filter(pk=old.pk).update(asked_at=timezone.now() - datetime.timedelta(days=4))
    page = office.get(reverse("admin:index"))
    queue = next(q for q in page.context["waiting"] if "queue=waiting" in q["url"])
    assert (queue["count"], queue["days"]) == (2, 4)
    assert office.get(queue["url"]).context["cl"].result_count == 2


def test_the_page_shows_what_was_written_and_the_matches_and_settles(office, place):
    home = PersonFactory(household=HouseholdFactory(municipality=place), given_name="Maria", family_name="Lie",
                         birth_year=1990).household  # fmt: skip
    row = order(place, would_help="Jobb til to", children=[2020])
    shown = office.get(page_of(row))
    page = shown.content.decode()
    for words in ("Maria Lie", "Jobb til to", "2020", str(home)):
        assert words in page
    assert AuditEntry.objects.filter(model="welcome.Household", object_id=str(home.pk), note="match").exists()
    answer = office.post(page_of(row), {"verb": "join", "household": home.pk, "take": ["email"]})
    assert answer.url == reverse("admin:welcome_household_change", args=[home.pk])
    assert Person.objects.get().email == row.email
    assert str(Order.objects.get()) in office.get(answer.url).content.decode()


def test_staff_are_told_of_a_seat_that_could_not_be_had(office, place):
    over = WelcomeMeetingFactory(municipality=place, deadline=timezone.now() - datetime.timedelta(hours=1))
    row = order(place, wants_meeting=True, meeting=over)
    page = office.post(page_of(row), {"verb": "new"}, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["success", "warning"]
    assert not SignUp.objects.exists()


def test_a_household_that_is_no_match_can_not_be_named(office, place):
    stranger, row = HouseholdFactory(municipality=place), order(place)
    assert office.post(page_of(row), {"verb": "join", "household": stranger.pk}).status_code == 404
    assert office.post(page_of(row), {"verb": "join", "household": "x"}).status_code == 404


def test_a_package_is_ticked_off_when_it_is_handed_out(office, place):
    row = order(place)
    office.post(page_of(row), {"verb": "new"})
    queue = reverse("admin:welcome_order_changelist") + "?queue=package"
    assert office.get(queue).context["cl"].result_count == 1
    office.post(page_of(row), {"verb": "handed"})
    assert office.get(queue).context["cl"].result_count == 0


def test_an_ordered_package_is_composed_by_the_rules_and_handed_out_with_the_order(office, place):
    GiftTextFactory(gift=GiftFactory(municipality=place, rule="adult"), title="Badebillett")
    row = order(place, adults=2)
    office.post(page_of(row), {"verb": "new"})
    package = Household.objects.latest("pk").packages.get()
    assert list(package.items.values_list("title", "count")) == [("Badebillett", 2)]
    assert not packages.compose(
        municipality=place, occasion="2026-3", by=None,
        wanted=[Wanted(package.household_id, "nb", [GiftLine(package.items.get().gift_id, "Badebillett", 1, "", "")])],
    ), "the run composes none for who has ordered it"  # fmt: skip
    office.post(page_of(row), {"verb": "handed"})
    package.refresh_from_db()
    assert package.state == "handed_out"


def test_who_may_only_read_sees_no_order(client, place):
    row = order(place)
    client.force_login(MembershipFactory(municipality=place, role="reader").user)
    assert client.get(page_of(row)).status_code == 403
    assert client.get(reverse("admin:welcome_order_changelist")).status_code == 403


def test_the_list_asks_a_constant_number_of_questions(office, place, django_assert_max_num_queries):
    office.get(reverse("admin:welcome_order_changelist"))
    for _ in range(12):
        order(place)
    with django_assert_max_num_queries(14):
        office.get(reverse("admin:welcome_order_changelist") + "?queue=waiting")


# --- who has moved on, who signed up before, who is protected ----------------------------------------


def gone(place, **more):
    home = HouseholdFactory(
        municipality=place, moved_in=datetime.date(2020, 3, 1), state="left", left_on=datetime.date(2024, 5, 1),
        left_to="Bergen", left_why="Jobb", **more,
    )  # fmt: skip
    PersonFactory(household=home, given_name="Maria", family_name="Lie", birth_year=1990)
    return home


def test_who_has_moved_on_and_comes_back_lives_here_again(place, boss):
    home, row = gone(place), order(place, moved=True, street="Sundrevegen 4")
    keys = {take.key for take in taking.offered(row, home)}
    assert {"moved", "address"} <= keys
    settling.join(order=row, household=home, take=keys, by=boss)
    home.refresh_from_db()
    assert (home.state, home.moved_in) == (HouseholdState.LIVING, row.moved_on)
    assert (home.left_on, home.left_to, home.left_why) == (None, "", "")
    assert home.street_line == "Sundrevegen 4"


def test_a_day_before_they_left_brings_nobody_back(place):
    row = order(place, moved=True)
    row.moved_on = datetime.date(2023, 8, 15)
    assert not {"moved", "address"} & {take.key for take in taking.offered(row, gone(place))}


def test_who_plans_to_come_back_is_a_household_of_its_own(place, boss):
    row = order(place)
    with pytest.raises(ValidationError, match=r"moved on|flyttet"):
        settling.join(order=row, household=gone(place), take=[], by=boss)
    assert Order.objects.get(pk=row.pk).state == OrderState.WAITING


def test_a_seat_they_have_taken_themselves_stands(place, boss):
    home = HouseholdFactory(municipality=place)
    meeting = WelcomeMeetingFactory(municipality=place, published=True)
    mine = SignUpFactory(municipality=place, meeting=meeting, household=home, adults=3, children=[2], seats=4)
    row = order(place, moved=True, wants_meeting=True, meeting=meeting)
    settling.join(order=row, household=home, take=[], by=boss)
    [seat] = meeting.sign_ups.all()
    assert (seat.pk, seat.adults, seat.children) == (mine.pk, 3, [2])
    assert Order.objects.get(pk=row.pk).state == OrderState.SETTLED


def test_a_birth_year_that_is_taken_over_is_in_the_log(place, boss):
    home = HouseholdFactory(municipality=place)
    PersonFactory(household=home, given_name="Maria", family_name="Lie", birth_year=None)
    row = order(place, moved=True, email="", phone="+4741234567", confirmed_at=None)
    settling.join(order=row, household=home, take=["born"], by=boss)
    assert "people.birth_year" in AuditEntry.objects.get(note=f"order={row.pk}").fields


def test_protection_that_came_while_an_order_waited_is_seen_when_it_is_settled(place, boss):
    row = order(place, moved=True)
    hidden = HouseholdFactory(municipality=place, protection="confidential", **NOWHERE)
    PersonFactory(household=hidden, given_name="Maria", family_name="Lie", birth_year=1990)
    assert Order.objects.get(pk=row.pk).street
    home = settling.register(order=row, by=boss)
    assert home.street_line == ""


@pytest.mark.parametrize("same", ["name", "email"])
def test_nobody_who_may_be_protected_gets_a_seat_by_name(place, same):
    meeting = WelcomeMeetingFactory(municipality=place, published=True)
    hidden = HouseholdFactory(municipality=place, protection="confidential", **NOWHERE)
    known = {"name": {"given_name": "Maria", "family_name": "Lie"}, "email": {"email": "Maria@lie.example"}}
    PersonFactory(household=hidden, **known[same])
    only = {"unconfirmed": True, "wants_package": False, "wants_meeting": True, "meeting": meeting, "situation": "",
            "planning_text": None, "email": "maria@lie.example"}  # fmt: skip
    row = order(place, **only)
    assert actions.confirm(order=row)
    assert not SignUp.objects.exists()
    assert Order.objects.get(pk=row.pk).state == OrderState.WAITING
    other = order(place, **only | {"given_name": "Kari", "email": "kari@lie.example"})
    assert actions.confirm(order=other)
    assert SignUp.objects.get().name == "Kari Lie"


def test_whoever_is_reached_as_somebody_protected_or_held_is_in_no_file(place):
    meeting = WelcomeMeetingFactory(municipality=place, published=True)
    hidden = HouseholdFactory(municipality=place, protection="confidential", **NOWHERE)
    held = HouseholdFactory(municipality=place)
    for number, home in enumerate([hidden, held]):
        PersonFactory(household=home, email=f"Hemmeleg{number}@lie.example", phone=f"+474123456{number}")
    holding.hold(household=held, why="contested", by=MembershipFactory(municipality=place).user)
    elsewhere = HouseholdFactory(protection="confidential", **NOWHERE)
    PersonFactory(household=elsewhere, email="open@lie.example")
    PersonFactory(
        household=HouseholdFactory(municipality=place, protection="confidential", **NOWHERE), email=""
    )
    for contact in ("hemmeleg0@lie.example", "HEMMELEG1@lie.example", "412 34 560", "+47 41 23 45 61",
                    "open@lie.example", "41 23 45 69"):  # fmt: skip
        SignUpFactory(municipality=place, meeting=meeting, household=None, name="Nokon", contact=contact)
    SignUpFactory(
        municipality=place, meeting=meeting, household=HouseholdFactory(municipality=place, house_number="9")
    )
    for email in ("hemmeleg0@lie.example", "hemmeleg1@lie.example", "open@lie.example"):
        MemberFactory(municipality=place, email=email)
    assert sorted(meeting.sign_ups.for_files().values_list("contact", flat=True)) == [
        "", "41 23 45 69", "open@lie.example",
    ]  # fmt: skip
    assert [member.email for member in Member.objects.of(place).for_files()] == ["open@lie.example"]


def test_a_stranger_of_the_same_name_keeps_the_order_when_somebody_is_forgotten(place):
    home = HouseholdFactory(municipality=place)
    person = PersonFactory(
        household=home, given_name="Maria", family_name="Lie", birth_year=1990, email="", phone=""
    )
    strangers = [
        order(place, birth_year=1971),
        order(place, birth_year=None),
        order(place, given_name="Per", others=[{"name": "Maria Lie", "born": 1950}]),
    ]
    theirs = [
        order(place, birth_year=1990),
        order(place, birth_year=None, moved=True, street="Øvre Ålsgata 12 B"),
        order(place, given_name="Per", others=[{"name": "Maria Lie", "born": 1990}]),
    ]
    home.street, home.house_number, home.house_letter = "Øvre Ålsgata", "12", "B"
    assert theirs[1].address.key == home.address_key
    assert actions.forget_of(people=[person], by=None) == len(theirs)
    assert set(Order.objects.values_list("pk", flat=True)) == {row.pk for row in strangers}
