"""What the staff site's pages leave in the log of looks and changes, whatever the model."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.tenancy.forms import municipality_id_of


def changed_fields(form: Any, formsets: Iterable[Any]) -> list[str]:
    """Names only: `street`, `people.phone`, and `people` for a row that came or went."""
    names = set(form.changed_data)
    for formset in formsets or ():
        rows = formset.fk.remote_field.get_accessor_name() if hasattr(formset, "fk") else formset.prefix
        if formset.new_objects or formset.deleted_objects:
            names.add(rows)
        names |= {f"{rows}.{name}" for _row, changed in formset.changed_objects for name in changed}
    return sorted(names)


class Audited:
    """`shows_people`: its pages show newcomers, so a look is noted too. Changes are noted of every model."""

    shows_people = False
    model: type[models.Model]

    def places_of(self, obj: models.Model) -> list[int | None]:
        """The municipalities in whose log an entry about `obj` belongs; None is the installation's."""
        return [municipality_id_of(obj)]

    def note_change(self, request: HttpRequest, rows: Iterable[models.Model], action: str) -> None:
        fields = getattr(request, "_changed_fields", []) if action != Action.DELETED else []
        for row in rows:
            for place in self.places_of(row):
                recording.record(
                    action=action, of=row, municipality_id=place, fields=fields, by_id=request.user.pk
                )

    def note_list(self, response: HttpResponseBase) -> None:
        """Whoever is shown a page of a list has seen its rows."""
        shown = getattr(response, "context_data", None)
        if self.shows_people and shown and "cl" in shown:
            # Read here instead of by the template: the same query.
            rows = list(shown["cl"].result_list)
            note = f"rows={len(rows)}" + (" search" if shown["cl"].query else "")
            places = [place for row in rows if (place := municipality_id_of(row)) is not None]
            recording.list_of(model=self.model, municipality_ids=places, note=note)

    def note_look(self, response: HttpResponseBase, note: str = "") -> None:
        """A page with an object on it; a redirect and a refusal show nothing."""
        shown = getattr(response, "context_data", None)
        found = shown and (shown.get("original") or shown.get("object"))
        if self.shows_people and isinstance(found, self.model):
            recording.look(of=found, note=note)

    def note_export(self, rows: models.QuerySet[Any], path: str, count: int) -> None:
        places = set(rows.order_by().values_list(path, flat=True).distinct())
        recording.list_of(
            model=self.model, municipality_ids=places, action=Action.EXPORTED, note=f"rows={count}"
        )
