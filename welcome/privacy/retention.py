"""What nobody needs any more goes by itself, on the times the municipality has set.

Each rule is a queryset of what is due on a day and a function that takes one of them away, so that the
preview counts exactly what the night deletes. One that can't be deleted now holds up none of the others;
it is tried again the next night, and counted until then.
"""

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from housing.holdings.actions import forget_owners
from housing.holdings.models import Holding, OwnerNotice
from housing.listings import submitting as home_submitting
from housing.listings.models import ListingSubmission, OwnerMessage
from housing.wishes.models import Wish
from municipalities.activities import submitting
from municipalities.activities.models import Submission
from municipalities.enquiries.models import Enquiry, State
from municipalities.jobs import submitting as job_submitting
from municipalities.jobs.models import VacancySubmission
from municipalities.links import actions as links
from municipalities.links.models import Link
from municipalities.municipality.models import Municipality
from municipalities.municipality.retention import months_before
from welcome.club.models import Member
from welcome.cooperation import forgetting as cooperation
from welcome.cooperation.models import Participant
from welcome.hosts.offers import HostOffer
from welcome.households import logging_in
from welcome.households.consents import Consent, ConsentPurpose
from welcome.households.imports import ImportBatch, ImportState
from welcome.households.models import Household, HouseholdState, Person
from welcome.households.own_logins import OwnLogin
from welcome.letters import purging
from welcome.letters.models import Letter, LetterRun
from welcome.meetings.models import SignUp
from welcome.orders.models import Order, OrderState
from welcome.privacy import erasure
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.models import DataRequest
from welcome.stories.models import Story

IMPORTS_KEPT = datetime.timedelta(days=90)
REQUESTS_KEPT_MONTHS = 12
LOGINS_KEPT_MONTHS = 12
SIGN_UPS_KEPT = datetime.timedelta(days=30)
UNCONFIRMED_KEPT = datetime.timedelta(days=7)
SUBMISSIONS_KEPT = datetime.timedelta(days=90)
WITHDRAWN_STORIES_KEPT = datetime.timedelta(days=7)
ORDERS_KEPT = datetime.timedelta(days=30)
UNANSWERED_MONTHS = 6
TALKS_KEPT_MONTHS, REFUSED_KEPT_MONTHS = 24, 60
UNINVITED_MONTHS = 24
LINKS_KEPT = datetime.timedelta(days=30)
BATCH = 100
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rule:
    """`due` answers with the rows whose time is over on a day."""

    code: str
    title: str | Promise
    due: Callable[[Municipality, datetime.date], models.QuerySet[Any]]
    take: Callable[[Any], None]


def _evening(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.max))


def _left(place: Municipality, day: datetime.date) -> models.QuerySet[Household]:
    last = months_before(day, place.retention_left_months)
    return Household.objects.of(place).not_held().filter(state=HouseholdState.LEFT, left_on__lte=last)


def _planning(place: Municipality, day: datetime.date) -> models.QuerySet[Household]:
    last = months_before(day, place.retention_planning_months)
    planning = Household.objects.of(place).not_held().filter(state=HouseholdState.PLANNING)
    # Who has agreed anew since is held on from that day.
    anew = (
        Consent.objects.of(place)
        .running()
        .filter(purpose=ConsentPurpose.PLANNING, given_at__gt=_evening(last))
    )
    old = Q(created_at__lte=_evening(last)) & ~Q(pk__in=anew.values("household"))
    return planning.filter(Q(consent_until__lt=day) | old)


def _letters(place: Municipality, day: datetime.date) -> models.QuerySet[LetterRun]:
    last = _evening(months_before(day, place.retention_letters_months))
    over = LetterRun.objects.of(place).filter(Q(done_at__lte=last) | Q(cancelled_at__lte=last))
    kept = _not_held(Letter.objects.of(place)).filter(purged_at=None)
    return over.filter(pk__in=kept.values("run"))


def _not_held(rows: Any) -> Any:
    """Without those of households whose data may only be kept (GDPR art. 18), deletion included."""
    return rows.filter(Q(household=None) | Q(household__held_at=None))


