from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from municipalities.learning.models import LearningPlace, LearningPlaceText, lines_of
from municipalities.tenancy.forms import ScopedForm, ScopedFormSet
from municipalities.texts.forms import ShortTextForm, TextFormSet


class LearningPlaceForm(ScopedForm):
    class Meta:
        model = LearningPlace
        fields = "__all__"
        widgets = {"zone": UnfoldAdminTextareaWidget(attrs={"rows": 8})}

    def clean_zone(self) -> str:
        """Each line once, without what blanks were around it."""
        lines = lines_of(self.cleaned_data["zone"])
        return "\n".join(dict.fromkeys(f"{code} {street}".strip() for code, street in lines))


class LearningPlaceTextForm(ShortTextForm, ScopedForm):
    NEEDS_TITLE = False  # Its name is enough where it is called the same in all languages.

    class Meta:
        model = LearningPlaceText
        fields = ["title", "brief", "source_language"]
        widgets: dict[str, forms.Widget] = {"brief": UnfoldAdminTextareaWidget(attrs={"rows": 2})}


class LearningPlaceTextFormSet(TextFormSet, ScopedFormSet):
    instance: LearningPlace

    def offered_languages(self) -> list[str]:
        return self.instance.municipality.languages if self.instance.municipality_id else []

    def home_language(self) -> str:
        return self.instance.municipality.home_language

    def new_text(self) -> dict[str, Any]:
        return {"municipality": self.instance.municipality}
