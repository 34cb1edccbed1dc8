"""The register of empty farms from a file: all of it, shown before it is saved, or nothing."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from housing.holdings.importing import HoldingImport
from housing.holdings.models import Holding, HoldingOwner, Outcome, Stage, StageChange
from municipalities.audit.models import Action, AuditEntry
from municipalities.tenancy.import_cells import in_each_language
from municipalities.tenancy.import_rows import heading_key
from municipalities.tenancy.models import Role
from tests.factories.housing import HoldingFactory, HoldingOwnerFactory
from tests.factories.municipalities import MembershipFactory
from tests.housing.holdings.farm_files import (
    IMPORT,
    as_csv,
    as_xlsx,
    confirm,
    counts,
    preview,
    take_in,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/housing/holding/"


FARMS = [
    ["Gnr", "Bnr", "Navn", "Type", "Grend", "Tomt siden"],
    [34, 7, "Nedre Haugen", "Småbruk", "Torpo", 1987],
    [34, 8, "Øvre Haugen", "", "", ""],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_list_in_csv(office, al, kari, encoding, separator):
    page = preview(office, as_csv(*FARMS, encoding=encoding, separator=separator))
    assert counts(page) == (2, 0, 0, 0)
    assert "Smallholding" in page.content.decode()
    assert not Holding.objects.exists(), "nothing is saved before somebody says so"
    answer = confirm(office, page)
    assert "2 new, 0 changed, 0 unchanged" in answer.content.decode()
    first, second = Holding.objects.all()
    assert (first.number, first.name, first.kind, first.village) == ("34/7", "Nedre Haugen", "small", "Torpo")
    assert (second.name, second.kind, second.empty_since) == ("Øvre Haugen", "farm", None)
    assert {holding.municipality for holding in (first, second)} == {al}
    assert (first.source, first.stage, first.registered_on) == ("list", "registered", timezone.localdate())
    assert [(change.stage, change.noted_by) for change in StageChange.objects.all()] == [
        ("registered", kari), ("registered", kari),
    ]  # fmt: skip


def test_a_list_as_a_norwegian_spreadsheet_writes_it(office):
    """With its hint about the separator, everything in quotation marks, and the number of row 1 on the headings."""
    lines = ["sep=;", '"Gnr";"Bnr";"Navn"', '"34";"7";"Haugen; nedre"', '"34";"x";"B"']
    page = preview(office, "\r\n".join(lines).encode("utf-8-sig"))
    assert [line.number for line in page.context["lines"]] == [3, 2]
    assert "Haugen; nedre" in page.context["lines"][1].title


def test_a_list_in_xlsx_with_numbers_dates_and_formulas(office):
    day = datetime.datetime(2027, 5, 1, tzinfo=datetime.UTC).replace(tzinfo=None)
    farm = [34.0, 7, "=1+1", 12.55, 3570, day, True, 60.6289123, 8.5512]
    head = ["Gnr", "Bnr", "Navn", "Jord og skog i dekar", "Postnr", "Spør igjen", "may_be_let",
            "Breddegrad", "Lengdegrad"]  # fmt: skip
    take_in(office, as_xlsx(head, farm))
    made = Holding.objects.get()
    assert (made.number, made.name, made.land) == ("34/7", "=1+1", Decimal("12.6"))
    assert (made.postal_code, made.ask_again_on, made.may_be_let) == ("3570", day.date(), True)
    assert (made.latitude, made.longitude) == (Decimal("60.62891"), Decimal("8.55120"))


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("file_format", ["0", "1"])
def test_the_portals_own_file_comes_back_and_changes_nothing(client, al, language, file_format):
    boss = MembershipFactory(municipality=al, role=Role.COORDINATOR, user__language=language).user
    client.force_login(boss)
    HoldingFactory(
        municipality=al, name="=cmd|'/C calc'!A0", kind="house", condition=2, land=Decimal("1012.5"), village="Torpo",
        empty_since=1987, source="tip", may_be_let=False, ask_again_on=datetime.date(2027, 5, 1),
        stage=Stage.SETTLED, outcome=Outcome.SOLD, registered_on=datetime.date(2024, 1, 2), postal_code="0620",
    )  # fmt: skip
    HoldingFactory(municipality=al, fnr=2, snr=1, may_be_let=True)
    file = client.post(f"{LIST}export/", {"format": file_format, "resource": ""})
    assert counts(preview(client, file.content)) == (0, 0, 2, 0)
    kept = list(Holding.objects.values())
    Holding.objects.all().delete()
    page = preview(client, file.content)
    assert len(page.context["unused"]) == 4, "stage, its day, outcome and the day of registration"
    confirm(client, page)
    ours = {"id", "stage", "stage_on", "outcome", "registered_on"}
    for row in kept:
        found = Holding.objects.values().get(gnr=row["gnr"], bnr=row["bnr"])
        assert {k: v for k, v in found.items() if k not in ours} == {
            k: v for k, v in row.items() if k not in ours
        }
        assert (found["stage"], found["outcome"], found["registered_on"]) == (
            "registered",
            "",
            timezone.localdate(),
        )


def test_each_heading_means_one_column():
    meant = {}
    for name in (*HoldingImport.fields, *HoldingImport.extra):
        label = HoldingImport().label_of(name) if name in HoldingImport.extra else None
        words = in_each_language(label or Holding._meta.get_field(name).verbose_name)
        for word in [name, *words, *HoldingImport.words.get(name, [])]:
            assert meant.setdefault(heading_key(word), name) == name, word
    assert not [name for name in HoldingImport.ignored if heading_key(name) in meant]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("34/7", "34/7"),
        ("34/7/2/1", "34/7/2/1"),
        ("3328-34/7", "34/7"),
        (" 3328 – 34 / 7 / 0 / 3 ", "34/7/0/3"),
    ],
)
def test_the_whole_number_in_one_column(office, written, number):
    take_in(office, [["Matrikkelnummer"], [written]])
    assert Holding.objects.get().number == number


@pytest.mark.parametrize(
    ("column", "cell", "name", "value"),
    [("Type", "småbruk", "kind", "small"), ("Slag", "Smallholding", "kind", "small"),
     ("kind", "small", "kind", "small"),
     ("Tilstand", "God", "condition", 3), ("Tilstand", "3", "condition", 3), ("Condition", "As new", "condition", 4),
     ("Kjent frå", "Ein granne eller nokon andre", "source", "tip"), ("Areal", "1 012,5", "land", Decimal("1012.5"))],
)  # fmt: skip
def test_words_and_codes_of_any_language(office, column, cell, name, value):
    take_in(office, [["Gnr", "Bnr", column], [1, 2, cell]])
    assert getattr(Holding.objects.get(), name) == value


def test_of_a_known_one_only_the_place_is_renewed_and_nothing_is_erased(office, al):
    known = HoldingFactory(
        municipality=al, bnr=7, village="Torpo", buildings="Hus fra 1912", stage=Stage.DIALOGUE, source="tip",
        may_be_let=True, ask_again_on=datetime.date(2027, 5, 1), notes="Ring Gudrun",
    )  # fmt: skip
    before = Holding.objects.filter(pk=known.pk).values().get()
    head = [
        "Gnr",
        "Bnr",
        "Grend",
        "Bygninger",
        "Tilstand",
        "Kjent fra",
        "Spør igjen",
        "may_be_let",
        "Steg",
        "Resultat",
    ]
    cells = [34, 7, "", "Hus fra 1912, låve", "God", "owner", "2030-01-01", "nei", "Avgjort", "Solgt"]
    page = preview(office, [head, cells])
    assert counts(page) == (0, 1, 0, 0)
    assert [(change.name, change.old, change.new) for change in page.context["lines"][0].changes] == [
        ("buildings", "Hus fra 1912", "Hus fra 1912, låve"), ("condition", "", "Good"),
    ]  # fmt: skip
    confirm(office, page)
    after = Holding.objects.filter(pk=known.pk).values().get()
    assert after == before | {"buildings": "Hus fra 1912, låve", "condition": 3}
    assert not StageChange.objects.exists()
    entry = AuditEntry.objects.get(action=Action.CHANGED, model="housing.Holding", object_id=str(known.pk))
    assert entry.fields == ["buildings", "condition"]
    page = preview(office, [head[:4], [34, 7, "", "Hus fra 1912, låve"]])
    assert counts(page) == (0, 0, 1, 0)
    assert "confirm_form" not in page.context, "nothing to save"


def test_a_colleagues_change_of_another_field_at_the_same_time_stays(office, al, monkeypatch):
    known = HoldingFactory(municipality=al, bnr=7)
    page = preview(office, [["Gnr", "Bnr", "Grend", "Navn"], [34, 7, "Leveld", "Nedre Haugen"]])
    find = HoldingImport.find

    def meanwhile(self, row):
        Holding.objects.filter(pk=known.pk).update(stage=Stage.WILLING, name="Nedre Haugen bruk")
        return find(self, row)

    monkeypatch.setattr(HoldingImport, "find", meanwhile)
    confirm(office, page)
    known.refresh_from_db()
    assert (known.village, known.stage, known.name) == ("Leveld", Stage.WILLING, "Nedre Haugen bruk")


def test_the_log_tells_who_and_which_fields_and_no_names(office, al, kari):
    HoldingFactory(municipality=al, bnr=8)
    take_in(office, [[*FARMS[0], "Eier"], [*FARMS[1], "Gudrun Arving"], [*FARMS[2], "Gudrun Arving"]])
    added = AuditEntry.objects.get(action=Action.ADDED, model="housing.Holding")
    changed = AuditEntry.objects.get(action=Action.CHANGED, model="housing.Holding")
    assert (added.user_id, added.municipality, added.note) == (kari.pk, al, "import")
    assert added.fields == ["empty_since", "kind", "name", "owners", "village"]
    assert changed.fields == ["name", "owners"]
    looked = AuditEntry.objects.get(action=Action.SEARCHED, note="rows=2 import")
    assert looked.municipality == al, "the preview shows what is known"
    entries = LogEntry.objects.order_by("action_flag")
    assert [entry.action_flag for entry in entries] == [ADDITION, CHANGE]
    assert "name" in entries[1].change_message
    assert not [
        e for e in entries if "Haugen" in f"{e.object_repr}{e.change_message}" or "Gudrun" in e.change_message
    ]


def test_an_owner_is_added_once(office, al):
    known = HoldingOwnerFactory(holding=HoldingFactory(municipality=al, bnr=7), phone="+4799887766")
    head = ["Gnr", "Bnr", "Eigar", "Eigars telefon", "Eiers e-post", "Eier adresse"]
    rows = [head, [34, 7, "gudrun  ARVING", "11223344", "", ""],
            [34, 8, "Olav Arving", "99 88 77 11", "olav@dalen.example", "Storgata 1, 0155 Oslo"]]  # fmt: skip
    page = preview(office, rows)
    assert counts(page) == (1, 0, 1, 0)
    assert "Olav Arving" in page.content.decode()
    confirm(office, page)
    assert HoldingOwner.objects.get(holding=known.holding).phone.as_e164 == "+4799887766"
    made = HoldingOwner.objects.get(holding__bnr=8)
    assert (made.name, made.phone.as_e164, made.email) == ("Olav Arving", "+4799887711", "olav@dalen.example")
    assert (made.address, made.municipality, made.reached) == ("Storgata 1, 0155 Oslo", al, "not_tried")
    take_in(office, [["Gnr", "Bnr", "Owner"], [34, 7, "Olav Arving"]])
    assert known.holding.owners.count() == 2
    assert counts(preview(office, rows)) == (0, 0, 2, 0)


def test_a_formula_is_text(office):
    page = preview(office, [["Gnr", "Bnr", "Navn"], [1, 1, "=cmd|'/C calc'!A0<script>"]])
    assert "<script>" not in page.content.decode().split('id="rows"')[1].split("</table>")[0]
    confirm(office, page)
    assert Holding.objects.get().name == "=cmd|'/C calc'!A0<script>"


def test_a_long_list_shows_all_that_is_wrong_and_as_much_as_there_is_room_for(office):
    rows = [["Gnr", "Bnr"], *([1, number] for number in range(1, 251))]
    page = preview(office, rows)
    assert (len(page.context["lines"]), page.context["not_shown"], page.context["to_save"]) == (200, 50, 250)
    page = preview(office, [*rows, *(["x", number] for number in range(230))])
    assert len(page.context["lines"]) == 230
    assert {line.verdict for line in page.context["lines"]} == {"refused"}


def test_a_preview_asks_as_much_for_many_as_for_few(office, al):
    HoldingOwnerFactory(holding=HoldingFactory(municipality=al))

    def cost(rows):
        with CaptureQueriesContext(connection) as found:
            preview(office, [["Gnr", "Bnr", "Navn"], *([34, number, "Ny"] for number in range(1, rows))])
        # The savepoint of each row asks nothing.
        return len([query for query in found if "SAVEPOINT" not in query["sql"]])

    assert cost(60) == cost(3)


def test_the_list_and_the_board_lead_to_it(office, client, al):
    assert f'href="{IMPORT}"' in office.get(LIST).content.decode()
    assert f'href="{IMPORT}"' in office.get(f"{LIST}board/").content.decode()
    assert 'enctype="multipart/form-data"' in office.get(IMPORT).content.decode()
    client.force_login(MembershipFactory(municipality=al, role=Role.READER).user)
    assert IMPORT not in client.get(LIST).content.decode()
