from municipalities.privacy.activities import CLUB
from municipalities.privacy.registry import Kind, Personal, declare
from welcome.club.models import Member

DECLARATIONS = [
    declare(
        Member,
        activity=CLUB,
        rows=lambda household: Member.objects.of_household(household),
        personal={
            "household": Personal(Kind.HOUSEHOLD, shown=False),
            "name": Kind.IDENTITY,
            "email": Kind.CONTACT,
            "language": Kind.HOUSEHOLD,
            "text": Personal(Kind.CHOICE, words=lambda member: member.text.words),
            "asked_at": Kind.TRACE,
            "mailed_at": Kind.TRACE,
            "confirmed_at": Kind.CHOICE,
        },
        plain=["id", "municipality", "screen", "sent_as"],
    ),
]
