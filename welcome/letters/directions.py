"""Numbers in text that runs from right to left: a telephone number, a date or an hour is read as it is written, and a
line that is not told so would turn its parts round."""

import re

from django.utils.safestring import SafeString, mark_safe

# Tags and character references stay as they are.
_MARKUP = re.compile(r"(<[^>]*>|&#?\w+;)")
# `+47 32 08 50 00`, `3.12.2026`, `9–15`: digits with something between them, or a sign before them.
_NUMBER = re.compile(r"[+#*]\d+(?:[ \u00a0\u202f.,:/–-]*\d+)*|\d+(?:[ \u00a0\u202f.,:/–-]+\d+)+")


def isolated(html: str) -> SafeString:
    """`html`, which is safe to print, with each such number held together."""
    parts = _MARKUP.split(html)
    parts[::2] = [_NUMBER.sub(r'<bdi class="ltr nowrap" dir="ltr">\g<0></bdi>', part) for part in parts[::2]]
    return mark_safe("".join(parts))  # noqa: S308 - it was safe before
