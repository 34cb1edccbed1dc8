"""T2: what the database itself refuses the application, whatever the code above it asks for.

The tests work as the application's role (tests/database.py). Row-level security is PostgreSQL's; the
references and what may only grow hold on SQLite too.
"""

import itertools
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Count, F, Max
from django.utils import timezone

from housing.listings.models import Listing
from housing.wishes.models import Match
from municipalities.activities.feed_models import CalendarFeed
from municipalities.activities.models import Activity, ActivityText, Occurrence, Submission
from municipalities.enquiries.mailbox_models import TakenMail
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality, MunicipalityOwned
from municipalities.organisations.models import Organisation, OrganisationText
from municipalities.tenancy import guard, walled, walls
from tests.factories.housing import ListingFactory, MatchFactory, WishFactory
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    CalendarFeedFactory,
    MembershipFactory,
    MunicipalityFactory,
    MunicipalityTextFactory,
    OrganisationFactory,
    OrganisationTextFactory,
    SubmissionFactory,
    TakenMailFactory,
    TopicFactory,
    TopicTextFactory,
    UserFactory,
    VacancyFactory,
)
from tests.factories.welcome import HouseholdFactory, OrderFactory, VoucherFactory
from tests.walls.planting import make, name
from welcome.households.models import Household
from welcome.letters.models import LetterRun, PrintFile
from welcome.orders.models import Order
from welcome.packages.package_models import Voucher

pytestmark = pytest.mark.django_db
OWNED = walled.owned_models()
REFERENCES = [
    (model, field)
    for model in OWNED
    for field in model._meta.concrete_fields
    if field.is_relation and issubclass(field.related_model, MunicipalityOwned)
]
postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row-level security")


@pytest.fixture
def home():
    return MunicipalityFactory(name="Heimegrenda")


@pytest.fixture
def elsewhere():
    return MunicipalityFactory(name="Framandstaden")


def scopes(home):
    """Without a scope, with that of another municipality, and with what a visitor has."""
    return [scope.Scope(), scope.Scope(frozenset([home.pk])), scope.Scope(frozenset([0]))]


# --- every verb on every model --------------------------------------------------------------------


def _read(rows, row):
    """Each way of reading, as how many rows or values came."""
    model = rows.model
    yield "get", len(rows.filter(pk=row.pk))
    yield "exists", int(rows.exists())
    yield "count", rows.count()
    yield "values", len(rows.values_list("pk", "municipality"))
    yield "iterator", len(list(rows.iterator(chunk_size=2)))
    yield "in_bulk", len(rows.in_bulk([row.pk]))
    yield "aggregate", rows.aggregate(n=Count("pk"))["n"]
    yield "max", int(rows.aggregate(last=Max("pk"))["last"] is not None)
    yield "first", int(rows.order_by("pk").first() is not None)
    yield "union", len(rows.order_by().union(rows.order_by()))
    yield "raw", len(list(model._base_manager.raw(f'SELECT * FROM "{model._meta.db_table}"')))
    yield "exclude", len(rows.exclude(pk=0))
    yield "join", len(rows.filter(municipality__name__gt=""))
    yield "distinct", rows.values("municipality").distinct().count()


READS = 14
WRITES = [
    lambda rows: rows.update(municipality_id=F("municipality_id")),
    lambda rows: rows._raw_delete(rows.db),
]


@postgresql
@pytest.mark.parametrize("model", OWNED, ids=name)
def test_no_verb_reaches_a_row_of_another_municipality(model, home, elsewhere, record_property):
    row = make(model, elsewhere)
    asked = 0
    for held in scopes(home):
        with scope.within(held):
            for verb, found in _read(model._base_manager.all(), row):
                asked += 1
                assert found == 0, f"{verb} with {held}"
            for verb in WRITES:
                asked += 1
                if model.append_only:
                    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                        verb(model._base_manager.filter(pk=row.pk))
                else:
                    assert verb(model._base_manager.filter(pk=row.pk)) == 0, held
    assert model._base_manager.filter(pk=row.pk).exists()
    with scope.of(elsewhere.pk):
        assert all(found for _verb, found in _read(model._base_manager.all(), row))
    assert asked == len(scopes(home)) * (READS + len(WRITES))
    record_property("asked", asked)


