"""Opening a link: no trace of its token, nothing changed, and a page that closes."""

import io
import logging
import logging.config
from dataclasses import replace

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from municipalities.links import actions, grants
from municipalities.links import purposes as declared
from municipalities.links.models import Link
from municipalities.links.purposes import purposes
from municipalities.tenancy.models import Role
from municipalities.topics.review import REVIEW
from tests.factories.municipalities import LinkFactory, MembershipFactory, MunicipalityFactory
from tests.municipalities.links.made import issued, object_for, path_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def link():
    return issued(REVIEW, MunicipalityFactory())


@pytest.fixture
def all_logs():
    """All that any logger says, in the portal's own format."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    set_up = logging.config.DictConfigurator(settings.LOGGING)
    handler.setFormatter(set_up.configure_formatter({**settings.LOGGING["formatters"]["line"]}))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(before)


def rows():
    return list(Link.objects.values_list())


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_changes_no_row(link, client, method):
    before = rows()
    for _ in range(3):
        assert getattr(client, method)(path_of(link)).status_code == 302
    assert rows() == before


def test_a_mail_filter_s_head_gets_no_grant(link, client):
    answer = client.head(path_of(link))
    assert "sessionid" not in answer.cookies
    assert client.get(answer["Location"]).status_code == 410


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_address_of_a_link_takes_nothing(link, client, method):
    assert getattr(client, method)(path_of(link)).status_code == 405


def test_no_cache_search_engine_or_referrer_gets_to_know_it(link, client):
    opening = client.get(path_of(link))
    over = client.get(path_of(link)[:-2] + "/")
    page = client.get(opening["Location"])
    for answer in (opening, over, page):
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
    assert opening["Referrer-Policy"] == over["Referrer-Policy"] == "no-referrer"
    assert page["Referrer-Policy"] == "same-origin"
    assert link.token not in page.content.decode()
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /l/\n" in robots


def test_no_log_holds_a_token(link, client, all_logs):
    path, token = path_of(link), link.token
    client.get(path[:-1])
    client.get(path)
    client.post(path)
    actions.revoke(link=link, by=None)
    client.get(path)
    client.get(path, {"x": 1})
    log = logging.getLogger("gunicorn.access")
    log.info('127.0.0.1 "GET %s HTTP/1.1" 302 "%s"', path, link.url)
    log.info("/nb/?next=%s", path.replace("/", "%2F"))
    try:
        raise RuntimeError(link.url)
    except RuntimeError:
        log.exception("It went wrong")
    written = all_logs.getvalue()
    assert token not in written
    assert written.count("/l/review/…") >= 5
    assert "Gone: /l/review/…/" in written


def test_the_session_gets_another_name_and_the_link_one_slot(link, client):
    client.get(path_of(link))
    session, slot = client.session.session_key, [*client.session[grants.KEY]]
    client.get(path_of(link))
    assert client.session.session_key != session
    assert [*client.session[grants.KEY]] == slot


def test_two_links_in_one_session_are_two_pages(link, client):
    other = issued(REVIEW, MunicipalityFactory())
    pages = [client.get(path_of(each))["Location"] for each in (link, other)]
    for page, each in zip(pages, (link, other), strict=True):
        municipality = each.municipality.name
        assert municipality in client.get(page).content.decode()


def test_a_session_keeps_a_bounded_number(client):
    for _ in range(grants.MOST + 3):
        client.get(path_of(issued(REVIEW, MunicipalityFactory())))
    assert len(client.session[grants.KEY]) == grants.MOST


def test_the_page_closes_after_an_hour(link, client):
    page = client.get(path_of(link))["Location"]
    with time_machine.travel(timezone.now() + timezone.timedelta(seconds=grants.SECONDS + 1)):
        assert client.get(page).status_code == 410
        again = client.get(path_of(link))["Location"]
        assert client.get(again).status_code == 200


def test_a_forged_token_is_refused_before_the_database_is_asked(link, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert actions.open_link("a" * 40, REVIEW) is None


def test_the_latest_link_is_the_one_that_holds(link):
    obj = REVIEW.object_of(link.object_id)
    assert actions.active(purpose=REVIEW, of=obj) == link
    newer = actions.issue(purpose=REVIEW, of=obj, by=None)
    link.refresh_from_db()
    assert link.revoked_at
    assert actions.active(purpose=REVIEW, of=obj) == newer
    assert newer.token == Link.objects.get(pk=newer.pk).token, "a letter can print it again"
    assert actions.revoke(link=newer, by=None)
    assert not actions.revoke(link=newer, by=None)
    assert actions.active(purpose=REVIEW, of=obj) is None


def test_the_database_keeps_one_link_for_each_purpose_and_object(link):
    again = {"municipality": link.municipality, "object_id": link.object_id}
    with pytest.raises(IntegrityError), transaction.atomic():
        LinkFactory(**again)
    LinkFactory(**again, revoked_at=timezone.now())


def test_who_lacks_the_right_issues_nothing():
    home = MunicipalityFactory()
    reader = MembershipFactory(municipality=home, role=Role.READER).user
    elsewhere = MembershipFactory(role=Role.ADMINISTRATOR).user
    for its in purposes():
        obj = object_for(its, home)
        for who in (reader, elsewhere):
            with pytest.raises(PermissionDenied):
                actions.issue(purpose=its, of=obj, by=who)
    assert not Link.objects.exists()


def test_what_is_deleted_leaves_no_link_behind(link):
    assert actions.forget(of=REVIEW.object_of(link.object_id)) == 1
    assert not Link.objects.exists()


def test_two_purposes_of_one_model_open_only_their_own(link, monkeypatch):
    monkeypatch.setattr(declared, "_known", dict(declared._known))
    trial = replace(REVIEW, code="trial")
    assert actions.reopen(link.pk, trial) is None
    assert actions.open_link(link.token, trial) is None
    assert actions.reopen(link.pk, REVIEW) is not None
