"""The client against a service that behaves as its documents say, and as badly as we fear."""

import dataclasses
import datetime
import uuid

import pytest

from municipalities.national import maskinporten, svarut
from tests.municipalities.national import svarut_double as double

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")

ADDRESS = svarut.Address(["Øvre Ålsgata 12 B"], "3570", "Ål")


@pytest.fixture
def service(settings):
    with double.serve() as server:
        settings.FETCH_PRIVATE_HOSTS = [server.place]
        settings.SVARUT_URL, settings.MASKINPORTEN_URL = f"{server.url}/api", server.url
        yield server


@pytest.fixture
def account():
    client = maskinporten.Client(double.CLIENT, double.KEY_ID, double.PEM)
    yield svarut.Account(double.ACCOUNT, double.INTEGRATION, double.PASSWORD, client)
    maskinporten.forget(client)


def shipment(**more):
    known = {
        "title": "Velkomstbrev fra Ål", "name": "Åse Marie Østerhus", "address": ADDRESS,
        "filename": "velkommen.pdf", "content": b"%PDF-1.7 brev", "reference": f"tilflytter-{uuid.uuid4()}",
        "group": "3328-2026Q3", "cost_code": "1202-VELKOMMEN",
    }  # fmt: skip
    return svarut.Shipment(**known | more)


def test_a_letter_is_taken_once_with_what_makes_it_a_letter(service, account):
    sent = shipment()
    number = svarut.send(account, sent)
    assert service.accepted == {sent.reference: 1}
    taken = service.shipments[number]
    assert taken["kind"] == "print"
    assert taken["content"] == b"%PDF-1.7 brev"
    assert taken["told"]["mottaker"] == {
        "navn": "Åse Marie Østerhus",
        "adresse": {
            "adresselinje1": "Øvre Ålsgata 12 B", "postnummer": "3570", "poststed": "Ål", "landkode": "NO",
        },
    }  # fmt: skip
    assert taken["told"]["utskriftskonfigurasjon"] == {"tosidig": True}
    assert svarut.find(account, sent.reference) == [number]
    assert svarut.find(account, "another") == []


def test_with_an_identity_number_it_goes_to_the_person_and_is_printed_if_that_fails(service, account):
    service.progress = double.DIGITAL_THEN_PRINTED
    number = svarut.send(account, shipment(digital_id="13848512345"))
    assert service.shipments[number]["kind"] == "person"
    states = [svarut.statuses(account, [number])[0] for _ in range(5)]
    assert [one.state for one in states] == double.DIGITAL_THEN_PRINTED
    assert [one.is_delivered for one in states] == [False] * 4 + [True]
    assert states[0].changed.tzinfo is not None


@pytest.mark.parametrize(
    ("fault", "raised", "accepted"),
    [
        ("cut", svarut.MayBeTaken, 1),
        ("nonsense", svarut.MayBeTaken, 1),
        ("500 after", svarut.MayBeTaken, 1),
        ("500 before", svarut.MayBeTaken, 0),
        ("409", svarut.MayBeTaken, 0),
        ("429", svarut.TryAgain, 0),
        ("reject", svarut.Refused, 0),
    ],
)
def test_each_fault_says_whether_the_letter_may_have_been_taken(service, account, fault, raised, accepted):
    service.faults = [fault]
    sent = shipment()
    with pytest.raises(svarut.Fault) as failure:
        svarut.send(account, sent)
    assert type(failure.value) is raised
    assert service.accepted[sent.reference] == accepted
    # What the service says can quote the address, and stands in logs.
    assert "Ålsgata" not in str(failure.value)
    assert len(svarut.find(account, sent.reference)) == accepted


def test_the_wait_that_the_service_asks_for_is_told(service, account):
    service.faults = ["429"]
    with pytest.raises(svarut.TryAgain) as failure:
        svarut.send(account, shipment())
    assert (failure.value.after, failure.value.code) == (7, "429 FOR_MANGE")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("90", 90),
        ("86400", 3600),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
def test_every_way_to_say_when_to_come_back(said, seconds):
    answer = type("Answer", (), {"headers": {"Retry-After": said}})
    assert svarut._wait(answer) == seconds


def test_a_moment_to_come_back_at_is_in_seconds_from_now():
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5)
    answer = type("Answer", (), {"headers": {"Retry-After": f"{moment:%a, %d %b %Y %H:%M:%S} GMT"}})
    assert 290 <= svarut._wait(answer) <= 300


