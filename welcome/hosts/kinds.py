"""The words of hosts and assignments: states, reasons, sides, what is noted and what is mailed."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AssignmentState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    ENDED = "ended", _("Ended")


RUNNING = [AssignmentState.PROPOSED, AssignmentState.AGREED]


class EndReason(models.TextChoices):
    HAND = "hand", _("Ended by a colleague")
    # Moved on or protected: which of them is told by the household to who may know, and not here.
    HOUSEHOLD = "household", _("Something has changed with the household")
    # Who of the two it was is not kept: nobody is blamed.
    DECLINED = "declined", _("One of them would rather not")
    UNWANTED = "unwanted", _("The household wants no host")
    SILENT = "silent", _("Nobody answered in time")
    WITHDRAWN = "withdrawn", _("One of them has stopped")
    COMPLETED = "completed", _("They stand on their own feet now")


# After these the two are not suggested to each other again.
PARTED = [
    EndReason.HAND, EndReason.DECLINED, EndReason.UNWANTED, EndReason.SILENT, EndReason.WITHDRAWN, EndReason.COMPLETED,
]  # fmt: skip
# After these the household does not wait for another.
WAITS_NO_MORE = [EndReason.UNWANTED, EndReason.COMPLETED]


class Side(models.TextChoices):
    HOUSEHOLD = "household", _("the household")
    HOST = "host", _("the host")


class ContactKind(models.TextChoices):
    MET = "met", pgettext_lazy("host", "We met")
    PHONE = "phone", pgettext_lazy("host", "We spoke by phone")
    MISSED = "missed", pgettext_lazy("host", "I could not reach them")


# What counts as having been in touch.
IN_TOUCH = [ContactKind.MET, ContactKind.PHONE]


class MailKind(models.TextChoices):
    ASKED = "asked", _("asked whether they agree")
    REMINDED = "reminded", _("reminded to answer")
    AGREED = "agreed", _("told that both agree")
    CONTACT = "contact", _("reminded of the first contact")
    LAST = "last", _("reminded of the first contact for the last time")
    CLOSING = "closing", _("reminded that the period ends")
    OVER = "over", _("told that it is over")
    FAREWELL = "farewell", _("thanked, and asked how it was")
