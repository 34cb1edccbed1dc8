"""Forms that know whose municipality they write in."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet

from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import Membership, User


def municipality_id_of(obj: models.Model | None) -> int | None:
    """Where `obj` belongs; None while that is undecided, or for what belongs to none."""
    return obj.pk if isinstance(obj, Municipality) else getattr(obj, "municipality_id", None)


class ScopedForm(forms.ModelForm):
    """Refuses what belongs to another municipality, also where the user works in both, and shows
    every violated constraint as an error, whether or not its fields are in the form."""

    municipality_id: int | None = None  # Of the page's object, where this form is a row below it.
    crosses: ClassVar[set[str]] = set()  # Fields that may lead out of the municipality.

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        self.validate_constraints()
        home = self.municipality_id or municipality_id_of(self.instance)
        if home is None:
            return
        for name, value in list(self.cleaned_data.items()):
            if name in self.crosses:
                continue
            for obj in value if isinstance(value, models.QuerySet) else [value]:
                if isinstance(obj, models.Model) and not belongs_to(obj, home):
                    self.add_error(name, _("This belongs to another municipality."))

    def validate_constraints(self) -> None:
        """Django leaves out those on fields that are not in the form; the database would not."""
        try:
            self.instance.validate_constraints(exclude=set(self.errors))
        except ValidationError as error:
            for name, problems in error.update_error_dict({}).items():
                place = name if name in self.fields else NON_FIELD_ERRORS
                told: list[str] = [str(message) for message in self.errors.get(place, ())]
                for problem in problems:
                    if problem.messages[0] not in told:
                        self.add_error(None if place == NON_FIELD_ERRORS else place, problem)


def belongs_to(obj: models.Model, municipality_id: int) -> bool:
    if isinstance(obj, User):
        return Membership.objects.filter(user=obj, municipality=municipality_id).exists()
    return municipality_id_of(obj) in {None, municipality_id}


class ScopedFormSet(PaginationInlineFormSet):
    """Rows below an object are of its municipality."""

    def _construct_form(self, i: int, **kwargs: Any) -> forms.ModelForm:
        form = super()._construct_form(i, **kwargs)
        form.municipality_id = municipality_id_of(self.instance)
        below = hasattr(form.instance, "municipality_id") and self.fk.name != "municipality"
        if below and form.municipality_id is not None:
            form.instance.municipality_id = form.municipality_id
        return form

    def save_new(self, form: Any, commit: bool = True) -> Any:
        # On the page for a new parent its municipality was not known when the rows were made.
        home = municipality_id_of(self.instance)
        if hasattr(form.instance, "municipality_id") and home is not None:
            form.instance.municipality_id = home
        return super().save_new(form, commit)
