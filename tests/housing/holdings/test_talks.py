"""Lights in all windows: from a registered farm to one that is let, and the figures of that."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from housing.holdings import actions, figures
from housing.holdings.models import (
    Holding,
    HoldingOwner,
    Outcome,
    OwnerNotice,
    Reached,
    Reason,
    Stage,
    StageChange,
)
from municipalities.audit.models import Action, AuditEntry
from municipalities.tenancy.models import Role
from tests.factories.housing import (
    HoldingContactFactory,
    HoldingFactory,
    HoldingOwnerFactory,
    HoldingReasonFactory,
    HoldingTaskFactory,
    OwnerNoticeFactory,
    in_days,
)
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.sending import send
from welcome.privacy import retention

pytestmark = pytest.mark.django_db
BOARD = "/admin/housing/holding/board/"


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


@pytest.fixture
def kari(al):
    return MembershipFactory(municipality=al, role=Role.COORDINATOR, user__name="Kari Koordinator").user


@pytest.fixture
def office(client, kari):
    client.force_login(kari)
    return client


def test_from_registered_to_let_each_step_with_its_day_and_who(office, al, kari):
    data = {"gnr": 34, "bnr": 7, "fnr": 0, "snr": 0, "name": "Nedre Haugen", "kind": "farm", "source": "tip",
            "shows_address": "on"}  # fmt: skip
    assert office.post("/admin/housing/holding/add/", data).status_code == 302
    holding = Holding.objects.get()
    move = f"/admin/housing/holding/{holding.pk}/move/"
    steps = ["owner_found", "contacted", "dialogue", "willing", "offered"]
    for number, stage in enumerate(steps):
        since = in_days(-50 + number * 10)
        office.post(move, {"stage": stage, "since": since.isoformat()})
    office.post(move, {"stage": "settled", "since": timezone.localdate().isoformat()})
    assert Holding.objects.get().stage == Stage.OFFERED, "not without its outcome"
    office.post(move, {"stage": "settled", "outcome": "let", "since": timezone.localdate().isoformat()})
    holding.refresh_from_db()
    assert (holding.stage, holding.outcome) == (Stage.SETTLED, Outcome.LET)
    assert [change.stage for change in holding.stages.order_by("since", "pk")] == [
        *steps, "registered", "settled",
    ]  # fmt: skip
    assert {change.noted_by for change in holding.stages.all()} == {kari}
    assert AuditEntry.objects.filter(action=Action.CHANGED, model="housing.Holding").count() >= 6
    board = office.get(BOARD).content.decode()
    assert "1 av 1" in board


def test_a_stage_of_a_day_to_come_is_refused(office, al):
    holding = HoldingFactory(municipality=al)
    move = f"/admin/housing/holding/{holding.pk}/move/"
    office.post(move, {"stage": "willing", "since": in_days(3).isoformat()})
    office.post(move, {"stage": "sold", "since": "i går"})
    assert not StageChange.objects.exists()
    with pytest.raises(ValueError, match="has been"):
        actions.move(holding=holding, stage=Stage.WILLING, since=in_days(1), by=None)


def test_what_is_noted_for_a_day_before_is_history_only(al):
    holding = actions.register(holding=HoldingFactory.build(municipality=al), by=None)
    assert actions.move(holding=holding, stage=Stage.DECLINED, by=None)
    StageChange.objects.filter(stage=Stage.REGISTERED).update(since=in_days(-40))
    assert actions.move(holding=holding, stage=Stage.CONTACTED, since=in_days(-9), by=None)
    holding.refresh_from_db()
    assert (holding.stage, holding.stage_on) == (Stage.DECLINED, timezone.localdate())
    assert not actions.move(holding=holding, stage=Stage.DECLINED, by=None), "known already"


def test_the_number_is_once_in_a_municipality(al):
    HoldingFactory(municipality=al, gnr=3, bnr=4)
    HoldingFactory(gnr=3, bnr=4)
    HoldingFactory(municipality=al, gnr=3, bnr=4, snr=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        HoldingFactory(municipality=al, gnr=3, bnr=4)


@pytest.mark.parametrize(
    "wrong",
    [{"stage": Stage.SETTLED}, {"outcome": Outcome.SOLD}, {"gnr": 0}, {"latitude": 5}],
)
def test_the_database_says_no(al, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        HoldingFactory(municipality=al, **wrong)


def test_a_share_is_a_part_of_the_whole(al):
    owner = HoldingOwnerFactory.build(
        holding=HoldingFactory(municipality=al), municipality=al, share=3, share_of=2
    )
    with pytest.raises(ValidationError):
        owner.full_clean()


def test_how_many_of_all_have_changed_and_how_long_a_stage_takes(al):
    for number in range(12):
        holding = HoldingFactory.build(municipality=al, bnr=number + 1)
        holding.registered_on = in_days(-100)
        actions.register(holding=holding, by=None)
        actions.move(holding=holding, stage=Stage.CONTACTED, since=in_days(-100 + number), by=None)
        if number < 3:
            actions.move(
                holding=holding, stage=Stage.SETTLED, outcome=Outcome.SOLD, since=in_days(-10), by=None
            )
        elif number < 5:
            actions.move(holding=holding, stage=Stage.DECLINED, since=in_days(-5), by=None)
            HoldingReasonFactory(holding=holding, reason=Reason.HEIRS)
    rows = Holding.objects.prefetch_related("reasons")
    talks = figures.talks(rows)
    assert (talks.registered, talks.changed, talks.share) == (12, 3, 25)
    assert talks.outcomes[Outcome.SOLD] == 3
    assert talks.reasons == {Reason.HEIRS: 2}
    assert talks.stages[Stage.CONTACTED] == 7
    stays = {stay.stage: stay for stay in figures.stays(
        StageChange.objects.order_by("holding", "since", "pk"), timezone.localdate())}  # fmt: skip
    assert (stays[Stage.CONTACTED].median, stays[Stage.CONTACTED].count) == (90, 5)
    assert sum(year.changed for year in figures.years(rows)) == 3
    assert figures.years(rows)[-1].of_all == 12
    assert figures.years([]) == []


def test_the_board_costs_as_much_for_many_as_for_few(office, al):
    def cost():
        with CaptureQueriesContext(connection) as found:
            assert office.get(BOARD).status_code == 200
        return len(found)

    HoldingReasonFactory(holding=HoldingFactory(municipality=al))
    one = cost()
    for number in range(30):
        HoldingReasonFactory(holding=HoldingFactory(municipality=al, stage=list(Stage)[number % 6]))
    assert cost() == one
    assert AuditEntry.objects.filter(action=Action.SEARCHED, model="housing.Holding").exists()


def test_the_board_shows_one_s_own_only(client, al):
    HoldingFactory(municipality=al, name="Vår gard")
    HoldingFactory(name="Deira gard")
    client.force_login(MembershipFactory(municipality=al, role=Role.READER).user)
    board = client.get(BOARD).content.decode()
    assert "Vår gard" in board
    assert "Deira gard" not in board
    client.force_login(MembershipFactory(municipality=al, role=Role.EDITOR).user)
    assert client.get(BOARD).status_code == 403


def test_owners_are_in_no_file_and_on_no_public_page(office, client, al):
    HoldingOwnerFactory(holding=HoldingFactory(municipality=al))
    HoldingContactFactory(holding=Holding.objects.get())
    answer = office.get("/admin/housing/holding/export/")
    assert answer.status_code == 200
    done = office.post(
        "/admin/housing/holding/export/", {"format": "1", "resource": "", "holdingresource_gnr": "on"}
    )
    assert b"Gudrun" not in done.content
    client.logout()
    for path in ("/nb/al/homes/", "/nb/al/live/", "/sitemap.xml", "/nb/al/search/?q=Arving"):
        assert "Gudrun" not in client.get(path).content.decode()
        assert "Nedre Haugen" not in client.get(path).content.decode()


NOTICE = {
    "where": "Øvre Haugen", "thought": "let", "text": "Vi er fire søsken.", "name": "Gudrun Arving",
    "phone": "99 88 77 66",
}  # fmt: skip


def test_an_owner_comes_forward_and_the_talk_begins(client, al, kari):
    path = "/nb/al/homes/empty/"
    assert send(client, path, NOTICE)["Location"] == f"{path}?sent=1"
    notice = OwnerNotice.objects.get()
    client.force_login(kari)
    assert "/admin/housing/ownernotice/?state=waiting" in client.get("/admin/").content.decode()
    page = client.get(f"/admin/housing/ownernotice/{notice.pk}/change/").content.decode()
    assert "Vi er fire søsken." in page
    settle = f"/admin/housing/ownernotice/{notice.pk}/settle/"
    client.post(settle, {"gnr": "x", "bnr": "0"})
    assert not Holding.objects.exists()
    client.post(settle, {"gnr": "34", "bnr": "9"})
    client.post(settle, {"gnr": "34", "bnr": "10"})
    holding = Holding.objects.get()
    assert (holding.number, holding.stage, holding.source) == ("34/9", Stage.DIALOGUE, "owner")
    owner = HoldingOwner.objects.get()
    assert (owner.name, owner.reached) == ("Gudrun Arving", Reached.REACHED)
    assert "Vi er fire søsken." in holding.contacts.get().text
    notice.refresh_from_db()
    assert (notice.settled_by, notice.holding) == (kari, holding)


def test_one_who_comes_forward_with_a_known_holding_is_added_there(al, kari):
    holding = actions.register(holding=HoldingFactory.build(municipality=al, gnr=34, bnr=9), by=None)
    notice = OwnerNoticeFactory(municipality=al)
    assert actions.register_from(notice=notice, gnr=34, bnr=9, by=kari) == holding
    assert HoldingOwner.objects.get().holding == holding


def test_a_notice_set_aside_is_done(office, al):
    notice = OwnerNoticeFactory(municipality=al)
    office.post(f"/admin/housing/ownernotice/{notice.pk}/settle/", {"verb": "aside"})
    assert not OwnerNotice.objects.waiting().exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"where": ""}, "where"), ({"phone": "", "email": ""}, "phone"), ({"phone": "1"}, "phone"),
     ({"email": "x"}, "email"), ({"thought": "burn"}, "thought"), ({"leave_empty": "x"}, "leave_empty")],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(client, al, wrong, field):
    answer = send(client, "/nb/al/homes/empty/", NOTICE | wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    assert "Vi er fire søsken." in page
    assert not OwnerNotice.objects.exists()


def test_what_is_to_be_done_stands_on_the_day_s_page(office, al):
    HoldingFactory(municipality=al, stage=Stage.DECLINED, ask_again_on=in_days(-1))
    HoldingTaskFactory(holding=HoldingFactory(municipality=al), due_on=in_days(-2))
    page = office.get("/admin/").content.decode()
    assert "/admin/housing/holding/?next=again" in page
    assert "/admin/housing/holding/?next=tasks" in page
    for query in ("next=again", "next=tasks"):
        assert office.get(f"/admin/housing/holding/?{query}").context["cl"].result_count == 1


def test_who_owned_it_is_forgotten_in_time(al):
    day = timezone.localdate()

    def ended(stage, months, **more):
        outcome = {"outcome": Outcome.SOLD} if stage == Stage.SETTLED else {}
        made = HoldingFactory(
            municipality=al,
            stage=stage,
            stage_on=day - datetime.timedelta(days=31 * months),
            **outcome,
            **more,
        )
        HoldingOwnerFactory(holding=made)
        HoldingContactFactory(holding=made)
        return made

    gone = ended(Stage.SETTLED, 25, notes="Ring Gudrun")
    kept = [
        ended(Stage.SETTLED, 10), ended(Stage.DECLINED, 25), ended(Stage.DIALOGUE, 90),
        ended(Stage.DECLINED, 70, ask_again_on=in_days(30)),
    ]  # fmt: skip
    OwnerNoticeFactory(municipality=al, sent_at=timezone.now() - datetime.timedelta(days=200))
    retention.clean(al, day)
    assert sorted(HoldingOwner.objects.values_list("holding", flat=True)) == sorted(row.pk for row in kept)
    gone.refresh_from_db()
    assert (gone.notes, gone.contacts.count(), gone.stage) == ("", 0, Stage.SETTLED)
    assert not OwnerNotice.objects.exists()


def test_the_map_on_the_board_shows_where_they_lie_and_how_it_stands(office, al):
    HoldingFactory(municipality=al, name="Utan punkt")
    there = HoldingFactory(
        municipality=al, name="Nordgarden", stage=Stage.SETTLED, outcome=Outcome.LET, latitude="60.63157",
        longitude="8.56312",
    )  # fmt: skip
    answer = office.get(BOARD)
    assert answer.context["points"] == [
        {"at": [60.63157, 8.56312], "title": str(there), "words": "Avgjort: Leid ut", "tone": "settled",
         "path": f"/admin/housing/holding/{there.pk}/change/"}
    ]  # fmt: skip
    assert "https://cache.kartverket.no" in answer["Content-Security-Policy"]
