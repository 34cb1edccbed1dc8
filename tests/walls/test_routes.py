"""Every address of the product, asked with every method as everybody who may come to it.

`WALLS_TABLE=folder make test T=tests/walls` writes what was asked and answered there, one CSV a kind of visitor.
"""

import copy
import csv
import os
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.urls import resolve, reverse

from municipalities.links import actions
from municipalities.links.purposes import purposes
from municipalities.tenancy.roles import RIGHTS
from tests.factories.municipalities import MunicipalityFactory
from tests.municipalities.links.made import OBJECTS
from tests.walls import people
from tests.walls.declared import (
    FORMS,
    NOT_TAKEN,
    PUBLIC,
    QUERIES,
    RULES,
    Kind,
    is_of_an_object,
    rule_of,
    values_of,
)
from tests.walls.planting import MARK, Place, plant
from tests.walls.routes import addresses_of, all_routes
from welcome.cooperation.links import IDEAS
from welcome.orders.links import KEEP

pytestmark = pytest.mark.django_db
by_the_code = pytest.mark.only_on("sqlite", why="refused by the code, before any database is asked")

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
READ_OR_SEND = METHODS[:3]
ROUTES = all_routes()
# What a refused request may write: that somebody came, never what they came for.
WRITTEN_BY_ANYBODY = re.compile(
    r"django_session|municipalities_(auditentry|systementry|auditseal|systemseal)"
)
_WRITING = re.compile(r'(?<!FOR )(?<!KEY )\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.I)


# --- what there is ---------------------------------------------------------------------------------


def test_every_address_has_its_rule():
    for route in ROUTES:
        rule_of(route)


def test_no_rule_is_left_of_an_address_that_is_gone():
    assert {route.key for route in ROUTES} >= set(RULES)
    assert set(RULES) >= {*QUERIES, *FORMS}


def test_the_roles_may_what_was_said():
    assert {role: {right.value for right in rights} for role, rights in RIGHTS.items()} == people.MAY


# --- everybody at every door -----------------------------------------------------------------------


@dataclass
class Ledger:
    """What was asked and answered, and what of it is wrong."""

    rows: list[tuple] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def note(self, route, person, method, address, expected, got, trouble=""):
        right = got in expected and not trouble
        self.rows.append(
            (str(route), person.name, method, address, "/".join(map(str, sorted(expected))), got, right)
        )
        if not right:
            self.wrong.append(
                f"{person.name} {method} {address}: {got}, not {sorted(expected)} {trouble} ({route.key})"
            )

    def close(self, name, node):
        names = {"routes": {row[0] for row in self.rows}, "methods": {row[2] for row in self.rows},
                 "visitors": {row[1] for row in self.rows}}  # fmt: skip
        counted = " × ".join(f"{len(found)} {what}" for what, found in names.items())
        node.user_properties.append(("counted", f"{name}: {counted}, {len(self.rows)} requests"))
        if folder := os.environ.get("WALLS_TABLE"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            with (Path(folder) / f"{name.replace(' ', '-')}.csv").open("w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["route", "visitor", "method", "address", "must be", "is", "right"])
                writer.writerows(self.rows)
        assert not self.wrong, f"{len(self.wrong)} of {len(self.rows)}:\n" + "\n".join(self.wrong[:60])


@pytest.fixture
def ledger():
    return Ledger()


@pytest.fixture
def there(db):
    return plant(MARK)


@pytest.fixture
def everybody(there):
    found = people.everybody(there, Place(MunicipalityFactory(name="Heimegrenda"), {}))
    for person in found:
        person.browser.raise_request_exception = False  # A crash is an answer like others: 500, and wrong.
    return {person.name: person for person in found}


@contextmanager
def writes():
    """The tables that are written to meanwhile, with how often."""
    found = Counter()

    def watch(execute, sql, params, many, context):
        found.update(_WRITING.findall(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def fingerprint():
    """Every row of every table that a refused request may not write to."""
    held = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not WRITTEN_BY_ANYBODY.fullmatch(table):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                held[table] = Counter(map(repr, cursor.fetchall()))
    return held


def ask(person, method, address, route=None):
    """Whoever is logged out by what they ask for is logged in again for the next request."""
    cookies = copy.deepcopy(person.browser.cookies)
    try:
        if method == "POST":
            return person.browser.post(address, FORMS.get(route.key, {}) if route else {})
        return person.browser.generic(method, address)
    finally:
        person.browser.cookies = cookies


def is_to_login(answer):
    return answer.url.startswith((reverse("admin:login"), reverse("account_login")))


def asked_of(route, there):
    query = QUERIES[route.key](there) if route.key in QUERIES else ""
    return [address + query for address in addresses_of(route, values_of(route, there))]


def refused_everywhere(ledger, person, there, expected):
    """Asks every address that `expected(route, method)` says a refusal for, and sees that nothing changed."""
    before = fingerprint()
    for route in ROUTES:
        for address in asked_of(route, there):
            for method in METHODS:
                answers = expected(route, method)
                if answers is None:
                    continue
                with writes() as written:
                    answer = ask(person, method, address, route)
                trouble = " and wrote" if any(not WRITTEN_BY_ANYBODY.fullmatch(t) for t in written) else ""
                if answer.status_code == 302 and not is_to_login(answer):
                    trouble += " not to the login"
                if MARK.encode() in (b"" if answer.streaming else answer.content):
                    trouble += " and told"
                ledger.note(route, person, method, address, answers, answer.status_code, trouble)
    if fingerprint() != before:  # Past the statements that were watched.
        ledger.wrong.append(f"{person.name} at one of these addresses: the database changed")


@by_the_code
@pytest.mark.parametrize("who", [people.NOBODY, people.LOCKED_OUT])
def test_who_is_not_logged_in_is_sent_to_the_login(who, there, everybody, ledger, request):
    def expected(route, method):
        rule = rule_of(route)
        if rule.kind is not Kind.STAFF:
            return None
        if method in READ_OR_SEND:
            return {302, 405} if rule.asked(method) is NOT_TAKEN else {302}
        return {405}

    refused_everywhere(ledger, everybody[who], there, expected)
    ledger.close(who, request.node)


@by_the_code
def test_who_works_elsewhere_is_told_that_it_is_not_there(there, everybody, ledger, request):
    """They may do everything in their own municipality, so only the scope can refuse them."""
    stranger = everybody[people.STRANGER]

    def expected(route, method):
        rule = rule_of(route)
        if rule.kind is not Kind.STAFF:
            return None
        if method not in READ_OR_SEND or rule.asked(method) is NOT_TAKEN:
            return {405}
        if is_of_an_object(route):
            return {404}
        return None if stranger.may(rule.asked(method)) else {403}

    refused_everywhere(ledger, stranger, there, expected)
    ledger.close(people.STRANGER, request.node)


@by_the_code
def test_what_lists_those_elsewhere_get_has_nothing_from_there(there, everybody, ledger, request):
    stranger = everybody[people.STRANGER]
    for route in ROUTES:
        rule = rule_of(route)
        if rule.kind is not Kind.STAFF or is_of_an_object(route):
            continue
        for address in asked_of(route, there):
            for method in READ_OR_SEND:
                if stranger.may(rule.asked(method)):
                    with transaction.atomic():
                        answer = ask(stranger, method, address)
                        transaction.set_rollback(True)
                    told = " and told" if MARK.encode() in answer.content else ""
                    ledger.note(
                        route, stranger, method, address, rule.answers(method), answer.status_code, told
                    )
    ledger.close("lists elsewhere", request.node)


@by_the_code
@pytest.mark.parametrize("role", people.ROLES)
def test_who_has_not_the_right_is_refused(role, there, everybody, ledger, request):
    person = everybody[str(role)]

    def expected(route, method):
        rule = rule_of(route)
        if rule.kind is not Kind.STAFF:
            return None
        if method not in READ_OR_SEND or rule.asked(method) is NOT_TAKEN:
            return {405}
        if person.may(rule.asked(method)):
            return None
        return {404} if rule.sees is not None and not person.may(rule.sees) else {403}

    refused_everywhere(ledger, person, there, expected)
    ledger.close(f"role {role}", request.node)


@pytest.mark.only_on("postgresql", why="whom its walls let through, the same code lets through without them")
def test_who_has_the_right_gets_in(there, everybody, ledger, request):
    """Or the refusals above would be content with addresses that nobody can open. Whoever just has the
    right asks; to look changes nothing either."""
    for route in ROUTES:
        rule = rule_of(route)
        answered = []
        person = everybody[people.NOBODY]
        opened = through_links(route, there, person) if rule.kind is Kind.LINK else asked_of(route, there)
        for address in opened:
            # Behind the staff site's doors HEAD is GET, whose body the server leaves out.
            for method in ("GET", "POST") if rule.kind is Kind.STAFF else READ_OR_SEND:
                if rule.kind is Kind.STAFF:
                    person = people.weakest(rule.asked(method), [*everybody.values()])
                if person is None:
                    answered.append(200)
                    continue  # Nobody may: all were refused above.
                expected = {405} if rule.asked(method) is NOT_TAKEN else set(rule.answers(method))
                with transaction.atomic(), writes() as written:
                    answer = ask(person, method, address, route)
                    transaction.set_rollback(True)
                changed = method != "POST" and any(not WRITTEN_BY_ANYBODY.fullmatch(t) for t in written)
                trouble = f" and wrote {[*written]}" if changed else ""
                if method == "HEAD" and not answer.streaming and answer.content:
                    trouble += " with a body"
                ledger.note(route, person, method, address, expected, answer.status_code, trouble)
                answered.append(answer.status_code)
        if set(answered) <= {404, 405} and not set(rule.got) & {404}:
            ledger.wrong.append(f"{route}: nobody gets in")
    ledger.close("the right one", request.node)


@by_the_code
def test_no_other_method_is_taken_by_anything(there, everybody, ledger, request):
    for route in ROUTES:
        for address in asked_of(route, there):
            for method in METHODS[3:]:
                for person in (everybody[people.NOBODY], everybody[people.SYSTEM]):
                    answer = ask(person, method, address)
                    ledger.note(route, person, method, address, {405}, answer.status_code)
    ledger.close("other methods", request.node)


def issued(place):
    """A link of every purpose; the household of the place lives there, and is not asked whether it still plans to,
    and in its meeting ideas are not gathered yet."""
    pages = {route.key for route in ROUTES}
    others = {its: OBJECTS[its.code](place.municipality) for its in (KEEP, IDEAS)}
    return [
        actions.issue(purpose=its, of=others[its] if its in others else place.rows[its.model], by=None)
        for its in purposes()
        if its.page in pages  # Tests of links declare some of their own.
    ]


def through_links(route, place, person):
    """The addresses that the bearer of a link gets to."""
    found = []
    for link in issued(place):
        if route.key == "open_link":
            found.append(urlsplit(link.url).path)
        elif route.purpose is link.its_purpose:
            slot = resolve(person.browser.get(urlsplit(link.url).path).url).kwargs["slot"]
            found += addresses_of(route, values_of(route, place) | {"slot": [slot]})
    assert found, f"{route} is opened by no purpose of links"
    return found


@by_the_code
def test_a_link_that_is_forged_or_over_opens_nothing(there, everybody, ledger, request):
    person = everybody[people.STRANGER]
    tokens = {link.purpose: link.token for link in issued(there)}
    for route in ROUTES:
        rule = rule_of(route)
        if rule.kind is not Kind.LINK:
            continue
        values = values_of(route, there)
        addresses = addresses_of(route, values | {"slot": ["0", "abcdef12"], "token": ["x"]})
        for code, token in tokens.items() if "token" in route.parts else ():
            changed = token[:-1] + ("a" if token[-1] != "a" else "b")
            others = [other for purpose, other in tokens.items() if purpose != code]
            wrong = {"purpose": [code], "token": [changed, "a" * len(token), *others]}
            addresses += addresses_of(route, values | wrong)
        for address in addresses:
            for method in READ_OR_SEND:
                with writes() as written:
                    answer = ask(person, method, address)
                told = " and told" if MARK.encode() in answer.content else ""
                told += " and wrote" if any(not WRITTEN_BY_ANYBODY.fullmatch(t) for t in written) else ""
                expected = {405} if rule.asked(method) is NOT_TAKEN else {rule.gone}
                ledger.note(route, person, method, address, expected, answer.status_code, told)
    ledger.close("forged links", request.node)


def test_public_pages_tell_of_published_municipalities_only(there, everybody, ledger, request):
    place = there.municipality
    place.published = False
    place.save()
    for route in ROUTES:
        if route.key in PUBLIC and rule_of(route).get is not NOT_TAKEN:
            for address in asked_of(route, there):
                answer = ask(everybody[people.NOBODY], "GET", address)
                expected = {404} if "slug" in route.parts else set(rule_of(route).got)
                told = " and told" if MARK.encode() in answer.content else ""
                ledger.note(
                    route, everybody[people.NOBODY], "GET", address, expected, answer.status_code, told
                )
    ledger.close("unpublished", request.node)
