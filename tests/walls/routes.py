"""Every address of the product, from the URL resolver, and how to ask for it."""

import re
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import URLResolver, get_resolver

from municipalities.links.purposes import Purpose


@dataclass(frozen=True)
class Route:
    """`text` is as the resolver has it, below a language written as <language>/; `key` is what
    `declared.py` calls it: its name with its namespace, or, for one without a name, its text."""

    key: str
    text: str
    parts: tuple[str, ...]
    model: type[Model] | None  # Whose page of the staff site it is.
    purpose: Purpose | None  # Of the links that open it.

    def __str__(self) -> str:
        return self.text or "(the first page)"


_FOLDERS = {f"admin/{m._meta.app_label}/{m._meta.model_name}/": m for m in admin.site._registry}


def _walk(patterns: Any, before: str = "", namespaces: tuple[str, ...] = ()) -> Any:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            prefixed = type(pattern.pattern).__name__ == "LocalePrefixPattern"
            inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(
                pattern.url_patterns, before + ("<language>/" if prefixed else str(pattern.pattern)), inside
            )
        else:
            text = before + str(pattern.pattern)
            parts = dict.fromkeys([*re.findall(r"<(?:\w+:)?(\w+)>", text)])
            key = ":".join([*namespaces, pattern.name]) if pattern.name else text
            folder = next((model for folder, model in _FOLDERS.items() if before == folder), None)
            yield Route(key, text, tuple(parts), folder, getattr(pattern.callback, "purpose", None))


def all_routes() -> list[Route]:
    """Of two with the same text the first: the other is never reached."""
    return list({route.text: route for route in reversed([*_walk(get_resolver().url_patterns)])}.values())[
        ::-1
    ]


def addresses_of(route: Route, values: dict[str, list[Any]]) -> list[str]:
    """The route with every combination of `values`, by part."""
    found = []
    for chosen in product(*(values[part] for part in route.parts)):
        text = route.text
        for part, value in zip(route.parts, chosen, strict=True):
            written = rf"<(?:\w+:)?{part}>|\(\?P<{part}>(?:[^()]|\([^()]*\))*\)"
            text = re.sub(written, str(value).replace("\\", ""), text, count=1)
        found.append("/" + re.sub(r"[\^$]", "", text))
    return found
