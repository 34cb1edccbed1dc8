"""The log and its check, on a phone: who answers for it looks, asks for a check and sees it counted."""

import pytest
from playwright.sync_api import expect

from municipalities.audit import recording, sealing
from municipalities.audit.checks import AuditCheck
from municipalities.audit.models import Action
from municipalities.audit.sealing import Chain
from municipalities.audit.vocabulary import Fault, Finding
from municipalities.tenancy import tasks
from tests.browser.conftest import staff_sweep
from tests.browser.test_staff import coordinator
from tests.factories.municipalities import AuditCheckFactory, AuditPruningFactory

__all__ = ["coordinator"]

CHECK = "/admin/municipalities/auditentry/check/"


@pytest.fixture
def chain(coordinator):
    for number in range(40):
        recording.record(action=Action.CHANGED, of=coordinator, fields=["name"], note=f"rows={number}")
    sealing.seal(Chain(coordinator.pk))
    return Chain(coordinator.pk)


def test_a_check_is_asked_for_and_followed(page, coordinator, chain):
    page.goto("/admin/municipalities/auditentry/")
    page.get_by_role("link", name="Check the log").click()
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("The check waits for a worker.")).to_be_visible()
    check = AuditCheck.objects.get()
    AuditCheck.objects.update(attempts=1, first_entry=1, last_entry=40, total=40, counted=10)
    bar = page.get_by_role("progressbar", name="Entries read")
    expect(bar).to_have_attribute("aria-valuenow", "10")
    AuditCheck.objects.update(attempts=0)
    tasks.check_chain(check.pk)
    expect(page.get_by_text("they are what was written")).to_be_visible()
    expect(bar).to_have_count(0)


def test_log_and_check_read_well_for_everybody(page, coordinator, chain):
    staff_sweep(page, ["/admin/municipalities/auditentry/"], ".run")

    def look():
        staff_sweep(page, [CHECK], "#run")

    look()
    tasks.check_chain(AuditCheckFactory(municipality=coordinator, finding="", finished_at=None).pk)
    AuditPruningFactory(municipality=coordinator, sequence=1, entries=1234)
    AuditCheckFactory(municipality=coordinator, finding=Finding.STOPPED)
    broken = {"finding": Finding.BROKEN, "fault": Fault.GONE, "fault_entry": 7, "fault_place": 7, "faults": 3}
    AuditCheckFactory(municipality=coordinator, **broken)
    look()
    running = AuditCheckFactory(
        municipality=coordinator, finding="", finished_at=None, first_entry=1, last_entry=90, total=90
    )
    look()
    AuditCheck.objects.filter(pk=running.pk).update(attempts=1, counted=30)
    look()
