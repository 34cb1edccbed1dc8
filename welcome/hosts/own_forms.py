"""What hosts and households fill in behind their links."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from welcome.hosts.following import LONGEST_NOTE

WEEKS = [2, 4, 8]


class ContactForm(forms.Form):
    """Which of the buttons was pressed says what happened; the rest may be left as it is."""

    minutes = forms.TypedChoiceField(
        label=_("How long did it take?"),
        coerce=int,
        required=False,
        choices=[
            (0, _("I do not count")),
            (15, _("A quarter of an hour")),
            (30, _("Half an hour")),
            (60, _("An hour")),
            (120, _("Two hours")),
            (180, _("Three hours")),
            (300, _("Half a day")),
        ],
    )
    note = forms.CharField(
        label=_("A word, if you like"),
        help_text=_("Those who work with newcomers read it, and the household can ask to see it."),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PauseForm(forms.Form):
    weeks = forms.TypedChoiceField(
        label=_("How long?"),
        coerce=int,
        choices=[(n, ngettext_lazy("%(n)d week", "%(n)d weeks", n) % {"n": n}) for n in WEEKS],
    )


class ReplyForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("How has it been?"),
        coerce=int,
        widget=forms.RadioSelect,
        choices=[
            (5, _("Very good")),
            (4, _("Good")),
            (3, _("All right")),
            (2, _("Not so good")),
            (1, _("Bad")),
        ],
    )
    words = forms.CharField(
        label=_("What could we do better?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["score"].error_messages["required"] = _("Choose one of the five.")
