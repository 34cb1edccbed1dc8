import pytest

from municipalities.tenancy.models import Role
from tests.welcome.letters.frozen import (
    make_frozen,
    make_municipality,
    prove,
    worker,
)
from tests.welcome.letters.staff_site import approval, text_of, told, url
from welcome.letters import runs
from welcome.letters.forms import version_of
from welcome.letters.models import RunState

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    return prove(make_frozen())


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
    prove(runs.freeze(run=run, by=None))
    response = as_role(Role.COORDINATOR).post(url(run, "act", "approve"), seen)
    assert response.status_code == 422
    assert "frozen or proved anew since you looked" in text_of(response)
    run.refresh_from_db()
    assert run.state == RunState.FROZEN


def test_where_two_answer_the_one_who_froze_does_not_approve(as_role):
    municipality = make_municipality(second_approver=True)
    kari, ola = worker(municipality, Role.COORDINATOR), worker(municipality, Role.COORDINATOR)
    run = prove(make_frozen(municipality, by=kari))
    browser = as_role(kari)
    assert "A second person approves" in text_of(browser.get(url(run, "approve")))
    response = browser.post(url(run, "act", "approve"), approval(run), follow=True)
    run.refresh_from_db()
    assert run.state == RunState.FROZEN
    assert "another person must approve" in told(response)[0]
    as_role(ola).post(url(run, "act", "approve"), approval(run))
    run.refresh_from_db()
    assert run.approved_by == ola
