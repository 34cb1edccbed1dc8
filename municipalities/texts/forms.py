"""Writing texts: one row for each language, all on one page, saved through the actions."""

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.contrib.forms.widgets import WysiwygWidget
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from municipalities.texts import actions
from municipalities.texts.languages import CHOICES, LANGUAGES
from municipalities.texts.models import RichTextField, Text

_BREAK = r"<br\s*/?>"
_PAIR_OF_BREAKS = re.compile(rf"(?:{_BREAK}\s*){{2,}}")
_AT_AN_EDGE = re.compile(rf"(<p>)(?:\s|&nbsp;|{_BREAK})+|(?:\s|&nbsp;|{_BREAK})+(</p>)")


def tidy(html: str) -> str:
    """What the editor in the browser sends, as sanitised paragraphs. The editor knows one `<div>` with
    breaks; also, `<b>` and `<i>` become `<strong>` and `<em>`, so that equal texts are equal strings."""
    html = re.sub(r"<(/?)div\b[^>]*>", r"<\1p>", html.strip())
    for theirs, ours in (("h1", "h2"), ("b", "strong"), ("i", "em")):
        html = re.sub(rf"<(/?){theirs}\b(?!r)[^>]*>", rf"<\1{ours}>", html)
    if html and not html.startswith("<"):
        # Typed without the editor: an empty line between paragraphs.
        html = "".join(f"<p>{part.strip()}</p>" for part in re.split(r"(?:\r?\n[ \t]*){2,}", html))
    html = re.sub(
        r"<p>.*?</p>", lambda found: _PAIR_OF_BREAKS.sub("</p><p>", found[0]), html, flags=re.DOTALL
    )
    html = _AT_AN_EDGE.sub(r"\1\2", html).replace("<p></p>", "")
    html = re.sub(_BREAK, "<br>", re.sub(r">\s*\n\s*<", "><", html))
    return RichTextField().get_prep_value(html)


def for_editor(html: str) -> str:
    """The other way: paragraphs that follow each other as one block, or the editor would glue them."""
    return re.sub(
        r"(?:<p>.*?</p>\s*)+",
        lambda run: f"<div>{'<br><br>'.join(re.findall(r'<p>(.*?)</p>', run[0], flags=re.DOTALL))}</div>",
        html,
        flags=re.DOTALL,
    )


class RichTextWidget(WysiwygWidget):
    """The theme's editor with tools of our own: only the marks that a text may have."""

    template_name = "texts/editor.html"

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> str:
        # The forms' own renderer doesn't look into the project's templates.
        return render_to_string(template_name, context)

    def format_value(self, value: Any) -> str:
        return for_editor(value or "")


class RichTextInput(forms.CharField):
    widget = RichTextWidget

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return tidy(initial or "") != tidy(data or "")


