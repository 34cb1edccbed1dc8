"""What staff fill in on the run's pages: little, and nothing that the run knows already."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.tenancy.access import Access
from municipalities.tenancy.roles import Right
from welcome.households.quarters import Quarter
from welcome.letters.models import LeftOutReason, LetterRun

QUARTERS_OFFERED = 4  # The last one first; earlier ones for letters that were forgotten.


def quarter_name(quarter: Quarter) -> str:
    return _("quarter %(number)s of %(year)s") % {"number": quarter.number, "year": quarter.year}


class EnsureForm(forms.Form):
    """Which quarter's letters to make ready, in a municipality whose letters the user may run."""

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = access.only_municipality(Right.RUN_LETTERS)
        self.fields["municipality"] = forms.ModelChoiceField(
            access.municipalities(Right.RUN_LETTERS),
            label=_("Municipality"),
            initial=only,
            disabled=only is not None,  # What a browser sends for it is then not even read.
            widget=forms.Select if only is None else forms.HiddenInput,
        )
        quarters = [Quarter.current().previous]
        while len(quarters) < QUARTERS_OFFERED:
            quarters.append(quarters[-1].previous)
        self.fields["quarter"] = forms.TypedChoiceField(
            label=_("Quarter"), choices=[(str(q), quarter_name(q)) for q in quarters], coerce=Quarter.parse
        )


class FreezeForm(forms.Form):
    dated = forms.DateField(
        label=_("Date on the letters"),
        help_text=_("Empty: today."),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_dated(self) -> Any:
        dated = self.cleaned_data["dated"]
        if dated and abs((dated - timezone.localdate()).days) > 92:
            raise forms.ValidationError(_("Choose a date within three months of today."))
        return dated


class SureForm(forms.Form):
    """A tick for what can't be taken back."""

    sure = forms.BooleanField(
        label=_("Yes, I am sure"), error_messages={"required": _("Tick that you are sure; nothing was done.")}
    )


class WithdrawForm(forms.Form):
    """Why one household gets no letter after all. Protection is marked at the household and merging is
    done there, never here."""

    reason = forms.ChoiceField(
        label=_("Why they get no letter"),
        choices=[
            choice
            for choice in LeftOutReason.choices
            if choice[0] not in {LeftOutReason.PROTECTED, LeftOutReason.MERGED}
        ],
        initial=LeftOutReason.ASKED_NOT_TO,
    )


class ApproveForm(forms.Form):
    """`seen` is when the letters that the user looked at were frozen, and their proof: who approves what
    somebody has frozen or proved anew in the meantime would approve letters and warnings that nobody has read."""

    seen = forms.CharField(widget=forms.HiddenInput)
    sure = forms.BooleanField(
        label=_("I have looked at the samples and the warnings, and the letters may be printed."),
        error_messages={"required": _("Tick that you have looked at the samples and the warnings.")},
    )

    def __init__(self, *args: Any, run: LetterRun, **kwargs: Any) -> None:
        self.run = run
        super().__init__(*args, **kwargs)
        self.initial["seen"] = version_of(run)

    def clean_seen(self) -> str:
        seen = str(self.cleaned_data["seen"])
        if seen != version_of(self.run):
            raise forms.ValidationError(
                _("The run has been frozen or proved anew since you looked at it. Look at the letters again.")
            )
        return seen


def version_of(run: LetterRun) -> str:
    """Tells one freezing of a run from another, and one proof of it."""
    proof = run.proofs.order_by("-pk").values_list("pk", flat=True).first()
    return f"{run.frozen_at.isoformat()} {proof}" if run.frozen_at else ""


class BounceForm(forms.Form):
    """Somebody reads the mailbox, and an e-mail has come back."""

    number = forms.IntegerField(label=_("Letter number"), min_value=1, max_value=2_000_000)
