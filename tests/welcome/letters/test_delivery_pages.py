"""The run's page while it is delivered, as the service office works with it, and the command line."""

import csv
import io
import json

import pytest
from django.core.management import call_command

from municipalities.audit.models import AuditEntry
from municipalities.national import maskinporten
from municipalities.tenancy.models import Role
from tests.factories.welcome import ChannelSettingsFactory
from tests.municipalities.national import svarut_double as double
from tests.welcome.letters.conftest import approved, arrive, frozen
from tests.welcome.letters.frozen import approve, protect, worker
from tests.welcome.letters.sending import (
    arrive_by_email,
    ask_at,
    begun,
    open_svarut,
    post_office,
    print_files,
    states,
    work_on,
)
from tests.welcome.letters.staff_site import text_of, told, url
from welcome.households import actions as households
from welcome.letters import deliveries, delivering, runs, schedule
from welcome.letters.already_out import already_out
from welcome.letters.delivery_models import DeliveryState
from welcome.letters.models import RunState

pytestmark = pytest.mark.only_on("sqlite", why="pages say the same, whatever the database")


@pytest.fixture
def service(settings):
    with double.serve() as server:
        ask_at(settings, server)
        yield server
    maskinporten._held.clear()


@pytest.fixture
def post(settings):
    with post_office(settings) as server:
        yield server


@pytest.fixture
def place_by_email(place):
    ChannelSettingsFactory(municipality=place, by_email=True)
    for number in range(3):
        arrive_by_email(
            place, f"Kari Nummer{number}", f"kari{number}@example.org", house_number=str(number + 1)
        )
    arrive(place, "Ola Papir", house_number="9")
    return place


@pytest.fixture
def office(client, place_by_email):
    client.force_login(worker(place_by_email, Role.COORDINATOR))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_what_was_out_when_protection_came_is_told_to_who_may_know(client, place, service):
    """SvarUt has taken three letters, a fourth waits: the fourth is taken back, two of the three are told of."""
    open_svarut(place)
    homes = [arrive(place, f"Kari Nummer{number}", house_number=str(number + 1)) for number in range(3)]
    run = begun(place)
    work_on(run)
    assert states(run) == {"svarut sent": 3}
    for home in homes[:2]:
        households.protect(household=home, grade="fortrolig", by=None)
    schedule.sweep()
    numbers = sorted(run.letters.filter(household__in=homes[:2]).values_list("number", flat=True))
    assert not run.letters.filter(number__in=numbers, purged_at=None).exists(), (
        "nothing of the address is held"
    )
    office = worker(place, Role.SERVICE_OFFICE)
    client.force_login(office)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    for step in ("delivery", "report"):
        since = AuditEntry.objects.latest("pk").pk
        page = text_of(client.get(url(run, step)))
        assert "2 letters were out when their households got address protection" in page
        for number, home in zip(numbers, sorted(homes[:2], key=lambda home: home.pk), strict=True):
            assert f"Letter {number} · " in page
            assert f"Household {home.pk}" in page
        assert "Nummer0" not in page
        assert "Storgata" not in page
        assert AuditEntry.objects.filter(pk__gt=since, user=office, note="already_out rows=2").exists()
    client.force_login(worker(place, Role.READER))
    for step in ("delivery", "report"):
        page = text_of(client.get(url(run, step)))
        assert "rotect" not in page
        assert 'id="already-out"' not in page


def test_a_printed_letter_that_is_out_is_told_of_too(in_english, place):
    home = arrive(place, "Kari Papir")
    run = approved(place)
    print_files(run)
    runs.finish(run=run, by=None)
    run.refresh_from_db()
    assert already_out(run).count == 0
    households.protect(household=home, grade="strengtFortrolig", by=None)
    [out] = already_out(run).letters
    assert (out.household, out.way, out.state) == (home.pk, "Print", "Sent")
    households.protect(household=home, grade="", by=None)
    assert already_out(run).count == 0


def test_a_letter_that_can_be_taken_back_is_none_of_them(place):
    home = arrive(place, "Kari Papir")
    run = approved(place)
    print_files(run)
    households.protect(household=home, grade="fortrolig", by=None)
    assert already_out(run).count == 0


