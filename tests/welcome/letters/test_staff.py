import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from municipalities.tenancy.models import Role
from tests.factories.municipalities import UserFactory
from tests.welcome.letters.frozen import (
    arrive,
    make_frozen,
    make_municipality,
    make_printed,
    worker,
)
from welcome.households.models import AddressKind, Household, Protection
from welcome.households.quarters import Quarter
from welcome.letters import runs
from welcome.letters.forms import version_of
from welcome.letters.models import FileState, LeftOutReason, LetterRun, LetterState, RunState

pytestmark = pytest.mark.django_db

READING = ["cohort", "texts", "proof", "approve", "progress", "delivery", "report"]
FETCHING = ["manifest", "archive", "report_json", "report_csv"]


@pytest.fixture
def run():
    return make_frozen()


@pytest.fixture
def as_role(client, run):
    """as_role(role) is a browser of somebody with that role in the run's municipality, in English."""

    def log_in(role, municipality=None):
        user = role if not isinstance(role, str) else worker(municipality or run.municipality, role)
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(user)
        browser.user = user
        return browser

    return log_in


def url(run, name, *more):
    return reverse(f"admin:welcome_letterrun_{name}", args=[run.pk, *more])


def text_of(response):
    return response.content.decode()


def told(response):
    return [str(message) for message in response.context["messages"]]


def approval(run):
    return {"seen": version_of(run), "sure": "on"}


# --- who may -------------------------------------------------------------------------------------


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
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(worker(run.municipality, Role.COORDINATOR))
    assert browser.post(url(run, "act", "approve"), approval(run)).status_code == 403
    run.refresh_from_db()
    assert run.state == RunState.FROZEN


# --- the list ------------------------------------------------------------------------------------


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


# --- the steps -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "step"), [(RunState.DRAFT, "cohort"), (RunState.FROZEN, "proof"), (RunState.READY, "delivery")]
)
def test_a_run_opens_where_it_is(as_role, run, state, step):
    if state == RunState.DRAFT:
        runs.thaw(run=run, by=None)
    if state == RunState.READY:
        make_printed(run)
    browser = as_role(Role.READER)
    opened = browser.get(reverse("admin:welcome_letterrun_change", args=[run.pk]))
    assert opened.url == url(run, step)
    assert browser.get(opened.url).status_code == 200


def test_a_step_that_lies_ahead_leads_back_to_where_the_run_is(as_role, run):
    assert as_role(Role.COORDINATOR).get(url(run, "delivery")).url == url(run, "proof")


def test_a_draft_is_frozen_with_the_date_on_its_letters(as_role, run):
    runs.thaw(run=run, by=None)
    browser = as_role(Role.COORDINATOR)
    dated = timezone.localdate() + datetime.timedelta(days=3)
    browser.post(url(run, "act", "freeze"), {"dated": dated.isoformat()})
    run.refresh_from_db()
    assert (run.state, run.dated, run.frozen_by) == (RunState.FROZEN, dated, browser.user)


def test_a_date_far_away_is_refused_at_its_field(as_role, run):
    runs.thaw(run=run, by=None)
    response = as_role(Role.COORDINATOR).post(url(run, "act", "freeze"), {"dated": "2036-01-01"})
    assert response.status_code == 422
    assert "Choose a date within three months of today." in text_of(response)
    assert 'value="2036-01-01"' in text_of(response)
    run.refresh_from_db()
    assert run.state == RunState.DRAFT


def test_the_cohort_adds_up_on_the_page(as_role, run):
    counts = as_role(Role.COORDINATOR).get(url(run, "cohort")).context["cohort"]
    assert (counts.cohort, counts.letters, counts.left_out) == (7, 3, 4)
    assert {row.reason: row.count for row in counts.reasons} == {
        LeftOutReason.PROTECTED: 2,
        LeftOutReason.NO_ADDRESS: 1,
        LeftOutReason.MOVED_ON: 1,
    }


