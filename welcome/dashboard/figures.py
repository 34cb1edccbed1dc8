"""What waits for whom today, and how the quarter stands."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from housing.holdings.models import Holding, HoldingTask, OwnerNotice
from housing.listings.models import Listing
from municipalities.activities.feed_models import FeedFetch
from municipalities.activities.models import Activity
from municipalities.enquiries import figures as enquiries
from municipalities.enquiries.mailbox_models import Mailbox, TakenMail
from municipalities.enquiries.models import Enquiry
from municipalities.jobs.models import Vacancy
from municipalities.tenancy.access import Access
from municipalities.tenancy.roles import Right
from municipalities.topics.figures import freshness
from municipalities.topics.models import Topic
from welcome.cooperation.measure_models import Task
from welcome.hosts.offers import HostOffer
from welcome.households.imports import ImportBatch, ImportState
from welcome.households.models import Household
from welcome.households.quarters import Quarter
from welcome.letters.models import FileState, LetterRun, PrintFile
from welcome.orders.models import Order
from welcome.privacy.models import DataRequest


@dataclass(frozen=True)
class Queue:
    """`name` is one of the keys of `today.QUEUES`; `since` is when the oldest began to wait."""

    name: str
    count: int
    since: datetime.date | None = None

    @property
    def days(self) -> int | None:
        return (timezone.localdate() - self.since).days if self.since else None


@dataclass(frozen=True)
class Place:
    """How one municipality's quarter stands. `run` is that of the quarter before, None if there is none."""

    name: str
    arrivals: int
    arrivals_before: int
    run: LetterRun | None


def queues(access: Access) -> list[Queue]:
    """What waits where the user may do something about it; only queues in which somebody waits."""
    return [queue for queue in _queues(access) if queue.count]


def _queues(access: Access) -> Iterator[Queue]:
    user = access.user
    if access.may(Right.WRITE_PEOPLE):
        # Protected ones too: the list behind shows them to who may write, and to nobody else.
        new = access.narrow(Household.objects.visible_to(user), Right.WRITE_PEOPLE).to_check()
        yield _waiting("households", new, "created_at")
        questions = access.narrow(Enquiry.objects.visible_to(user), Right.WRITE_PEOPLE)
        unanswered = enquiries.waiting(questions)
        yield Queue("enquiries", unanswered.count, unanswered.since)
        lost = enquiries.undelivered(questions)
        yield Queue("undelivered", lost.count, lost.since)
        mails = access.narrow(TakenMail.objects.visible_to(user), Right.WRITE_PEOPLE)
        yield _waiting("mails", mails.failed(), "at")
        orders = access.narrow(Order.objects.visible_to(user), Right.WRITE_PEOPLE)
        yield _waiting("orders", orders.waiting(), "asked_at")
        yield _waiting("packages", orders.package_to_hand_out(), "settled_at")
        notices = access.narrow(OwnerNotice.objects.visible_to(user), Right.WRITE_PEOPLE)
        yield _waiting("owners", notices.waiting(), "sent_at")
        again = access.narrow(Holding.objects.visible_to(user), Right.WRITE_PEOPLE).to_ask_again()
        yield _waiting("holdings", again, "ask_again_on")
        tasks = access.narrow(HoldingTask.objects.visible_to(user), Right.WRITE_PEOPLE).overdue()
        yield _waiting("holding_tasks", tasks, "due_on")
        offers = access.narrow(HostOffer.objects.visible_to(user), Right.WRITE_PEOPLE)
        yield _waiting("offers", offers.waiting(), "asked_at")
        shared = access.narrow(Task.objects.visible_to(user), Right.WRITE_PEOPLE)
        yield _waiting("help_wanted", shared.needing_help(), "help_wanted_at")
        yield _waiting("cooperation_tasks", shared.overdue(), "due_on")
        asked = access.narrow(DataRequest.objects.visible_to(user), Right.WRITE_PEOPLE).waiting()
        yield _waiting("requests", asked, "received_at")
        batches = access.narrow(ImportBatch.objects.visible_to(user), Right.WRITE_PEOPLE)
        yield _waiting("imports", batches.filter(state=ImportState.READ), "created_at")
    if access.may(Right.MANAGE):
        boxes = access.narrow(Mailbox.objects.visible_to(user), Right.MANAGE)
        yield _waiting("mailboxes", boxes.troubled(), "failing_since")
    if access.may(Right.APPROVE_LETTERS):
        runs = access.narrow(LetterRun.objects.visible_to(user), Right.APPROVE_LETTERS)
        yield _waiting("runs", runs.waiting_for_approval(), "frozen_at")
    if access.may(Right.RUN_LETTERS):
        files = access.narrow(PrintFile.objects.visible_to(user), Right.RUN_LETTERS)
        yield _waiting("files", files.filter(state=FileState.SET_ASIDE), "run__approved_at")
    if access.may(Right.WRITE_TEXTS):
        activities = access.narrow(Activity.objects.visible_to(user), Right.WRITE_TEXTS)
        yield _waiting("activities", activities.waiting(), "waiting_since")
        homes = access.narrow(Listing.objects.visible_to(user), Right.WRITE_TEXTS)
        yield _waiting("homes", homes.waiting(), "waiting_since")
        vacancies = access.narrow(Vacancy.objects.visible_to(user), Right.WRITE_TEXTS)
        yield _waiting("vacancies", vacancies.waiting(), "waiting_since")
        fetches = access.narrow(FeedFetch.objects.visible_to(user), Right.WRITE_TEXTS)
        yield _waiting("calendars", fetches.troubled(), "finished_at")
        topics = access.narrow(Topic.objects.visible_to(user), Right.WRITE_TEXTS).published()
        fresh = freshness(topics.with_states())
        yield Queue("wanted", fresh.wanted)
        yield Queue("due", fresh.due, fresh.due_since)
        yield Queue("behind", fresh.behind)
        yield Queue("missing", fresh.missing)
        yield Queue("ownerless", fresh.ownerless)


def _waiting(name: str, rows: QuerySet[Any], since: str) -> Queue:
    found = rows.order_by().aggregate(count=Count("pk"), since=Min(since))
    begun = found["since"]
    return Queue(
        name, found["count"], timezone.localdate(begun) if isinstance(begun, datetime.datetime) else begun
    )


def places(access: Access, quarter: Quarter) -> list[Place]:
    """Each municipality in which the user may read about people. Protected households are not counted."""
    before = quarter.previous
    households = access.narrow(Household.objects.visible_to(access.user), Right.READ_PEOPLE).open_to_all()
    now_here, then_here = (
        dict(households.arrived_in(each).order_by().values_list("municipality").annotate(Count("pk")))
        for each in (quarter, before)
    )
    runs = access.narrow(LetterRun.objects.visible_to(access.user), Right.READ_PEOPLE).of_quarter(before)
    run_of = {run.municipality_id: run for run in runs}
    return [
        Place(
            name=municipality.name,
            arrivals=now_here.get(municipality.pk, 0),
            arrivals_before=then_here.get(municipality.pk, 0),
            run=run_of.get(municipality.pk),
        )
        for municipality in access.municipalities(Right.READ_PEOPLE)
    ]
