"""Everything that happened with one household, from all that knows of it, newest first."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from housing.wishes import personal as wishes
from municipalities.enquiries import personal as enquiries
from welcome.club.models import Member
from welcome.hosts.following import HostContact
from welcome.hosts.models import HostAssignment
from welcome.households import history, timeline
from welcome.households.consents import Consent
from welcome.households.models import Household
from welcome.letters.delivery_models import Delivery, DeliveryState
from welcome.letters.models import LeftOut, Letter
from welcome.meetings.attendance import Attendance
from welcome.meetings.calls import Call
from welcome.meetings.models import Invitation, SignUp, SignUpState
from welcome.orders.models import Order
from welcome.packages.package_models import Package, PackageState
from welcome.privacy.models import DataRequest

MOST = 500  # Of one kind; the newest. What is older is in the access report.


class About(models.TextChoices):
    HOUSEHOLD = "household", gettext_lazy("The household")
    LETTERS = "letters", gettext_lazy("Letters")
    PACKAGE = "package", gettext_lazy("Welcome package")
    HOST = "host", gettext_lazy("Host")
    MEETING = "meeting", gettext_lazy("Welcome meeting")
    ORDERS = "orders", gettext_lazy("Orders and enquiries")
    RIGHTS = "rights", gettext_lazy("Consent and own data")


@dataclass(frozen=True)
class Event:
    """`at` is a day where nobody noted the hour. `link` leads to where more of it stands."""

    at: datetime.datetime | datetime.date
    about: About
    what: str
    who: str = ""
    link: str = ""

    @property
    def has_hour(self) -> bool:
        return isinstance(self.at, datetime.datetime)

    @property
    def order(self) -> datetime.datetime:
        """What happened on a day comes after what has an hour of it: the list begins with the newest."""
        if isinstance(self.at, datetime.datetime):
            return self.at
        return timezone.make_aware(datetime.datetime.combine(self.at, datetime.time.min))


def of(household: Household, *, may_write: bool) -> list[Event]:
    """In a constant number of queries. It holds no address, also where the household is not protected. Who may not
    write is told neither of what they asked for nor of their rights, and is led to no page that would refuse them."""
    tellers = [*TELLERS, *(TELLERS_TO_WHO_WRITES if may_write else ())]
    found = [event for tell in tellers for event in tell(household)]
    if not may_write:
        found = [replace(event, link="") for event in found]
    return sorted(found, key=lambda event: event.order, reverse=True)


# What rows of their own tell better.
_TOLD_ELSEWHERE = {
    history.HOST_GIVEN, history.HOST_AGREED, history.HOST_ANSWERED, history.HOST_ENDED, history.ORDERED,
}  # fmt: skip


def _household(household: Household) -> Iterator[Event]:
    for event in timeline.timeline(household, without=_TOLD_ELSEWHERE):
        yield Event(event.when, About.HOUSEHOLD, event.what, event.who)
    if household.moved_in:
        yield Event(household.moved_in, About.HOUSEHOLD, _("They moved in."))
    if household.left_on:
        yield Event(household.left_on, About.HOUSEHOLD, _("They moved on."))


def _letters(household: Household) -> Iterator[Event]:
    for letter in _newest(Letter.objects.filter(household=household).select_related("run"), "-pk"):
        link = reverse("admin:welcome_letterrun_letter", args=[letter.run_id, letter.number])
        words = {"quarter": letter.run.quarter}
        if letter.run.frozen_at:
            made = _("Their letter was made ready, in %(quarter)s.") % words
            yield Event(letter.run.frozen_at, About.LETTERS, made, link=link)
    deliveries = Delivery.objects.filter(letter__household=household, sent_at__isnull=False)
    for delivery in _newest(deliveries, "-pk"):
        channel = delivery.get_channel_display()
        yield Event(
            delivery.sent_at, About.LETTERS, _("The letter was sent: %(channel)s.") % {"channel": channel}
        )
        if delivery.state == DeliveryState.FAILED and delivery.settled_at:
            yield Event(delivery.settled_at, About.LETTERS, delivery.get_reason_display())
    for row in _newest(LeftOut.objects.filter(household=household).select_related("run"), "-pk"):
        if row.run.frozen_at:
            words = {"quarter": row.run.quarter, "reason": row.get_reason_display()}
            yield Event(row.run.frozen_at, About.LETTERS, _("No letter in %(quarter)s: %(reason)s.") % words)


def _packages(household: Household) -> Iterator[Event]:
    rows = Package.objects.filter(household=household, merged=False)
    for row in _newest(rows.select_related("packed_by", "out_by", "ended_by"), "-pk"):
        link = reverse("admin:welcome_package_change", args=[row.pk])
        yield Event(
            row.composed_at, About.PACKAGE, _("A welcome package was put together for them."), link=link
        )
        if row.packed_at:
            yield Event(
                row.packed_at, About.PACKAGE, _("The package was packed."), _name(row.packed_by), link
            )
        if row.out_at:
            posted = row.state == PackageState.POSTED
            out = _("The package was posted.") if posted else _("The package was handed out.")
            yield Event(row.out_at, About.PACKAGE, out, _name(row.out_by), link)
        if row.ended_at:
            back = row.state == PackageState.RETURNED
            ended = _("The package came back.") if back else _("The package was cancelled.")
            yield Event(row.ended_at, About.PACKAGE, ended, _name(row.ended_by), link)


def _host(household: Household) -> Iterator[Event]:
    link = reverse("admin:welcome_household_host", args=[household.pk])
    for row in _newest(HostAssignment.objects.of_household(household).select_related("host"), "-pk"):
        words = {"name": row.host.name, "why": row.get_ended_why_display()}
        steps = [
            (row.since, _("%(name)s was proposed as their host.")),
            (row.household_said_at, _("They said yes to %(name)s.")),
            (row.host_said_at, _("%(name)s said yes to them.")),
            (row.first_contact_at, _("%(name)s got in touch with them for the first time.")),
            (row.until, _("%(name)s is their host no longer: %(why)s.")),
        ]
        for at, told in steps:
            if at is not None:
                yield Event(at, About.HOST, told % words, link=link)
    contacts = HostContact.objects.filter(assignment__household=household).select_related("by")
    for contact in _newest(contacts, "-pk"):
        noted = _("The host noted: %(what)s.") % {"what": contact.get_kind_display()}
        yield Event(contact.at, About.HOST, noted, _name(contact.by), link)


def _meetings(household: Household) -> Iterator[Event]:
    link = reverse("admin:welcome_household_meetings", args=[household.pk])
    for row in _newest(Invitation.objects.filter(household=household).select_related("meeting"), "-pk"):
        invited = _("Invited to %(meeting)s.") % {"meeting": row.meeting}
        yield Event(row.created_at, About.MEETING, invited, link=link)
    for sign_up in _newest(SignUp.objects.filter(household=household).select_related("meeting"), "-pk"):
        words = {"meeting": sign_up.meeting}
        waits = sign_up.state == SignUpState.WAITING or sign_up.moved_up_at is not None
        asked = _("On the waiting list for %(meeting)s.") if waits else _("Signed up for %(meeting)s.")
        yield Event(sign_up.asked_at, About.MEETING, asked % words, link=link)
        if sign_up.moved_up_at:
            yield Event(
                sign_up.moved_up_at, About.MEETING, _("Got a seat at %(meeting)s.") % words, link=link
            )
        if sign_up.cancelled_at:
            signed_off = _("Signed off from %(meeting)s.") % words
            yield Event(sign_up.cancelled_at, About.MEETING, signed_off, link=link)
    came = Attendance.objects.filter(sign_up__household=household).select_related("meeting")
    for attendance in _newest(came, "-pk"):
        words = {"meeting": attendance.meeting}
        yield Event(attendance.meeting.starts_at, About.MEETING, _("Came to %(meeting)s.") % words, link=link)
    calls = Call.objects.made().filter(household=household).select_related("meeting", "caller")
    for call in _newest(calls, "-pk"):
        words = {"meeting": call.meeting, "outcome": call.get_outcome_display()}
        called = _("Called about %(meeting)s: %(outcome)s.") % words
        yield Event(call.called_at, About.MEETING, called, _name(call.caller), link)


def _orders(household: Household) -> Iterator[Event]:
    for row in _newest(Order.objects.filter(household=household).select_related("settled_by"), "-pk"):
        link = reverse("admin:welcome_order_change", args=[row.pk])
        words = {"wishes": ", ".join(row.wishes)}
        yield Event(row.asked_at, About.ORDERS, _("Ordered: %(wishes)s.") % words, link=link)
        if row.settled_at:
            yield Event(
                row.settled_at, About.ORDERS, _("The order was settled."), _name(row.settled_by), link
            )
        if row.package_given_at:
            yield Event(
                row.package_given_at, About.ORDERS, _("The welcome package was handed out."), link=link
            )
    asked = enquiries.of_household(household).select_related("answered_by", "closed_by")
    for enquiry in _newest(asked, "-pk"):
        link = reverse("admin:municipalities_enquiry_change", args=[enquiry.pk])
        by_contact = _("Somebody with their e-mail or phone asked the municipality something.")
        yield Event(enquiry.received_at, About.ORDERS, by_contact, link=link)
        if enquiry.answered_at:
            who = _name(enquiry.answered_by)
            yield Event(enquiry.answered_at, About.ORDERS, _("The question was answered."), who, link)
    for wish in _newest(wishes.of_household(household).filter(confirmed_at__isnull=False), "-pk"):
        link = reverse("admin:housing_wish_change", args=[wish.pk])
        yield Event(wish.confirmed_at, About.ORDERS, _("They look for a home or jobs."), link=link)


def _rights(household: Household) -> Iterator[Event]:
    link = reverse("admin:welcome_household_consents", args=[household.pk])
    for row in _newest(Consent.objects.filter(household=household), "-pk"):
        words = {"purpose": row.get_purpose_display()}
        yield Event(row.given_at, About.RIGHTS, _("Consent given: %(purpose)s.") % words, link=link)
        if row.withdrawn_at:
            taken_back = _("Consent taken back: %(purpose)s.") % words
            yield Event(row.withdrawn_at, About.RIGHTS, taken_back, link=link)
    for member in _newest(Member.objects.confirmed().filter(household=household), "-pk"):
        yield Event(member.confirmed_at, About.RIGHTS, _("On the list of the newcomers' club."))
    requests = DataRequest.objects.filter(household=household).select_related("handled_by")
    for asked in _newest(requests, "-pk"):
        link = reverse("admin:welcome_datarequest_change", args=[asked.pk])
        words = {"kind": asked.get_kind_display()}
        yield Event(asked.received_at, About.RIGHTS, _("They asked: %(kind)s.") % words, link=link)
        if asked.handled_at:
            answered = _("The request was answered: %(outcome)s.") % {"outcome": asked.get_outcome_display()}
            yield Event(asked.handled_at, About.RIGHTS, answered, _name(asked.handled_by), link)


def _newest(rows: models.QuerySet[Any], *order: str) -> Iterable[Any]:
    return rows.order_by(*order)[:MOST]


def _name(user: Any) -> str:
    return str(user) if user else ""


# A slice that has something to tell gets its line here.
Teller = Callable[[Household], Iterable[Event]]
TELLERS: list[Teller] = [_household, _letters, _packages, _host, _meetings]
TELLERS_TO_WHO_WRITES: list[Teller] = [_orders, _rights]
