from dataclasses import replace

from municipalities.privacy.activities import IMPORTS, OWN_LOGINS, PLANNING, RIGHTS, WELCOME
from municipalities.privacy.below import STAFF
from municipalities.privacy.registry import Basis, Erasure, Kind, Personal, declare, nothing_personal
from welcome.households.consents import Consent, ConsentText
from welcome.households.models import Household, ImportBatch, ImportRow, Person
from welcome.households.own_logins import OwnLogin

# Written by an employee or the person; may tell of health or belief though nobody asks for it.
_WISHES = Personal(Kind.SPECIAL, basis=Basis.EXPLICIT_CONSENT)
_KEY = Personal(Kind.TRACE, shown=False)  # Another spelling of what is shown already.
_WHERE = Personal(Kind.ADDRESS, veiled=True)
_BLANK = Personal(Kind.IDENTITY, Erasure.BLANK)

DECLARATIONS = [
    declare(
        Household,
        activity=WELCOME,
        activities=(PLANNING,),
        rows=lambda household: Household.objects.filter(pk=household.pk),
        personal={
            "state": Kind.HOUSEHOLD,
            "source": Kind.HOUSEHOLD,
            # The mark is confidential, also to others of the same household: told by people, not on paper.
            "protection": Personal(Kind.PROTECTION, shown=False),
            "address_kind": _WHERE,
            "extra_line": _WHERE,
            "street": _WHERE,
            "house_number": _WHERE,
            "house_letter": _WHERE,
            "unit": _WHERE,
            "postal_code": _WHERE,
            "postal_place": _WHERE,
            "foreign_address": _WHERE,
            "address_key": replace(_KEY, veiled=True),
            "moved_in": Kind.HOUSEHOLD,
            "moved_from": replace(_WHERE, kind=Kind.HOUSEHOLD),
            "reason": Kind.HOUSEHOLD,
            "language": Kind.HOUSEHOLD,
            "needs": _WISHES,
            "interests": _WISHES,
            "contact_wish": Kind.FREE_TEXT,
            "no_letter": Kind.CHOICE,
            "left_on": Kind.HOUSEHOLD,
            "left_to": replace(_WHERE, kind=Kind.HOUSEHOLD),
            "left_why": replace(_WHERE, kind=Kind.FREE_TEXT),
            "consent_until": Kind.CHOICE,
            "held_at": Kind.CHOICE,
            "held_why": Kind.CHOICE,
            "held_by": Personal(Kind.STAFF, shown=False),
            "created_at": Kind.TRACE,
            "checked_at": Kind.TRACE,
        },
        plain=["id", "municipality"],
    ),
    declare(
        Person,
        activity=WELCOME,
        activities=(PLANNING,),
        rows=lambda household: Person.objects.filter(household=household),
        personal={
            "household": Personal(Kind.HOUSEHOLD, shown=False),
            "given_name": Kind.IDENTITY,
            "family_name": Kind.IDENTITY,
            "name_key": _KEY,
            "birth_date": Kind.IDENTITY,
            "birth_year": Kind.IDENTITY,
            "role": Kind.HOUSEHOLD,
            "language": Kind.HOUSEHOLD,
            "phone": Kind.CONTACT,
            "email": Kind.CONTACT,
            "died_on": Kind.IDENTITY,
        },
        plain=["id", "municipality", "order"],
    ),
    nothing_personal(ConsentText, "id", "municipality", "purpose", "language", "version", "words", "created_at"),
    declare(
        Consent,
        activity=RIGHTS,
        rows=lambda household: Consent.objects.filter(household=household),
        personal={
            "household": Personal(Kind.HOUSEHOLD, shown=False),
            "purpose": Kind.CHOICE,
            "text": Personal(Kind.CHOICE, words=lambda consent: consent.text.words),
            "how": Kind.CHOICE,
            "given_at": Kind.CHOICE,
            "withdrawn_at": Kind.CHOICE,
        },
        plain=["id", "municipality", "merged"],
    ),
    declare(
        OwnLogin,
        activity=OWN_LOGINS,
        rows=lambda household: OwnLogin.objects.filter(household=household),
        personal={
            "household": Personal(Kind.HOUSEHOLD, shown=False),
            # Nobody can read out of them what they were made of.
            "fingerprint": Personal(Kind.TRACE, shown=False),
            "state": Personal(Kind.TRACE, shown=False),
            "created_at": Kind.CHOICE,
            "used_at": Kind.TRACE,
        },
        plain=["id", "municipality"],
    ),
    declare(
        ImportBatch,
        activity=IMPORTS,
        personal={
            "file": Personal(Kind.IDENTITY, Erasure.BLANK, shown=False),
            # As the one who uploaded it called it: perhaps after a person.
            "filename": Personal(Kind.FREE_TEXT, Erasure.BLANK, shown=False),
            "created_by": STAFF,
        },
        plain=[
            "id", "municipality", "state", "sha256", "understood", "counts", "problem", "created_at", "saved_at",
            "lease_token", "lease_expires_at",
        ],
    ),
    declare(
        ImportRow,
        activity=IMPORTS,
        personal={
            "values": _BLANK,
            "household_key": Personal(Kind.TRACE, Erasure.BLANK, shown=False, veiled=True),
            "person_key": Personal(Kind.TRACE, Erasure.BLANK, shown=False),
        },
        plain=["id", "municipality", "batch", "number", "verdict", "problems"],
    ),
]  # fmt: skip
