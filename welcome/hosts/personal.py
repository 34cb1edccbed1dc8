from municipalities.privacy.activities import HOSTS, WELCOME
from municipalities.privacy.registry import Kind, Personal, declare
from welcome.hosts.models import AssignmentState, Host, HostAssignment


def told(assignment: HostAssignment) -> str:
    """A host who was only thought of, and has not agreed, is named to nobody."""
    return "" if assignment.state == AssignmentState.PROPOSED else assignment.host.name


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
]
