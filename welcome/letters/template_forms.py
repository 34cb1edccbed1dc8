"""The letter as staff edit it: which blocks, in what order, and their words in each language."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminTextInputWidget

from municipalities.municipality.models import Municipality, TextKind, texts_of
from municipalities.texts.forms import RichTextInput, RichTextWidget, tidy
from municipalities.texts.languages import LANGUAGES
from welcome.households.models import Household
from welcome.letters import default_blocks, fields, problems, salutation, trying
from welcome.letters.layout import LayoutError
from welcome.letters.speaking import spoken
from welcome.letters.template_models import BlockKind, LetterTemplate

TITLE, BODY = 120, 4000
WITHOUT_TITLE = {BlockKind.SIGNATURE}
TOLD = {"host": _("a host"), "meeting": _("a meeting"), "gifts": _("gifts")}
EXAMPLES = {
    "short": _("A made-up short name"),
    "long": _("A made-up very long name, with children"),
    "couple": _("A made-up couple of one name"),
    "family": _("A made-up family"),
    "many": _("Four made-up adults"),
}
NOTABLE = {
    "short": _("Shortest name"),
    "long": _("Longest name"),
    "family": _("With children"),
    "many": _("Most adults"),
}


@dataclass(frozen=True)
class TextFields:
    language: str
    name: str
    rtl: bool
    title: forms.BoundField | None
    body: forms.BoundField
    is_open: bool


@dataclass(frozen=True)
class BlockFields:
    kind: str
    label: str
    order: forms.BoundField
    shown: forms.BoundField | None  # None: always.
    texts: list[TextFields]
    fields: list[fields.Field]
    is_first: bool
    is_last: bool


class TemplateForm(forms.Form):
    """`template` is the newest version, which is shown first and must still be the newest when it is saved."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, municipality: Municipality, template: LetterTemplate
    ) -> None:
        super().__init__(data)
        self.wrong: set[str] = set()  # The fields whose errors are shown, once the form is checked.
        self.municipality = municipality
        self.greetings = texts_of(municipality, TextKind.GREETING)
        self.languages = [
            code
            for code in LANGUAGES
            if code in municipality.languages or self.greetings.in_language(code) is not None
        ]
        self.initial["seen"] = template.version
        for place, block in enumerate(template.blocks, start=1):
            self._add(place, block)

    def _add(self, place: int, block: dict[str, Any]) -> None:
        kind = block["kind"]
        self.fields[f"{kind}-order"] = forms.IntegerField(
            label=_("Place in the letter"), min_value=1, max_value=99, initial=place
        )
        if kind == BlockKind.GREETING:
            return
        self.fields[f"{kind}-shown"] = forms.BooleanField(
            label=_("In the letter"), required=False, initial=block["shown"]
        )
        for language in self.languages:
            text = _words(block, language)
            attributes = {"lang": language, "dir": "rtl" if LANGUAGES[language].rtl else "ltr"}
            if kind not in WITHOUT_TITLE:
                self.fields[f"{kind}-{language}-title"] = forms.CharField(
                    label=_("Heading"),
                    max_length=TITLE,
                    required=False,
                    initial=text["title"],
                    widget=UnfoldAdminTextInputWidget(attrs=attributes),
                )
            self.fields[f"{kind}-{language}-body"] = RichTextInput(
                label=_("Text"),
                max_length=BODY,
                required=False,
                initial=text["body"],
                widget=RichTextWidget(attrs=attributes),
            )

    # --- as it is typed ------------------------------------------------------------------------

    def kinds(self) -> list[str]:
        """In the order of the numbers that are typed; what is no number stays last."""

        def place(kind: str) -> int:
            typed = str(self[f"{kind}-order"].value() or "")
            return int(typed) if typed.isdecimal() and len(typed) < 4 else 999

        return sorted(
            (name.removesuffix("-order") for name in self.fields if name.endswith("-order")), key=place
        )

    def blocks(self) -> list[dict[str, Any]]:
        """The blocks as they are typed, right or wrong."""
        return [
            {
                "kind": kind,
                "shown": kind == BlockKind.GREETING or bool(self[f"{kind}-shown"].value()),
                "texts": self._texts(kind) if kind != BlockKind.GREETING else {},
            }
            for kind in self.kinds()
        ]

    def _texts(self, kind: str) -> dict[str, dict[str, str]]:
        texts = {}
        for language in self.languages:
            heading = self._title(kind, language)
            title = str(heading.value() or "").strip() if heading else ""
            body = tidy(str(self[f"{kind}-{language}-body"].value() or ""))
            if title or strip_tags(body).strip():
                texts[language] = {"title": title[:TITLE], "body": body}
        return texts

    def _title(self, kind: str, language: str) -> forms.BoundField | None:
        return None if kind in WITHOUT_TITLE else self[f"{kind}-{language}-title"]

    def moved(self, kind: str, by: int) -> "TemplateForm":
        """The same form with this block one place up (-1) or down (1), and the numbers put straight."""
        kinds = self.kinds()
        if kind in kinds:
            here = kinds.index(kind)
            there = min(max(here + by, 0), len(kinds) - 1)
            kinds.insert(there, kinds.pop(here))
        data = self.data.copy()  # type: ignore[attr-defined]
        for place, name in enumerate(kinds, start=1):
            data[f"{name}-order"] = str(place)
        return TemplateForm(
            data, municipality=self.municipality, template=LetterTemplate(version=0, blocks=self.blocks())
        )

    # --- checked -------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        for kind in self.kinds():
            for language in self.languages if kind != BlockKind.GREETING else []:
                self._check(kind, language)
        return self.cleaned_data

    def _check(self, kind: str, language: str) -> None:
        title, body = f"{kind}-{language}-title", f"{kind}-{language}-body"
        for name in filter(self.fields.__contains__, (title, body)):
            for fault in fields.faults(self.cleaned_data.get(name, ""), kind):
                self.add_error(name, fault)
        written = strip_tags(self.cleaned_data.get(body, "")).strip()
        if self.cleaned_data.get(f"{kind}-shown") and not written and body not in self.errors:
            self.add_error(
                body,
                _("There are no words in %(language)s: write them, or take the block out of the letter.")
                % {"language": LANGUAGES[language].own_name},
            )

    def lay_out(self) -> None:
        """Adds an error where a letter with everything in it, to the longest names, does not keep to its pages:
        at the longest text of that language. Takes a tenth of a second a language."""
        try:
            trial = trying.Trial(self.municipality, LetterTemplate(blocks=self.blocks()))
        except OSError:
            self.add_error(None, _("The arms or the signature can't be read; upload them again."))
            return
        for language in self.languages:
            if self.greetings.in_language(language) is None:
                continue  # No letter is ever made in it.
            try:
                pages = trial.pages(language, trying.EXAMPLES["long"])
            except LayoutError as error:
                self.add_error(self._longest(language), str(error))
                continue
            if pages > problems.PERSONAL_PAGES:
                self.add_error(
                    self._longest(language),
                    ngettext(
                        "Too long: with a long name, a host, a meeting and gifts the letter takes %(pages)d pages, and"
                        " there is room on %(room)d.",
                        "Too long: with a long name, a host, a meeting and gifts the letter takes %(pages)d pages, and"
                        " there is room on %(room)d.",
                        pages,
                    )
                    % {"pages": pages, "room": problems.PERSONAL_PAGES},
                )

    def _longest(self, language: str) -> str | None:
        bodies = [
            (len(block["texts"][language]["body"]), f"{block['kind']}-{language}-body")
            for block in self.blocks()
            if block["shown"] and language in block["texts"]
        ]
        return max(bodies)[1] if bodies else None

    # --- shown ---------------------------------------------------------------------------------

    def rows(self) -> Iterator[BlockFields]:
        kinds = self.kinds()
        for kind in kinds:
            has_words = kind != BlockKind.GREETING
            yield BlockFields(
                kind=kind,
                label=str(BlockKind(kind).label),
                order=self[f"{kind}-order"],
                shown=self[f"{kind}-shown"] if has_words else None,
                texts=[self._text_fields(kind, language) for language in self.languages] if has_words else [],
                fields=fields.of_block(kind),
                is_first=kind == kinds[0],
                is_last=kind == kinds[-1],
            )

    def _text_fields(self, kind: str, language: str) -> TextFields:
        known = LANGUAGES[language]
        is_wrong = bool({f"{kind}-{language}-title", f"{kind}-{language}-body"} & self.wrong)
        is_first = language == self.municipality.home_language and bool(self[f"{kind}-shown"].value())
        return TextFields(
            language,
            known.own_name,
            known.rtl,
            self._title(kind, language),
            self[f"{kind}-{language}-body"],
            is_wrong or is_first,
        )

    def greeting_texts(self) -> list[tuple[str, str, bool, str]]:
        """(language, its name, right to left, words) of the greeting, "" where there is none."""
        return [
            (code, LANGUAGES[code].own_name, LANGUAGES[code].rtl, text.body if text else "")
            for code in self.languages
            for text in [self.greetings.in_language(code)]
        ]


