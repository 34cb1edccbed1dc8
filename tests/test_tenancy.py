"""A municipality sees its own only: every owned model, and the lists, searches, exports and actions of the
staff site, asked by somebody from elsewhere. What is swept comes from the registries, so a new model is
swept too. The pages of single objects are asked in tests/walls/test_routes.py."""

import itertools
import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.urls import URLResolver, reverse

from housing.developments.models import Development
from housing.listings.models import Listing
from housing.plots.models import Plot
from municipalities.municipality.models import MunicipalityOwned
from municipalities.tenancy.admin import ScopedAdmin
from municipalities.tenancy.models import Membership, Role, User
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.walls.everywhere import search_response
from tests.walls.planting import (
    ADMINS,
    FACTORIES,
    HALF,
    MARK,
    OF_THE_INSTALLATION,
    OWNED,
    admin_name,
    make,
    mark,
    name,
)
from welcome.households.imports import ImportBatch
from welcome.letters.models import LeftOutReason, LetterRun
from welcome.meetings.models import WelcomeMeeting

pytestmark = pytest.mark.django_db
by_the_code = pytest.mark.only_on("sqlite", why="what the code forgets shows where no wall stands behind it")

# Addresses of the staff site that show no row of any model.
SITE_WIDE = {
    "view_on_site", "search", "index", "login", "logout", "password_change", "password_change_done",
    "autocomplete", "jsi18n", "app_list",
}  # fmt: skip
OPEN = {"login", "logout", "password_change", "password_change_done"}  # They lead to /account/.

# What stands in an address besides the object's number. A number that the object of another municipality
# has, so that only the scope can refuse it.
PARTS = {
    (ImportBatch, "verb"): ["save", "drop"],
    (Listing, "photo"): [1],
    (Plot, "photo"): [1],
    (Development, "photo"): [1],
    (WelcomeMeeting, "call"): [1],
    (User, "verb"): ["lock", "open", "invite", "recall", "forget"],
    (LetterRun, "verb"): [
        "freeze",
        "thaw",
        "approve",
        "cancel",
        "reopen",
        "finish",
        "deliver",
        "rest_on_paper",
    ],
    (LetterRun, "reason"): LeftOutReason.values,
    (LetterRun, "number"): [1],
    (LetterRun, "page"): [1],
    (LetterRun, "sequence"): [1],
    (LetterRun, "settled"): ["arrived", "on_paper"],
    (LetterRun, "delivery_id"): [1],
}


@pytest.fixture
def home():
    return MunicipalityFactory(name="Heimegrenda")


@pytest.fixture
def elsewhere():
    return MunicipalityFactory(name=MARK)


@pytest.fixture
def boss(home):
    """May do everything, at home."""
    return MembershipFactory(municipality=home, role=Role.ADMINISTRATOR).user


@pytest.fixture
def planted(home, elsewhere):
    """A marked row of every model of the staff site, elsewhere."""
    rows = {}
    for model in [*OWNED, *(model for model, _page in ADMINS)]:
        mark(make(model, elsewhere, rows))
    return rows


# --- models --------------------------------------------------------------------------------------


def test_the_sweep_finds_the_owned_models():
    assert len(OWNED) > 5
    assert all(issubclass(model, MunicipalityOwned) for model in OWNED)


@pytest.mark.parametrize("model", OWNED, ids=name)
def test_rows_of_another_municipality_are_not_visible(model, home, elsewhere, boss):
    ours, theirs = make(model, home), make(model, elsewhere)
    visible = set(model.objects.visible_to(boss))
    assert ours in visible
    assert theirs not in visible
    assert set(model.objects.of(elsewhere)) >= {theirs}
    assert ours not in model.objects.of(elsewhere)


@pytest.mark.parametrize("model", OWNED, ids=name)
def test_nobody_sees_nothing(model, home, boss):
    make(model, home)
    User.objects.filter(pk=boss.pk).update(is_active=False)
    boss.refresh_from_db()
    assert not model.objects.visible_to(boss).exists()
    assert not model.objects.visible_to(None).exists()


# --- addresses -----------------------------------------------------------------------------------


def _walk(patterns, before=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, before + str(pattern.pattern))
        else:
            parts = [*pattern.pattern.converters, *pattern.pattern.regex.groupindex]
            yield before, pattern, list(dict.fromkeys(parts))


def _addresses():
    """(name, model, parts) of each address; the model whose page it is, None for a site-wide one."""
    by_folder = {f"{m._meta.app_label}/{m._meta.model_name}/": m for m in admin.site._registry}
    return [
        (pattern, by_folder.get(before), parts)
        for before, pattern, parts in _walk(admin.site.get_urls())
        if by_folder.get(before) not in OF_THE_INSTALLATION
    ]


ADDRESSES = _addresses()
OF_AN_OBJECT = [(p, m, parts) for p, m, parts in ADDRESSES if m is not None and parts]
OF_A_LIST = [(p, m) for p, m, parts in ADDRESSES if m is not None and not parts]


def _filled(pattern, model, parts, row):
    """Every address of `pattern` for `row`, relative to the model's folder."""
    values = []
    for part in parts:
        if part == "object_id":
            values.append([row.pk])
        elif part == "municipality_id":
            values.append([getattr(row, "municipality_id", row.pk)])
        else:
            assert (model, part) in PARTS, (
                f"The sweep can't fill {part!r} of {pattern.name}: declare it in PARTS of this file."
            )
            values.append(PARTS[model, part])
    folder = reverse("admin:index") + f"{model._meta.app_label}/{model._meta.model_name}/"
    for chosen in itertools.product(*values):
        route = str(pattern.pattern)
        for part, value in zip(parts, chosen, strict=True):
            route = re.sub(rf"<(?:\w+:)?{part}>|\(\?P<{part}>.*?\)(?=[/.$-])", str(value), route, count=1)
        yield folder + route.strip("^$")


