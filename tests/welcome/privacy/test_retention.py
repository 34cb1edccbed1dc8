import datetime

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.audit import sealing
from municipalities.audit.models import Action
from municipalities.audit.recording import record
from municipalities.audit.sealing import Chain
from municipalities.links.models import Link
from municipalities.municipality.retention import months_before
from municipalities.tenancy.models import Role
from tests.factories.municipalities import LinkFactory, MembershipFactory, MunicipalityFactory
from tests.factories.welcome import DataRequestFactory, HouseholdFactory, ImportBatchFactory, PersonFactory
from tests.welcome.letters.frozen import make_frozen, make_printed
from welcome.households.imports import ImportBatch
from welcome.households.models import Household
from welcome.letters import runs
from welcome.letters.models import Letter, LetterRun
from welcome.privacy import erasure, retention
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.models import DataRequest
from welcome.privacy.tasks import clean, clean_municipality

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 22)
PREVIEW = reverse("admin:welcome_retentionrun_preview")
NO_ADDRESS = {"address_kind": "unknown", "street": "", "house_number": "", "house_letter": "",
              "postal_code": "", "postal_place": ""}  # fmt: skip


@pytest.fixture
def place():
    return MunicipalityFactory(
        retention_left_months=12, retention_planning_months=6, retention_letters_months=24
    )


def left(place, on):
    home = HouseholdFactory(municipality=place, state="left", moved_in=datetime.date(2020, 1, 1), left_on=on)
    PersonFactory(household=home)
    return home


def planning(place, until, created=TODAY):
    at = timezone.make_aware(datetime.datetime.combine(created, datetime.time(12)))
    return HouseholdFactory(
        municipality=place, state="planning", moved_in=None, consent_until=until, created_at=at, **NO_ADDRESS
    )


def stay(*homes):
    return [home for home in homes if Household.objects.filter(pk=home.pk).exists()]


def test_who_has_moved_on_stays_the_months_and_no_day_longer(place):
    due, not_yet = left(place, datetime.date(2025, 11, 22)), left(place, datetime.date(2025, 11, 23))
    elsewhere = left(MunicipalityFactory(retention_left_months=24), datetime.date(2025, 1, 1))
    run = retention.clean(place, TODAY)
    assert stay(due, not_yet, elsewhere) == [not_yet, elsewhere]
    assert (run.counts, run.failed) == ({"left": 1}, {})


def test_who_only_planned_goes_with_the_consent_or_the_municipalitys_time(place):
    run_out = planning(place, TODAY - datetime.timedelta(days=1))
    last_day = planning(place, TODAY)
    too_long = planning(place, TODAY + datetime.timedelta(days=90), created=datetime.date(2026, 5, 22))
    retention.clean(place, TODAY)
    assert stay(run_out, last_day, too_long) == [last_day]


def test_letters_lose_names_addresses_and_files(place, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run = runs.finish(run=make_printed(make_frozen(letters=3)), by=None)
    place = run.municipality
    LetterRun.objects.filter(pk=run.pk).update(
        done_at=datetime.datetime(2024, 11, 22, 20, tzinfo=datetime.UTC)
    )
    with django_capture_on_commit_callbacks(execute=True):
        done = retention.clean(place, TODAY)
    assert done.counts == {"letters": 1}
    assert {(tuple(letter.address), letter.salutation) for letter in Letter.objects.all()} == {((), "")}
    assert default_storage.listdir(f"letters/{run.pk}")[1] == []
    assert run.letters.count() + run.left_out.count() == run.cohort
    assert retention.preview(place, TODAY)[2].now == 0


def test_reports_of_imports_go_and_waiting_ones_stay(place):
    waiting = ImportBatchFactory(municipality=place, state="read")
    ImportBatchFactory(municipality=place, state="dropped")
    ImportBatch.objects.update(created_at=datetime.datetime(2026, 8, 24, 12, tzinfo=datetime.UTC))
    retention.clean(place, TODAY)
    assert list(ImportBatch.objects.all()) == [waiting]


def test_answered_requests_and_dead_links_go(place):
    home = HouseholdFactory(municipality=place)
    answered, waiting = (DataRequestFactory(household=home) for _ in range(2))
    long_ago = datetime.datetime(2025, 11, 20, tzinfo=datetime.UTC)
    DataRequest.objects.filter(pk=answered.pk).update(handled_at=long_ago, outcome="done")
    link = LinkFactory(municipality=place)
    Link.objects.filter(pk=link.pk).update(
        created_at=long_ago, expires_at=long_ago + datetime.timedelta(days=1)
    )
    assert retention.clean(place, TODAY).counts == {"requests": 1, "links": 1}
    assert list(DataRequest.objects.all()) == [waiting]


def test_one_that_cannot_be_deleted_holds_up_none_of_the_others(place, monkeypatch, caplog):
    homes = [left(place, datetime.date(2020, 2, day)) for day in range(1, 6)]
    take, poison = erasure.erase, homes[2].pk

    def erase(*, household, by, **how):
        if household.pk == poison:
            raise erasure.Refused("Oksana Kovalenko")
        return take(household=household, by=by, **how)

    monkeypatch.setattr(erasure, "erase", erase)
    monkeypatch.setattr(retention, "BATCH", 2)
    run = retention.clean(place, TODAY)
    assert stay(*homes) == [homes[2]]
    assert (run.counts, run.failed) == ({"left": 4}, {"left": 1})
    assert "Kovalenko" not in caplog.text


def test_a_night_that_was_cut_off_is_gone_on_with(place, monkeypatch):
    homes = [left(place, datetime.date(2020, 2, day)) for day in range(1, 5)]
    take = erasure.erase

    def erase(*, household, by, **how):
        if household.pk == homes[2].pk:
            raise KeyboardInterrupt  # The machine goes down.
        return take(household=household, by=by, **how)

    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(erasure, "erase", erase)
    with pytest.raises(KeyboardInterrupt):
        retention.clean(place, TODAY)
    monkeypatch.setattr(erasure, "erase", take)
    run = retention.clean(place, TODAY)
    assert stay(*homes) == []
    assert run.counts == {"left": 4}
    left(place, datetime.date(2020, 2, 1))
    assert retention.clean(place, TODAY).counts == {"left": 4}, "Once a day."


def test_the_report_names_nobody(place):
    home = left(place, datetime.date(2020, 2, 1))
    retention.clean(place, TODAY)
    assert home.people.model.objects.count() == 0
    row = str(RetentionRun.objects.values())
    assert "Kovalenko" not in row
    assert "Ålsgata" not in row


def test_the_nights_task_cleans_every_municipality(place, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    other = MunicipalityFactory()
    clean_municipality(place.pk)
    clean_municipality(other.pk)
    clean_municipality(10**9)
    clean()
    assert {run.municipality for run in RetentionRun.objects.all()} >= {place, other}


def test_sessions_that_ran_out_go(place):
    now = timezone.now()
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + datetime.timedelta(days=days)
        )
    retention.clean_sessions(now)
    assert [session.session_key for session in Session.objects.all()] == ["new"]


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2024, 3, 31), 1, (2024, 2, 29)),
        ((2026, 11, 22), 12, (2025, 11, 22)),
        ((2026, 1, 5), 1, (2025, 12, 5)),
        ((2026, 1, 5), 0, (2026, 1, 5)),
    ],
)
def test_months_are_counted_as_people_do(day, months, before):
    assert months_before(datetime.date(*day), months) == datetime.date(*before)


