"""Letters by SvarUt: each fault of the service and of our own workers, and nothing lost or doubled."""

import datetime
import hashlib

import pytest
from django.utils import timezone

from municipalities.national import maskinporten, svarut
from tests.municipalities.national import svarut_double as double
from tests.welcome.letters.conftest import arrive
from tests.welcome.letters.frozen import protect
from tests.welcome.letters.sending import (
    ask_at,
    begun,
    open_svarut,
    pass_time,
    print_files,
    states,
    work_on,
)
from welcome.letters import (
    deliveries,
    delivering,
    figures,
    nudges,
    output,
    rendering,
    runs,
    schedule,
    verification,
)  # fmt: skip
from welcome.letters.channels import Channel, ChannelSettings
from welcome.letters.delivery_models import Delivery, DeliveryState, Reason
from welcome.letters.models import LeftOut, LetterState, RunState

pytestmark = pytest.mark.only_on(
    "postgresql", why="leases and tokens are the same words on both; what delivers at once is here"
)


@pytest.fixture
def service(settings):
    with double.serve() as server:
        ask_at(settings, server)
        yield server
    maskinporten._held.clear()


@pytest.fixture
def run(place, service):
    open_svarut(place)
    for number in range(3):
        arrive(place, f"Kari Nummer{number}", house_number=str(number + 1))
    return begun(place)


def finished(run, folder):
    """Closed, written out, and recounted; what each household got, by how many ways."""
    print_files(run)
    runs.finish(run=run, by=None)
    run.refresh_from_db()
    output.write_out(run, folder)
    assert list(verification.faults(run, folder)) == []
    return run


def test_each_letter_is_taken_once_and_followed_to_its_end(run, service, tmp_path):
    assert run.state == RunState.DELIVERING
    assert set(run.letters.values_list("channel", flat=True)) == {Channel.SVARUT}
    assert delivering.work(run) == 3
    assert states(run) == {"svarut sent": 3}
    assert sorted(service.accepted.values()) == [1, 1, 1]
    sent = run.deliveries.first()
    taken = service.shipments[sent.external_id]
    assert taken["content"] == rendering.render_letter(sent.letter)
    assert sent.sha256 == hashlib.sha256(taken["content"]).hexdigest()
    assert taken["told"]["mottaker"]["navn"] == sent.letter.address[0]
    assert (taken["kind"], "digitalId" in taken["told"]["mottaker"]) == ("print", False)
    assert taken["told"]["tittel"] == "Velkomstbrev fra Ål"
    with pytest.raises(runs.Refused):
        runs.finish(run=run, by=None)
    for _ in range(4):
        pass_time(run)
        delivering.ask_how_far(run)
    assert states(run) == {"svarut delivered": 3}
    assert set(run.deliveries.values_list("stage", flat=True)) == {"PRINTET"}
    assert figures.report(finished(run, tmp_path))["deliveries"] == {"svarut": {"delivered": 3}}


@pytest.mark.parametrize("fault", ["cut", "500 after", "nonsense", "hang"])
def test_what_was_taken_without_an_answer_is_asked_for_and_not_sent_again(run, service, fault, monkeypatch):
    if fault == "hang":
        monkeypatch.setattr(svarut, "SEND_SECONDS", 1.0)
    service.faults = [fault]
    delivering.work(run)
    assert states(run) == {"svarut uncertain": 1, "svarut sent": 2}
    assert run.deliveries.get(state="uncertain").reason == Reason.NO_ANSWER
    work_on(run)
    assert states(run) == {"svarut sent": 3}
    assert sorted(service.accepted.values()) == [1, 1, 1]


@pytest.mark.parametrize("fault", ["500 before", "409"])
def test_what_may_have_been_taken_is_sent_again_only_when_it_certainly_was_not(run, service, fault):
    service.faults = [fault]
    delivering.work(run)
    uncertain = run.deliveries.get(state="uncertain")
    Delivery.objects.update(not_before=timezone.now())
    delivering.work(run)  # Not found, but what was sent may still be at work there.
    uncertain.refresh_from_db()
    assert (uncertain.state, len(service.accepted)) == ("uncertain", 2)
    pass_time(run)
    delivering.work(run)
    assert states(run) == {"svarut sent": 3}
    assert sorted(service.accepted.values()) == [1, 1, 1]


def test_a_letter_that_is_found_late_is_not_sent_twice(run, service):
    service.faults, service.forgets_to_find = ["cut"], 2
    delivering.work(run)
    for _ in range(3):
        Delivery.objects.update(not_before=timezone.now())
        delivering.work(run)
    assert states(run) == {"svarut sent": 3}
    assert sorted(service.accepted.values()) == [1, 1, 1]


