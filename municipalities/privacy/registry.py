"""What is held about people, field by field: what it is, why it is held, how long, and how it is erased.

Each slice declares its models in its `personal.py`; the apps' `personal.py` are the indexes. From here come
the access report, the records of processing, the retention and the erasure, so that a field that is added
and not declared fails a test instead of being forgotten by all four.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Kind(models.TextChoices):
    """What sort of thing a field tells about somebody."""

    IDENTITY = "identity", _("Name and age")
    CONTACT = "contact", _("Phone and e-mail")
    ADDRESS = "address", _("Address")
    HOUSEHOLD = "household", _("Household and move")
    SPECIAL = "special", _("Needs that may tell of health or belief")
    FREE_TEXT = "free_text", _("Free text")
    PROTECTION = "protection", _("Address protection")
    CHOICE = "choice", _("Choices the person has made")
    STAFF = "staff", _("Who at the municipality did it")
    TRACE = "trace", _("Technical trace")


class Basis(models.TextChoices):
    PUBLIC_TASK = "public_task", _("Public task: GDPR article 6(1)(e)")
    CONSENT = "consent", _("Consent: GDPR article 6(1)(a)")
    EXPLICIT_CONSENT = "explicit_consent", _("Explicit consent: GDPR articles 6(1)(a) and 9(2)(a)")
    LEGAL_DUTY = "legal_duty", _("Legal duty: GDPR article 6(1)(c)")


class Retention(models.TextChoices):
    """How long; `months_of` has the number where the municipality decides it."""

    LEFT = "left", _("Until the household has moved on, and the months the municipality has set after that")
    PLANNING = "planning", _("Until the consent runs out, and never longer than the municipality has set")
    LETTERS = "letters", _("The months the municipality has set after the letters were handed over")
    IMPORTS = "imports", _("Until the import is saved or dropped, at most 30 days; its report 90 days more")
    REQUESTS = "requests", _("One year after the request was answered")
    ACCOUNT = "account", _("As long as the person works with this, and the account is deleted after that")
    CONTACT = "contact", _("As long as the person is the contact")
    HOST = "host", _("As long as the person is a host; what letters said of them as long as the letters")
    MEETING = (
        "meeting",
        _("Needs, and who is no known household, 30 days after the meeting; the rest with the household"),
    )
    LOGIN = (
        "login",
        _("Until the person or the municipality takes it away, at most a year after the last login"),
    )
    ENQUIRIES = "enquiries", _("The months the municipality has set after the enquiry was closed")
    SUBMISSION = (
        "submission",
        _("Until 90 days after the activity is over; a week if its sender never confirmed it"),
    )
    SHOWN = (
        "shown",
        _("Until 90 days after it is gone from the list; a week if its sender never confirmed it"),
    )
    HOLDING = (
        "holding",
        _("Two years after the talks have ended, five if the owner said no; who came forward, half a year"),
    )
    WISH = "wish", _("Half a year, or 30 days after it was stopped; a week if its sender never confirmed it")
    MESSAGE = "message", _("90 days")
    STORY = "story", _("Until the day the person has agreed to; a week after it is withdrawn")
    ORDER = (
        "order",
        _("Unconfirmed a week; unanswered half a year; once settled with the household, without one 30 days"),
    )
    CLUB = "club", _("Until the person leaves the list; unconfirmed a week")
    COOPERATION = (
        "cooperation",
        _("Two years after they were last invited; longer in a group at work, or behind the reception"),
    )
    OFFER = "offer", _("Until it is answered, at most half a year; unconfirmed a week")
    TRAIL = (
        "trail",
        _(
            "With the household; the log of looks and changes, which holds only numbers, as long as was decided"
        ),
    )
    SESSION = "session", _("Until the session or the link runs out")


MONTHS = {
    Retention.LEFT: "retention_left_months",
    Retention.PLANNING: "retention_planning_months",
    Retention.LETTERS: "retention_letters_months",
    Retention.ENQUIRIES: "retention_enquiries_months",
    Retention.TRAIL: "retention_audit_months",
}


class Erasure(models.TextChoices):
    """What becomes of a field when a household is erased."""

    ROW = "row", _("Deleted with its row")
    BLANK = "blank", _("Emptied; the row stays as a number")
    UNLINK = "unlink", _("The reference is taken away")
    KEEP = "keep", _("Stays")


class About(models.TextChoices):
    NEWCOMERS = "newcomers", _("Newcomers")
    STAFF = "staff", _("Staff")
    CONTACTS = "contacts", _("People who are named as contacts")
    HOSTS = "hosts", _("Hosts")
    STORYTELLERS = "storytellers", _("Residents who tell why they stay")
    OWNERS = "owners", _("Owners of empty farms and houses")
    ASKERS = "askers", _("People who ask the municipality something")


@dataclass(frozen=True)
class Activity:
    """One line of the records of processing (GDPR art. 30): why a slice holds what it holds."""

    code: str
    about: About
    purpose: Words
    basis: Basis
    retention: Retention
    source: Words
    recipients: Words


@dataclass(frozen=True)
class Personal:
    """A field that tells something about somebody. `keep` says why it stays where erasure leaves it. `veiled`: it
    can tell where they live, lived or went, so it is emptied at once when address protection comes."""

    kind: Kind
    erasure: Erasure = Erasure.ROW
    shown: bool = True  # In the access report.
    basis: Basis | None = None  # Where it differs from the activity's.
    keep: Words = ""
    veiled: bool = False
    # What the report says of a row's field, where its value alone says little.
    words: Callable[[Any], str] | None = None

    def __post_init__(self) -> None:
        if (self.erasure == Erasure.KEEP) != bool(self.keep):
            raise ValueError("What stays says why, and nothing else does.")


Rows = Callable[[Any], models.QuerySet[Any]]


@dataclass(frozen=True)
class Declaration:
    """Of one model. `rows` finds what of it belongs to a household, for the access report and the
    erasure; None where no row is about a household. `of_person` finds what of that is one person's alone, by
    their phone or e-mail, and goes with them."""

    label: str
    personal: Mapping[str, Personal]
    plain: frozenset[str]
    activity: Activity | None = None
    rows: Rows | None = None
    of_person: Rows | None = None
    optional: bool = False  # Of an app that need not be installed.
    activities: tuple[Activity, ...] = field(default=())  # Further ones that use the same rows.

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)


def _exists(label: str) -> bool:
    try:
        apps.get_model(label)
    except LookupError:
        return False
    return True


def declare(
    model: type[models.Model] | str,
    *,
    activity: Activity,
    personal: Mapping[str, Kind | Personal],
    plain: Iterable[str] = (),
    rows: Rows | None = None,
    of_person: Rows | None = None,
    optional: bool = False,
    activities: tuple[Activity, ...] = (),
) -> Declaration:
    """A model with personal fields; those that are none are named in `plain`."""
    fields = {
        name: said if isinstance(said, Personal) else Personal(said, shown=said != Kind.STAFF)
        for name, said in personal.items()
    }
    label = model if isinstance(model, str) else model._meta.label
    return Declaration(label, fields, frozenset(plain), activity, rows, of_person, optional, activities)


def nothing_personal(model: type[models.Model] | str, *plain: str, optional: bool = False) -> Declaration:
    """A model of the place, the product or the machinery; its fields are named all the same, so that a new
    one is thought about."""
    label = model if isinstance(model, str) else model._meta.label
    return Declaration(label, {}, frozenset(plain), optional=optional)


# --- the index ---------------------------------------------------------------------------------


@cache
def declarations() -> tuple[Declaration, ...]:
    """Of all installed models, as the apps' index files `personal.py` list them."""
    found: list[Declaration] = []
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "personal"):
            found += import_module(f"{config.name}.personal").DECLARATIONS
    return tuple(said for said in found if not said.optional or _exists(said.label))