# --- the pages -----------------------------------------------------------------------------------


def test_the_preview_counts_what_the_night_takes(client, place):
    today = timezone.localdate()
    left(place, months_before(today, 12))
    soon = left(place, months_before(today, 12) + datetime.timedelta(days=20))
    left(place, today)
    client.force_login(MembershipFactory(municipality=place, role="coordinator").user)
    response = client.get(PREVIEW)
    due = response.context["due"][0]
    assert (due.now, due.soon) == (1, 2)
    listed = client.get(
        reverse("admin:welcome_household_changelist"), {"id__in": ",".join(map(str, due.ids))}
    )
    assert listed.context["cl"].result_count == 2
    assert retention.clean(place, today).counts == {"left": due.now}
    assert retention.clean(place, today + datetime.timedelta(days=30)).counts["left"] == due.soon - due.now
    assert not stay(soon)


def test_the_preview_asks_as_often_for_many_as_for_few(client, place):
    client.force_login(MembershipFactory(municipality=place, role="coordinator").user)
    client.get(PREVIEW)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(PREVIEW)
    for _ in range(8):
        left(place, datetime.date(2020, 2, 1))
    with CaptureQueriesContext(connection) as many:
        client.get(PREVIEW)
    assert len(many) <= len(few)


def test_another_municipalitys_preview_is_not_found(client, place):
    client.force_login(MembershipFactory(municipality=place, role="coordinator").user)
    assert client.get(PREVIEW, {"municipality": MunicipalityFactory().pk}).status_code == 404
    assert client.get(PREVIEW, {"municipality": "x"}).status_code == 404


def test_who_may_change_nobody_sees_no_preview(client, place):
    client.force_login(MembershipFactory(municipality=place, role="reader").user)
    assert client.get(PREVIEW).status_code == 403


def test_the_reports_are_listed_and_can_be_opened(client, place):
    left(place, datetime.date(2020, 2, 1))
    run = retention.clean(place, TODAY)
    client.force_login(MembershipFactory(municipality=place, role="administrator").user)
    assert ": 1" in client.get(reverse("admin:welcome_retentionrun_changelist")).content.decode()
    assert client.get(reverse("admin:welcome_retentionrun_change", args=[run.pk])).status_code == 200


def test_the_preview_tells_what_of_the_log_is_over(client, place):
    place.retention_audit_months = 12
    place.save()
    for day in ("2025-01-01", "2026-11-01"):
        with time_machine.travel(f"{day}T12:00Z", tick=False):
            record(action=Action.CHANGED, of=place)
            sealing.seal(Chain(place.pk))
    user = MembershipFactory(municipality=place, role=Role.ADMINISTRATOR, user__language="en").user
    client.force_login(user)
    with time_machine.travel("2026-11-25T12:00Z", tick=False):
        page = client.get(reverse("admin:welcome_retentionrun_preview")).content.decode()
    assert "1 entry of the log is older than that." in page