def _words(block: dict[str, Any], language: str) -> dict[str, str]:
    if language in block["texts"]:
        text: dict[str, str] = block["texts"][language]
        return text
    if spoken(language) == language:
        return default_blocks.words_for(block["kind"], language)
    return {"title": "", "body": ""}


class PreviewForm(forms.Form):
    """With whom, in what language, and with what to tell the letter is tried. `households` by why, as
    `trying.notable` finds them; none for who may not see people."""

    home = forms.ChoiceField(label=_("To whom"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    told = forms.MultipleChoiceField(
        label=_("With"),
        choices=list(TOLD.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        languages: list[str],
        home: str,
        households: dict[str, Household],
    ) -> None:
        # A form that is sent without a choice is shown as it first was.
        super().__init__(data if data is not None and "preview-language" in data else None, prefix="preview")
        self.households = {str(household.pk): household for household in households.values()}
        real = [(str(household.pk), _named(why, household)) for why, household in households.items()]
        self.fields["home"].choices = [  # type: ignore[attr-defined]
            *([(_("Households that are here"), list(dict(real).items()))] if real else []),
            (_("Examples"), list(EXAMPLES.items())),
        ]
        self.fields["language"].choices = [(code, LANGUAGES[code].own_name) for code in languages]  # type: ignore[attr-defined]
        self.initial = {
            "home": real[0][0] if real else "family",
            "language": home if home in languages else languages[0],
            "told": list(TOLD),
        }

    def chosen(self) -> tuple[str, str, set[str]]:
        """Household's number or example's name, language, and what is told; the first of each where nothing
        that is offered was sent."""
        if self.is_bound:
            self.full_clean()
            return (
                self.cleaned_data.get("home") or self.initial["home"],
                self.cleaned_data.get("language") or self.initial["language"],
                set(self.cleaned_data.get("told", [])),
            )
        return self.initial["home"], self.initial["language"], set(TOLD)


def _named(why: str, household: Household) -> str:
    if why.startswith("language-"):
        reason = LANGUAGES[why.removeprefix("language-")].own_name
    else:
        reason = str(NOTABLE[why])
    adults = trying.home_of(household, timezone.localdate()).adults
    return f"{reason}: {salutation.greeting_names(adults, household.language)}"
