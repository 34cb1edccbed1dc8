"""What people write behind their links, on a phone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.tenancy.anybody import new_sending, put_in
from welcome.cooperation.models import LONGEST_IDEA, Answer, CooperationMeeting


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Will you come?"),
        choices=[
            (Answer.COMES, _("Yes, I come")),
            (Answer.AWAY, _("No, I can't come")),
            (Answer.SENDS, _("Somebody comes in my place")),
        ],
        widget=forms.RadioSelect,
    )
    sends = forms.CharField(
        label=_("Who comes in your place?"),
        help_text=_("Only if you send somebody: their name."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("answer") == Answer.SENDS and not said.get("sends"):
            self.add_error("sends", _("Say who comes instead, and only then."))
        return said


class IdeaForm(forms.Form):
    text = forms.CharField(
        label=_("Your idea"),
        help_text=_("One idea at a time, in a line or two. Write no names of people."),
        max_length=LONGEST_IDEA,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    table = forms.CharField(
        label=_("Your group or table"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    # What is sent twice, by a double tap or a slow net, is one idea.
    sent_as = forms.CharField(max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("sent_as", new_sending())

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "sent_as" in self.errors:
            # Who has meddled with it gets a fresh one, and what was typed stays.
            del self.errors["sent_as"]
            put_in(self, "sent_as", new_sending())
            self.add_error(None, _("Send it once more."))
        return said


class VoteForm(forms.Form):
    ideas = forms.MultipleChoiceField(
        label=_("What do you vote for?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, meeting: CooperationMeeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ideas: Any = self.fields["ideas"]
        ideas.choices = [(str(idea.pk), idea.text) for idea in meeting.ideas.all()]


class HelpForm(forms.Form):
    word = forms.CharField(
        label=_("What do you need?"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