def test_the_number_of_protected_is_for_those_who_work_with_people(as_role, run):
    office, reader = as_role(Role.SERVICE_OFFICE), as_role(Role.READER)
    assert "Protected address" in text_of(office.get(url(run, "cohort")))
    page = reader.get(url(run, "cohort"))
    assert "Protected" not in text_of(page)
    # They count among those without an address; the list behind that number would tell them apart.
    assert {row.reason: row.count for row in page.context["cohort"].reasons} == {
        LeftOutReason.NO_ADDRESS: 3,
        LeftOutReason.MOVED_ON: 1,
    }
    assert reader.get(url(run, "left_out", LeftOutReason.NO_ADDRESS)).status_code == 404


def test_those_left_out_are_listed_but_never_the_protected(as_role, run):
    browser = as_role(Role.SERVICE_OFFICE)
    assert browser.get(url(run, "left_out", LeftOutReason.PROTECTED)).status_code == 404
    without = text_of(browser.get(url(run, "left_out", LeftOutReason.NO_ADDRESS)))
    assert "Utan Adresse" in without
    assert "Hemmelig" not in without


@pytest.mark.parametrize(
    ("q", "numbers"),
    [("østerhus0", [3]), ("ØSTERHUS1 åse", [1]), ("2", [1, 2]), ("english", [1, 2]), ("zz", [])],
)
def test_letters_are_found_by_any_word_in_any_case(as_role, run, q, numbers):
    # In the order of languages and addresses: en Østerhus1, en Østerhus2 (asked for uk), nb Østerhus0.
    found = as_role(Role.READER).get(url(run, "cohort"), {"q": q}).context["letters"]
    assert [letter.number for letter in found] == numbers


def test_who_is_protected_since_is_shown_nowhere(as_role, run):
    browser = as_role(Role.COORDINATOR)
    protect(run.letters.get(number=1).household)
    for path in [url(run, "cohort"), url(run, "proof")]:
        assert "Østerhus1" not in text_of(browser.get(path))
    assert browser.get(url(run, "letter", 1)).status_code == 404
    assert browser.get(url(run, "letter_pdf", 1)).status_code == 404
    assert browser.get(url(run, "letter_page", 1, 1)).status_code == 404


def protect(household):
    Household.objects.filter(pk=household.pk).update(
        protection=Protection.STRICT,
        address_kind=AddressKind.UNKNOWN,
        address_key="",
        **dict.fromkeys(["street", "house_number", "house_letter", "postal_code", "postal_place"], ""),
    )


def test_texts_say_where_another_language_was_taken(as_role, run):
    texts = as_role(Role.READER).get(url(run, "texts")).context["texts"]
    english = next(text for text in texts if text.language == "en")
    assert [topic.language for topic in english.topics] == ["nb"]
    assert english.fallbacks == 1


def test_a_sign_no_font_has_blocks_the_approval_and_names_the_letter(as_role, run):
    letter = run.letters.get(number=2)
    letter.address = ["Åse \U0001f600", *letter.address[1:]]
    letter.save()
    browser = as_role(Role.COORDINATOR)
    page = browser.get(url(run, "proof"))
    assert page.context["groups"][0].blocking
    assert url(run, "letter", 2) in text_of(page)
    assert "Approve 3 letters" not in text_of(browser.get(url(run, "approve")))


# --- approval ------------------------------------------------------------------------------------


def test_approving_notes_who_and_hands_the_work_over(as_role, run):
    browser = as_role(Role.SERVICE_OFFICE)
    response = browser.post(url(run, "act", "approve"), approval(run), follow=True)
    run.refresh_from_db()
    assert (run.state, run.approved_by) == (RunState.APPROVED, browser.user)
    assert response.request["PATH_INFO"] == url(run, "progress")
    assert told(response) == ["Approved. The letters are being made."]


def test_a_second_press_on_approve_does_no_harm(as_role, run):
    first, second = as_role(Role.COORDINATOR), as_role(Role.SERVICE_OFFICE)
    first.post(url(run, "act", "approve"), approval(run))
    response = second.post(url(run, "act", "approve"), approval(run), follow=True)
    run.refresh_from_db()
    assert run.approved_by == first.user
    assert run.files.count() == 1
    assert told(response) == ["That can't be done now: the run is “Approved”."]


