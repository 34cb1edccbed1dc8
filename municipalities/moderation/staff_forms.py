from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from municipalities.moderation.models import State

VERBS = {
    State.DRAFT: ["publish", "take_out"],
    State.WAITING: ["publish", "send_back", "decline"],
    State.PUBLISHED: ["reserve", "extend", "take_out"],
    State.RESERVED: ["free", "extend", "take_out"],
    State.GONE: ["take_up"],
}


class DecisionForm(forms.Form):
    """What becomes of it, with a word to who sent it in."""

    verb = forms.ChoiceField(
        choices=[(verb, verb) for verb in {v for verbs in VERBS.values() for v in verbs}]
    )
    word = forms.CharField(
        label=_("A word to who sent it in"),
        help_text=_("What should be changed, or why not. It goes by e-mail."),
        max_length=1000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("verb") == "send_back" and not said.get("word"):
            self.add_error("word", _("Say in a few words what should be changed."))
        return said
