"""Forms that anybody may send, without a login and without a puzzle to solve.

Programs that fill in every form they find are told from people by two things: a field that no person sees,
and the time between the page and its form, signed so that nobody can make it up. Whoever is taken for a
program by mistake is told what to do, and what they wrote stays. How often one may send is `limits.py`.
"""

import secrets
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

LEAST_SECONDS = 3
MOST_SECONDS = 24 * 3600


def new_sending() -> str:
    """The number of one form as it is shown: what is sent twice is one thing."""
    return secrets.token_urlsafe(12)


def put_in(form: forms.Form, name: str, value: str) -> None:
    """Another value for a hidden field than the one that came, for when the form is shown again: what was sent can't
    be written into."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data[form.add_prefix(name)] = value
    form.data = data


class AnybodyForm(forms.Form):
    """`purpose` keeps a stamp of one form from being used in another. `sending` is what the stamp of a valid form
    tells: the number of the page that it was typed into."""

    purpose = ""
    sending = ""

    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    leave_empty = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fresh_stamp = self._signer().sign(new_sending())
        self.initial["stamp"] = self.fresh_stamp

    def clean_leave_empty(self) -> str:
        if self.cleaned_data["leave_empty"]:
            raise forms.ValidationError(_("Empty this field and send once more; it is a trap for programs."))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if problem := self._problem():
            self.add_error(None, problem)
            put_in(self, "stamp", self.fresh_stamp)
        return cleaned

    def _signer(self) -> signing.TimestampSigner:
        return signing.TimestampSigner(salt=f"anybody.{self.purpose}")

    def _problem(self) -> Any:
        signer = self._signer()
        stamp = self.cleaned_data.get("stamp", "")
        try:
            self.sending = signer.unsign(stamp, max_age=MOST_SECONDS)
        except signing.BadSignature:  # SignatureExpired is one.
            return _("This page has been open for long. What you wrote is still here: send it once more.")
        try:
            signer.unsign(stamp, max_age=LEAST_SECONDS)
        except signing.SignatureExpired:
            return None
        return _("That was quick. If you are a person, wait a moment and send it once more.")
