"""The rows of one municipality, from a file: which column is what, what is new, what is wrong.

`ImportResource` is the part of django-import-export that works row by row. It tells of each row in a `Line` for the
preview, and what it tells is what is saved: `ImportResult.digest` is the same both times, or nothing is saved.
"""

import unicodedata
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import Result, RowResult
from import_export.widgets import Widget
from tablib import Dataset

from municipalities.municipality.models import Municipality
from municipalities.tenancy.import_cells import cell_of, in_each_language
from municipalities.tenancy.import_files import LINE
from municipalities.tenancy.import_lines import Change, ImportResult, ImportRowResult, Line, Verdict, shown
from municipalities.tenancy.models import User


class ImportResource(ModelResource):
    """Subclasses name in `Meta` the model and its fields, and say how a row is known again (`find`).

    `renewed` are the fields that a file may change of a row that is known; all others are read for new rows only.
    `words` are more headings for a column; a column that is no field of the model has a label in `extra`, and what
    reads it. `titled` are fields that the row's title tells. `ignored` are columns of the model's own export that a
    file may have, and that nothing is read from.
    """

    renewed: ClassVar[list[str]] = []
    titled: ClassVar[list[str]] = []
    words: ClassVar[dict[str, list[str]]] = {}
    extra: ClassVar[dict[str, tuple[Any, Widget]]] = {}
    ignored: ClassVar[list[str]] = []

    class Meta:
        skip_unchanged = True
        skip_html_diff = True
        clean_model_instances = True

    def __init__(self, *, municipality: Municipality | None = None, by: User | None = None) -> None:
        super().__init__()
        self.municipality = municipality
        self.by = by
        self.headings: dict[str, str] = {}
        self.unused: list[str] = []
        # Of the row at hand: what is wrong by column, fields whose fault follows from that, and what of the known
        # row it changes.
        self.wrong: dict[str, Any] = {}
        self.unjudged: set[str] = set()
        self.news: list[str] = []

    # --- what subclasses say ---------------------------------------------------------------------

    def find(self, row: dict[str, Any]) -> models.Model | None:
        """The known row that is meant, of this municipality."""
        raise NotImplementedError

    def missing(self, columns: set[str]) -> list[str]:
        """Labels of the columns without which no row can be read."""
        return []

    def check(self, instance: Any, row: dict[str, Any]) -> None:
        """What the model's fields don't know, its constraints among them: `refuse` tells of it. The constraints
        themselves are asked when the rows are saved, by the database: Django would ask it three times a row."""

    def title_of(self, row: dict[str, Any], instance: Any) -> str:
        """`instance` is None for a row that is refused."""
        raise NotImplementedError

    def add(self, instance: Any) -> None:
        instance.save(force_insert=True)

    def more_changes(self) -> list[Change]:
        """Of the row at hand, beside those of the model's own fields."""
        return []

    def refuse(self, column: str, sentence: str) -> None:
        self.wrong.setdefault(column, []).append(ValidationError(sentence))

    # --- columns ---------------------------------------------------------------------------------

    @classmethod
    def field_from_django_field(
        cls, field_name: str, django_field: "models.Field[Any, Any]", readonly: bool
    ) -> Field:
        # An empty cell saves nothing, so that it never erases.
        return Field(field_name, field_name, cls.widget_of(field_name, django_field), saves_null_values=False)

    @classmethod
    def widget_of(cls, name: str, django_field: "models.Field[Any, Any]") -> Widget:
        return cell_of(django_field)

    @classmethod
    def known_headings(cls) -> dict[str, str | None]:
        """What a heading means: the name of a column, None where it is known and not used."""
        found: dict[str, str | None] = {}
        for name in cls.ignored:
            for word in [name, *in_each_language(cls._meta.model._meta.get_field(name).verbose_name)]:
                found[heading_key(word)] = None
        for name, label in [
            *((name, cls._meta.model._meta.get_field(name).verbose_name) for name in cls.fields),
            *((name, label) for name, (label, _widget) in cls.extra.items()),
        ]:
            for word in [name, *in_each_language(label), *cls.words.get(name, [])]:
                found[heading_key(word)] = name
        return found

    def label_of(self, name: str) -> str:
        if name in self.extra:
            return str(self.extra[name][0])
        return str(self._meta.model._meta.get_field(name).verbose_name)

    def read_extra(self, name: str, row: dict[str, Any]) -> Any:
        """The value of a column that is no field of the model; what is wrong with it is told at it."""
        try:
            return self.extra[name][1].clean(row.get(name))
        except ValueError as error:
            self.refuse(name, str(error))
            return None

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        known, headings = self.known_headings(), dataset.headers[1:]
        names = [known.get(heading_key(heading)) for heading in headings]
        doubled = sorted(
            {str(headings[at]) for at, name in enumerate(names) if name and names.count(name) > 1}
        )
        missing = self.missing({name for name in names if name})
        self.headings = {name: heading for name, heading in zip(names, headings, strict=True) if name}
        self.unused = [heading for name, heading in zip(names, headings, strict=True) if heading and not name]
        # A heading that is not known gets a name that no column has.
        dataset.headers = [LINE, *(name or f"?{at}" for at, name in enumerate(names))]
        if missing or doubled:
            dataset.wipe()  # The library goes on to the rows; without columns each would only repeat it.
        if missing:
            raise ValidationError(
                _("These columns are needed and were not found: %(columns)s."),
                params={"columns": ", ".join(missing)},
            )
        if doubled:
            raise ValidationError(
                _("Two columns mean the same: %(columns)s. Remove one of them."),
                params={"columns": ", ".join(doubled)},
            )

    def after_import(self, dataset: Dataset, result: ImportResult, **kwargs: Any) -> None:
        # The library's own resets the table's numbers to the highest it can see, and on PostgreSQL it sees this
        # municipality's only: the next row would get a number that is taken.
        result.unused = self.unused

    def import_data(self, dataset: Dataset, dry_run: bool = False, **kwargs: Any) -> ImportResult:
        if not dry_run:
            # Two files come one after the other, and nobody changes what is known while it is held against the rows.
            assert self.municipality is not None  # noqa: S101 - the confirmation names it
            list(Municipality.objects.select_for_update().filter(pk=self.municipality.pk))
            list(self.get_queryset().select_for_update(of=("self",)).values_list("pk"))
            return super().import_data(dataset, dry_run, **kwargs)
        # A preview writes nothing. In a transaction it would hold SQLite's one lock for writing all the while.
        raise_errors = kwargs.pop("raise_errors", False)
        return self.import_data_inner(dataset, True, raise_errors, False, False, **kwargs)

    # --- rows ------------------------------------------------------------------------------------

    def get_queryset(self) -> models.QuerySet[Any]:
        return self._meta.model.objects.of(self.municipality)

    def init_instance(self, row: Any = None) -> Any:
        return self._meta.model(municipality_id=self.municipality.pk if self.municipality else None)

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        self.wrong, self.unjudged = {}, set()

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> Any:
        return self.find(row)

    def import_field(
        self, field: Field, instance: Any, row: dict[str, Any], is_m2m: bool = False, **kwargs: Any
    ) -> None:
        if instance.pk and field.attribute not in self.renewed:
            if field.column_name in row:
                field.clean(row, **kwargs)  # What can't be read is told all the same.
            return
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def import_instance(self, instance: Any, row: dict[str, Any], **kwargs: Any) -> None:
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            self.wrong = error.update_error_dict(self.wrong)
        self.check(instance, row)
        if self.wrong:
            raise ValidationError(self.wrong)

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        self.news = [name for name in self.renewed if getattr(instance, name) != getattr(original, name)]
        unchanged = super().skip_row(instance, original, row, import_validation_errors)
        return unchanged and not self.more_changes()

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """What a file can't change isn't judged: nobody could mend it there. That a number is taken `find` knows."""
        errors = dict(import_validation_errors or {})
        outside = {each.name for each in instance._meta.fields} - {*self.fields}
        try:
            instance.clean_fields(exclude=outside | self.unjudged | errors.keys())
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        if not self._is_dry_run(kwargs):
            super().save_instance(instance, is_create, row, **kwargs)

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        if is_create:
            self.add(instance)
        elif self.news:
            # What else the row holds a colleague may have changed since it was read.
            instance.save(update_fields=self.news)

    def import_row(self, row: dict[str, Any], instance_loader: Any, **kwargs: Any) -> ImportRowResult:
        found: ImportRowResult = super().import_row(row, instance_loader, **kwargs)
        for error in found.errors:
            raise error.error  # Not the file's fault but ours, or the database's: all of it is undone.
        found.line = self._line(row, found)
        return found

    def handle_import_error(self, result: Any, error: Exception, raise_errors: bool = False) -> None:
        if not isinstance(error, ValidationError):
            raise error
        super().handle_import_error(result, error, raise_errors)

    @classmethod
    def get_diff_class(cls) -> type:
        return _NoDiff

    @classmethod
    def get_result_class(cls) -> type[Result]:
        return ImportResult

    @classmethod
    def get_row_result_class(cls) -> type[RowResult]:
        return ImportRowResult

    # --- what is told of a row -------------------------------------------------------------------

    def _line(self, row: dict[str, Any], found: ImportRowResult) -> Line:
        number = row[LINE]
        if found.is_invalid():
            problems = [
                ("" if name == NON_FIELD_ERRORS else self.headings.get(name) or self.label_of(name), sentence)
                for name, sentences in found.validation_error.message_dict.items()
                for sentence in sentences
            ]
            return Line(number, Verdict.REFUSED, self.title_of(row, None), problems=problems)
        title = self.title_of(row, found.instance)
        if found.is_skip():
            return Line(number, Verdict.KNOWN, title)
        old = found.original
        changes = [
            Change(name, self.label_of(name), shown(old, name) if old else "", shown(found.instance, name))
            for name in self.get_import_order()
            if name in row
            and name not in self.titled
            and getattr(found.instance, name) not in {None, ""}
            and (old is None or getattr(old, name) != getattr(found.instance, name))
        ]
        verdict = Verdict.NEW if found.is_new() else Verdict.CHANGED
        return Line(number, verdict, title, [*changes, *self.more_changes()])


class _NoDiff:
    """The lines tell what is new; the library's own comparison would be made for each row and thrown away."""

    def __init__(self, *compared: Any) -> None:
        pass

    def compare_with(self, *compared: Any) -> None:
        pass


def heading_key(text: Any) -> str:
    """`Gårdsnr.` and `gårdsnr` are one heading."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", str(text)).casefold() if sign.isalnum())
