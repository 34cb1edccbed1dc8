"""What a list of households can be narrowed by, searched for and taken out as."""

import re
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from municipalities.tenancy.access import access_of
from municipalities.tenancy.admin import WordedResource
from municipalities.tenancy.roles import Right
from municipalities.texts.languages import LANGUAGES
from welcome.households.imports import ImportBatch, ImportState
from welcome.households.models import Household, HouseholdQuerySet, Person, Source
from welcome.households.quarters import Quarter
from welcome.households.recognition import address_key, name_key


class QuarterFilter(SimpleListFilter):
    title = _("quarter of moving in")
    parameter_name = "quarter"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        quarters = [Quarter.current()]
        while len(quarters) < 12:
            quarters.append(quarters[-1].previous)
        return [
            (str(q), _("quarter %(number)s of %(year)s") % {"number": q.number, "year": q.year})
            for q in quarters
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        try:
            return queryset.arrived_in(Quarter.parse(self.value() or ""))
        except ValueError:
            return queryset


class VillageFilter(SimpleListFilter):
    title = _("post place")
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = model_admin.get_queryset(request).exclude(postal_place="")
        places = rows.order_by("postal_place").values_list("postal_place", flat=True).distinct()
        return [(place, place) for place in places[:200]]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(postal_place=self.value()) if self.value() else queryset


class LanguageFilter(SimpleListFilter):
    title = _("language for letters")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, language.own_name) for code, language in LANGUAGES.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(language=self.value()) if self.value() else queryset


class CheckedFilter(SimpleListFilter):
    title = _("checked")
    parameter_name = "checked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("To check")), ("yes", _("Checked"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "no":
            return queryset.to_check()
        return queryset.exclude(checked_at=None) if self.value() == "yes" else queryset


class ProtectionFilter(SimpleListFilter):
    """Only for who may know of the mark at all."""

    title = _("address protection")
    parameter_name = "protected"

    def has_output(self) -> bool:
        return self._may and super().has_output()

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self._may = access_of(request).may(Right.WRITE_PEOPLE)
        return [("yes", _("Protected")), ("no", _("Not protected"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "yes":
            return queryset.protected()
        return queryset.open_to_all() if self.value() == "no" else queryset


class ImportFilter(SimpleListFilter):
    """Households that one import brought: they were registered in the moment it was saved."""

    title = _("import")
    parameter_name = "import"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        saved = ImportBatch.objects.visible_to(request.user).filter(state=ImportState.SAVED)
        batches = access_of(request).narrow(saved, Right.WRITE_PEOPLE)
        return [(str(batch.pk), f"{batch.saved_at:%d.%m.%Y} {batch.filename}") for batch in batches[:10]]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        number = self.value() or ""
        if not number.isdecimal():
            return queryset
        batch = ImportBatch.objects.visible_to(request.user).filter(pk=number).first()
        if batch is None or batch.saved_at is None:
            return queryset.none()
        return queryset.of(batch.municipality).filter(source=Source.FILE, created_at=batch.saved_at)


def matching(rows: HouseholdQuerySet, words: str) -> HouseholdQuerySet:
    """Every word in a name, the address or an e-mail; digits in phone numbers, house numbers, post codes.

    Names are looked for by their key, so that `aase` finds Åse and `Kovalenko` finds Коваленко.
    """
    digits = re.sub(r"\D", "", words)
    people = Person.objects.filter(municipality__in=rows.values("municipality"))
    if len(digits) >= 5 and re.fullmatch(r"[\d\s+()-]+", words.strip()):
        return rows.filter(pk__in=people.filter(phone__contains=digits).values("household"))
    for word in words.split()[:8]:
        wanted = Q(postal_place__icontains=word) | Q(postal_code=word) | Q(extra_line__icontains=word)
        if street := address_key(street=word, house_number="", house_letter="", postal_code="-").removeprefix(
            "- "
        ):
            wanted |= Q(address_key__contains=street)
        persons = Q(email__icontains=word)
        if key := name_key(word):
            persons |= Q(name_key__contains=key)
        rows = rows.filter(wanted | Q(pk__in=people.filter(persons).values("household")))
    return rows


class HouseholdResource(WordedResource):
    """A row a household. The protected are not in the file: `export_rows` leaves them out."""

    people = Field(column_name=_("names"))
    count = Field(column_name=_("people"))

    class Meta:
        model = Household
        fields = [
            "id", "people", "count", "state", "extra_line", "street", "house_number", "house_letter", "unit",
            "postal_code", "postal_place", "foreign_address", "moved_in", "moved_from", "reason", "language",
        ]  # fmt: skip
        export_order = fields

    def dehydrate_people(self, household: Household) -> str:
        return ", ".join(person.full_name for person in household.people.all())

    def dehydrate_count(self, household: Household) -> int:
        return len(household.people.all())

    def dehydrate_state(self, household: Household) -> str:
        return household.get_state_display()

    def dehydrate_reason(self, household: Household) -> str:
        return household.get_reason_display()

    def dehydrate_language(self, household: Household) -> str:
        return household.get_language_display()
