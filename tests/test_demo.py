"""The demo county is what the first visitor sees: whole, the same each time, and never mixed with real people."""

import datetime
import io
import json
import re
import stat
from collections import Counter

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.html import strip_tags
from openpyxl import load_workbook

from demo import content, files, loader, people, staff
from demo.places import common, places
from housing.holdings.models import Holding
from housing.wishes import matching
from housing.wishes.models import Wish
from municipalities.activities.models import Activity, ActivityText, Submission
from municipalities.contacts.models import ContactPoint
from municipalities.learning.models import LearningPlace
from municipalities.municipality.colour import WHITE, contrast
from municipalities.municipality.models import LEAST_CONTRAST, Municipality, MunicipalityText, TextKind
from municipalities.organisations.models import Organisation, OrganisationText
from municipalities.tenancy.models import User
from municipalities.texts.models import TextState
from municipalities.topics.catalogue import STANDARD
from municipalities.topics.models import Topic, TopicText
from welcome.hosts.models import Host
from welcome.hosts.offers import HostOffer
from welcome.households.cells import name_of
from welcome.households.models import Household, Person, Protection
from welcome.households.recognition import name_key
from welcome.letters import packaging
from welcome.letters.models import LetterRun, RunState
from welcome.meetings.figures import counts
from welcome.meetings.models import SignUp, WelcomeMeeting
from welcome.orders.models import Order
from welcome.packages.models import Gift
from welcome.packages.package_models import Package, Voucher
from welcome.portal.together_forms import read

OWN_APPS = ("municipalities", "housing", "welcome")


def load(*options: str) -> str:
    out = io.StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


def snapshot() -> dict[str, list[tuple]]:
    """Every row of every table of ours, primary keys and all."""
    tables = [
        m._meta.db_table for m in apps.get_models(include_auto_created=True) if m._meta.app_label in OWN_APPS
    ]
    rows = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
            rows[table] = cursor.fetchall()
    return rows


