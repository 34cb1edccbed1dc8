"""A coordinator's quarter: from the day's work to the files for the printer."""

import re
import zipfile

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from municipalities.tenancy.models import Role
from tests.browser.conftest import STANDARD, faults, log_in, staff_sweep
from tests.welcome.letters.frozen import make_frozen, make_municipality, make_printed, prove, worker
from welcome.letters import printing, runs
from welcome.letters.models import LetterRun, RunState

DONE_STEPS = ["cohort", "texts", "proof", "approve", "progress", "delivery", "report"]


@pytest.fixture
def coordinator(page, live_server):
    """Logged in, on a phone, in English."""
    municipality = make_municipality(name="Ål", slug="al")
    user = worker(municipality, Role.COORDINATOR)
    user.language = "en"
    user.save()
    log_in(page.context, user, live_server)
    return municipality


def check_content(page, part="#run"):
    """axe on what is ours, on the phone in light; the theme's own frame around it is the theme's."""
    found = faults(page, [("light", 390, STANDARD)], part)
    assert not found, "\n".join(found)


def work():
    """What a worker does, here and now: while this runs, the page's questions wait in the browser."""
    for run in LetterRun.objects.filter(state=RunState.APPROVED):
        for file in run.files.all():
            printing.render(file.pk)
            runs.settle_file(file.pk)


def test_a_quarter_from_the_days_work_to_the_printer(page, coordinator, tmp_path):
    run = prove(make_frozen(coordinator))
    page.goto("/admin/")
    page.locator("main a[href*='letterrun'], #content a[href*='letterrun']").first.click()
    if page.url.rstrip("/").endswith("letterrun") or "letterrun/?" in page.url:
        page.locator("#result_list a[href*='/change/']").first.click()
    expect(page.get_by_role("heading", name="3 letters wait for approval")).to_be_visible()

    page.get_by_role("link", name="Letter 1").first.click()
    picture = page.get_by_alt_text(re.compile("^Page 1 of"))
    expect(picture).to_be_visible()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 600", arg=picture.element_handle()
    )
    page.go_back()

    page.get_by_role("link", name="Go on to the approval").click()
    # The box is not ticked yet: the browser itself asks for it.
    page.get_by_role("button", name="Approve 3 letters").click()
    run.refresh_from_db()
    assert run.state == RunState.FROZEN
    page.get_by_label("I have looked at the samples").check()
    page.route("**/progress/", lambda route: route.continue_())
    page.get_by_role("button", name="Approve 3 letters").click()

    expect(page.get_by_role("heading", name="The letters are being made")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "0")
    work()
    expect(page.get_by_role("heading", name="All the work is done")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "3")
    expect(page.get_by_role("heading", name="3 letters are ready to print")).to_be_visible()

    page.get_by_role("link", name="To the print files").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as ZIP").click()
    download.value.save_as(tmp_path / "run.zip")
    assert zipfile.ZipFile(tmp_path / "run.zip").testzip() is None

    page.get_by_label("Yes, I am sure").first.check()
    page.get_by_role("button", name="The printer has the files").click()
    expect(page.get_by_role("heading", name="3 letters have gone to print")).to_be_visible()
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_the_pages_of_a_run_read_well_for_everybody(page, coordinator):
    run = make_printed(make_frozen(coordinator))
    steps = [*DONE_STEPS, "letters/1", "left-out/moved_on"]
    staff_sweep(page, [f"/admin/welcome/letterrun/{run.pk}/{step}/" for step in steps], "#run")


def test_the_page_works_without_script(browser, live_server, page, coordinator):
    run = prove(make_frozen(coordinator))
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(f"/admin/welcome/letterrun/{run.pk}/approve/")
    plain.get_by_label("I have looked at the samples").check()
    plain.get_by_role("button", name="Approve 3 letters").click()
    expect(plain.get_by_role("heading", name="The letters are being made")).to_be_visible()
    expect(plain.locator("meta[http-equiv=refresh]")).to_have_count(1)
    context.close()
    run.refresh_from_db()
    assert run.approved_at <= timezone.now()
