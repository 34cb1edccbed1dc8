from typing import Any

from unfold.widgets import UnfoldAdminTextareaWidget

from municipalities.tenancy.forms import ScopedForm, ScopedFormSet
from municipalities.texts.forms import ShortTextForm, TextFormSet
from welcome.packages.models import Gift, GiftText


class GiftTextForm(ShortTextForm, ScopedForm):
    class Meta:
        model = GiftText
        fields = ["title", "brief", "source_language"]
        widgets = {"brief": UnfoldAdminTextareaWidget(attrs={"rows": 2})}


class GiftTextFormSet(TextFormSet, ScopedFormSet):
    instance: Gift

    def offered_languages(self) -> list[str]:
        return self.instance.municipality.languages if self.instance.municipality_id else []

    def home_language(self) -> str:
        return self.instance.municipality.home_language

    def new_text(self) -> dict[str, Any]:
        return {"municipality": self.instance.municipality}
