"""The base of every page of the staff site, in one place to import it from: what pages share (`scoped.py`),
a model's own pages (`pages.py`), rows below an object (`inlines.py`), files that go out (`exports.py`).
"""

from municipalities.tenancy.exports import ExportAdmin, WordedResource
from municipalities.tenancy.inlines import ScopedInline, ScopedStackedInline, ScopedTabularInline
from municipalities.tenancy.pages import ScopedAdmin
from municipalities.tenancy.scoped import Scoped, ScopedRelatedFilter, has_municipality

__all__ = [
    "ExportAdmin",
    "Scoped",
    "ScopedAdmin",
    "ScopedInline",
    "ScopedRelatedFilter",
    "ScopedStackedInline",
    "ScopedTabularInline",
    "WordedResource",
    "has_municipality",
]