@postgresql
@pytest.mark.parametrize("model", OWNED, ids=name)
def test_no_row_is_written_into_another_municipality(model, home, elsewhere):
    row = make(model, elsewhere)
    values = {
        field.attname: getattr(row, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key
    }
    ways = [
        lambda: model(**values).save(force_insert=True),
        lambda: model._base_manager.bulk_create([model(**values)]),
        lambda: model._base_manager.bulk_create([model(**values)], ignore_conflicts=True),
    ]
    for held, write in itertools.product(scopes(home), ways):
        refused = pytest.raises(ProgrammingError, match="row-level security")
        with scope.within(held), refused, transaction.atomic():
            write()


@postgresql
def test_a_row_can_not_be_given_away(home, elsewhere):
    household = HouseholdFactory(municipality=home)
    with scope.of(home.pk), pytest.raises(DatabaseError), transaction.atomic():
        Household.objects.filter(pk=household.pk).update(municipality=elsewhere)


@postgresql
def test_the_municipality_itself_is_behind_the_wall(home, elsewhere):
    with scope.of(home.pk):
        assert list(Municipality.objects.all()) == [home]
        assert not Municipality.objects.filter(pk=elsewhere.pk).update(name="Vår")


# --- references -------------------------------------------------------------------------------------


def _redeemed(place):
    counter = OrganisationFactory(municipality=place)
    return VoucherFactory(
        sponsor=counter, state="redeemed", redeemed_at=timezone.now(), redeemed_by=counter, stamp="a"
    )


def _match_of_a_vacancy(place):
    wish, vacancy = WishFactory(municipality=place), VacancyFactory(municipality=place)
    return MatchFactory(wish=wish, listing=None, vacancy=vacancy)


# Rows of these models that may refer to one at all: their constraints refuse it of others.
REFERRING = {
    (Order, "household"): lambda place: OrderFactory(municipality=place, settled=True),
    (Listing, "organisation"): lambda place: ListingFactory(municipality=place, owner_kind="organisation"),
    (Match, "vacancy"): _match_of_a_vacancy,
    (TakenMail, "enquiry"): lambda place: TakenMailFactory(municipality=place, became="asked", detail=""),
    (Voucher, "redeemed_by"): _redeemed,
}


@pytest.mark.parametrize(
    ("model", "field"), REFERENCES, ids=lambda part: getattr(part, "name", None) or name(part)
)
def test_no_row_refers_to_one_of_another_municipality(model, field, home, elsewhere):
    row, foreign = make(model, home), make(field.related_model, elsewhere)
    if referring := REFERRING.get((model, field.name)):
        row = referring(home)
    with pytest.raises(DatabaseError, match=r"wall_|permission denied"), transaction.atomic():
        model._base_manager.filter(pk=row.pk).update(**{field.name: foreign})
    copy = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not f.primary_key}
    with pytest.raises(IntegrityError), transaction.atomic():
        model(**copy | {field.attname: foreign.pk}).save(force_insert=True)


def test_there_are_references_to_refuse():
    assert len(REFERENCES) > 12


@pytest.mark.parametrize("model", [m for m in OWNED if not m.append_only], ids=name)
def test_a_row_stays_in_its_municipality(model, home, elsewhere):
    row = make(model, home)
    with pytest.raises(IntegrityError), transaction.atomic():
        model._base_manager.filter(pk=row.pk).update(municipality=elsewhere)


@pytest.mark.parametrize("table", walled.append_only())
def test_what_may_only_grow_is_neither_changed_nor_deleted(table):
    for statement in (f'UPDATE "{table}" SET id = id', f'DELETE FROM "{table}"'):
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
                )
                assert cursor.fetchone()[0] >= 2
        else:
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


# --- the public --------------------------------------------------------------------------------------


@postgresql
def test_a_visitor_reads_what_is_published_and_nothing_else(home):
    hidden = MunicipalityFactory(name="Utkastet", published=False)
    shown, draft = (
        TopicFactory(municipality=home),
        TopicFactory(municipality=home, slug="draft", published=False),
    )
    TopicTextFactory(topic=shown)
    TopicTextFactory(topic=draft)
    TopicTextFactory(topic=TopicFactory(municipality=hidden))
    MunicipalityTextFactory(municipality=home, kind="greeting")
    HouseholdFactory(municipality=home)
    with scope.public():
        assert list(Municipality.objects.all()) == [home]
        public = {model: list(model._base_manager.all()) for model in OWNED if model._base_manager.exists()}
        assert {row for rows in public.values() for row in rows} == {shown, shown.texts.get()}
        assert not shown.texts.update(title="Ny")