def _imports(place: Municipality, day: datetime.date) -> models.QuerySet[ImportBatch]:
    over = [ImportState.SAVED, ImportState.DROPPED, ImportState.REFUSED]
    last = _evening(day - IMPORTS_KEPT)
    return ImportBatch.objects.of(place).filter(state__in=over, created_at__lte=last)


def _links(place: Municipality, day: datetime.date) -> models.QuerySet[Link]:
    last = _evening(day - LINKS_KEPT)
    return Link.objects.of(place).filter(Q(expires_at__lte=last) | Q(revoked_at__lte=last))


def _own_logins(place: Municipality, day: datetime.date) -> models.QuerySet[OwnLogin]:
    last = _evening(months_before(day, LOGINS_KEPT_MONTHS))
    return OwnLogin.objects.of(place).filter(used_at__lte=last)


def _requests(place: Municipality, day: datetime.date) -> models.QuerySet[DataRequest]:
    last = _evening(months_before(day, REQUESTS_KEPT_MONTHS))
    return _not_held(DataRequest.objects.of(place)).filter(handled_at__lte=last)


def _sign_ups(place: Municipality, day: datetime.date) -> models.QuerySet[SignUp]:
    """With something that is of no use any more: what they need, or who they are where nobody knows them."""
    over = SignUp.objects.of(place).filter(meeting__ends_at__lte=_evening(day - SIGN_UPS_KEPT))
    return over.filter(Q(household=None) | ~Q(needs=""))


def _enquiries(place: Municipality, day: datetime.date) -> models.QuerySet[Enquiry]:
    """Closed ones; not of somebody whose data may only be kept."""
    last = _evening(months_before(day, place.retention_enquiries_months))
    over = Enquiry.objects.of(place).filter(state=State.CLOSED, closed_at__lte=last)
    emails, phones = _held_reached_by(place)
    return over.exclude(email__in=emails).exclude(phone__in=phones)


def _held_reached_by(place: Municipality) -> tuple[models.QuerySet[Any, Any], models.QuerySet[Any, Any]]:
    """E-mail addresses in small letters and phone numbers of people whose data may only be kept."""
    held = Person.objects.filter(household__municipality=place, household__held_at__isnull=False)
    emails = held.exclude(email="").annotate(folded=Lower("email")).values("folded")
    return emails, held.exclude(phone="").values("phone")


def _submissions(place: Municipality, day: datetime.date) -> models.QuerySet[Submission]:
    return Submission.objects.of(place).over(
        sent_before=_evening(day - UNCONFIRMED_KEPT), done_before=_evening(day - SUBMISSIONS_KEPT)
    )


def _home_owners(place: Municipality, day: datetime.date) -> models.QuerySet[ListingSubmission]:
    """Who never confirmed, and whose home is gone since long."""
    unconfirmed = Q(confirmed_at=None, sent_at__lte=_evening(day - UNCONFIRMED_KEPT))
    gone = Q(listing__gone_at__lte=_evening(day - SUBMISSIONS_KEPT))
    return ListingSubmission.objects.of(place).filter(unconfirmed | gone)


def _employers(place: Municipality, day: datetime.date) -> models.QuerySet[VacancySubmission]:
    unconfirmed = Q(confirmed_at=None, sent_at__lte=_evening(day - UNCONFIRMED_KEPT))
    gone = Q(vacancy__gone_at__lte=_evening(day - SUBMISSIONS_KEPT))
    return VacancySubmission.objects.of(place).filter(unconfirmed | gone)


def _holdings(place: Municipality, day: datetime.date) -> models.QuerySet[Holding]:
    """Whose owners need not be known any longer, and still are."""
    over = Holding.objects.of(place).over(
        settled_before=months_before(day, TALKS_KEPT_MONTHS),
        declined_before=months_before(day, REFUSED_KEPT_MONTHS),
    )
    known = Q(owners__isnull=False) | Q(contacts__isnull=False) | ~Q(notes="")
    return over.filter(pk__in=Holding.objects.of(place).filter(known).values("pk"))


def _wishes(place: Municipality, day: datetime.date) -> models.QuerySet[Wish]:
    return Wish.objects.of(place).over(
        unconfirmed_before=_evening(day - UNCONFIRMED_KEPT), ended_before=_evening(day - LINKS_KEPT)
    )


