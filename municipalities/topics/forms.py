from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from municipalities.tenancy.forms import ScopedForm, ScopedFormSet
from municipalities.texts.forms import TextForm, TextFormSet
from municipalities.topics.models import Topic, TopicText


class TopicTextForm(TextForm, ScopedForm):
    class Meta:
        model = TopicText
        fields = ["title", "body", "brief", "source_language"]
        widgets = {"brief": UnfoldAdminTextareaWidget(attrs={"rows": 2})}


class TopicTextFormSet(TextFormSet, ScopedFormSet):
    instance: Topic

    def offered_languages(self) -> list[str]:
        return self.instance.municipality.languages if self.instance.municipality_id else []

    def home_language(self) -> str:
        return self.instance.municipality.home_language

    def new_text(self) -> dict[str, Any]:
        return {"municipality": self.instance.municipality}


class ChangeForm(forms.Form):
    """What an owner who opened the link of a reminder says is wrong."""

    what = forms.CharField(
        label=_("What needs a change?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Say in a few words what is wrong, so that somebody can put it right.")
        },
    )

    def clean_what(self) -> Any:
        return self.cleaned_data["what"].strip()