def test_no_answer_in_time_is_no_answer_and_a_slow_one_is(service, account, monkeypatch):
    monkeypatch.setattr(svarut, "SEND_SECONDS", 1.5)
    service.faults, slow, never = ["slow", "hang"], shipment(), shipment()
    svarut.send(account, slow)
    with pytest.raises(svarut.MayBeTaken):
        svarut.send(account, never)
    assert service.accepted == {slow.reference: 1, never.reference: 1}


def test_a_service_that_is_not_there_has_taken_nothing(service, account, settings):
    svarut.check(account)
    settings.SVARUT_URL = "http://127.0.0.1:9/api"
    settings.FETCH_PRIVATE_HOSTS = [*settings.FETCH_PRIVATE_HOSTS, "127.0.0.1:9"]
    with pytest.raises(svarut.TryAgain) as failure:
        svarut.send(account, shipment())
    assert failure.value.code == "out-of-reach"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"integration_password": "feil"}, "account 403 INGEN_TILGANG"),
        ({"account_id": str(uuid.uuid4())}, "account 404 KONTO_FINNES_IKKE"),
        ({"client": maskinporten.Client("another", double.KEY_ID, double.PEM)}, "token invalid_grant"),
        ({"client": maskinporten.Client(double.CLIENT, "another", double.PEM)}, "token invalid_grant"),
        ({"client": maskinporten.Client(double.CLIENT, double.KEY_ID, "no key")}, "key"),
    ],
)
def test_what_is_entered_wrongly_has_its_own_name(service, account, wrong, code):
    with pytest.raises(svarut.NotLetIn) as failure:
        svarut.check(dataclasses.replace(account, **wrong))
    assert failure.value.code == code
    with pytest.raises(svarut.NotLetIn):
        svarut.send(dataclasses.replace(account, **wrong), shipment())
    assert not service.accepted


def test_one_token_lasts_for_many_letters_and_a_refused_one_is_fetched_anew(service, account):
    for _ in range(3):
        svarut.send(account, shipment())
    assert service.asked["token"] == 1
    service.tokens.clear()
    with pytest.raises(svarut.NotLetIn):
        svarut.send(account, shipment())
    svarut.send(account, shipment())
    assert service.asked["token"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 1001},
        {"name": "x" * 101},
        {"reference": "x" * 101},
        {"cost_code": "x" * 21},
        {"filename": "a/b.pdf"},
        {"address": svarut.Address([], "3570", "Ål")},
        {"address": svarut.Address(["a", "b", "c", "d"], "3570", "Ål")},
        {"address": svarut.Address(["x" * 71], "3570", "Ål")},
        {"address": svarut.Address(["Gata 1"], "3570", "")},
    ],
)
def test_what_the_interface_does_not_take_never_leaves(service, account, wrong):
    with pytest.raises(svarut.Refused):
        svarut.send(account, shipment(**wrong))
    assert service.asked["send"] == 0


def test_a_question_that_is_not_answered_is_asked_again(service, account):
    number = svarut.send(account, shipment())
    service.answers_questions = False
    for ask in (lambda: svarut.find(account, "x"), lambda: svarut.statuses(account, [number])):
        with pytest.raises(svarut.TryAgain):
            ask()
    service.answers_questions = True
    assert [one.shipment_id for one in svarut.statuses(account, [number, str(uuid.uuid4())])] == [number]


def test_no_secret_stands_in_what_is_written_of_an_account(account):
    assert double.PASSWORD not in repr(account)
    assert "PRIVATE KEY" not in repr(account)
    assert "13848512345" not in repr(shipment(digital_id="13848512345"))


@pytest.mark.parametrize(
    "broken",
    [
        lambda told, files: told.pop("tittel"),
        lambda told, files: told.update(digitalId="13848512345"),
        lambda told, files: told["mottaker"].update(digitalId="13848512345"),
        lambda told, files: told["mottaker"]["adresse"].pop("poststed"),
        lambda told, files: told["dokumenter"][0].update(filnavn="another.pdf"),
        lambda told, files: told["dokumenter"].append({"filnavn": "b.pdf", "mimeType": "application/pdf"}),
        lambda told, files: files.append(("c.pdf", "application/pdf", b"%PDF-1.7")),
        lambda told, files: told.update(konteringskode="med mellomrom"),
    ],
)
def test_the_double_is_strict(broken):
    told, files = svarut._metadata(shipment()), [("velkommen.pdf", "application/pdf", b"%PDF-1.7")]
    double.judge("print", told, files)
    broken(told, files)
    with pytest.raises(double.Wrong):
        double.judge("print", told, files)