def _notices(place: Municipality, day: datetime.date) -> models.QuerySet[OwnerNotice]:
    return OwnerNotice.objects.of(place).over(_evening(months_before(day, UNANSWERED_MONTHS)))


def _home_messages(place: Municipality, day: datetime.date) -> models.QuerySet[OwnerMessage]:
    return OwnerMessage.objects.of(place).over(_evening(day - SUBMISSIONS_KEPT))


def _stories(place: Municipality, day: datetime.date) -> models.QuerySet[Story]:
    """Not of a household whose data may only be kept; it is not shown either, once its day has passed."""
    over = Story.objects.of(place).over(day=day, withdrawn_before=_evening(day - WITHDRAWN_STORIES_KEPT))
    return over.exclude(teller__household__held_at__isnull=False)


def _orders(place: Municipality, day: datetime.date) -> models.QuerySet[Order]:
    """Unconfirmed, unanswered, and settled without a household; the others go with theirs."""
    rows = Order.objects.of(place).annotate(folded=Lower("email"))
    emails, phones = _held_reached_by(place)
    forgotten = rows.waiting().filter(asked_at__lte=_evening(months_before(day, UNANSWERED_MONTHS)))
    alone = rows.filter(household=None, settled_at__lte=_evening(day - ORDERS_KEPT))
    due = (
        rows.run_out(day).filter(state=OrderState.UNCONFIRMED),
        forgotten.exclude(folded__in=emails).exclude(phone__in=phones),
        # Before their meeting it is behind this that they give their seat back.
        alone.filter(Q(meeting=None) | Q(meeting__ends_at__lte=_evening(day))),
    )
    return Order.objects.filter(reduce(or_, (Q(pk__in=each.values("pk")) for each in due)))


def _offers(place: Municipality, day: datetime.date) -> models.QuerySet[HostOffer]:
    rows = HostOffer.objects.of(place)
    return rows.run_out(day) | rows.filter(asked_at__lte=_evening(months_before(day, UNANSWERED_MONTHS)))


def _members(place: Municipality, day: datetime.date) -> models.QuerySet[Member]:
    return Member.objects.of(place).run_out(day)


def _participants(place: Municipality, day: datetime.date) -> models.QuerySet[Participant]:
    """Invited to nothing for long; not of somebody whose data may only be kept."""
    emails, phones = _held_reached_by(place)
    over = cooperation.over(place, _evening(months_before(day, UNINVITED_MONTHS)))
    return over.annotate(folded=Lower("email")).exclude(folded__in=emails).exclude(phone__in=phones)


def _take_letters(run: LetterRun) -> None:
    purging.forget(run=run, letters=_not_held(Letter.objects.of(run.municipality)))


def _take_row(row: models.Model) -> None:
    row.delete()


def _take_login(login: OwnLogin) -> None:
    logging_in.end(login=login, by=None)


def _take_sign_up(row: SignUp) -> None:
    if row.household_id is None:
        _take_with_its_link(row)
    else:
        SignUp.objects.filter(pk=row.pk).update(needs="")


def _take_submission(row: Submission) -> None:
    submitting.forget(submission=row)


def _take_home_owner(row: ListingSubmission) -> None:
    links.forget(of=row)
    home_submitting.forget(submission=row)


def _take_employer(row: VacancySubmission) -> None:
    links.forget(of=row)
    job_submitting.forget(submission=row)


def _take_holding(row: Holding) -> None:
    forget_owners(holding=row)


def _take_participant(row: Participant) -> None:
    cooperation.forget(participant=row, by=None)


def _take_household(home: Household) -> None:
    erasure.erase(household=home, by=None, by_the_clock=True)


def _take_with_its_link(row: models.Model) -> None:
    links.forget(of=row)
    row.delete()


