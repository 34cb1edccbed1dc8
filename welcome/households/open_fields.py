"""Fields of the forms that anybody may send: names that a letter can carry, languages, consents with their words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from municipalities.municipality.models import Municipality
from municipalities.tenancy.anybody import put_in
from municipalities.texts.languages import CHOICES
from welcome.households import cells
from welcome.households.consents import ConsentText
from welcome.households.problems import Problem


def name_field(label: Any, autocomplete: str, *, required: bool = True, limit: int = 80) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


def clean_name(text: str, limit: int = 80) -> str:
    """Raises ValidationError for what a letter can't carry."""
    try:
        return cells.name_of(text, limit=limit)
    except cells.Wrong as wrong:
        raise ValidationError(Problem(wrong.code, params=wrong.params).sentence) from wrong


def phone_field(help_text: Promise | str = "") -> PhoneNumberField:
    return PhoneNumberField(
        label=_("Phone"),
        help_text=help_text,
        region="NO",
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )


def languages_of(municipality: Municipality) -> list[tuple[str, str]]:
    """What the municipality offers comes first; the others are no promise, but good to know."""
    offered = [(code, name) for code, name in CHOICES if code in municipality.languages]
    return offered + [(code, name) for code, name in CHOICES if code not in municipality.languages]


class ConsentBox(forms.BooleanField):
    """Agreed to the words that were shown: `words`, in the language of the page. They are sent along by their mark."""

    words: ConsentText

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label=label, **kwargs)


def show_words(form: forms.Form, what: str, words: ConsentText) -> None:
    box: Any = form.fields[f"agree_{what}"]
    box.words = words
    # The pack takes a help text for HTML; these are somebody's words, perhaps in another language than the page.
    box.help_text = format_html('<span lang="{}" dir="auto">{}</span>', words.language, words.words)
    form.initial[f"seen_{what}"] = words.mark


def check_words(form: forms.Form, what: str, if_not: Any) -> None:
    """That the box is ticked, and beside the words as they are now: if those are others, they are read first."""
    said, box = form.cleaned_data, form.fields[f"agree_{what}"]
    if not said.get(f"agree_{what}"):
        form.add_error(f"agree_{what}", if_not)
    elif said.get(f"seen_{what}") != box.words.mark:  # type: ignore[attr-defined]
        form.add_error(
            f"agree_{what}", _("The words have changed since you opened the page. Please read them again.")
        )
        put_in(form, f"seen_{what}", box.words.mark)  # type: ignore[attr-defined]