def test_approving_without_the_tick_keeps_the_run(as_role, run):
    response = as_role(Role.COORDINATOR).post(url(run, "act", "approve"), {"seen": version_of(run)})
    assert response.status_code == 422
    assert "Tick that you have looked" in text_of(response)
    run.refresh_from_db()
    assert run.state == RunState.FROZEN


def test_what_was_frozen_anew_must_be_looked_at_anew(as_role, run):
    seen = approval(run)
    runs.thaw(run=run, by=None)
    runs.freeze(run=run, by=None)
    response = as_role(Role.COORDINATOR).post(url(run, "act", "approve"), seen)
    assert response.status_code == 422
    assert "frozen anew since you looked" in text_of(response)
    run.refresh_from_db()
    assert run.state == RunState.FROZEN


def test_where_two_answer_the_one_who_froze_does_not_approve(as_role):
    municipality = make_municipality(second_approver=True)
    kari, ola = worker(municipality, Role.COORDINATOR), worker(municipality, Role.COORDINATOR)
    run = make_frozen(municipality, by=kari)
    browser = as_role(kari)
    assert "A second person approves" in text_of(browser.get(url(run, "approve")))
    response = browser.post(url(run, "act", "approve"), approval(run), follow=True)
    run.refresh_from_db()
    assert run.state == RunState.FROZEN
    assert "another person must approve" in told(response)[0]
    as_role(ola).post(url(run, "act", "approve"), approval(run))
    run.refresh_from_db()
    assert run.approved_by == ola


# --- while it works, and after -------------------------------------------------------------------


def test_the_live_part_comes_alone_and_asks_again_while_there_is_work(as_role, run):
    runs.approve(run=run, by=None)
    response = as_role(Role.READER).get(url(run, "progress"), headers={"HX-Request": "true"})
    text = text_of(response)
    assert "<html" not in text
    assert f'hx-get="{url(run, "progress")}"' in text
    assert 'aria-valuemax="3"' in text
    assert "HX-Refresh" not in response


