"""What a municipality enters to have its letters sent: kept, never shown, and tried out in plain words."""

import pytest
from django.db import connection
from django.urls import reverse

from municipalities.national import maskinporten
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import ChannelSettingsFactory
from tests.municipalities.national import svarut_double as double
from tests.welcome.letters.frozen import worker
from tests.welcome.letters.sending import ask_at, open_svarut
from tests.welcome.letters.staff_site import text_of, told
from welcome.households.models import Person
from welcome.letters.channels import ChannelSettings

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="pages say the same, whatever the database"),
]
KEYS = {
    "account_id": double.ACCOUNT, "integration_id": double.INTEGRATION,
    "integration_password": double.PASSWORD, "client_id": double.CLIENT, "key_id": double.KEY_ID,
    "private_key": double.PEM, "cost_code": "1202",
}  # fmt: skip
ADD = "admin:welcome_channelsettings_add"


@pytest.fixture
def place():
    return MunicipalityFactory(number="3328", name="Ål")


@pytest.fixture
def boss(client, place):
    client.force_login(worker(place, Role.ADMINISTRATOR))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def service(settings):
    with double.serve() as server:
        ask_at(settings, server)
        yield server
    maskinporten._held.clear()


def page(name, row):
    return reverse(f"admin:welcome_channelsettings_{name}", args=[row.pk])


def test_keys_are_kept_encrypted_and_never_shown(boss, place):
    assert (
        boss.post(
            reverse(ADD), {"printing": "svarut", "email_as": "link", "by_email": "on", **KEYS}
        ).status_code
        == 302
    )
    row = ChannelSettings.objects.get(municipality=place)
    assert (row.account.integration_password, row.account.client.private_key) == (
        double.PASSWORD,
        double.PEM.strip(),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT integration_password, private_key FROM welcome_channelsettings")
        stored = " ".join(cursor.fetchone())
    assert double.PASSWORD not in stored
    assert "PRIVATE" not in stored
    shown = text_of(boss.get(page("change", row)))
    assert double.PASSWORD not in shown
    assert "BEGIN PRIVATE" not in shown.replace("-----BEGIN PRIVATE KEY-----.", "")
    assert double.PEM.splitlines()[1] not in shown


def test_an_empty_field_keeps_the_key_unless_what_it_belongs_to_has_changed(boss, place):
    row = open_svarut(place)
    kept = KEYS | {"integration_password": "", "private_key": ""}
    assert (
        boss.post(page("change", row), {"printing": "svarut", "email_as": "link", **kept}).status_code == 302
    )
    row.refresh_from_db()
    assert row.account.integration_password == double.PASSWORD
    another = kept | {"client_id": "another-client"}
    answer = boss.post(page("change", row), {"printing": "svarut", "email_as": "link", **another})
    assert "You have changed what this belongs to" in text_of(answer)


@pytest.mark.parametrize("missing", [name for name in KEYS if name != "cost_code"])
def test_svarut_needs_all_of_it_and_says_which(boss, place, missing):
    answer = boss.post(reverse(ADD), {"printing": "svarut", "email_as": "link", **KEYS, missing: ""})
    assert answer.status_code == 200
    assert "SvarUt needs this." in str(answer.context["adminform"].form.errors[missing])
    assert (
        boss.post(reverse(ADD), {"printing": "own", "email_as": "link", **KEYS, missing: ""}).status_code
        == 302
    )


@pytest.mark.parametrize(
    "wrong", [{"private_key": "-----BEGIN"}, {"account_id": "3328"}, {"cost_code": "med mellomrom"}]
)
def test_what_can_not_be_right_is_refused_at_its_field(boss, place, wrong):
    answer = boss.post(reverse(ADD), {"printing": "svarut", "email_as": "link", **KEYS, **wrong})
    assert set(answer.context["adminform"].form.errors) == set(wrong)
    assert not ChannelSettings.objects.exists()


def test_the_municipality_says_it_once(boss, place):
    ChannelSettingsFactory(municipality=place)
    answer = boss.post(reverse(ADD), {"printing": "own", "email_as": "link"})
    assert "The municipality has said this already" in text_of(answer)


def test_the_test_says_that_the_municipality_is_let_in_and_sends_nothing(boss, place, service):
    row = open_svarut(place)
    assert boss.get(page("test", row)).status_code == 200
    assert service.asked.total() == 0  # A look at the page asks nobody.
    assert told(boss.post(page("test", row), follow=True)) == ["SvarUt lets the municipality in."]
    assert (service.asked["find"], service.asked["send"]) == (1, 0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"account_id": "00000000-0000-0000-0000-000000000000"}, "SvarUt knows no account of this id."),
        ({"integration_password": "feil"}, "SvarUt refuses the integration"),
        ({"key_id": "another"}, "Maskinporten does not know this client"),
        ({"private_key": "broken"}, "The private key can't be read"),
    ],
)
def test_the_test_says_what_is_wrong_in_plain_words(boss, place, service, wrong, words):
    row = open_svarut(place)
    for name, value in wrong.items():
        setattr(row, name, value)
    row.save()
    (said,) = told(boss.post(page("test", row), follow=True))
    assert words in said


def test_nobody_is_asked_before_all_is_entered(boss, place, service):
    row = ChannelSettingsFactory(municipality=place, account_id=double.ACCOUNT)
    (said,) = told(boss.post(page("test", row), follow=True))
    assert "Something is missing" in said
    assert service.asked.total() == 0


def test_a_service_that_is_down_is_said_to_be(boss, place, service):
    row = open_svarut(place)
    service.answers_questions = False
    assert "Try again later" in told(boss.post(page("test", row), follow=True))[0]


def test_the_page_says_that_svarut_delivers_nothing_digitally(boss, place):
    """That asks for an identity number, which no household has here: letters go to the service's way for paper."""
    assert "which is not held here" in text_of(boss.get(page("change", open_svarut(place))))
    assert not {"identifier", "national_id", "digital_id"} & {
        field.name for field in Person._meta.get_fields()
    }
