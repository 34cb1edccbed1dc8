from typing import Any

from municipalities.organisations.models import Organisation, OrganisationText
from municipalities.tenancy.forms import ScopedForm, ScopedFormSet
from municipalities.texts.forms import TextForm, TextFormSet


class OrganisationTextForm(TextForm, ScopedForm):
    NEEDS_TITLE = False  # Its name is enough where it is called the same in all languages.

    class Meta:
        model = OrganisationText
        fields = ["title", "body", "source_language"]


class OrganisationTextFormSet(TextFormSet, ScopedFormSet):
    instance: Organisation

    def offered_languages(self) -> list[str]:
        return self.instance.municipality.languages if self.instance.municipality_id else []

    def home_language(self) -> str:
        return self.instance.municipality.home_language

    def new_text(self) -> dict[str, Any]:
        return {"municipality": self.instance.municipality}
