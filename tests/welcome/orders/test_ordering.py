"""Somebody orders: a page a question, nothing kept before it is sent, confirmed by mail."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from municipalities.audit.models import AuditEntry
from municipalities.links import actions as links
from municipalities.links.confirming import MAILS_A_DAY
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import (
    HouseholdFactory,
    MeetingTextFactory,
    OrderFactory,
    PersonFactory,
    SignUpFactory,
    WelcomeMeetingFactory,
)
from tests.municipalities.links.made import path_of
from tests.welcome.orders.filled import MOVED, NOWHERE, PLANNER, door, hidden, path, send, send_page
from welcome.club.models import Member
from welcome.households import consents
from welcome.meetings.models import SignUp, SignUpState
from welcome.orders import delivery
from welcome.orders.links import ORDER
from welcome.orders.models import Order, OrderState
from welcome.portal import meet

pytestmark = pytest.mark.django_db
SEAT = {"name": "Kari Lie", "email": "kari@lie.example", "phone": "", "adults": "2", "children": "2019",
        "language": "nb", "needs": ""}  # fmt: skip


@pytest.fixture
def place():
    return MunicipalityFactory(name="Ål", slug="al", published=True)


def link_in(message):
    return re.search(r"https?://\S+(/l/\S+)", message.body)[1]


def open_mail(client):
    delivery.mail_waiting()
    return client.get(link_in(mail.outbox[-1]), follow=True)


# --- the pages ---------------------------------------------------------------------------------------


def test_the_door_leads_to_each_and_says_what_it_gives_how_long_and_who_answers(client, place):
    page = client.get(door(place)).content.decode()
    for way in ("order/?wish=package", "order/?wish=host", "club/", "offer/"):
        assert f"/en/al/meet/{way}" in page
    assert "sign-up" not in page
    assert "three minutes" in page
    MeetingTextFactory(meeting=WelcomeMeetingFactory(municipality=place))
    assert "/en/al/meet/sign-up/" in client.get(door(place)).content.decode()


def test_an_order_is_kept_as_it_was_written_and_waits_for_its_mail(client, place):
    answer = send(client, place)
    assert answer.status_code == 302, answer.content.decode()
    assert answer.url == "/en/al/meet/sent/?by=mail"
    order = Order.objects.get()
    assert (order.state, order.screen, order.is_confirmed) == (OrderState.UNCONFIRMED, "en", False)
    assert (order.wants_package, order.wants_host, order.wants_meeting) == (True, True, False)
    assert (order.full_name, order.birth_year) == ("Marie-Claire Dubois", 1991)
    assert order.others == [{"name": "Jean Dubois", "born": 1989}]
    assert (order.adults, order.children) == (2, [2020, 2023])
    assert (order.interests, order.needs) == ("Skiing and choir", "")
    assert order.planning_text.language in {"nb", "nn", "en"}
    assert order.planning_text.version == 1
    assert "Look in your mail" in client.get(answer.url).content.decode()


def test_nothing_is_kept_before_it_is_sent(client, place):
    client.post(path(place), PLANNER | {"at": "about"})
    assert not Order.objects.exists()
    assert not client.session.keys()


def test_what_was_typed_travels_along_and_back(client, place):
    said = PLANNER | {"others": "Jean & <Pierre>, 1989"}
    page = client.post(path(place), said | {"at": "people"}).content.decode()
    assert 'name="others" value="Jean &amp; &lt;Pierre&gt;, 1989"' in page
    assert page.count('name="wishes" value="') == 2
    back = client.post(path(place), said | {"at": "about", "go": "back"})
    assert back.status_code == 200
    assert "Jean &amp; &lt;Pierre&gt;, 1989</textarea>" in back.content.decode()
    assert 'aria-invalid="true"' not in back.content.decode()


def test_going_back_loses_not_even_what_is_wrong(client, place):
    page = client.post(path(place), PLANNER | {"at": "contact", "go": "people", "children": "soon"})
    assert 'value="soon"' in page.content.decode()
    assert 'name="email" value="marie@dubois.example"' in page.content.decode()


@pytest.mark.parametrize(
    ("at", "wrong", "field"),
    [
        ("wishes", {"wishes": []}, "wishes"),
        ("wishes", {"situation": "dreaming"}, "situation"),
        ("people", {"given_name": ""}, "given_name"),
        ("people", {"birth_year": "91"}, "birth_year"),
        ("people", {"others": "1989"}, "others"),
        ("people", {"others": "\n".join(["Jean"] * 6)}, "others"),
        ("people", {"children": "2020, soon"}, "children"),
        ("people", {"children": "1980"}, "children"),
        ("people", {"given_name": "Mar\u202eie"}, "given_name"),
        ("about", {"agree_needs": ""}, "agree_needs"),
        ("contact", {"email": "", "phone": ""}, "email"),
        ("contact", {"email": "nobody"}, "email"),
        ("contact", {"phone": "123"}, "phone"),
        ("contact", {"agree_planning": ""}, "agree_planning"),
        ("contact", {"wishes": ["club"], "agree_club": "on", "email": "", "phone": "41234567"}, "email"),
        ("contact", {"wishes": ["club"]}, "agree_club"),
    ],
)
def test_each_error_stands_at_its_field_and_in_the_summary(client, place, at, wrong, field):
    if at == "contact":
        answer = send(client, place, **wrong)
    else:
        before = hidden(client.post(path(place), PLANNER | {"at": "people"}))
        answer = client.post(path(place), PLANNER | before | wrong | {"at": at})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "ds-error-summary" in page
    assert re.search(rf'id="(div_)?id_{field}(_error|_helptext|"|_\d)', page)
    assert [name for name in answer.context["form"].errors] == [field]
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"street": ""}, "street"),
        ({"postal_code": "357"}, "postal_code"),
        ({"moved_on": "2031-01-01"}, "moved_on"),
        ({"moved_on": "1999-01-01"}, "moved_on"),
        ({"moved_on": "soon"}, "moved_on"),
    ],
)
def test_who_has_moved_says_where_and_when(client, place, wrong, field):
    answer = client.post(path(place), MOVED | wrong | {"at": "move"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    answer = send(client, place, MOVED | wrong)
    assert list(answer.context["form"].errors) == [field], "also when the pages are skipped"
    assert not Order.objects.exists()


def test_words_that_changed_meanwhile_are_read_first(client, place):
    answer = send(client, place, before_sending={"seen_planning": "0" * 32})
    assert list(answer.context["form"].errors) == ["agree_planning"]
    assert hidden(answer)["seen_planning"] == answer.context["form"].fields["agree_planning"].words.mark
    assert not Order.objects.exists()


def test_words_that_change_at_the_very_moment_are_agreed_to_by_nobody(client, place, monkeypatch):
    receive = consents.words_read

    def meanwhile(municipality, purpose, language, seen):
        consents.write(municipality=municipality, purpose=purpose, language=language, words="Helt andre ord.")
        return receive(municipality, purpose, language, seen)

    monkeypatch.setattr(consents, "words_read", meanwhile)
    said = {"name": "Ola", "email": "ola@lie.example", "language": "nb", "agree_club": "on"}
    answer = send_page(client, place, "club", said)
    assert list(answer.context["form"].errors) == ["agree_club"]
    assert "Helt andre ord." in answer.content.decode()
    answer = send(client, place)
    assert list(answer.context["form"].errors) in (["agree_planning"], ["agree_needs"])
    assert not Member.objects.exists()
    assert not Order.objects.exists()


# --- programs ----------------------------------------------------------------------------------------


def test_a_field_that_nobody_sees_is_not_filled_in_by_people(client, place):
    answer = send(client, place, leave_empty="https://spam.example")
    assert answer.status_code == 422
    assert 'value="marie@dubois.example"' in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize("seconds", [0, 2, 25 * 3600])
def test_faster_than_anybody_reads_and_later_than_anybody_waits_is_asked_again(client, place, seconds):
    answer = send(client, place, seconds=seconds)
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert hidden(answer)["stamp"] == answer.context["form"].fresh_stamp
    assert not Order.objects.exists()


def test_a_stamp_of_another_page_or_place_is_none(client, place):
    other = MunicipalityFactory(slug="gol", published=True)
    stamp = hidden(client.get(path(other, "club")))["stamp"]
    answer = send_page(client, place, "club", {"name": "Ola", "email": "ola@lie.example", "language": "nb",
                                               "agree_club": "on", "stamp": stamp})  # fmt: skip
    assert answer.status_code == 422


def test_the_same_form_sent_twice_is_one_order_and_one_mail(client, place):
    first = send(client, place, times=2)
    assert first.status_code == 302
    assert Order.objects.count() == 1
    delivery.mail_waiting()
    delivery.mail_waiting()
    assert len(mail.outbox) == 1


def test_nobodys_letter_box_is_filled(client, place):
    for _ in range(MAILS_A_DAY + 3):
        OrderFactory(municipality=place, email="victim@dalen.example", unconfirmed=True)
    OrderFactory(municipality=place, email="other@dalen.example", unconfirmed=True)
    delivery.mail_waiting()
    delivery.mail_waiting()
    to = [message.to[0] for message in mail.outbox]
    assert to.count("victim@dalen.example") == MAILS_A_DAY
    assert "other@dalen.example" in to


def test_nobody_sends_them_by_the_dozen(client, place, settings, monkeypatch):
    settings.RATE_LIMIT_FACTOR = 1
    monkeypatch.setattr("django_ratelimit.core._get_window", lambda value, period: 4102444800)
    monkeypatch.setattr(meet, "AN_HOUR_BY_CLIENT", 2)
    cache.clear()
    form = {"name": "Ola", "language": "nb", "agree_club": "on"}
    for number in range(3):
        answer = send_page(client, place, "club", form | {"email": f"ola{number}@lie.example"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert Member.objects.count() == 2


# --- confirmed ---------------------------------------------------------------------------------------


def test_the_mail_speaks_the_readers_language_and_tells_of_nobody(client, place):
    send(client, place, language="nn")
    delivery.mail_waiting()
    message = mail.outbox[0]
    assert message.to == ["marie@dubois.example"]
    assert "Stadfest" in message.subject
    for word in ("Marie", "Dubois", "Skiing", "nurse", "2020"):
        assert word not in message.body + message.subject


def test_looking_changes_nothing_and_the_button_confirms(client, place):
    send(client, place)
    page = open_mail(client)
    assert page.status_code == 200
    assert Order.objects.get().state == OrderState.UNCONFIRMED
    assert "Dubois" not in page.content.decode()
    answer = client.post(page.request["PATH_INFO"], {"go": "confirm"}, follow=True)
    assert "It is confirmed" in answer.content.decode()
    order = Order.objects.get()
    assert (order.state, order.is_confirmed) == (OrderState.WAITING, True)
    entries = AuditEntry.objects.filter(model="welcome.Order", object_id=str(order.pk))
    assert {"added", "looked", "changed", "issued"} <= set(entries.values_list("action", flat=True))


def test_confirmed_twice_is_once(client, place):
    send(client, place)
    page = open_mail(client).request["PATH_INFO"]
    client.post(page, {"go": "confirm"})
    confirmed = Order.objects.get().confirmed_at
    client.post(page, {"go": "confirm"})
    assert Order.objects.get().confirmed_at == confirmed


def test_whose_address_was_used_by_somebody_else_deletes_it(client, place):
    send(client, place)
    page = open_mail(client).request["PATH_INFO"]
    assert "deleted" in client.post(page, {"go": "withdraw"}).content.decode()
    assert not Order.objects.exists()
    assert client.get(link_in(mail.outbox[0]), follow=True).status_code == 410


def test_a_mail_that_can_not_be_sent_is_tried_again_unless_the_address_is_refused(
    client, place, refuse_mail_to, monkeypatch, caplog
):
    send(client, place)
    with monkeypatch.context() as away:
        away.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _away)
        delivery.mail_waiting()
    assert Order.objects.get().mailed_at is None
    refuse_mail_to("marie@dubois.example")
    delivery.mail_waiting()
    assert Order.objects.get().mailed_at is not None
    assert not mail.outbox
    assert "marie@dubois.example" not in caplog.text


def _away(backend, messages):
    raise ConnectionRefusedError("marie@dubois.example")


def test_with_a_phone_only_it_goes_straight_to_the_queue_unconfirmed(client, place):
    answer = send(client, place, email="", phone="412 34 567")
    assert answer.url.endswith("?by=phone")
    order = Order.objects.get()
    assert (order.state, order.is_confirmed, str(order.phone.as_e164)) == (
        OrderState.WAITING,
        False,
        "+4741234567",
    )
    delivery.mail_waiting()
    assert not mail.outbox


def test_the_public_is_told_the_same_whether_somebody_is_known(client, place):
    stranger = send(client, place)
    Order.objects.all().delete()
    home = HouseholdFactory(municipality=place, protection="fortrolig", **NOWHERE)
    PersonFactory(household=home, given_name="Marie-Claire", family_name="Dubois", birth_year=1991,
                  email="marie@dubois.example")  # fmt: skip
    known = send(client, place)
    assert (known.status_code, known.url) == (stranger.status_code, stranger.url)


def test_what_a_protected_person_types_of_an_address_is_not_kept(client, place):
    home = HouseholdFactory(municipality=place, protection="fortrolig", **NOWHERE)
    PersonFactory(household=home, given_name="Jean", family_name="Dubois", birth_year=1989)
    assert send(client, place, MOVED).status_code == 302
    order = Order.objects.get()
    assert (order.street, order.postal_code, order.postal_place) == ("", "", "")


# --- the meeting -------------------------------------------------------------------------------------


@pytest.fixture
def meeting(place):
    meeting = WelcomeMeetingFactory(municipality=place, capacity=6)
    MeetingTextFactory(meeting=meeting, language="nb")
    return meeting


def test_a_seat_is_taken_when_the_mail_is_confirmed(client, place, meeting):
    assert send_page(client, place, "meeting", SEAT).status_code == 302
    assert not SignUp.objects.exists()
    page = open_mail(client).request["PATH_INFO"]
    answer = client.post(page, {"go": "confirm"}, follow=True)
    assert "You are signed up" in answer.content.decode()
    row = SignUp.objects.get()
    assert (row.name, row.contact, row.adults, row.state) == (
        "Kari Lie",
        "kari@lie.example",
        2,
        SignUpState.COMING,
    )
    assert row.children == [timezone.localdate().year - 2019]
    order = Order.objects.get()
    assert (order.state, order.given_name, order.email) == (OrderState.SETTLED, "", "")
    client.post(page, {"go": "cancel"})
    assert SignUp.objects.get().state == SignUpState.CANCELLED


def test_a_full_meeting_has_a_waiting_list(client, place, meeting):
    SignUpFactory(meeting=meeting, stranger=True, adults=6, seats=6)
    send_page(client, place, "meeting", SEAT)
    page = open_mail(client).request["PATH_INFO"]
    assert "waiting list" in client.post(page, {"go": "confirm"}, follow=True).content.decode()
    assert SignUp.objects.waiting().count() == 1


def test_needs_at_a_meeting_ask_for_a_consent(client, place, meeting):
    answer = send_page(client, place, "meeting", SEAT | {"needs": "Nuts"})
    assert list(answer.context["form"].errors) == ["agree_needs"]
    assert (
        send_page(client, place, "meeting", SEAT | {"needs": "Nuts", "agree_needs": "on"}).status_code == 302
    )
    assert Order.objects.get().needs_text is not None


def test_without_a_meeting_there_is_nothing_to_send(client, place):
    page = client.get(path(place, "meeting"))
    assert "No meeting" in page.content.decode()
    assert send_page(client, place, "meeting", SEAT).status_code == 200
    assert not Order.objects.exists()


def test_the_pages_ask_a_constant_number_of_questions(client, place, meeting, django_assert_max_num_queries):
    for page in ("order", "meeting", "club", "offer"):
        with django_assert_max_num_queries(8):
            client.get(path(place, page))
    with django_assert_max_num_queries(10):
        client.post(path(place), PLANNER | {"at": "about"})


def test_a_link_leads_to_the_page_of_its_own_order_only(client, place):
    one, other = (
        OrderFactory(municipality=place, unconfirmed=True),
        OrderFactory(municipality=place, unconfirmed=True),
    )
    page = client.get(path_of(links.issue(purpose=ORDER, of=one, by=None)), follow=True).request["PATH_INFO"]
    client.post(page, {"go": "confirm"})
    assert Order.objects.get(pk=one.pk).is_confirmed
    assert not Order.objects.get(pk=other.pk).is_confirmed
