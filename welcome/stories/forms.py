from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.tenancy.forms import ScopedForm, ScopedFormSet
from municipalities.texts.forms import TextForm, TextFormSet
from welcome.stories.models import LONGEST_CONSENT, State, Story, StoryText


class StoryForm(ScopedForm):
    class Meta:
        model = Story
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        today, given, ends = timezone.localdate(), cleaned.get("consent_on"), cleaned.get("ends_on")
        if bool(given) != bool(cleaned.get("consent_how")):
            self.add_error("consent_how", _("Say both when and how they consented."))
        if given and given > today:
            self.add_error("consent_on", _("That day has not come yet."))
        if ends and ends > today + LONGEST_CONSENT:
            self.add_error("ends_on", _("At most three years ahead; then ask them again."))
        if self.instance.state == State.PUBLISHED and not given:
            self.add_error("consent_on", _("It is published: withdraw it first."))
        return cleaned


class StoryTextForm(TextForm, ScopedForm):
    class Meta:
        model = StoryText
        fields = ["title", "body", "source_language"]


class StoryTextFormSet(TextFormSet, ScopedFormSet):
    instance: Story

    def offered_languages(self) -> list[str]:
        return self.instance.municipality.languages if self.instance.municipality_id else []

    def home_language(self) -> str:
        return self.instance.municipality.home_language

    def new_text(self) -> dict[str, Any]:
        return {"municipality": self.instance.municipality}
