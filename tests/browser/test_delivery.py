"""A run while it is delivered, on a phone: what is uncertain, what failed, what is to be packed."""

import pytest
from playwright.sync_api import expect

from municipalities.tenancy.models import Role
from tests.browser.conftest import log_in
from tests.browser.test_staff import check_content
from tests.factories.welcome import ChannelSettingsFactory
from tests.welcome.letters.frozen import approve, make_municipality, worker
from tests.welcome.letters.sending import arrive_by_email, print_files
from welcome.households.quarters import Quarter
from welcome.letters import by_email, delivering, runs
from welcome.letters.channels import Channel, MaybeTaken, NotTaken
from welcome.letters.delivery_models import Reason


@pytest.fixture
def run(monkeypatch):
    """Four letters by e-mail, of which the second is uncertain and the third was refused."""
    place = make_municipality(name="Ål", slug="al")
    ChannelSettingsFactory(municipality=place, by_email=True)
    for number in range(4):
        arrive_by_email(
            place, f"Åse Marie Østerhus{number}", f"aase{number}@example.org", house_number=str(number + 1)
        )
    run = runs.freeze(run=runs.ensure(municipality=place, quarter=Quarter(2026, 3), by=None), by=None)
    gifts = [{"title": "Strikka vottar", "count": 2, "giver": "Ål husflidslag", "note": ""}]
    run.letters.update(gifts=gifts)
    approve(run)
    print_files(run)
    whole = by_email.send

    def send(delivery, letter, content):
        if letter.number == 2:
            raise MaybeTaken(Reason.NO_ANSWER, "SMTPServerDisconnected")
        if letter.number == 3:
            raise NotTaken(Reason.MAIL_REFUSED, "550 5.1.1")
        return whole(delivery, letter, content)

    monkeypatch.setitem(delivering.SENDERS, Channel.EMAIL, send)
    return run


@pytest.fixture
def coordinator(page, run, live_server):
    """Logged in, with the second step taken, in English."""
    user = worker(run.municipality, Role.ADMINISTRATOR)
    user.language = "en"
    user.save()
    log_in(page.context, user, live_server)
    return user


def test_letters_are_sent_settled_and_packed_on_a_phone(page, coordinator, run):
    at = f"/admin/welcome/letterrun/{run.pk}"
    page.goto(f"{at}/delivery/")
    expect(page.get_by_text("4 letters go by e-mail or SvarUt")).to_be_visible()
    check_content(page)
    send = page.locator("form", has=page.get_by_role("button", name="Send the letters"))
    send.get_by_role("checkbox").check()
    send.get_by_role("button").click()
    expect(page.get_by_role("heading", name="The letters are being sent")).to_be_visible()
    check_content(page)
    delivering.work(run)
    # By itself, without the page being asked for again.
    expect(page.get_by_role("heading", name="Nobody knows whether these came")).to_be_visible()
    expect(page.get_by_text("The mail server did not take the letter for this address.")).to_be_visible()
    check_content(page)
    page.get_by_role("button", name="It arrived").click()
    expect(page.get_by_text("The letter is noted as delivered.")).to_be_visible()
    expect(page.get_by_role("heading", name="Nobody knows whether these came")).to_have_count(0)
    page.get_by_role("link", name="Pick list and labels").click()
    expect(page.get_by_text("2 × Strikka vottar").first).to_be_visible()
    check_content(page)
    with page.expect_download() as labels:
        page.get_by_role("button", name="Make the labels").click()
    assert labels.value.suggested_filename.endswith("-labels.pdf")
    page.goto(f"{at}/report/")
    expect(page.get_by_role("heading", name="Deliveries")).to_be_visible()
    check_content(page)
