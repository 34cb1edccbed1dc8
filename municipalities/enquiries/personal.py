from typing import Any

from django.db.models import Q

from municipalities.enquiries.mailbox_models import Mailbox, TakenMail
from municipalities.enquiries.models import (
    AnswerMail,
    AnswerTemplate,
    Enquiry,
    EnquiryMessage,
    EnquiryQuerySet,
)
from municipalities.privacy.activities import ENQUIRIES
from municipalities.privacy.below import STAFF
from municipalities.privacy.registry import Kind, Personal, declare, nothing_personal


def _theirs(municipality_id: int, people: Any) -> EnquiryQuerySet:
    """Asked from the e-mail or the phone of these people. No household's number stands in an enquiry: who asks
    says nothing of who they are."""
    emails = [person.email.lower() for person in people if person.email]
    phones = [person.phone for person in people if person.phone]
    theirs = Q(pk__in=[])
    if emails:
        theirs |= Q(email__in=emails)
    if phones:
        theirs |= Q(phone__in=phones)
    return Enquiry.objects.filter(theirs, municipality_id=municipality_id)


def of_household(household: Any) -> EnquiryQuerySet:
    return _theirs(household.municipality_id, household.people.all())


def of_person(person: Any) -> EnquiryQuerySet:
    return _theirs(person.municipality_id, [person])


DECLARATIONS = [
    declare(
        Enquiry,
        activity=ENQUIRIES,
        rows=of_household,
        of_person=of_person,
        personal={
            "text": Kind.FREE_TEXT,
            "email": Kind.CONTACT,
            "phone": Kind.CONTACT,
            "page": Kind.CHOICE,
            "language": Kind.CHOICE,
            "received_at": Kind.TRACE,
            "answered_at": Kind.TRACE,
            "outcome": Kind.CHOICE,
            "assigned_to": STAFF,
            "assigned_by": STAFF,
            "answered_by": STAFF,
            "closed_by": STAFF,
        },
        plain=[
            "id", "municipality", "source", "reply", "state", "waiting_since", "due_on", "assigned_at",
            "closed_at", "told_late_on", "version", "fingerprint",
        ],
    ),
    declare(
        EnquiryMessage,
        activity=ENQUIRIES,
        rows=lambda household: EnquiryMessage.objects.filter(enquiry__in=of_household(household)),
        personal={"text": Kind.FREE_TEXT, "direction": Kind.CHOICE, "at": Kind.TRACE, "by": STAFF},
        plain=["id", "municipality", "enquiry"],
    ),
    declare(
        AnswerMail,
        activity=ENQUIRIES,
        rows=lambda household: AnswerMail.objects.filter(message__enquiry__in=of_household(household)),
        personal={"to": Kind.CONTACT, "sent_at": Kind.TRACE, "message": Personal(Kind.TRACE, shown=False)},
        plain=[
            "id", "municipality", "state", "key", "attempts", "lease_token", "lease_expires_at", "not_before",
            "created_at", "sending_at", "reason", "detail",
        ],
    ),
    # Of the mail a keyed digest only; what it said stands in the enquiry.
    declare(
        TakenMail,
        activity=ENQUIRIES,
        rows=lambda household: TakenMail.objects.filter(enquiry__in=of_household(household)),
        personal={"at": Kind.TRACE, "sent_on": Kind.TRACE, "enquiry": Personal(Kind.TRACE, shown=False)},
        plain=["id", "municipality", "mark", "became", "uid", "detail"],
    ),
    nothing_personal(
        Mailbox, "id", "municipality", "address", "host", "port", "username", "password", "folder", "since",
        "mark_read", "receipts", "active", "uid_validity", "last_uid", "lease_token", "lease_expires_at",
        "not_before", "read_at", "fault", "failing_since",
    ),
    nothing_personal(AnswerTemplate, "id", "municipality", "name", "language", "text"),
]  # fmt: skip
