from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
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


MOST_BYTES = 500_000  # Of a file with codes.


class ReceiveForm(forms.Form):
    count = forms.IntegerField(label=_("How many came"), min_value=1, max_value=100_000)
    reason = forms.CharField(
        label=_("From whom, or a note"), max_length=120, required=False, widget=forms.TextInput
    )


class CountForm(forms.Form):
    counted = forms.IntegerField(label=_("How many there are"), min_value=0, max_value=100_000)
    why = forms.CharField(
        label=_("Why the count was wrong"),
        max_length=120,
        help_text=_("Such as what was found, broken or given away."),
    )


class CodesForm(forms.Form):
    codes = forms.CharField(
        label=_("Codes, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocapitalize": "characters"}),
    )
    file = forms.FileField(
        label=_("Or a file with them"),
        required=False,
        help_text=_("Text or CSV in UTF-8; only the first column is read, and no headings."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large for a list of codes."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This is no text in UTF-8. Save it as CSV UTF-8.")) from error

    @property
    def lines(self) -> list[str]:
        typed = str(self.cleaned_data.get("codes") or "").splitlines()
        return typed + str(self.cleaned_data.get("file") or "").splitlines()
