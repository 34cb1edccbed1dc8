"""The register of empty farms from a list: the municipality's own, the land register's, or our export.

A list knows places. What is said in the talks is moved in the portal alone: of a holding that is known a file changes
nothing but facts about the place, and it never takes an owner away.
"""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from import_export.widgets import Widget
from tablib import Dataset

from housing.holdings import actions
from housing.holdings.land_register import NUMBERS, NumberCell, PlaceNumber
from housing.holdings.models import Holding, HoldingOwner
from municipalities.tenancy.import_cells import EmailCell, PhoneCell, PostCodeCell, TextCell
from municipalities.tenancy.import_files import LINE
from municipalities.tenancy.import_lines import Change
from municipalities.tenancy.import_rows import ImportResource

FACTS = [
    "name", "kind", "street_address", "postal_code", "postal_place", "village", "buildings", "condition", "land",
    "empty_since", "latitude", "longitude",
]  # fmt: skip
_OWNERS = ["eier", "eigar", "owner", "hjemmelshaver", "heimelshavar", "grunneier", "grunneigar"]


def _of_owners(*words: str) -> list[str]:
    """`Eiers telefon`, `Owner phone`, `Telefon eier`."""
    return [
        heading
        for owner in _OWNERS
        for word in words
        for heading in (
            owner + word,
            f"{owner}s{word}",
            f"{owner}ens{word}",
            word + owner,
            f"{word}til{owner}",
        )
    ]


