"""An entry tells who, what, when and from where, and never what anything holds."""

import logging

import pytest
from celery import shared_task
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from municipalities.audit import context, recording
from municipalities.audit.models import Action, Actor, AuditEntry, SystemEntry
from municipalities.tenancy.logs import WithoutRows
from tests.factories.municipalities import ContactPointFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return ContactPointFactory()


def only():
    return AuditEntry.objects.get()


def test_an_entry_names_the_row_and_the_fields(row):
    recording.record(action=Action.CHANGED, of=row, fields=["phone", "name", "name"], note="rows=2")
    entry = only()
    assert (entry.model, entry.object_id) == ("municipalities.ContactPoint", str(row.pk))
    assert entry.municipality == row.municipality
    assert entry.fields == ["name", "phone"]
    assert (entry.action, entry.note) == ("changed", "rows=2")


def test_an_entry_about_a_municipality_stands_in_it(row):
    recording.record(action=Action.CHANGED, of=row.municipality)
    assert only().municipality == row.municipality


def test_what_belongs_to_no_municipality_stands_in_the_installations_log():
    recording.record(action=Action.LOGIN_FAILED)
    assert SystemEntry.objects.get().action == "login_failed"
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("note", ["Kari Nordmann", "storgata, 1", "a  b", "ål"])
def test_a_note_can_be_no_sentence(row, note):
    with pytest.raises(IntegrityError), transaction.atomic():
        recording.record(action=Action.CHANGED, of=row, note=note)


def test_an_unknown_action_is_refused(row):
    with pytest.raises(ValueError, match="sniffed"):
        recording.record(action="sniffed", of=row)


def test_what_is_rolled_back_was_not_done(row):
    with transaction.atomic():
        recording.record(action=Action.CHANGED, of=row)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_many_rows_take_one_statement(row, django_assert_num_queries):
    with django_assert_num_queries(1):
        recording.record_each(
            action=Action.CHANGED, model=type(row), ids=range(50), municipality_id=row.municipality_id
        )
    assert AuditEntry.objects.count() == 50
    with django_assert_num_queries(1):
        recording.look(of=row)


def test_a_list_is_seen_in_each_municipality_it_showed():
    first, second = ContactPointFactory(), ContactPointFactory()
    recording.list_of(
        model=type(first),
        municipality_ids=[first.municipality_id, second.municipality_id, first.municipality_id],
    )
    assert sorted(AuditEntry.objects.values_list("municipality", "action")) == sorted(
        (row.municipality_id, "searched") for row in (first, second)
    )


# --- who, and from where -------------------------------------------------------------------------


def in_request(do, **more):
    request = RequestFactory().get("/", **more)

    def view(request):
        do(request)
        return HttpResponse()

    return context.OriginMiddleware(view)(request)


def test_a_colleague_is_named_with_address_and_number_of_the_request(row):
    user = UserFactory()

    def work(request):
        request.user = user
        recording.record(action=Action.CHANGED, of=row)

    response = in_request(work, REMOTE_ADDR="192.0.2.7")
    entry = only()
    assert (entry.actor, entry.user_id, entry.ip) == (Actor.STAFF, user.pk, "192.0.2.7")
    assert entry.request_id == response["X-Request-ID"]


def test_who_comes_by_a_link_is_known_by_its_purpose(row):
    def work(request):
        request.user = UserFactory()  # Logged in beside it, in the same browser.
        context.link("my_page")
        recording.look(of=row)

    in_request(work)
    assert (only().actor, only().actor_name, only().user_id) == (Actor.LINK, "my_page", None)


def test_a_visitor_is_nobody(row):
    in_request(lambda request: recording.look(of=row))
    assert (only().actor, only().user_id) == (Actor.VISITOR, None)


def test_nothing_of_a_request_is_left_for_the_next(row):
    in_request(lambda request: None)
    recording.record(action=Action.CHANGED, of=row)
    assert (only().actor, only().request_id) == (Actor.COMMAND, "")


def test_a_task_gives_its_name_and_on_whose_behalf(row):
    user = UserFactory()

    @shared_task(name="tests.audited")
    def audited():
        recording.record(action=Action.IMPORTED, of=row, by_id=user.pk)

    audited.apply()
    assert (only().actor, only().actor_name, only().user_id) == (Actor.TASK, "tests.audited", user.pk)
    assert context.current().kind == Actor.COMMAND


@pytest.mark.parametrize(
    ("behind_proxy", "forwarded", "known"),
    [
        (False, "203.0.113.9", "10.0.0.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # The first is what the visitor claimed.
        (True, "::ffff:203.0.113.9", "203.0.113.9"),
        (True, "<script>", ""),
        (True, "", "10.0.0.1"),
    ],
)
def test_only_our_own_proxy_is_believed(behind_proxy, forwarded, known, settings):
    settings.BEHIND_PROXY = behind_proxy
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert context.client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **more)) == known


def test_every_answer_carries_a_number_of_our_own(client):
    answers = [client.get("/healthz", headers={"X-Request-ID": "theirs"}) for _ in range(2)]
    numbers = {answer["X-Request-ID"] for answer in answers}
    assert len(numbers) == 2
    assert "theirs" not in numbers
    assert client.get("/nowhere/at/all")["X-Request-ID"]


def test_lines_of_the_log_carry_the_number():
    line = WithoutRows("%(request_id)s %(message)s")
    record = logging.LogRecord("x", logging.INFO, "", 0, "words", (), None)
    said = []
    response = in_request(lambda request: said.append(line.format(record)))
    assert said == [f"{response['X-Request-ID']} words"]
    assert line.format(record) == "- words"


def test_an_account_that_goes_leaves_its_entries_as_they_were(row):
    user = MembershipFactory().user
    recording.record(action=Action.CHANGED, of=row, by_id=user.pk)
    pk = user.pk
    user.delete()
    entry = AuditEntry.objects.select_related("user").get()
    assert (entry.user_id, entry.user) == (pk, None)


def test_the_page_of_a_request_is_named():
    # The resolver has matched by then; what is recorded while it answers knows the route.
    seen = []

    def work(request):
        request.resolver_match = resolve("/healthz")
        seen.append(context.current().route)

    in_request(work)
    assert seen == ["healthz"]