def test_every_site_wide_address_is_known():
    assert {p.name for p, model, _parts in ADDRESSES if model is None} - {None} == SITE_WIDE


@pytest.mark.parametrize("pair", ADMINS, ids=admin_name)
def test_every_page_stands_on_the_scoped_base(pair):
    model, page = pair
    assert isinstance(page, ScopedAdmin)
    assert model in FACTORIES, f"{name(model)} has no factory in tests/factories"


@by_the_code
def test_no_list_names_what_is_elsewhere(planted, home, boss, elsewhere, client):
    client.force_login(boss)
    filters = [
        "",
        f"?q={HALF}",
        f"?municipality__id__exact={elsewhere.pk}",
        "?all=",
        "?_popup=1",
        "?_to_field=id",
    ]
    rows = {User: boss}
    for pattern, model in OF_A_LIST:
        make(model, home, rows)
        for query in filters:
            address = reverse(f"admin:{pattern.name}") + query
            answer = client.get(address, follow=True)
            assert answer.status_code in {200, 403, 404, 405}, address
            assert not search_response(address, answer, [MARK]), address


@by_the_code
def test_no_export_holds_what_is_elsewhere(planted, home, boss, client):
    client.force_login(boss)
    exporting = [(model, page) for model, page in ADMINS if hasattr(page, "export_action")]
    assert exporting
    for model, page in exporting:
        ours = make(model, home)
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_export")
        formats = [each().get_title() for each in page.get_export_formats()]
        data = {"format": formats.index("csv"), "resource": "0"}
        for query in ("", f"?q={HALF}"):
            answer = client.post(address + query, data)
            assert answer["Content-Type"] == "text/csv"
            assert MARK not in answer.content.decode(), address
            chosen = client.post(address + query, data | {"export_items": [ours.pk, planted[model].pk]})
            assert MARK not in chosen.content.decode(), address


def _relations():
    for page_model, page in ADMINS:
        if page.search_fields:
            for source in apps.get_models():
                for field in source._meta.get_fields():
                    if field.concrete and field.is_relation and field.related_model is page_model:
                        yield source, field.name


@by_the_code
def test_no_autocomplete_offers_what_is_elsewhere(planted, home, boss, client):
    client.force_login(boss)
    rows = {User: boss}
    for source, field in _relations():
        make(source._meta.get_field(field).related_model, home, rows)
        where = {
            "app_label": source._meta.app_label,
            "model_name": source._meta.model_name,
            "field_name": field,
        }
        for term in ("", HALF):
            answer = client.get(reverse("admin:autocomplete"), where | {"term": term})
            assert answer.status_code in {200, 403}, where
            assert MARK not in answer.content.decode(), where


@by_the_code
def test_no_action_reaches_what_is_elsewhere(planted, boss, client):
    for model, page in ADMINS:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        with transaction.atomic():  # Or the first action on users or members ends the login of who asks.
            client.force_login(boss)
            for action in ["delete_selected", *(page.actions or [])]:
                data = {
                    "action": action,
                    "_selected_action": [planted[model].pk],
                    "select_across": "1",
                    "post": "yes",
                }
                answer = client.post(address, data, follow=True)
                assert MARK not in answer.content.decode(), (address, action)
            assert model._base_manager.filter(pk=planted[model].pk).exists(), address
            transaction.set_rollback(True)


def test_who_is_not_logged_in_is_asked_to(home, client):
    login = reverse("admin:login")
    for pattern, model, parts in ADDRESSES:
        if model is None and (pattern.name in OPEN or parts):
            continue
        if model is None:
            addresses = [reverse(f"admin:{pattern.name}")] if pattern.name else []
        elif parts:
            addresses = [next(iter(_filled(pattern, model, parts, home)))]
        else:
            addresses = [reverse(f"admin:{pattern.name}")]
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 302, address
            assert answer.url.startswith((login, reverse("admin:index"))), address


def test_the_shortcut_to_the_site_tells_of_nothing(planted, boss, client):
    client.force_login(boss)
    answer = client.get(reverse("admin:view_on_site", args=[1, 1]))
    assert answer.status_code == 404


def test_search_and_front_page_name_nothing_from_elsewhere(planted, boss, client):
    client.force_login(boss)
    for address in [reverse("admin:index"), reverse("admin:search") + f"?s={HALF}&extended=1"]:
        answer = client.get(address)
        assert answer.status_code == 200
        assert MARK not in answer.content.decode()


def test_a_member_without_the_right_is_refused(home, client):
    """An editor works here, and still sees nobody's household."""
    editor = MembershipFactory(municipality=home, role=Role.EDITOR).user
    client.force_login(editor)
    run = make(LetterRun, home)
    assert client.get(reverse("admin:welcome_letterrun_changelist")).status_code == 403
    assert client.get(reverse("admin:welcome_letterrun_change", args=[run.pk])).status_code in {403, 404}
    assert client.get(reverse("admin:municipalities_topic_changelist")).status_code == 200
    assert Membership.objects.of(home).count() == 1
