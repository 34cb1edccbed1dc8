"""How a text's standing looks in the staff site: a word in a coloured label, never a colour alone."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from municipalities.texts.models import Text, TextSet, TextState

COLOURS = {
    TextState.CURRENT: "success",
    TextState.DUE: "warning",
    TextState.BEHIND: "warning",
    TextState.MISSING: "danger",
}


def labels(text_set: TextSet[Any], languages: list[str]) -> SafeString:
    """`NB Current · EN Behind its source`: one label for each language that is offered."""
    states = [(code, text_set.state(code)) for code in languages]
    return render_to_string(
        "texts/labels.html",
        {"states": [(code, state.label, COLOURS[state]) for code, state in states]},
    )


def standing(text: Text, text_set: TextSet[Any]) -> SafeString:
    """The head of one text's form: language, state, who changed it when, and its source if that has
    moved on."""
    there = text_set.in_language(text.language)
    state = text_set.state(text.language)
    return render_to_string(
        "texts/standing.html",
        {
            "text": text,
            "is_there": there is not None,
            "state": state.label,
            "colour": COLOURS[state],
            "due_on": text_set.due_on(there) if there else None,
            "source": text_set.source_of(there) if there and state == TextState.BEHIND else None,
        },
    )
