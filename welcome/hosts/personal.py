from municipalities.privacy.activities import HOST_OFFERS, HOSTS, WELCOME
from municipalities.privacy.registry import Kind, Personal, declare
from welcome.hosts.models import AssignmentState, Host, HostAssignment
from welcome.hosts.offers import HostOffer


def told(assignment: HostAssignment) -> str:
    """By the rules of the letter: a host who was only thought of, or who has not agreed to be named, is named to
    nobody. How to reach them is told as long as they are the household's."""
    host = assignment.host
    if assignment.state == AssignmentState.PROPOSED or host.named_since is None:
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
            "named_since": Kind.CHOICE,
        },
        plain=["id", "municipality", "about_language", "capacity", "active"],
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
        },
        plain=["id", "municipality", "merged"],
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