@pytest.fixture(scope="module")
def county(django_db_setup, django_db_blocker):
    """Loaded once for all that only reads it, and taken back after this module."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        yield load()
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


@pytest.fixture
def al(county, db) -> Municipality:
    return Municipality.objects.get(number="3328")


@pytest.mark.usefixtures("county", "db")
class TestMunicipalities:
    def test_all_eighteen_can_send_letters(self):
        loaded = list(Municipality.objects.all())
        assert len(loaded) == 18
        assert all(municipality.accepts_letters for municipality in loaded)

    def test_what_is_loaded_would_pass_the_forms(self):
        people = (User, Household, Person, Host, SignUp)
        for model in (Municipality, ContactPoint, TopicText, MunicipalityText, Gift, WelcomeMeeting, *people):
            keys = {field.name for field in model._meta.fields if field.is_relation}  # A query each.
            for row in model.objects.all():
                row.clean_fields(exclude=keys)

    def test_each_has_its_own_colour_that_carries_white_text(self):
        colours = Municipality.objects.values_list("accent", flat=True)
        assert len(set(colours)) == 18
        assert min(contrast(colour, WHITE) for colour in colours) >= LEAST_CONTRAST

    def test_all_of_hallingdal_reads_nynorsk(self):
        hallingdal = Municipality.objects.filter(slug__in=["al", "gol", "hemsedal", "hol", "nesbyen", "fla"])
        assert [m.slug for m in hallingdal if not {"nb", "nn", "en"} <= set(m.languages)] == []

    def test_each_speaks_in_each_of_its_languages(self):
        written = set(MunicipalityText.objects.values_list("municipality__slug", "kind", "language"))
        wanted = {
            (m.slug, k, la) for m in Municipality.objects.all() for k in TextKind.values for la in m.languages
        }
        assert written == wanted

    def test_no_two_say_the_same_in_front_and_greeting(self):
        texts = MunicipalityText.objects.filter(kind__in=[TextKind.FRONT, TextKind.GREETING])
        assert Counter(texts.values_list("body", flat=True)).most_common(1)[0][1] == 1

    def test_everybody_finds_somebody_to_call(self):
        desks = Counter(
            ContactPoint.objects.filter(front_desk=True).values_list("municipality__slug", flat=True)
        )
        assert len(desks) == 18
        assert desks["al"] == 3


@pytest.mark.usefixtures("county", "db")
class TestActivities:
    def test_each_municipality_has_clubs_and_something_on_in_its_languages(self):
        for place in Municipality.objects.all():
            assert Organisation.objects.of(place).count() >= 6
            rows = Activity.objects.of(place).published().prefetch_related("texts", "occurrences")
            assert len(rows) >= 10
            for row in rows:
                assert {text.language for text in row.texts.all()} == set(place.languages)
                assert row.occurrences.all()

    def test_what_is_loaded_would_pass_the_forms(self):
        for model in (Organisation, OrganisationText, Activity, ActivityText, Submission):
            keys = {field.name for field in model._meta.fields if field.is_relation}
            for row in model.objects.all():
                row.clean_fields(exclude=keys)
                row.clean()

    def test_each_municipality_tells_of_its_schools_and_which_is_for_whom(self):
        for place in Municipality.objects.all():
            rows = LearningPlace.objects.of(place).published().with_content()
            assert {row.kind for row in rows} >= {"kindergarten", "school", "after_school", "upper"}
            assert any(row.zone for row in rows)
            for row in rows:
                row.clean_fields(exclude={"municipality", "contact"})
                assert {text.language for text in row.texts.all()} == set(place.languages)

    def test_ål_has_one_to_decide_about(self, al):
        assert Activity.objects.of(al).waiting().count() == 1


@pytest.mark.usefixtures("county", "db")
class TestTopics:
    def test_the_whole_catalogue_everywhere_with_somebody_to_ask(self):
        topics = list(Topic.objects.prefetch_related("topiccontact_set"))
        assert Counter(topic.slug for topic in topics) == {entry.slug: 18 for entry in STANDARD}
        assert [str(topic) for topic in topics if not topic.topiccontact_set.all()] == []

    def test_every_text_in_the_promised_languages_but_the_gaps_left_on_purpose(self):
        written = set(TopicText.objects.values_list("topic__municipality__slug", "topic__slug", "language"))
        promised = {
            (municipality.slug, entry.slug, language)
            for municipality in Municipality.objects.all()
            for entry in STANDARD
            for language in municipality.languages
        }
        assert promised - written == content.MISSING

    def test_nothing_is_left_unfilled_and_the_brief_is_short(self):
        for text in [*TopicText.objects.all(), *MunicipalityText.objects.all()]:
            words = f"{text.title} {text.body} {getattr(text, 'brief', '')}"
            forms = r"\{[^{}|]+\|[^{}|]+\}"  # {du|dere}, which is chosen for each letter.
            assert "{" not in re.sub(forms, "", words), text.pk
            assert "None" not in words, text.pk
            assert len(strip_tags(text.body)) > 40, text.pk
        assert all(10 < len(text.brief) <= 220 for text in TopicText.objects.all())

    def test_an_editor_finds_every_state(self):
        states = Counter(
            topic.text_set.state(language, people.TODAY)
            for topic in Topic.objects.with_content()
            for language in topic.municipality.languages
        )
        assert states[TextState.MISSING] == len(content.MISSING)
        assert states[TextState.BEHIND] == len(content.BEHIND)
        assert 4 <= states[TextState.DUE] <= 12
        assert states[TextState.CURRENT] > 700


@pytest.mark.usefixtures("county", "db")
class TestPeople:
    def test_about_four_hundred_households_everywhere_over_eight_quarters(self):
        assert 380 <= Household.objects.count() <= 430
        assert Household.objects.values("municipality").distinct().count() == 18
        arrived = Household.objects.exclude(moved_in=None).values_list("moved_in", flat=True)
        assert {str(people.Quarter.of(day)) for day in arrived} == {
            *("2024Q4 2025Q1 2025Q2 2025Q3 2025Q4 2026Q1 2026Q2 2026Q3 2026Q4".split())
        }

    def test_some_plan_to_come_order_and_offer_in_aal(self, al):
        assert Household.objects.of(al).filter(state="planning", moved_in=None).count() == 2
        assert Order.objects.of(al).waiting().count() == 3
        assert HostOffer.objects.of(al).waiting().count() == 1

    def test_nobody_has_moved_in_or_out_after_the_demos_day(self):
        assert not Household.objects.filter(moved_in__gt=people.TODAY).exists()
        assert not Household.objects.filter(left_on__gt=people.TODAY).exists()

    def test_every_grade_of_protection_and_nothing_held_of_the_address(self, al):
        protected = Household.objects.of(al).protected()
        assert set(protected.values_list("protection", flat=True)) == set(Protection.values) - {""}
        assert [line for household in protected for line in household.address_lines] == []

    def test_people_are_found_again_by_their_keys(self):
        for person in Person.objects.all():
            assert person.name_key == name_key(person.given_name, person.family_name) != ""

    def test_every_name_would_pass_an_import(self):
        for person in Person.objects.all():
            assert name_of(person.full_name, limit=160)


@pytest.mark.usefixtures("county", "db")
class TestRun:
    def test_als_last_quarter_waits_for_approval_with_every_reason_to_leave_out(self, al):
        run = LetterRun.objects.of(al).get()
        assert (str(run.quarter), run.state, run.dated) == ("2026Q3", RunState.FROZEN, loader.DATED)
        assert run.letters.count() + run.left_out.count() == run.cohort
        assert 20 <= run.letters.count() <= 34
        assert set(run.left_out.values_list("reason", flat=True)) == {
            *("protected no_address moved_on under_age asked_not_to deceased foreign_address".split())
        }

    def test_als_letters_tell_of_host_gifts_and_the_next_meeting(self, al):
        run = LetterRun.objects.of(al).get()
        assert (run.meeting["day"], run.meeting["place"]) == ("2026-12-03", "Ål kulturhus")
        letters = list(run.letters.all())
        assert 3 <= sum(bool(letter.host) for letter in letters) < len(letters), "some wait for one"
        assert all(len(letter.gifts) >= 3 and letter.code for letter in letters)
        assert {gift["count"] for letter in letters for gift in letter.gifts} >= {1, 2}

    def test_als_packages_are_in_every_state_and_its_maps_run_short(self, al):
        states = set(Package.objects.of(al).values_list("state", flat=True))
        assert states == {"waiting", "packed", "handed_out", "posted"}
        run = LetterRun.objects.of(al).get()
        assert [lack.gift.shelf for lack in packaging.lacking(run)] == ["A1"]
        assert Voucher.objects.of(al).redeemed().count() == 1

    def test_als_meeting_has_people_who_come_and_room_for_more(self, al):
        meeting = WelcomeMeeting.objects.of(al).latest("starts_at")
        count = counts([meeting])[meeting.pk]
        assert 5 < count.taken < count.seats
        assert count.children > 0

    def test_no_host_has_more_than_they_take(self):
        loads = Host.objects.with_load().values_list("load", "capacity")
        assert all(load <= capacity for load, capacity in loads)
        assert sum(load for load, _capacity in loads) >= 6

    def test_others_have_drafts(self):
        drafts = LetterRun.objects.filter(state=RunState.DRAFT)
        assert set(drafts.values_list("municipality__number", flat=True)) == set(loader.DRAFTS)


@pytest.mark.usefixtures("county", "db")
class TestLogins:
    def test_three_log_in_with_the_printed_password_and_nobody_else(self, county):
        password = staff.password_file().read_text().strip()
        assert password in county
        able = {user.email for user in User.objects.all() if user.check_password(password)}
        assert able == set(staff.LOGINS)
        assert all(not user.has_usable_password() for user in User.objects.exclude(email__in=staff.LOGINS))

    def test_only_its_owner_may_read_the_password(self, county):
        assert stat.S_IMODE(staff.password_file().stat().st_mode) == 0o600


class TestLoadingAgain:
    def test_changes_nothing(self, county, db):
        before = snapshot()
        assert "were there" in load()
        assert snapshot() == before


class TestDeterminism:
    def test_people_are_drawn_the_same_each_time(self):
        assert list(people.everybody()) == list(people.everybody())

    def test_no_language_lacks_a_word_that_another_has(self):
        keys = [
            {(group, key) for group in common(la) for key in common(la)[group]} for la in ("nb", "nn", "en")
        ]
        assert keys[0] == keys[1] == keys[2]
        for place in places():
            own = [set(place.facts[language]) for language in place.languages]
            assert all(words == own[0] for words in own), place.slug


class TestFiles:
    def test_the_files_are_in_step_with_the_people(self, repository):
        for name, fresh in ((f"{files.NAME}.csv", files.as_csv()), (f"{files.NAME}.xlsx", files.as_xlsx())):
            assert (repository / "demo" / name).read_bytes() == fresh, "Run `manage.py demo --write-files`."

    def test_both_hold_the_same_rows(self):
        sheet = load_workbook(io.BytesIO(files.as_xlsx())).active
        assert sheet.max_row == len(files.rows()) + 1
        lines = files.as_csv().decode("utf-8-sig").splitlines()
        assert lines[0].split(";") == [cell.value for cell in sheet[1]] == files.HEADER
        assert isinstance(sheet.cell(2, files.HEADER.index("Fødselsdato") + 1).value, datetime.datetime)
        assert len(lines) == sheet.max_row

    def test_nothing_of_a_protected_address_stands_in_the_file(self):
        rows = [dict(zip(files.HEADER, row, strict=True)) for row in files.rows()]
        protected = [row for row in rows if row["Adressebeskyttelse"]]
        assert len(protected) == 3
        where = ("c/o", "Gardsnavn", "Gatenavn", "Postnummer", "Poststed", "Land", "Flyttet fra")
        assert {row[name] for row in protected for name in where} == {""}

    @pytest.mark.usefixtures("county", "db")
    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    def test_who_stands_in_them_is_known_but_two_new_households(self, ending, repository, tmp_path):
        report = tmp_path / "report.json"
        file = repository / "demo" / f"{files.NAME}.{ending}"
        options = ["--municipality", "3328", "--dry-run", "--report", str(report)]
        call_command("import_households", str(file), *options, stdout=io.StringIO())
        counts = Counter(json.loads(report.read_text())["counts"])
        assert counts["new"] == 2
        assert counts["changed"] == counts["refused"] == 0
        assert counts["new"] + counts["joins"] + counts["known"] == len(files.rows())


def test_what_people_look_for_fits_something_and_is_read_again(al):
    wishes = list(Wish.objects.of(al))
    assert len(wishes) == 5
    fitting = [
        wish for wish in wishes if matching.homes_for(wish).exists() or matching.vacancies_for(wish).exists()
    ]
    assert 2 <= len(fitting) < len(wishes), "some find something, and some show what is lacking"
    [family] = [wish for wish in wishes if wish.package]
    assert read(family.package).cleaned_data["children"] == 1
    assert Holding.objects.of(al).filter(latitude=None).count() == 0