RULES = [
    Rule("left", _("Households that have moved on"), _left, _take_household),
    Rule("planning", _("Households that only planned to move"), _planning, _take_household),
    Rule("letters", _("Letter runs: names, addresses and print files"), _letters, _take_letters),
    Rule("imports", _("Reports of imports"), _imports, _take_row),
    Rule("requests", _("Answered requests about own data"), _requests, _take_row),
    Rule(
        "sign_ups", _("Sign-ups for meetings: needs, and who is no known household"), _sign_ups, _take_sign_up
    ),
    Rule("enquiries", _("Closed enquiries and their answers"), _enquiries, _take_row),
    Rule("submissions", _("Who sent an activity to the calendar"), _submissions, _take_submission),
    Rule("home_owners", _("Who offered a home that is gone"), _home_owners, _take_home_owner),
    Rule("employers", _("Who sent in a vacancy that is gone"), _employers, _take_employer),
    Rule("holdings", _("Owners of empty farms, once the talks have ended"), _holdings, _take_holding),
    Rule("owner_notices", _("Owners who came forward half a year ago"), _notices, _take_row),
    Rule(
        "wishes", _("Wishes that have run out, were stopped or never confirmed"), _wishes, _take_with_its_link
    ),
    Rule("home_messages", _("Messages to owners of homes"), _home_messages, _take_with_its_link),
    Rule("stories", _("Stories whose day has passed, or that were withdrawn"), _stories, _take_with_its_link),
    Rule(
        "orders",
        _("Orders that nobody confirmed or answered, or that no household came of"),
        _orders,
        _take_with_its_link,
    ),
    Rule(
        "host_offers",
        _("Offers to be a host that nobody confirmed or answered"),
        _offers,
        _take_with_its_link,
    ),
    Rule(
        "club", _("Wishes to join the newcomers' club that nobody confirmed"), _members, _take_with_its_link
    ),
    Rule(
        "participants",
        _("People of the cooperation who are invited to nothing any more"),
        _participants,
        _take_participant,
    ),
    Rule("links", _("Links that have run out"), _links, _take_row),
    Rule("own_logins", _("ID-porten logins that nobody has used for a year"), _own_logins, _take_login),
]


# --- preview -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    rule: Rule
    now: int
    soon: int  # Those that are due now included.
    ids: list[int]  # Of the households, for a link to them; none for other rules.


def preview(place: Municipality, today: datetime.date, days: int = 30) -> list[Due]:
    """What goes in the next night, and in the nights of the next `days`, by today's settings."""
    then = today + datetime.timedelta(days=days)
    found = []
    for rule in RULES:
        soon = rule.due(place, then)
        ids = list(soon.order_by("pk").values_list("pk", flat=True)[:500]) if soon.model is Household else []
        found.append(Due(rule, rule.due(place, today).count(), soon.count(), ids))
    return found


# --- the night -----------------------------------------------------------------------------------


def clean(place: Municipality, day: datetime.date) -> RetentionRun:
    """Deletes what is due on `day`. One that is cut off goes on where it was: what is gone is gone, and the
    counts are kept after each batch. Once it is done, doing it again that day does nothing."""
    run, _made = RetentionRun.objects.get_or_create(municipality=place, day=day)
    if run.finished_at is not None:
        return run
    for rule in RULES:
        _apply(rule, place, day, run)
    run.finished_at = timezone.now()
    run.save(update_fields=["finished_at"])
    logger.info("%s cleaned: %s deleted, %s failed.", place.number, run.counts, run.failed)
    return run


def _apply(rule: Rule, place: Municipality, day: datetime.date, run: RetentionRun) -> None:
    failed: list[int] = []
    taken = run.counts.get(rule.code, 0)
    while rows := list(rule.due(place, day).exclude(pk__in=failed).order_by("pk")[:BATCH]):
        for row in rows:
            number = row.pk
            # A hundred were read at once; one of them may have been restricted, or kept on, meanwhile.
            if not rule.due(place, day).filter(pk=number).exists():
                continue
            try:
                rule.take(row)
                taken += 1
            except Exception as error:
                # Only its kind: the words of a database's error can be a whole row.
                logger.error("%s %s could not be deleted: %s", rule.code, number, type(error).__name__)
                failed.append(number)
        run.counts = run.counts | ({rule.code: taken} if taken else {})
        run.failed = run.failed | ({rule.code: len(failed)} if failed else {})
        run.save(update_fields=["counts", "failed"])


def clean_sessions(now: datetime.datetime) -> int:
    """Sessions that have run out, of everybody: they belong to no municipality."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]
