"""Somebody does not find what they need: they say so below the page, are answered, read it and write back."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from municipalities.enquiries import outbox
from municipalities.enquiries.models import Enquiry, State
from municipalities.municipality import scope
from municipalities.tenancy.models import Role
from tests.browser import county
from tests.browser.conftest import LANGUAGES, log_in, reads_well, staff_sweep
from tests.factories.municipalities import (
    AnswerMailFactory,
    AnswerTemplateFactory,
    EnquiryFactory,
    EnquiryMessageFactory,
    MailboxFactory,
    MembershipFactory,
    TakenMailFactory,
)
from welcome.portal import buffer, keeping
from welcome.portal.models import PageDay

READER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"
PAGE = "/nb/al/topics/doctor/"


@pytest.fixture
def al():
    buffer.take()
    return county.everything()


@pytest.fixture
def kari(al):
    return MembershipFactory(municipality=al, role=Role.SERVICE_OFFICE, user__language="nb").user


@pytest.mark.parametrize("script", [True, False])
def test_asked_on_a_phone_answered_by_staff_and_written_back(browser, live_server, al, kari, script):
    phone = browser.new_context(
        base_url=live_server.url, java_script_enabled=script, locale="nb-NO", user_agent=READER,
        viewport={"width": 390, "height": 844},
    )  # fmt: skip
    page = phone.new_page()
    page.goto(PAGE)
    page.get_by_text("Nei, jeg fant det ikke").click()
    page.get_by_label("Hva lette du etter?").fill("Når er legekontoret åpent i romjula?")
    page.locator("#found-contact").fill("kari@")
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Send").click()
    assert page.title().startswith("Feil:")
    if script:
        assert page.evaluate("document.activeElement.className") == "ds-error-summary"
    assert page.input_value("[name=words]") == "Når er legekontoret åpent i romjula?"
    page.fill("[name=contact]", "kari@heime.example")
    page.wait_for_timeout(2_100)
    page.get_by_role("button", name="Send").click()
    assert page.get_by_text("svar på e-post innen").is_visible()
    assert [cookie["name"] for cookie in phone.cookies()] == []
    page.get_by_role("link", name="Tilbake til siden").click()
    assert page.url.endswith(PAGE)
    asked = Enquiry.objects.get()
    assert asked.page == "/al/topics/doctor/"
    keeping.keep()
    assert PageDay.objects.values_list("views", "missed", "asked").get(path=asked.page) == (2, 1, 1)

    desk = browser.new_context(base_url=live_server.url, locale="nb-NO")  # The theme needs its script.
    log_in(desk, kari, live_server)
    staff = desk.new_page()
    staff.goto("/admin/")
    staff.get_by_role("link", name=re.compile("henvendelse venter på svar")).first.click()
    staff.get_by_role("link", name=re.compile("romjula")).first.click()
    staff.fill("#id_text", "Ja, fra ni til tolv.")
    staff.get_by_role("button", name="Send og avslutt").click()
    assert Enquiry.objects.get().state == State.CLOSED
    with scope.of():
        outbox.send_due()
    link = re.search(r"https?://[^/\s]+(/l/enquiry/\S+)", mail.outbox[0].body)
    assert link is not None

    page.goto(link[1])
    assert page.get_by_text("Ja, fra ni til tolv.").is_visible()
    page.get_by_label("Skriv tilbake").fill("Også nyttårsaften?")
    page.get_by_role("button", name="Send").click()
    assert page.get_by_text("Også nyttårsaften?").is_visible()
    assert "done" in page.url
    assert Enquiry.objects.get().state == State.ASSIGNED
    phone.close()
    desk.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_where_one_asks(browser, live_server, al, language):
    """In a browser of its own: one that is refused a form says so on its console."""
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    for step in ("open", "thanks", "ask", "wrong"):
        if step == "open":
            page.goto(f"/{language}/al/topics/doctor/")
            page.locator(".found summary").click()
        elif step == "thanks":
            page.goto(f"/{language}/al/ask/thanks/?for=email")
        elif step == "ask":
            page.goto(f"/{language}/al/ask/")
        else:
            page.wait_for_timeout(2_100)
            page.fill("[name=contact]", "kari@")
            page.locator("main form button[type=submit]").click()
            page.locator(".ds-error-summary").wait_for()
        reads_well(page, language)
    context.close()


def test_axe_finds_nothing_where_staff_answer(page, al, kari, live_server):
    enquiry = EnquiryFactory(municipality=al)
    message = EnquiryMessageFactory(enquiry=enquiry, by=kari)
    AnswerMailFactory(message=message, state="failed", reason="refused")
    EnquiryMessageFactory(enquiry=enquiry, direction="in", text="Og på søndag?")
    AnswerTemplateFactory(municipality=al)
    log_in(page.context, kari, live_server)
    staff_sweep(
        page,
        [f"/admin/municipalities/enquiry/{enquiry.pk}/change/", "/admin/welcome/pageday/"],
        "main.run",  # The theme's own frame is not ours.
    )


def test_axe_finds_nothing_where_the_mailbox_is_seen(page, al, live_server):
    boss = MembershipFactory(municipality=al, role=Role.ADMINISTRATOR, user__language="nb").user
    box = MailboxFactory(municipality=al, fault="login", failing_since=timezone.now())
    TakenMailFactory(municipality=al)
    message = EnquiryMessageFactory(
        enquiry__municipality=al, direction="auto", text="Vi har fått spørsmålet ditt."
    )
    log_in(page.context, boss, live_server)
    staff_sweep(
        page,
        [
            "/admin/municipalities/enquiry/",
            f"/admin/municipalities/enquiry/{message.enquiry_id}/change/",
            f"/admin/municipalities/mailbox/{box.pk}/test/",
        ],
        ".run",
    )
