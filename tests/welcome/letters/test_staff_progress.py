import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities.tenancy.models import Role
from tests.welcome.letters.frozen import approve, make_printed
from tests.welcome.letters.staff_site import approval, text_of, told, url
from welcome.letters import runs
from welcome.letters.models import FileState, LeftOutReason, LetterRun, LetterState, RunState

pytestmark = pytest.mark.django_db


def test_the_live_part_comes_alone_and_asks_again_while_there_is_work(as_role, run):
    approve(run)
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
    approve(run)
    runs.cancel(run=run, by=None)
    response = as_role(Role.READER).get(url(run, "progress"), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == url(run, "cohort")


@pytest.mark.parametrize(("seconds", "said"), [(5, False), (25, True)])
def test_work_that_nobody_takes_is_said_so_after_a_while(as_role, run, seconds, said):
    approve(run)
    since = timezone.now() - datetime.timedelta(seconds=seconds)
    LetterRun.objects.filter(pk=run.pk).update(approved_at=since)
    assert (
        "No worker has taken the work yet." in text_of(as_role(Role.READER).get(url(run, "progress")))
    ) is said


def test_a_file_set_aside_is_named_and_tried_again(as_role, run):
    approve(run)
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