class TextForm(forms.ModelForm):
    """One language's text. `still_right` is what an editor ticks who has read it and changes nothing."""

    NEEDS_TITLE: ClassVar[bool] = True

    body = RichTextInput(label=_("Text"), required=False, max_length=6000)
    still_right = forms.BooleanField(
        label=_("I have read it, and it is still right"),
        required=False,
        widget=UnfoldBooleanWidget(),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True
        self.use_required_attribute = False
        self.current_version = self.instance.version if self.instance.pk else 0
        self.initial["seen_version"] = self.current_version
        language = self.instance.language
        if not self.instance.pk:
            # Nothing to have read yet.
            self.fields["still_right"].widget = forms.HiddenInput()
            self.fields["still_right"].disabled = True
        if "source_language" in self.fields:
            self.fields["source_language"].widget = UnfoldAdminSelectWidget(
                choices=[("", _("Nothing: written in this language"))]
                + [(code, name) for code, name in CHOICES if code != language]
            )
        if language:
            attributes = {"lang": language, "dir": "rtl" if LANGUAGES[language].rtl else "ltr"}
            for name in self._meta.model.WORDS:
                if name in self.fields:
                    self.fields[name].widget.attrs |= attributes

    def has_changed(self) -> bool:
        words = [self[name].data for name in self._meta.model.WORDS if name in self.fields]
        if self.current_version and str(self["seen_version"].data) == "0" and not any(words):
            return False  # A colleague has added this text meanwhile; here it was left empty.
        return bool(set(self.changed_data) - {"seen_version", self._meta.model._meta.pk.name})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen_version") not in {None, self.current_version}:
            self.add_error(
                None,
                _(
                    "Somebody has changed this text while you wrote. Keep a copy of yours, then open the "
                    "page anew to see theirs."
                ),
            )
        if "source_language" in self.fields:
            # `write` fills in the true version once the source itself is saved.
            translated = bool(cleaned.get("source_language"))
            self.instance.source_version = (self.instance.source_version or 0) if translated else None
        written = any(cleaned.get(name) for name in self._meta.model.WORDS)
        if written and self.NEEDS_TITLE and not cleaned.get("title"):
            self.add_error("title", _("A text needs a title."))
        return cleaned


class ShortTextForm(TextForm):
    """For a `ShortText`, which has no page of its own."""

    body = None  # type: ignore[assignment]


class TextFormSet(forms.BaseInlineFormSet):
    """The texts of one owner: a row for each that is there and for each offered language that has none.

    Rows are known by their language, not by their place: a text that a colleague adds meanwhile
    shifts nothing. `by` must be set before `save()`.
    """

    by: AbstractBaseUser | None = None
    model: Any

    def offered_languages(self) -> Iterable[str]:
        raise NotImplementedError

    def home_language(self) -> str:
        raise NotImplementedError

    def new_text(self) -> dict[str, Any]:
        """What tells these texts from others of the same owner."""
        return {}

    @cached_property
    def rows(self) -> list[Text]:
        there = {text.language: text for text in self._there()} if self.instance.pk else {}
        offered = [*self.offered_languages()]
        if self.max_num == 0:  # The reader may not write.
            return [*there.values()]
        return [
            there.get(code) or self.model(language=code, **self.new_text())
            for code in [*offered, *(code for code in there if code not in offered)]
        ]

    def _there(self) -> Iterable[Text]:
        """When somebody saves: read behind a lock that holds until their save is done. Who saves at the
        same moment waits, and is then told of the other's words; also where no row was there yet."""
        texts = self.get_queryset()
        if not self.is_bound:
            return texts
        list(
            type(self.instance)._default_manager.select_for_update().filter(pk=self.instance.pk).values("pk")
        )
        return texts.all().select_for_update(of=("self",))

    def total_form_count(self) -> int:
        return len(self.rows)

    def initial_form_count(self) -> int:
        return len(self.rows) if self.max_num == 0 else 0

    def add_prefix(self, index: int | str) -> str:
        return f"{self.prefix}-{self.rows[index].language if isinstance(index, int) else index}"

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        if index is not None and self.max_num != 0:
            text = kwargs["instance"] = self.rows[index]
            if not text.pk and text.language != self.home_language():
                kwargs["initial"] = {"source_language": self.home_language()}
        return kwargs

    def _construct_form(self, i: int, **kwargs: Any) -> forms.ModelForm:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        setattr(form.instance, self.fk.name, self.instance)
        return form

    def clean(self) -> None:
        sources = {
            form.instance.language: form.instance.source_language
            for form in self.forms
            if not form.instance.is_empty
        }
        for form in self.forms:
            text = form.instance
            source = sources.get(text.language)
            if not source or not form.has_changed():
                continue
            if source not in sources:
                form.add_error("source_language", _("There is no text in this language."))
            elif text.language in _chain(sources, source):
                form.add_error("source_language", _("A text can't be translated from its own translation."))

    def save(self, commit: bool = True) -> list[Text]:
        """Sources before their translations, so that a translation changed in the same breath knows
        the version it was made from."""
        self.new_objects: list[Text] = []
        self.changed_objects: list[tuple[Text, list[str]]] = []
        self.deleted_objects: list[Text] = []
        sources = {form.instance.language: form.instance.source_language for form in self.forms}
        changed = [form for form in self.forms if form.has_changed()]
        for form in sorted(changed, key=lambda form: len(_chain(sources, form.instance.source_language))):
            self._save_one(form)
        return [*self.new_objects, *(text for text, _names in self.changed_objects)]

    def _save_one(self, form: forms.ModelForm) -> None:
        text = form.instance
        setattr(text, self.fk.name, self.instance)
        siblings = self.model._default_manager.filter(**{self.fk.name: self.instance}, **self.new_text())
        before = siblings.filter(pk=text.pk).first() if text.pk else None
        if before is None and text.is_empty:
            return
        source = siblings.filter(language=text.source_language).first()
        actions.write(text=text, before=before, source=source, by=self.by)
        if form.cleaned_data.get("still_right"):
            actions.confirm(text=text, source=source)
        if before is None:
            self.new_objects.append(text)
        else:
            self.changed_objects.append((text, form.changed_data))


def _chain(sources: dict[str, str], first: str | None) -> list[str]:
    """The languages a translation from `first` goes back to, without running in circles."""
    chain: list[str] = []
    while first and first not in chain:
        chain.append(first)
        first = sources.get(first)
    return chain