def of_households() -> list[Declaration]:
    """Those with rows that belong to a household."""
    return [said for said in declarations() if said.rows is not None]


def activities() -> list[Activity]:
    """Each once, in the order in which they are declared."""
    used = {
        activity.code: activity
        for said in declarations()
        for activity in (said.activity, *said.activities)
        if activity is not None
    }
    return list(used.values())


def faults() -> Iterator[str]:
    """What is not declared, declared twice, or declared and not there: a sentence each."""
    said = {entry.label: entry for entry in declarations()}
    if len(said) < len(declarations()):
        yield "A model is declared twice."
    for model in apps.get_models():
        label = model._meta.label
        if model._meta.proxy:
            continue
        if label not in said:
            yield (
                f"{label} is not declared: say in the personal.py of its slice, by `declare` or"
                " `nothing_personal`, what each of its fields tells about people."
            )
            continue
        entry, fields = said[label], {column.name for column in model._meta.concrete_fields}
        declared = set(entry.personal) | entry.plain
        for name in sorted(fields - declared):
            yield (
                f"{label}.{name} is not declared: is it personal (which kind, shown in the access report, how"
                " erased), or plain?"
            )
        for name in sorted(declared - fields):
            yield f"{label}.{name} is declared but is no field."
        for name in sorted(set(entry.personal) & entry.plain):
            yield f"{label}.{name} is declared both personal and plain."
    for label in sorted(set(said) - {model._meta.label for model in apps.get_models()}):
        yield f"{label} is declared but is no model."
