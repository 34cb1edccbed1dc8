"""What can be done, by whom, and how a log can be broken: the words of an entry and of a check. Apart from the
models, as the settings' logging is set up before any model can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    LOOKED = "looked", _("Looked at")
    SEARCHED = "searched", _("Searched or listed")
    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    DELETED = "deleted", _("Deleted")
    EXPORTED = "exported", _("Taken out as a file")
    DOWNLOADED = "downloaded", _("Downloaded")
    IMPORTED = "imported", _("Imported")
    PROTECTED = "protected", _("Address protection changed")
    MERGED = "merged", _("Merged")
    ERASED = "erased", _("Erased")
    FROZEN = "frozen", _("Frozen")
    THAWED = "thawed", _("Back to a draft")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Taken out of a run")
    RETRIED = "retried", _("Tried again")
    CANCELLED = "cancelled", _("Cancelled")
    REOPENED = "reopened", _("Opened again")
    FINISHED = "finished", _("Finished")
    SENT = "sent", _("Sent")
    CONSENTED = "consented", _("Consent given or taken back")
    ISSUED = "issued", _("Link given out")
    REVOKED = "revoked", _("Link called back")
    INVITED = "invited", _("Invited")
    LOCKED = "locked", _("Locked out")
    LOGGED_IN = "logged_in", _("Logged in")
    LOGGED_OUT = "logged_out", _("Logged out")
    LOGIN_FAILED = "login_failed", _("Login refused")


class Actor(models.TextChoices):
    STAFF = "staff", _("Colleague")
    LINK = "link", _("Somebody with a link")
    VISITOR = "visitor", _("Visitor without login")
    TASK = "task", _("The portal itself")
    COMMAND = "command", _("Command on the server")


class Fault(models.TextChoices):
    GONE = "gone", _("An entry was taken out")
    CHANGED = "changed", _("An entry or its seal was changed")
    GAP = "gap", _("Seals were taken out of the chain")
    BACKDATED = "backdated", _("An entry was put in with an earlier date")
    OUTSIDE = "outside", _("An entry stands outside the chain")
    CUT = "cut", _("The end of the chain was cut off or rewritten")


class Finding(models.TextChoices):
    HOLDS = "holds", _("As it was written")
    BROKEN = "broken", _("Not what was written")
    STOPPED = "stopped", _("Could not be finished")