def test_as_long_as_the_service_does_not_answer_nothing_is_sent_again(run, service):
    service.faults, service.answers_questions = ["cut"], False
    delivering.work(run)
    work_on(run, times=4)
    assert run.deliveries.get(state="uncertain").reason == Reason.NO_ANSWER
    assert service.accepted.total() == 3
    service.answers_questions = True
    work_on(run)
    assert states(run) == {"svarut sent": 3}
    assert sorted(service.accepted.values()) == [1, 1, 1]


def test_a_pause_that_is_asked_for_holds_all_letters_of_the_run(run, service):
    service.faults = ["429"]
    assert delivering.work(run) == 1
    held = run.deliveries.filter(not_before__gt=timezone.now() + datetime.timedelta(seconds=3))
    assert held.filter(state="waiting").count() == 3
    assert run.deliveries.get(attempts=1).reason == Reason.BUSY
    work_on(run)
    assert sorted(service.accepted.values()) == [1, 1, 1]


def test_a_service_that_stays_away_ends_in_paper_after_hours_and_not_in_a_minute(run, service):
    service.faults = ["429"] * 100
    work_on(run, times=delivering.ATTEMPTS + 2)
    assert states(run) == {"svarut waiting": 3}
    run.deliveries.update(created_at=timezone.now() - delivering.PATIENCE)
    work_on(run, times=30)
    assert states(run) == {"svarut failed": 3, "print waiting": 3}
    assert not service.accepted


def test_a_refused_letter_goes_on_paper_in_the_same_run_with_the_reason_kept(run, service, tmp_path):
    service.faults = ["reject"]
    delivering.work(run)
    failed = run.deliveries.get(state="failed")
    assert (failed.reason, failed.detail) == (Reason.REFUSED, "400 UGYLDIG_MOTTAKER")
    (made,) = deliveries.gather(run)
    assert deliveries.gather(run) == []
    print_files(run)
    printed = run.files.get(pk=made).letters.get()
    assert (printed, printed.state) == (failed.letter, LetterState.PRINTED)
    for _ in range(4):
        pass_time(run)
        delivering.ask_how_far(run)
    report = figures.report(finished(run, tmp_path))
    assert report["deliveries"] == {"print": {"sent": 1}, "svarut": {"delivered": 2, "failed": 1}}
    assert report["letters"] == 3
    assert [file["letters"] for file in report["files"]] == [1]


@pytest.mark.parametrize("end", [double.NOT_DELIVERED, double.REJECTED])
def test_what_the_service_could_not_deliver_after_all_goes_on_paper(run, service, end):
    service.progress = end
    delivering.work(run)
    for _ in range(len(end)):
        pass_time(run)
        delivering.ask_how_far(run)
    assert states(run) == {"svarut failed": 3, "print waiting": 3}
    assert set(run.deliveries.filter(state="failed").values_list("detail", flat=True)) == {end[-1]}
    deliveries.gather(run)
    print_files(run)
    assert run.letters.printed().count() == 3


def test_wrong_keys_stop_the_letters_and_lose_none(run, service):
    service.lets_in = False
    assert delivering.work(run) == 1
    assert states(run) == {"svarut waiting": 3}
    assert run.deliveries.get(attempts=1).reason == Reason.NOT_LET_IN
    service.lets_in = True
    work_on(run)
    assert sorted(service.accepted.values()) == [1, 1, 1]


def test_staff_may_put_all_that_waits_on_paper(run, service):
    service.lets_in = False
    delivering.work(run)
    assert deliveries.rest_on_paper(run=run, by=None) == 3
    assert states(run) == {"svarut failed": 3, "print waiting": 3}


def test_a_way_that_was_closed_since_is_paper(run, service):
    ChannelSettings.objects.update(printing="own")
    delivering.work(run)
    assert set(run.deliveries.filter(state="failed").values_list("reason", flat=True)) == {Reason.CHANNEL_OFF}
    assert not service.accepted


# --- workers that die, sleep and meet -----------------------------------------------------------


def killed(*_, **__):
    raise SystemExit