def test_the_live_part_asks_for_a_new_page_when_all_is_done(as_role, run):
    make_printed(run)
    response = as_role(Role.READER).get(url(run, "progress"), headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"
    assert "hx-get" not in text_of(response)
    assert 'aria-valuenow="3"' in text_of(response)


def test_a_page_left_open_on_a_run_taken_back_goes_to_where_it_is(as_role, run):
    runs.approve(run=run, by=None)
    runs.cancel(run=run, by=None)
    response = as_role(Role.READER).get(url(run, "progress"), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == url(run, "cohort")


@pytest.mark.parametrize(("seconds", "said"), [(5, False), (25, True)])
def test_work_that_nobody_takes_is_said_so_after_a_while(as_role, run, seconds, said):
    runs.approve(run=run, by=None)
    since = timezone.now() - datetime.timedelta(seconds=seconds)
    LetterRun.objects.filter(pk=run.pk).update(approved_at=since)
    assert (
        "No worker has taken the work yet." in text_of(as_role(Role.READER).get(url(run, "progress")))
    ) is said


def test_a_file_set_aside_is_named_and_tried_again(as_role, run):
    runs.approve(run=run, by=None)
    run.files.update(state=FileState.SET_ASIDE, attempts=3, error="The memory ran out.")
    runs.settle(run.pk)
    browser = as_role(Role.SERVICE_OFFICE)
    page = text_of(browser.get(url(run, "progress")))
    assert "The memory ran out." in page
    assert url(run, "retry", 1) in page
    browser.post(url(run, "retry", 1))
    assert run.files.get().state == FileState.WAITING


def test_a_letter_that_failed_is_listed_with_its_reason_and_can_be_taken_out(as_role, run):
    make_printed(run)
    run.letters.filter(number=2).update(
        state=LetterState.FAILED, error="No font can print it.", first_page=None, pages=0
    )
    browser = as_role(Role.SERVICE_OFFICE)
    page = text_of(browser.get(url(run, "progress")))
    assert "No font can print it." in page
    assert url(run, "letter", 2) in page
    refused = browser.post(url(run, "act", "finish"), {"sure": "on"}, follow=True)
    assert "could not be made" in told(refused)[0]
    browser.post(url(run, "withdraw", 2), {"reason": LeftOutReason.ASKED_NOT_TO})
    assert not run.letters.filter(number=2).exists()
    assert run.left_out.filter(reason=LeftOutReason.ASKED_NOT_TO).count() == 1


def test_nobody_is_called_protected_by_hand_here(as_role, run):
    response = as_role(Role.SERVICE_OFFICE).post(url(run, "withdraw", 1), {"reason": LeftOutReason.PROTECTED})
    assert response.status_code == 404
    assert run.letters.filter(number=1).exists()


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [("cancel", RunState.FROZEN, RunState.CANCELLED), ("finish", RunState.READY, RunState.DONE)],
)
def test_what_is_grave_wants_a_tick(as_role, run, verb, before, after):
    if before == RunState.READY:
        make_printed(run)
    browser = as_role(Role.SERVICE_OFFICE)
    browser.post(url(run, "act", verb))
    run.refresh_from_db()
    assert run.state == before
    browser.post(url(run, "act", verb), {"sure": "on"})
    run.refresh_from_db()
    assert run.state == after


def test_a_cancelled_run_opens_again(as_role, run):
    runs.cancel(run=run, by=None)
    browser = as_role(Role.SERVICE_OFFICE)
    assert url(run, "act", "reopen") in text_of(browser.get(url(run, "cohort")))
    browser.post(url(run, "act", "reopen"))
    run.refresh_from_db()
    assert run.state == RunState.DRAFT


def test_what_was_done_stands_in_the_history(as_role, run):
    browser = as_role(Role.SERVICE_OFFICE)
    browser.post(url(run, "act", "approve"), approval(run))
    history = browser.get(reverse("admin:welcome_letterrun_history", args=[run.pk]))
    assert browser.user.name in text_of(history)


def test_the_report_adds_up_or_says_that_it_does_not(as_role, run):
    make_printed(run)
    browser = as_role(Role.READER)
    assert "don’t add up" not in text_of(browser.get(url(run, "report")))
    run.left_out.filter(reason=LeftOutReason.MOVED_ON).delete()
    assert "don’t add up" in text_of(browser.get(url(run, "report")))


@pytest.mark.parametrize("name", ["cohort", "texts", "proof", "approve", "progress", "report"])
def test_a_page_asks_the_database_equally_often_for_any_number(as_role, name, django_assert_max_num_queries):
    counts = []
    for letters in (3, 12):
        run = make_frozen(letters=letters)
        if name in {"progress", "report"}:
            make_printed(run)
        browser = as_role(Role.COORDINATOR, run.municipality)
        browser.get(url(run, name))  # Content types and the like are asked for once a process.
        with django_assert_max_num_queries(60) as captured:
            assert browser.get(url(run, name)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_system_administrator_chooses_the_municipality(as_role, run):
    browser = as_role(UserFactory(is_superuser=True))
    other = make_municipality()
    quarter = Quarter.current().previous
    browser.post(
        reverse("admin:welcome_letterrun_ensure"), {"quarter": str(quarter), "municipality": other.pk}
    )
    assert LetterRun.objects.of(other).of_quarter(quarter).exists()
    assert browser.get(url(run, "cohort")).status_code == 200


def test_an_empty_run_says_so(as_role, run):
    municipality = make_municipality()
    empty = runs.ensure(municipality=municipality, quarter=Quarter(2026, 2), by=None)
    runs.freeze(run=empty, by=None)
    browser = as_role(Role.COORDINATOR, municipality)
    assert "This run has no letters" in text_of(browser.get(url(empty, "cohort")))
    arrive(municipality)
    for name in ("texts", "proof", "approve"):
        assert browser.get(url(empty, name)).status_code == 200
