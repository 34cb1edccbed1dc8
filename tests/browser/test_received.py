"""The pages of hosts, partners and everybody else who has a link and no account, read by axe as they are opened."""

import pytest
from django.utils import timezone

from municipalities.links import actions as links
from tests.browser import county
from tests.browser.conftest import LANGUAGES, sweep
from tests.factories.municipalities import OrganisationFactory
from tests.factories.welcome import (
    AttendeeFactory,
    CooperationMeetingFactory,
    GroupMemberFactory,
    HostAssignmentFactory,
    HostContactFactory,
    HostFactory,
    HouseholdFactory,
    IdeaFactory,
    MeetingTextFactory,
    ParticipantFactory,
    PersonFactory,
    SignUpFactory,
    TaskFactory,
    VoucherFactory,
    WelcomeMeetingFactory,
)
from welcome.cooperation.links import COOPERATION, IDEAS, TASK
from welcome.hosts.links import HOST, HOSTED
from welcome.meetings.links import SEAT
from welcome.packages.links import REDEEM


@pytest.fixture
def al():
    return county.everything()


@pytest.fixture
def opened_by(al):
    """What each link is about: a host who has a household and is asked about another, and so on."""
    homes = [
        PersonFactory(household=HouseholdFactory(municipality=al, language="nn")).household
        for _each in range(2)
    ]
    host = HostFactory(municipality=al, capacity=3)
    theirs = HostAssignmentFactory(household=homes[0], host=host)
    HostContactFactory(assignment=theirs, note="Kaffi hos oss, og ein tur til biblioteket")
    asked = HostAssignmentFactory(household=homes[1], host=host, state="proposed")
    partner = OrganisationFactory(municipality=al, name="Ål kino")
    VoucherFactory(
        sponsor=partner, state="redeemed", redeemed_at=timezone.now(), redeemed_by=partner, stamp="a"
    )
    meeting = WelcomeMeetingFactory(municipality=al)
    MeetingTextFactory(meeting=meeting, language="nn", title="Velkomstmøte i Ål", brief="Kaffi og folk.")
    talk = CooperationMeetingFactory(municipality=al, gathering=True)
    IdeaFactory(meeting=talk)
    member = GroupMemberFactory(measure__meeting=talk, participant=ParticipantFactory(municipality=al))
    return {
        HOST: host,
        HOSTED: asked,
        REDEEM: partner,
        SEAT: SignUpFactory(meeting=meeting, household=homes[0]),
        COOPERATION: AttendeeFactory(meeting=talk, participant__municipality=al),
        IDEAS: talk,
        TASK: TaskFactory(measure=member.measure, owner=member),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(page, al, opened_by, language):
    found = []
    for purpose, row in opened_by.items():
        page.goto(f"/l/{purpose.code}/{links.issue(purpose=purpose, of=row, by=None).token}/")
        found.append(page.url.split("/", 4)[4])
    sweep(page, found, language)


def test_a_partner_redeems_a_voucher_once_on_a_phone(browser, live_server, al):
    """Without a script: the browser's own check of origin and referrer takes part here."""
    partner = OrganisationFactory(municipality=al, name="Ål kino")
    voucher = VoucherFactory(sponsor=partner)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="nn-NO")
    page = context.new_page()
    page.goto(f"/l/redeem/{links.issue(purpose=REDEEM, of=partner, by=None).token}/")
    answers = []
    for _time in range(2):
        page.fill("[name=code]", voucher.code.lower())
        with page.expect_response(lambda answer: answer.request.method == "POST") as posted:
            page.locator("form:has([name=code]) button").click()
        answers.append(posted.value.status)
    assert answers == [302, 422]
    assert "vart brukt" in page.content()
    context.close()
    voucher.refresh_from_db()
    assert voucher.redeemed_by == partner
