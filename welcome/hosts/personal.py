from municipalities.privacy.activities import HOST_OFFERS, HOSTS, WELCOME
from municipalities.privacy.below import STAFF
from municipalities.privacy.registry import Kind, Personal, declare, nothing_personal
from welcome.hosts.following import HostContact, HostMail, HostReply
from welcome.hosts.kinds import Side
from welcome.hosts.models import Host, HostAssignment, HostAway
from welcome.hosts.offers import HostOffer
from welcome.hosts.rules import HostRules


def told(assignment: HostAssignment) -> str:
    """By the rules of the letter: a host who was only thought of, or who has not agreed to be named, is named to
    nobody. How to reach them is told as long as they are the household's."""
    host = assignment.host
    if assignment.agreed_at is None or not (host.named_since or assignment.host_may_be_told):
        return ""
    reached = [host.phone.as_national if host.phone else "", host.email]
    return ", ".join(filter(None, [host.name, *(reached if assignment.is_running else [])]))


DECLARATIONS = [
    declare(
        Host,
        activity=HOSTS,
        personal={
            "name": Kind.IDENTITY,
            "phone": Kind.CONTACT,
            "email": Kind.CONTACT,
            "languages": Kind.IDENTITY,
            "place": Kind.ADDRESS,
            "interests": Kind.FREE_TEXT,
            "about": Kind.FREE_TEXT,
            "story": Kind.FREE_TEXT,
            "moved_for": Kind.HOUSEHOLD,
            "children": Kind.IDENTITY,
            "references": Kind.FREE_TEXT,
            "trained_on": Kind.HOUSEHOLD,
            "certificate_seen_on": Kind.HOUSEHOLD,
            "named_since": Kind.CHOICE,
        },
        plain=["id", "municipality", "about_language", "capacity", "active"],
    ),
    declare(
        HostAway,
        activity=HOSTS,
        personal={"first_day": Kind.HOUSEHOLD, "last_day": Kind.HOUSEHOLD},
        plain=["id", "municipality", "host"],
    ),
    nothing_personal(
        HostRules, "id", "municipality", "answer_days", "first_contact_days", "months", "certificate_needed"
    ),
    declare(
        HostAssignment,
        activity=WELCOME,
        rows=lambda household: HostAssignment.objects.filter(household=household),
        personal={
            "household": Personal(Kind.HOUSEHOLD, shown=False),
            "host": Personal(Kind.HOUSEHOLD, words=told),
            "state": Kind.HOUSEHOLD,
            "since": Kind.HOUSEHOLD,
            "until": Kind.HOUSEHOLD,
            "ended_why": Kind.HOUSEHOLD,
            "answer_by": Kind.HOUSEHOLD,
            "household_said_at": Kind.CHOICE,
            "host_said_at": Kind.HOUSEHOLD,
            "agreed_at": Kind.HOUSEHOLD,
            "first_contact_by": Kind.HOUSEHOLD,
            "first_contact_at": Kind.HOUSEHOLD,
            "paused_until": Kind.CHOICE,
            "ends_on": Kind.HOUSEHOLD,
        },
        plain=["id", "municipality", "merged", "slot", "host_may_be_told"],
    ),
    declare(
        HostContact,
        activity=WELCOME,
        rows=lambda household: HostContact.objects.filter(assignment__household=household),
        personal={
            "kind": Kind.HOUSEHOLD,
            "at": Kind.HOUSEHOLD,
            "minutes": Kind.HOUSEHOLD,
            "note": Kind.FREE_TEXT,
            "by": STAFF,
        },
        plain=["id", "municipality", "assignment"],
    ),
    declare(
        HostReply,
        activity=WELCOME,
        # What the household answered is theirs; what the host did is not about them alone, and goes with the row above.
        rows=lambda household: HostReply.objects.filter(assignment__household=household, side=Side.HOUSEHOLD),
        personal={"score": Kind.CHOICE, "words": Kind.FREE_TEXT, "at": Kind.TRACE},
        plain=["id", "municipality", "assignment", "side"],
    ),
    declare(
        HostMail,
        activity=WELCOME,
        rows=lambda household: HostMail.objects.filter(assignment__household=household, side=Side.HOUSEHOLD),
        personal={"kind": Kind.HOUSEHOLD, "made_at": Kind.TRACE, "sent_at": Kind.TRACE},
        plain=["id", "municipality", "assignment", "side", "sending_at", "failed_at"],
    ),
    declare(
        HostOffer,
        activity=HOST_OFFERS,
        personal={
            "name": Kind.IDENTITY,
            "phone": Kind.CONTACT,
            "email": Kind.CONTACT,
            "languages": Kind.IDENTITY,
            "place": Kind.ADDRESS,
            "interests": Kind.FREE_TEXT,
            "about": Kind.FREE_TEXT,
            "may_be_named": Kind.CHOICE,
            "text": Kind.CHOICE,
            "asked_at": Kind.TRACE,
            "mailed_at": Kind.TRACE,
            "confirmed_at": Kind.CHOICE,
        },
        plain=["id", "municipality", "screen", "sent_as"],
    ),
]