@postgresql
def test_a_visitor_reads_no_activity_that_is_not_published_and_nobody_who_sent_it(home):
    shown = ActivityFactory(municipality=home)
    for state in ("draft", "waiting", "withdrawn"):
        made = ActivityFactory(municipality=home, state=state)
        ActivityTextFactory(activity=made)
        SubmissionFactory(activity=made)
    SubmissionFactory(activity=shown)
    OrganisationTextFactory(organisation=OrganisationFactory(municipality=home, published=False))
    CalendarFeedFactory(organisation=OrganisationFactory(municipality=home, slug="shown"))
    with scope.public():
        assert list(Activity.objects.all()) == [shown]
        assert {row.activity_id for row in Occurrence.objects.all()} == {shown.pk}
        assert [row.slug for row in Organisation.objects.all()] == ["shown"]
        for model in (ActivityText, OrganisationText, Submission, CalendarFeed):
            assert not model.objects.exists()


@postgresql
def test_public_and_personal_tables_are_told_apart():
    """Who makes a table readable by visitors changes this list, and thinks."""
    public = {model.__name__ for model in OWNED if model.public_rows is not None or model.public_through}
    assert public == {
        "ContactPoint", "Fact", "MunicipalityText", "OpeningHours", "Topic", "TopicContact", "TopicLink", "TopicText",
        "Activity", "ActivityText", "Occurrence", "Organisation", "OrganisationText", "SpecialDay",
        "LearningPlace", "LearningPlaceText", "MeetingText", "ProgrammeItem", "Story", "StoryText",
        "WelcomeMeeting",
        "Listing", "ListingPhoto", "ListingText", "PriceChange", "Vacancy",
        "Development", "DevelopmentPhoto", "DevelopmentText", "Plot", "PlotPhoto", "PlotText", "Unit",
    }  # fmt: skip


# --- connections --------------------------------------------------------------------------------------


@postgresql
def test_nothing_of_a_scope_stays_on_the_connection(home, elsewhere):
    HouseholdFactory(municipality=home)
    with scope.of(home.pk):
        assert Household.objects.count() == 1
    with scope.within(scope.NOTHING):
        assert Household.objects.count() == 0
    with connection.connection.cursor() as bare:  # Past Django, in the transaction of the test.
        bare.execute("SELECT set_config('tilflytter.scope', '', true)")
        bare.execute("SELECT count(*) FROM welcome_household")
        assert bare.fetchone() == (0,)


@postgresql
@pytest.mark.django_db(transaction=True)
def test_a_statement_outside_a_transaction_leaves_nothing_for_the_next(home):
    HouseholdFactory(municipality=home)
    with scope.of(home.pk):
        assert Household.objects.count() == 1
    with connection.connection.cursor() as bare:
        bare.execute("SELECT current_setting('tilflytter.scope', true)")
        assert bare.fetchone()[0] in {None, ""}
        bare.execute("SELECT count(*) FROM welcome_household")
        assert bare.fetchone() == (0,)


@postgresql
@pytest.mark.django_db(transaction=True)
def test_threads_on_kept_connections_see_their_own(home, elsewhere):
    """As a web process answers: threads, connections that are kept, one request after the other."""
    for place, many in ((home, 3), (elsewhere, 5)):
        HouseholdFactory.create_batch(many, municipality=place)
    wanted = {home.pk: 3, elsewhere.pk: 5}
    wrong, barrier = [], threading.Barrier(4)

    def answer(first: int) -> None:
        try:
            barrier.wait()
            if Household.objects.count():
                wrong.append("a thread began with a scope")
            for turn in range(60):
                place = [home.pk, elsewhere.pk][(first + turn) % 2]
                with scope.of(place):
                    if turn % 3:
                        found = Household.objects.count()
                    else:
                        with transaction.atomic():
                            found = len(Household.objects.all())
                if found != wanted[place]:
                    wrong.append((place, found))
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@postgresql
@pytest.mark.django_db(transaction=True)
def test_a_scope_survives_a_savepoint_that_is_undone(home):
    HouseholdFactory(municipality=home)
    with transaction.atomic():
        with scope.of(home.pk):
            with pytest.raises(IntegrityError), transaction.atomic():
                Municipality.objects.filter(pk=home.pk).update(number="x")
            assert Household.objects.count() == 1
        with scope.within(scope.NOTHING):
            assert Household.objects.count() == 0


