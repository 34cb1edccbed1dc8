"""Forms that anybody may send, without a login and without a puzzle to solve.

Programs that fill in every form they find are told from people by two things: a field that no person sees,
and the time between the page and its form, signed so that nobody can make it up. Whoever is taken for a
program by mistake is told what to do, and what they wrote stays. How often one may send is `limits.py`.
"""

from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

LEAST_SECONDS = 3
MOST_SECONDS = 24 * 3600


class AnybodyForm(forms.Form):
    """`purpose` keeps a stamp of one form from being used in another."""

    purpose = ""

    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    leave_empty = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fresh_stamp = signing.TimestampSigner(salt=f"anybody.{self.purpose}").sign("form")
        self.initial["stamp"] = self.fresh_stamp

    def clean_leave_empty(self) -> str:
        if self.cleaned_data["leave_empty"]:
            raise forms.ValidationError(_("Empty this field and send once more; it is a trap for programs."))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if problem := self._problem():
            self.add_error(None, problem)
            # Shown again with a stamp that is good; what was sent can't be written into.
            data: Any = self.data.copy()  # type: ignore[attr-defined]
            data[self.add_prefix("stamp")] = self.fresh_stamp
            self.data = data
        return cleaned

    def _problem(self) -> Any:
        signer = signing.TimestampSigner(salt=f"anybody.{self.purpose}")
        stamp = self.cleaned_data.get("stamp", "")
        try:
            signer.unsign(stamp, max_age=MOST_SECONDS)
        except signing.BadSignature:  # SignatureExpired is one.
            return _("This page has been open for long. What you wrote is still here: send it once more.")
        try:
            signer.unsign(stamp, max_age=LEAST_SECONDS)
        except signing.SignatureExpired:
            return None
        return _("That was quick. If you are a person, wait a moment and send it once more.")
