"""F8: who is to take the letters fails in every way they may."""

import random

import pytest

from tests.factories.welcome import ChannelSettingsFactory
from tests.faults.cohorts import (
    approved,
    lost_and_doubled,
    municipality,
    nobody_waits,
    numbered,
    on_paper,
    taken,
)  # fmt: skip
from tests.faults.portal import until
from tests.welcome.letters.sending import post_office, states
from welcome.households import consents
from welcome.households.models import Household, Person
from welcome.letters import runs
from welcome.letters.models import Letter

WAYS = ["cut", "429", "500 after", "500 before", "409", "nonsense", "slow"]


@pytest.mark.fault("F8", "SvarUt: cut off after accepting, 409, 429, 500, nonsense")
def test_a_provider_that_fails_in_every_way(portal, service, is_long, count, monkeypatch):
    letters, each = (300, 20) if is_long else (20, 1)
    service.faults = WAYS * each
    random.shuffle(service.faults)
    service.pause = "1"
    run = approved(municipality(letters, svarut=True), monkeypatch, a_file=50)
    portal.worker()
    portal.sweep_each_second()
    runs.deliver(run=run, by=None)
    until(lambda: nobody_waits(run), 60 + 15 * each, lambda: f"{states(run)}\n{portal.tail()}")
    count(faults=each * len(WAYS), letters=letters, asked_before=service.asked["find"],
          **lost_and_doubled(taken(service), numbered(letters)))  # fmt: skip
    assert service.faults == []
    assert lost_and_doubled(taken(service), numbered(letters)) == {"lost": 0, "doubled": 0}


@pytest.mark.fault("F8", "a mail server that breaks off at each step; cut after the letter: uncertain")
def test_a_mail_server_that_breaks_off(portal, settings, is_long, count, monkeypatch, tmp_path):
    each = 30 if is_long else 2
    letters = 3 * each + 4
    place = municipality(letters)
    ChannelSettingsFactory(municipality=place, by_email=True)
    for person in Person.objects.filter(municipality=place):
        Person.objects.filter(pk=person.pk).update(email=f"{person.family_name}@example.org")
    for household in Household.objects.filter(municipality=place):
        consents.give(household=household, purpose="email", how="form", by=None)
    with post_office(settings) as post:
        post.fails_at = [
            ("end", "cut"),
            ("data", b"451 4.3.0 Later"),
            ("rcpt", b"550 5.1.1 No such user"),
        ] * each
        run = approved(place, monkeypatch, a_file=50)
        portal.worker(EMAIL_URL=f"smtp://127.0.0.1:{post.port}")
        portal.sweep_each_second()
        until(lambda: runs.LetterRun.objects.get(pk=run.pk).state == "ready", 60, portal.tail)
        runs.deliver(run=run, by=None)

        def rests() -> bool:
            now = states(run)
            return not now.get("email waiting") and not now.get("email claimed") and is_printed(run)

        until(rests, 60 + 5 * each, lambda: f"{states(run)}\n{portal.tail()}")
    uncertain = run.deliveries.filter(state="uncertain").count()
    found = on_paper(run, tmp_path / "out")
    for to, _content in post.taken:
        found[to.decode().strip("<>").partition("@")[0].capitalize()] += 1
    count(faults=3 * each, letters=letters, uncertain=uncertain, printed_instead=each,
          **lost_and_doubled(found, numbered(letters)))  # fmt: skip
    assert uncertain == each
    assert states(run)["email failed"] == each
    assert lost_and_doubled(found, numbered(letters)) == {"lost": 0, "doubled": 0}


def is_printed(run) -> bool:
    return (
        not run.files.unfinished().exists()
        and not Letter.objects.filter(
            run=run, state="waiting", deliveries__channel="print", deliveries__state="waiting"
        ).exists()
    )
