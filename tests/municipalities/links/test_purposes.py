"""Every purpose that a slice declares, against every way in which a link may not open. A purpose that is
added later is taken in by itself."""

import datetime
import html
import importlib
import re
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from municipalities.links import actions, grants, tokens
from municipalities.links.grants import behind
from municipalities.links.models import Link
from municipalities.links.purposes import Purpose, purpose, purposes
from municipalities.municipality.models import Municipality
from tests.factories.municipalities import MunicipalityFactory, UserFactory
from tests.municipalities.links.made import issued, object_for, path_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="what it tries does not depend on the database"),
]

get_resolver().url_patterns  # noqa: B018 - the pages are loaded, and with them their purposes.
ALL = sorted(purposes(), key=lambda each: each.code)
PAIRS = [(one, other) for one in ALL for other in ALL if one is not other]


def code(value):
    return value.code


@pytest.fixture
def home():
    return MunicipalityFactory()


def text_of(answer):
    return re.sub(r'nonce="[^"]+"', "", html.unescape(answer.content.decode()))  # Another in each answer.


def over(client, path, its):
    """The page that every link shows which doesn't open."""
    answer = client.get(path)
    assert answer.status_code == 410
    assert str(its.over) in text_of(answer)
    assert "sessionid" not in answer.cookies
    return text_of(answer)


def nowhere(its):
    return reverse("open_link", args=[its.code, "a" * tokens.LENGTH])


# --- declarations ----------------------------------------------------------------------------------


def test_purposes_declared_in_files_are_loaded():
    """Or the tables below would be content with those that happen to be."""
    for app in ("municipalities", "housing", "welcome"):
        root = Path(apps.get_app_config(app).path)
        for file in root.rglob("*.py"):
            if "Purpose(\n" in file.read_text():
                module = importlib.import_module(
                    ".".join([app, *file.relative_to(root).with_suffix("").parts])
                )
                declared = [value for value in vars(module).values() if isinstance(value, Purpose)]
                assert declared
                assert set(map(code, declared)) <= set(map(code, ALL))


@pytest.mark.parametrize("its", ALL, ids=code)
def test_a_purpose_leads_to_a_page_that_asks_for_it(its):
    address = reverse(its.page, args=["0"])
    view = get_resolver().resolve(address).func
    while not hasattr(view, "purpose"):
        view = view.__wrapped__
    assert view.purpose is its
    assert its.lifetime <= datetime.timedelta(days=366)


def test_two_of_one_name_refuse_to_start():
    with pytest.raises(ImproperlyConfigured, match="Two purposes"):
        Purpose(code=ALL[0].code, model=Municipality, lifetime=datetime.timedelta(1), page="", over="")


@pytest.mark.parametrize("name", ["Host", "with space", "x", "x" * 17, "å"])
def test_a_name_that_can_stand_in_no_address_refuses_to_start(name):
    with pytest.raises(ImproperlyConfigured, match="address"):
        Purpose(code=name, model=Municipality, lifetime=datetime.timedelta(1), page="", over="")


def test_one_that_nobody_declared_refuses_to_start():
    with pytest.raises(ImproperlyConfigured, match="nobody"):
        behind(purpose("nobody"))


# --- every purpose against every obstacle ----------------------------------------------------------


@pytest.mark.parametrize("its", ALL, ids=code)
def test_a_link_opens_its_page_at_an_address_that_opens_nothing(its, home, client):
    link = issued(its, home)
    answer = client.get(path_of(link))
    assert answer.status_code == 302
    assert link.token not in answer["Location"]
    assert client.get(answer["Location"]).status_code == 200
    client.cookies.clear()
    assert client.get(answer["Location"]).status_code == 410


def _forged(link, home):
    return path_of(link)[:-3] + ("aa/" if path_of(link)[-3:-1] != "aa" else "bb/")


def _revoked(link, home):
    actions.revoke(link=link, by=UserFactory())
    return path_of(link)


def _replaced(link, home):
    obj = link.its_purpose.object_of(link.object_id)
    actions.issue(purpose=link.its_purpose, of=obj, by=None)
    return path_of(link)


def _gone(link, home):
    path = path_of(link)
    link.its_purpose.model._base_manager.filter(pk=link.object_id).delete()
    return path


def _another_object(link, home):
    path = path_of(link)
    other = object_for(link.its_purpose, MunicipalityFactory())
    Link.objects.filter(pk=link.pk).update(object_id=other.pk)
    return path


def _put_elsewhere(link):
    """The database lets no row move, so it is made anew, with all it had."""
    Link.objects.filter(pk=link.pk).delete()
    link.municipality = MunicipalityFactory()
    link.save(force_insert=True)


def _another_municipality(link, home):
    path = path_of(link)
    _put_elsewhere(link)
    return path


def _moved_with_its_row(link, home):
    """Even a token that was made for the row as it stands opens nothing elsewhere."""
    _put_elsewhere(link)
    return path_of(link)


def _changed(link, home):
    path = path_of(link)
    Link.objects.filter(pk=link.pk).update(state="0" * 32)
    return path


OBSTACLES = [
    _forged, _revoked, _replaced, _gone, _another_object, _another_municipality, _moved_with_its_row, _changed,
]  # fmt: skip


def test_the_database_lets_no_link_move_to_another_municipality(home):
    link = issued(ALL[0], home)
    with pytest.raises(IntegrityError), transaction.atomic():
        Link.objects.filter(pk=link.pk).update(municipality=MunicipalityFactory())


@pytest.mark.parametrize("its", ALL, ids=code)
@pytest.mark.parametrize("obstacle", OBSTACLES, ids=lambda way: way.__name__.strip("_"))
def test_it_is_over_and_nobody_can_tell_why(its, obstacle, home, client):
    link = issued(its, home)
    page = client.get(path_of(link))["Location"]
    path = obstacle(link, home)
    if obstacle is not _forged:
        assert client.get(page).status_code == 410, "what was open is closed at the next request"
        assert client.post(page, {}).status_code in {405, 410}
    client.cookies.clear()
    assert over(client, path, its) == over(client, nowhere(its), its)


@pytest.mark.parametrize("its", ALL, ids=code)
def test_too_old_is_over(its, home, client):
    path = path_of(issued(its, home))
    with time_machine.travel(timezone.now() + its.lifetime, tick=False):
        assert over(client, path, its) == over(client, nowhere(its), its)


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=code)
def test_one_purpose_never_opens_another_s_page(one, other, home, client):
    link = issued(one, home)
    assert over(client, reverse("open_link", args=[other.code, link.token]), other)
    assert actions.reopen(link.pk, other) is None
    client.get(path_of(link))
    [slot] = client.session[grants.KEY]
    for its in (one, other):
        assert client.get(reverse(its.page, args=[slot])).status_code == (200 if its is one else 410)


@pytest.mark.parametrize("its", ALL, ids=code)
def test_a_row_turned_to_another_purpose_opens_nothing(its, home, client):
    link = issued(its, home)
    token = link.token
    Link.objects.filter(pk=link.pk).update(purpose="trial")
    assert over(client, reverse("open_link", args=[its.code, token]), its)


def test_a_purpose_that_is_not_there_is_over_too(client):
    assert client.get("/l/nobody/abc/").status_code == 410
