"""What the log's entries about letters say beside who did what: their codes in words."""

from django.utils.translation import gettext_lazy as _

from municipalities.audit.noted import say
from welcome.letters.delivery_models import Reason

say(
    {
        # Why a letter went on paper after all, as its delivery says it.
        **dict(Reason.choices),
        # --- what was looked at or done ---
        "letters": _("list of letters"),
        "left_out": _("list of those left out"),
        "samples": _("samples and problems of the proof"),
        "search": _("search for a letter"),
        "warnings": _("problems before the approval"),
        "failed": _("letters that failed"),
        "pdf": _("as PDF"),
        "manifest": _("list of what stands in the files"),
        "archive": _("all print files"),
        "pick_list": _("pick list"),
        "pick_list_csv": _("pick list as CSV"),
        "pick_list_pdf": _("pick list as PDF"),
        "labels": _("address labels"),
        "address_labels": _("address labels"),
        "proof": _("proof"),
        "letter-preview": _("preview of the letter"),
        "arrived": _("noted as delivered"),
        "on_paper": _("printed instead"),
        # --- counts and numbers ---
        "run": _("letter run"),
        "letter": _("letter"),
        "cohort": _("households:"),
        "file": _("print file"),
        "sequence": _("number"),
        "files": _("files:"),
        "addresses": _("addresses deleted:"),
        "hosts": _("hosts taken out:"),
        "version": _("version"),
    }
)
