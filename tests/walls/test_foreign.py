"""What belongs elsewhere can't even be guessed at: its number is answered like one that never was, and no
field of any form takes it. Addresses and forms come from the registry, so later ones are asked too."""

import re
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.forms import ModelChoiceField

from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from tests.test_tenancy import OF_AN_OBJECT, _filled, boss, elsewhere, home, planted  # noqa: F401
from tests.walls.planting import ADMINS, make

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on(
        "sqlite", why="what the code forgets shows where no wall of the database stands behind it"
    ),
]
NEVER = 987_654_321
# What differs from one answer of the same page to the next.
PASSING = re.compile(
    r'nonce="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": ?"[^"]+"|csrfToken[^,;]+'
)


def told(answer, address):
    words = answer.content.decode() if not answer.streaming else ""
    return answer.status_code, PASSING.sub("", words.replace(address, "what was asked for"))


def test_a_foreign_number_is_answered_like_one_that_never_was(planted, boss, client):  # noqa: F811
    client.force_login(boss)
    for pattern, model, parts in OF_AN_OBJECT:
        pairs = zip(
            _filled(pattern, model, parts, planted[model]),
            _filled(pattern, model, parts, SimpleNamespace(pk=NEVER)),
            strict=True,
        )
        for there, nowhere in pairs:
            for method in ("get", "post"):
                theirs = told(getattr(client, method)(there), there)
                nobodys = told(getattr(client, method)(nowhere), nowhere)
                assert theirs == nobodys, (method, there)


def _choices(page, request, row):
    """(name, field) of each field of the page and its inlines in which a row of another table is chosen."""
    forms = [page.get_form(request, row, change=row is not None)]
    forms += [formset.form for formset, _inline in page.get_formsets_with_inlines(request, row)]
    for form in forms:
        for field_name, field in form.base_fields.items():
            if isinstance(field, ModelChoiceField) and not field.disabled:
                yield f"{form.__name__}.{field_name}", field


def test_no_field_takes_what_belongs_elsewhere(planted, home, boss, rf):  # noqa: F811
    request = rf.get("/admin/")
    request.user = boss
    rows = {User: boss}
    for model, page in ADMINS:
        for row in (None, make(model, home, rows)):
            for field_name, field in _choices(page, request, row):
                other = planted.get(field.queryset.model)
                if other is None or (field.queryset.model is Municipality and row is None):
                    other = planted[Municipality]
                try:
                    field.clean(other.pk)
                except ValidationError:
                    continue
                pytest.fail(f"{field_name} takes {other}")


def test_there_are_fields_to_ask(planted, home, boss, rf):  # noqa: F811
    request = rf.get("/admin/")
    request.user = boss
    asked = [
        field_name
        for model, page in ADMINS
        for field_name, _field in _choices(page, request, make(model, home, {User: boss}))
    ]
    assert {"TopicForm.owner", "TopicContactForm.contact"} <= set(asked)