class HoldingImport(ImportResource):
    renewed = FACTS
    titled = NUMBERS
    ignored = ["stage", "stage_on", "outcome", "registered_on"]
    extra = {
        "register_number": (gettext_lazy("number of the land register"), NumberCell()),
        "municipality_number": (gettext_lazy("number of the municipality"), TextCell(60)),
        "owner_name": (pgettext_lazy("of a holding", "owner"), TextCell(80)),
        "owner_phone": (gettext_lazy("owner's phone"), PhoneCell()),
        "owner_email": (gettext_lazy("owner's e-mail"), EmailCell(254)),
        "owner_address": (gettext_lazy("owner's address"), TextCell(160)),
    }
    words: ClassVar[dict[str, list[str]]] = {
        "gnr": ["gårdsnr", "gardsnr"],
        "bnr": ["bruksnr"],
        "fnr": ["festenr"],
        "snr": ["seksjonsnr"],
        "register_number": [
            "matrikkelnummer",
            "matrikkelnr",
            "matrikkel",
            "gnr/bnr",
            "gnr/bnr/fnr",
            "gnr/bnr/fnr/snr",
        ],
        "municipality_number": [
            "kommunenummer",
            "kommunenr",
            "knr",
            "kommune",
            "municipality",
            "municipality number",
        ],
        "name": ["bruksnavn", "bruksnamn", "gårdsnavn", "gardsnamn"],
        "kind": ["slag"],
        "street_address": ["vegadresse", "veiadresse", "gateadresse"],
        "postal_code": ["postnr"],
        "village": ["grend", "bygd", "bydel"],
        "land": ["dekar", "areal", "areal i dekar"],
        "empty_since": ["tomt siden", "tomt sidan", "empty since"],
        "owner_name": [*_OWNERS, *_of_owners("navn", "namn", "name"), "navn på eier", "namn på eigar"],
        "owner_phone": ["telefon", "tlf", "mobil", "phone", *_of_owners("telefon", "tlf", "mobil", "phone")],
        "owner_email": ["epost", "email", *_of_owners("epost", "email")],
        "owner_address": _of_owners("adresse", "address"),
    }

    class Meta:
        model = Holding
        fields = [*NUMBERS, *FACTS, "source", "may_be_let", "ask_again_on"]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known: dict[PlaceNumber, Holding] = {}
        self.owners: dict[int, set[str]] = {}
        self.seen: dict[PlaceNumber, int] = {}  # In which row of the file.
        self.key: PlaceNumber | None = None  # Of the row at hand.
        self.owner: HoldingOwner | None = None

    @classmethod
    def widget_of(cls, name: str, django_field: "models.Field[Any, Any]") -> Widget:
        return PostCodeCell() if name == "postal_code" else super().widget_of(name, django_field)

    def missing(self, columns: set[str]) -> list[str]:
        if "register_number" in columns:
            return []
        return [self.label_of(name) for name in NUMBERS[:2] if name not in columns]

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        super().before_import(dataset, **kwargs)
        if whole := self.headings.get("register_number"):
            self.headings = dict.fromkeys(NUMBERS, whole) | self.headings
        self.known = {(row.gnr, row.bnr, row.fnr, row.snr): row for row in self.get_queryset()}
        names = HoldingOwner.objects.filter(municipality=self.municipality).values_list("holding", "name")
        for holding, name in names:
            self.owners.setdefault(holding, set()).add(_folded(name))

    # --- which holding it is -----------------------------------------------------------------------

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        self.key = self.owner = None
        said = self.read_extra("register_number", row)
        place = self.read_extra("municipality_number", row)
        for column, number in (
            ("register_number", said and said.municipality),
            ("municipality_number", place),
        ):
            if number and not self._is_here(number):
                self.refuse(column, _("This is in another municipality: %(number)s.") % {"number": number})
        if said:
            self._fill(row, said.parts)
        if not self.wrong:
            self.key = self._key(row)

    def _is_here(self, said: str) -> bool:
        """By the municipality's number or its name."""
        here, name = self.municipality, said.casefold().removesuffix(" kommune")
        return here is not None and (said.zfill(4) == here.number or name == here.name.casefold())

    def _fill(self, row: dict[str, Any], parts: PlaceNumber) -> None:
        """The whole number says what the columns of its parts would; where there are both, they agree."""
        for name, part in zip(NUMBERS, parts, strict=True):
            try:
                own = self.fields[name].clean(row) if name in row else None
            except ValueError:
                continue  # Told when the columns are read.
            if own is not None and own != part:
                self.refuse(name, _("The row has two numbers that don't agree."))
            row[name] = part

    def _key(self, row: dict[str, Any]) -> PlaceNumber | None:
        """None where a part can't be read, or is missing; both are told at the row."""
        parts = dict.fromkeys(NUMBERS, 0)
        for name in NUMBERS:
            try:
                part = self.fields[name].clean(row) if name in row else None
            except ValueError:
                parts[name] = -1  # Told when the columns are read.
                continue
            if part is None and name in NUMBERS[:2]:
                self.refuse(name, _("The number of the land register is missing."))
            parts[name] = part or 0
        gnr, bnr, fnr, snr = parts.values()
        if self.wrong or -1 in parts.values():
            return None
        key = (gnr, bnr, fnr, snr)
        if key in self.seen:
            self.refuse("gnr", _("Row %(row)s has the same number.") % {"row": self.seen[key]})
        self.seen.setdefault(key, row[LINE])
        return key

    def find(self, row: dict[str, Any]) -> Holding | None:
        return self.known.get(self.key) if self.key else None

    # --- what it is --------------------------------------------------------------------------------

    def check(self, instance: Holding, row: dict[str, Any]) -> None:
        for name in NUMBERS[:2]:
            if getattr(instance, name) is None and self.wrong:
                self.unjudged.add(name)  # That it is missing follows from what is told already.
        point = (instance.latitude, instance.longitude)
        if {"latitude", "longitude"} & set(row) and not self.wrong.keys() & {"latitude", "longitude"}:
            if (point[0] is None) != (point[1] is None) or not _in_norway(*point):
                self.refuse("latitude", _("The map point needs latitude and longitude, in Norway."))
        self._read_owner(instance, row)

    def _read_owner(self, instance: Holding, row: dict[str, Any]) -> None:
        name, phone, email, address = (
            self.read_extra(f"owner_{part}", row) for part in ("name", "phone", "email", "address")
        )
        if not name:
            for column, said in (("phone", phone), ("email", email), ("address", address)):
                if said and "owner_name" not in self.wrong:
                    self.refuse(f"owner_{column}", _("Whose is it? The row has no owner's name."))
            return
        if _folded(name) in self.owners.get(instance.pk, ()):
            return
        self.owner = HoldingOwner(
            municipality_id=instance.municipality_id, name=name, phone=phone or "", email=email or "",
            address=address or "",
        )  # fmt: skip

    def more_changes(self) -> list[Change]:
        if self.owner is None:
            return []
        said = [self.owner.name, str(self.owner.phone), self.owner.email, self.owner.address]
        return [Change("owners", self.label_of("owner_name"), "", ", ".join(part for part in said if part))]

    def title_of(self, row: dict[str, Any], instance: Holding | None) -> str:
        if instance is not None:
            return str(instance)
        parts = [str(row[name]) for name in NUMBERS if row.get(name) not in {None, ""}]
        return f"{row.get('register_number') or '/'.join(parts)} {row.get('name') or ''}".strip()[:120]

    # --- saving ------------------------------------------------------------------------------------

    def add(self, instance: Holding) -> None:
        actions.register(holding=instance, by=self.by)

    def after_save_instance(self, instance: Holding, row: Any, **kwargs: Any) -> None:
        if self.owner is not None:
            self.owner.holding = instance
            self.owner.save()


def _in_norway(latitude: Any, longitude: Any) -> bool:
    return latitude is None or (57 <= latitude <= 81 and 4 <= longitude <= 32)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