def test_the_office_sends_sees_it_move_and_closes(office, place_by_email):
    run = frozen(place_by_email)
    assert "E-mail 3, Print 1" in text_of(office.get(url(run, "approve")))
    approve(run)
    print_files(run)
    page = text_of(office.get(url(run, "delivery")))
    assert "3 letters go by e-mail or SvarUt" in page
    assert "The printer has the files" not in page
    refused = told(office.post(url(run, "act", "finish"), {"sure": "on"}, follow=True))
    assert refused == ["Some letters don't go to the printer: send them first."]
    run.refresh_from_db()
    assert run.state == RunState.READY
    assert told(office.post(url(run, "act", "deliver"), {"sure": "on"}, follow=True)) == [
        "The letters are being sent."
    ]
    live = office.get(url(run, "delivery"), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in text_of(live)
    assert "<html" not in text_of(live)
    delivering.work(run)
    done = office.get(url(run, "delivery"), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    assert "of 3 letters sent" in text_of(done)
    office.post(url(run, "act", "finish"), {"sure": "on"})
    run.refresh_from_db()
    assert run.state == RunState.DONE
    report = text_of(office.get(url(run, "report")))
    assert "4 letters are sent" in report
    assert "Letters that go another way: E-mail" in report
    assert "The numbers don’t add up" not in report


def test_what_is_uncertain_waits_for_a_person_and_one_click_settles_it(office, post, place_by_email):
    post.fails_at = [("end", "cut"), ("end", "cut")]
    run = begun(place_by_email)
    delivering.work(run)
    page = text_of(office.get(url(run, "delivery")))
    assert "Nobody knows whether these came" in page
    assert "it may have been taken" in page
    first, second = run.deliveries.filter(state="uncertain").order_by("pk")
    office.post(url(run, "settle", first.pk, "arrived"), follow=True)
    office.post(url(run, "settle", second.pk, "on_paper"), follow=True)
    again = office.post(url(run, "settle", second.pk, "arrived"), follow=True)
    assert told(again) == ["Somebody has settled this letter already."]
    assert states(run) == {
        "email delivered": 1, "email failed": 1, "email sent": 1, "print waiting": 2,
    }  # fmt: skip
    page = text_of(office.get(url(run, "delivery")))
    assert "Somebody decided to send it on paper." in page
    assert "can be closed when 1 letter" in page
    deliveries.gather(run)
    print_files(run)
    assert "could not go another way" in text_of(office.get(url(run, "delivery")))


def test_an_email_that_came_back_is_printed_by_its_number(office, place_by_email):
    run = begun(place_by_email)
    delivering.work(run)
    number = run.deliveries.filter(channel="email").first().letter.number
    printed = run.deliveries.on_paper().get().letter.number
    for wrong in (printed, 999, "x", ""):
        answer = office.post(url(run, "bounce"), {"number": wrong}, follow=True)
        assert told(answer) == ["There is no letter of this number that was sent by e-mail."]
    office.post(url(run, "bounce"), {"number": number})
    assert states(run) == {"email failed": 1, "email sent": 2, "print waiting": 2}


def test_a_protected_household_is_named_nowhere_among_the_uncertain(office, post, place_by_email):
    post.fails_at = [("end", "cut")]
    run = begun(place_by_email)
    delivering.work(run)
    letter = run.deliveries.get(state=DeliveryState.UNCERTAIN).letter
    protect(letter.household)
    page = text_of(office.get(url(run, "delivery")))
    assert "A letter that may not be shown" in page
    assert f"Letter {letter.number}<" not in page


def test_who_is_kept_waiting_is_told_why_and_may_print_the_rest(office, place_by_email, service):
    place_by_email.channelsettings_set.all().delete()
    open_svarut(place_by_email, by_email=False)
    service.lets_in = False
    run = approved(place_by_email)
    print_files(run)
    runs.deliver(run=run, by=None)
    delivering.work(run)
    page = text_of(office.get(url(run, "delivery")))
    assert "The municipality is not let in" in page
    assert "The portal tries again at" in page
    office.post(url(run, "act", "rest_on_paper"), {"sure": "on"})
    assert states(run) == {"svarut failed": 4, "print waiting": 4}


def test_the_report_as_a_table_tells_each_delivery(office, place_by_email):
    run = begun(place_by_email)
    delivering.work(run)
    runs.finish(run=run, by=None)
    text = office.get(url(run, "report_csv")).content.decode("utf-8-sig")
    rows = dict(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows["delivered by E-mail: Sent"] == "3"
    assert rows["delivered by Print: Sent"] == "1"
    assert json.loads(office.get(url(run, "report_json")).content)["deliveries"] == {
        "email": {"sent": 3}, "print": {"sent": 1},
    }  # fmt: skip


def test_the_command_line_sends_too(place, service, tmp_path):
    open_svarut(place)
    service.faults = ["reject"]
    for number in range(2):
        arrive(place, f"Kari Nummer{number}", house_number=str(number + 1))
    said = io.StringIO()
    more = {"approve": True, "here": True, "deliver": True, "out": tmp_path, "stdout": said}
    call_command("letter_run", "3328", "2026Q3", **more)
    lines = said.getvalue().strip().splitlines()
    assert "       2  by SvarUt" in lines
    assert "1 of 2 letters sent, 1 on paper instead" in lines
    report = json.loads(lines[-1])
    assert report["deliveries"] == {"print": {"waiting": 1}, "svarut": {"failed": 1, "sent": 1}}
    assert [file["letters"] for file in report["files"]] == [1]
    call_command("verify_run", "3328", "2026Q3", tmp_path, stdout=io.StringIO())