@pytest.mark.parametrize("point", ["render", "sure", "taken", "written"])
def test_a_worker_killed_at_each_point_loses_and_doubles_nothing(run, service, point, monkeypatch):
    with monkeypatch.context() as patched:
        if point == "render":
            patched.setattr(rendering, "render_letter", killed)
        elif point == "sure":
            patched.setitem(delivering.SENDERS, Channel.SVARUT, killed)
        elif point == "taken":
            whole = delivering.SENDERS[Channel.SVARUT]
            patched.setitem(delivering.SENDERS, Channel.SVARUT, lambda *all_: killed(whole(*all_)))
        else:
            patched.setattr(delivering, "_write", killed)
        with pytest.raises(SystemExit):
            delivering.work(run)
    assert run.deliveries.get(state="claimed")
    assert service.accepted.total() == (point in {"taken", "written"})
    work_on(run, times=2)
    assert states(run) == {"svarut sent": 3}
    assert sorted(service.accepted.values()) == [1, 1, 1]


def test_a_letter_that_kills_its_workers_goes_on_paper(run, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(rendering, "render_letter", killed)
        for _ in range(delivering.DEATHS):
            pass_time(run)
            claimed = run.deliveries.order_by("pk").first()
            with pytest.raises(SystemExit):
                delivering.deliver(delivering.claim(claimed.pk))
    work_on(run)
    assert states(run) == {"svarut failed": 1, "print waiting": 1, "svarut sent": 2}


def test_a_worker_that_wakes_past_its_lease_neither_sends_nor_writes(run, service, monkeypatch):
    slow = delivering.claim(run.deliveries.order_by("pk").first().pk)
    whole = delivering._make_sure

    def asleep(*given):
        whole(*given)
        monkeypatch.setattr(delivering, "_make_sure", whole)
        pass_time(run)  # The lease runs out, and another worker asks, hears "not here", and sends.
        slow.lease_expires_at = timezone.now() - datetime.timedelta(minutes=1)
        delivering.work(run)

    monkeypatch.setattr(delivering, "_make_sure", asleep)
    delivering.deliver(slow)
    assert states(run) == {"svarut sent": 3}
    assert sorted(service.accepted.values()) == [1, 1, 1]


def test_every_message_three_times_sends_each_letter_once(run, service):
    pks = list(run.deliveries.values_list("pk", flat=True)) * 3
    held = [delivering.claim(pk) for pk in pks]
    assert sum(one is not None for one in held) == 3
    for one in held:
        if one is not None:
            delivering.deliver(one)
    assert delivering.work(run) == 0
    assert sorted(service.accepted.values()) == [1, 1, 1]


# --- protection, read again right before --------------------------------------------------------


def test_protection_that_comes_while_a_letter_is_made_keeps_it_here(run, service, monkeypatch):
    first = run.deliveries.order_by("pk").first()
    home = first.letter.household
    whole = rendering.render_letter

    def protected_meanwhile(letter, **more):
        content = whole(letter, **more)
        if letter.household_id == home.pk:
            protect(home)
        return content

    monkeypatch.setattr(rendering, "render_letter", protected_meanwhile)
    delivering.work(run)
    first.refresh_from_db()
    assert (first.state, first.letter, first.reason) == (DeliveryState.RECALLED, None, Reason.WITHDRAWN)
    assert first.reference not in service.accepted
    assert service.accepted.total() == 2
    assert LeftOut.objects.get(run=run, household=home).reason == "protected"
    assert run.letters.count() + run.left_out.count() == run.cohort


def test_what_is_out_is_not_taken_back_but_forgotten(run, service):
    delivering.work(run)
    letter = run.letters.order_by("number").first()
    protect(letter.household)
    schedule.sweep()
    letter.refresh_from_db()
    assert letter.purged_at is not None
    assert letter.address == []
    assert run.deliveries.get(letter=letter).state == DeliveryState.SENT
    assert run.letters.count() + run.left_out.count() == run.cohort


def test_a_turn_ends_before_a_deploy_loses_patience_and_another_takes_the_rest(run, service, monkeypatch):
    told = []
    monkeypatch.setattr(nudges, "send", lambda task, ids, **_: told.append((task, ids)))
    monkeypatch.setattr(delivering, "SECONDS_AT_WORK", 0)
    assert delivering.work(run) == 0
    assert told == [(nudges.DELIVER, [run.pk])]
    monkeypatch.setattr(delivering, "SECONDS_AT_WORK", 60)
    assert delivering.work(run) == 3
    assert len(told) == 1


def test_the_clock_finds_what_waits(run, service):
    assert delivering.is_due(run)
    held = delivering.claim(run.deliveries.first().pk)
    assert not delivering.is_due(run)  # Whoever holds one goes on with the others.
    delivering.deliver(held)
    assert delivering.is_due(run)
    delivering.work(run)
    assert not delivering.is_due(run)
    pass_time(run)
    assert delivering.is_due(run)
