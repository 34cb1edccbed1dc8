import pytest
from django.urls import reverse

from municipalities.tenancy.models import Role
from tests.staff_client import StaffClient
from tests.welcome.letters.frozen import (
    make_frozen,
    make_municipality,
    make_printed,
    worker,
)
from tests.welcome.letters.staff_site import FETCHING, READING, approval, text_of, url
from welcome.households.quarters import Quarter
from welcome.letters.models import LeftOutReason, LetterRun, RunState

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="pages say the same, whatever the database"),
]


def answers(browser, run):
    """What each address of a run answers, by name."""
    letter = run.letters.first()
    file = run.files.first()
    gets = [url(run, name) for name in [*READING, *FETCHING]] + [
        url(run, "letter", letter.number),
        url(run, "letter_pdf", letter.number),
        url(run, "letter_page", letter.number, 1),
        url(run, "file", file.sequence),
        url(run, "left_out", LeftOutReason.MOVED_ON),
    ]
    posts = [
        *(url(run, "act", verb) for verb in ("freeze", "thaw", "approve", "cancel", "reopen", "finish")),
        url(run, "retry", file.sequence),
        url(run, "withdraw", letter.number),
    ]
    return {path: browser.get(path) for path in gets} | {path: browser.post(path) for path in posts}


def test_who_is_not_logged_in_is_sent_to_the_login(client, run):
    make_printed(run)
    for path, response in answers(client, run).items():
        assert response.status_code == 302, path
        assert response.url.startswith("/admin/login/"), path


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_a_run_of_another_municipality_is_not_found(as_role, run, role):
    make_printed(run)
    browser = as_role(role, make_municipality())
    assert {response.status_code for response in answers(browser, run).values()} == {404}
    assert browser.get(reverse("admin:welcome_letterrun_change", args=[run.pk])).status_code == 404
    run.refresh_from_db()
    assert run.state == RunState.READY


def test_an_editor_reads_nothing_of_people(as_role, run):
    make_printed(run)
    assert {response.status_code for response in answers(as_role(Role.EDITOR), run).values()} == {403}


def test_a_reader_reads_and_does_nothing(as_role, run):
    make_printed(run)
    found = answers(as_role(Role.READER), run)
    refused = {path for path, response in found.items() if response.status_code == 403}
    assert {path for path in found if path not in refused} == {
        *(url(run, name) for name in READING),
        url(run, "letter", 1),
        url(run, "letter_pdf", 1),
        url(run, "letter_page", 1, 1),
        url(run, "left_out", LeftOutReason.MOVED_ON),
    }
    assert {found[path].status_code for path in found if path not in refused} == {200}
    run.refresh_from_db()
    assert run.state == RunState.READY


@pytest.mark.parametrize("role", [Role.SERVICE_OFFICE, Role.COORDINATOR, Role.ADMINISTRATOR])
def test_who_runs_letters_may_open_everything(as_role, run, role):
    make_printed(run)
    browser = as_role(role)
    for name in [*READING, *FETCHING]:
        assert browser.get(url(run, name)).status_code == 200, name


def test_nothing_is_changed_by_looking(as_role, run):
    browser = as_role(Role.COORDINATOR)
    for path in [
        url(run, "act", "approve"),
        url(run, "act", "cancel"),
        reverse("admin:welcome_letterrun_ensure"),
    ]:
        assert browser.get(path).status_code == 405
    assert browser.post(url(run, "cohort")).status_code == 405


def test_a_form_without_its_token_is_refused(run):
    browser = StaffClient(enforce_csrf_checks=True)
    browser.force_login(worker(run.municipality, Role.COORDINATOR))
    assert browser.post(url(run, "act", "approve"), approval(run)).status_code == 403
    run.refresh_from_db()
    assert run.state == RunState.FROZEN


def test_the_list_shows_own_runs_with_their_numbers(as_role, run):
    make_frozen(make_municipality(name="Annetsteds"))
    response = as_role(Role.COORDINATOR).get(reverse("admin:welcome_letterrun_changelist"))
    [shown] = response.context["cl"].result_list
    assert (shown.pk, shown.letters_n, shown.left_out_n) == (run.pk, 3, 4)
    assert "Annetsteds" not in text_of(response)


def test_making_a_quarter_ready_twice_gives_one_run(as_role, run):
    browser = as_role(Role.SERVICE_OFFICE)
    quarter = Quarter.current().previous
    for _ in range(2):
        response = browser.post(reverse("admin:welcome_letterrun_ensure"), {"quarter": str(quarter)})
    made = LetterRun.objects.of(run.municipality).of_quarter(quarter).get()
    assert response.url == reverse("admin:welcome_letterrun_change", args=[made.pk])


def test_nobody_makes_a_run_for_another_municipality(as_role, run):
    other = make_municipality()
    data = {"quarter": str(Quarter.current().previous), "municipality": other.pk}
    as_role(Role.COORDINATOR).post(reverse("admin:welcome_letterrun_ensure"), data)
    assert not LetterRun.objects.of(other).exists()


def test_a_reader_makes_no_run(as_role, run):
    data = {"quarter": str(Quarter.current().previous)}
    assert as_role(Role.READER).post(reverse("admin:welcome_letterrun_ensure"), data).status_code == 403