# --- requests and tasks --------------------------------------------------------------------------------


def test_a_request_reaches_what_its_user_may(home, elsewhere, rf):
    from django.contrib.auth.models import AnonymousUser

    from municipalities.tenancy.middleware import ScopeMiddleware

    seen = []
    middleware = ScopeMiddleware(lambda request: seen.append(scope.current()))
    user, boss = MembershipFactory(municipality=home).user, UserFactory(is_superuser=True)
    locked = MembershipFactory(municipality=home, user=UserFactory(is_active=False)).user
    for who in (AnonymousUser(), user, boss, locked):
        for path in ("/admin/", "/nb/"):
            request = rf.get(path)
            request.user = who
            middleware(request)
    assert seen == [
        scope.Scope(), scope.Scope(public=True),
        scope.Scope(frozenset([home.pk])), scope.Scope(frozenset([home.pk]), public=True),
        scope.Scope(None), scope.Scope(None, public=True),
        scope.Scope(), scope.Scope(public=True),
    ]  # fmt: skip


def test_a_task_reaches_the_municipality_of_its_row(home, elsewhere):
    file = make(PrintFile, elsewhere)
    with scope.of_row(PrintFile, file.pk):
        assert scope.current() == scope.Scope(frozenset([elsewhere.pk]))
    with scope.of_row(LetterRun, 0):
        assert scope.current() == scope.NOTHING


@postgresql
def test_who_stands_still_in_a_transaction_keeps_its_locks_for_two_minutes_at_most():
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("2min",)


# --- at the start ---------------------------------------------------------------------------------------


def test_the_walls_are_whole():
    assert walls.faults(connection) == []


@postgresql
def test_who_could_look_over_is_refused():
    guard.refuse_who_could_look_over()  # As the application's role it starts.
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        with pytest.raises(
            ImproperlyConfigured, match=r"DATABASE_URL connects as .*, who may read every row"
        ):
            guard.refuse_who_could_look_over()
        cursor.execute("CREATE ROLE wall_test_owner NOLOGIN")
        cursor.execute("ALTER TABLE welcome_person OWNER TO wall_test_owner")
        cursor.execute("SET ROLE wall_test_owner")
        with pytest.raises(ImproperlyConfigured, match="who owns the tables"):
            guard.refuse_who_could_look_over()
        cursor.execute("RESET ROLE")


@postgresql
@pytest.mark.parametrize("kept_apart", ["INHERIT", "NOINHERIT"])
def test_a_member_of_the_owners_role_is_refused_too(kept_apart, settings):
    """To the policies it is an owner; one that does not inherit could become it."""
    role = settings.DATABASE_APP_ROLE
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("CREATE ROLE wall_test_owner NOLOGIN")
        cursor.execute("ALTER TABLE welcome_household OWNER TO wall_test_owner")
        cursor.execute(f"ALTER ROLE {role} {kept_apart}")
        cursor.execute(f"GRANT wall_test_owner TO {role}")
        cursor.execute(f"SET ROLE {role}")
        with pytest.raises(ImproperlyConfigured, match="a member of the role that does"):
            guard.refuse_who_could_look_over()


@postgresql
@pytest.mark.parametrize(
    "damage",
    [
        "DROP POLICY wall_scope ON welcome_person",
        "ALTER TABLE welcome_household DISABLE ROW LEVEL SECURITY",
        "ALTER POLICY wall_scope ON welcome_letter USING (true)",
        "ALTER TABLE welcome_person DROP CONSTRAINT wall_welcome_person_household_id",
        "GRANT DELETE ON municipalities_auditentry TO tilflytter_app",
        "REVOKE INSERT ON welcome_household FROM tilflytter_app",
        "DROP TRIGGER wall_stays ON welcome_household",
        "CREATE POLICY opened ON welcome_household USING (true)",
        "CREATE OR REPLACE FUNCTION tilflytter_everywhere() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "ALTER FUNCTION tilflytter_published() SECURITY INVOKER",
    ],
)
def test_a_gap_is_named_and_migrate_mends_it(damage, settings):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(damage)
        assert len(walls.faults(connection)) == 1
        walls.build(connection)
        assert walls.faults(connection) == []
        cursor.execute(f"SET ROLE {settings.DATABASE_APP_ROLE}")
