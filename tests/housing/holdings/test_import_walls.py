"""Whose file it is, into whose register it goes, how long it waits, and files that are none."""

import io
import zipfile

import pytest
from django.core import signing
from django.core.cache import cache

from housing.holdings import actions
from housing.holdings.models import Holding, HoldingOwner
from municipalities.tenancy import import_files
from municipalities.tenancy.import_forms import SealedCache, Stopped
from municipalities.tenancy.models import Membership, Role
from tests.factories.housing import HoldingFactory
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.housing.holdings.farm_files import (
    CONFIRM,
    IMPORT,
    as_csv,
    as_xlsx,
    confirm,
    counts,
    preview,
    take_in,
    word_of,
)

pytestmark = pytest.mark.django_db
FARM = [["Gnr", "Bnr", "Navn", "Eier"], [34, 7, "Nedre Haugen", "Gudrun Arving"]]


@pytest.fixture
def gol():
    return MunicipalityFactory(slug="gol", name="Gol", number="3324")


def waiting(page, user):
    """The name of the file that waits behind the page."""
    return signing.loads(word_of(page), salt=f"import:housing.Holding:{user.pk}")["file"]


def is_there(name):
    try:
        return bool(SealedCache(name=name).read())
    except Stopped:
        return False


# --- whose register ------------------------------------------------------------------------------


def test_the_same_number_elsewhere_is_neither_matched_nor_touched(office, al, gol):
    theirs = HoldingFactory(municipality=gol, bnr=7, name="Deira gard")
    page = preview(office, FARM, municipality=gol)
    assert counts(page) == (1, 0, 0, 0)
    confirm(office, page)
    theirs.refresh_from_db()
    assert theirs.name == "Deira gard"
    assert not theirs.owners.exists()
    assert Holding.objects.get(municipality=al).name == "Nedre Haugen", "what is sent for it is not read"


def test_who_writes_in_several_says_in_which(office, al, gol, kari):
    MembershipFactory(user=kari, municipality=gol, role=Role.COORDINATOR)
    assert [str(place) for place in office.get(IMPORT).context["form"].fields["municipality"].queryset] == [
        "Gol",
        "Ål",
    ]
    assert preview(office, FARM).context["form"].errors.keys() == {"municipality"}
    take_in(office, FARM, municipality=gol)
    assert Holding.objects.get().municipality == gol


def test_where_one_may_only_read_nothing_is_taken_in(office, gol, kari):
    Membership.objects.create(user=kari, municipality=gol, role=Role.READER)
    page = preview(office, FARM, municipality=gol)
    confirm(office, page)
    assert not Holding.objects.filter(municipality=gol).exists()
    MembershipFactory(user=kari, role=Role.SERVICE_OFFICE)
    page = preview(office, FARM, municipality=gol)
    assert (page.status_code, page.context["form"].errors.keys()) == (422, {"municipality"})


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR])
def test_who_may_not_write_is_refused(client, office, al, role):
    page = preview(office, FARM)
    client.force_login(MembershipFactory(municipality=al, role=role).user)
    assert client.get(IMPORT).status_code == 403
    assert preview(client, FARM).status_code == 403
    assert client.post(CONFIRM, {"import_file_name": word_of(page), "verb": "save"}).status_code == 403
    assert not Holding.objects.exists()


# --- whose file ----------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["save", "drop"])
def test_a_colleague_can_neither_save_nor_drop_it(client, office, al, kari, verb):
    page = preview(office, FARM)
    client.force_login(MembershipFactory(municipality=al, role=Role.ADMINISTRATOR).user)
    assert confirm(client, page, verb=verb).status_code == 403
    assert not Holding.objects.exists()
    client.force_login(kari)
    assert confirm(client, page).status_code == 200
    assert Holding.objects.count() == 1


def test_a_word_that_was_made_up_is_refused(office):
    page = preview(office, FARM)
    for word in ("x", word_of(page)[:-1], waiting(page, page.wsgi_request.user)):
        assert confirm(office, page, import_file_name=word).status_code == 403
    assert not Holding.objects.exists()


def test_who_has_lost_the_right_meanwhile_saves_nothing(office, kari, al):
    MembershipFactory(user=kari, role=Role.SERVICE_OFFICE)
    page = preview(office, FARM, municipality=al)
    Membership.objects.filter(user=kari, municipality=al).update(role=Role.READER)
    assert confirm(office, page).status_code == 403
    assert not Holding.objects.exists()


def test_confirming_is_for_post(office):
    assert office.get(CONFIRM).status_code == 405


# --- where it waits ------------------------------------------------------------------------------


def test_it_waits_unreadable_and_is_gone_when_it_is_saved(office, kari):
    page = preview(office, FARM)
    name = waiting(page, kari)
    assert b"Gudrun Arving" in SealedCache(name=name).read()
    assert b"Gudrun" not in cache.get(SealedCache(name=name)._place)
    assert name not in SealedCache(name=name)._place
    confirm(office, page)
    assert not is_there(name)
    again = confirm(office, page)
    assert "no longer here" in again.content.decode()
    assert (Holding.objects.count(), HoldingOwner.objects.count()) == (1, 1)


def test_two_uploads_wait_under_names_that_nobody_guesses(office, kari):
    names = {waiting(preview(office, FARM), kari) for _time in range(2)}
    assert len(names) == 2
    assert all(len(name) >= 40 for name in names)


def test_a_file_whose_hour_is_over_is_chosen_again(office):
    page = preview(office, FARM)
    cache.clear()
    assert "no longer here" in confirm(office, page).content.decode()
    assert "no longer here" in office.post(CONFIRM, {}, follow=True).content.decode()
    assert not Holding.objects.exists()


def test_who_saves_nothing_leaves_nothing(office, kari):
    page = preview(office, FARM)
    assert "the file is deleted" in confirm(office, page, verb="drop").content.decode()
    assert not is_there(waiting(page, kari))
    assert not Holding.objects.exists()


def test_a_file_that_is_refused_does_not_wait(office, monkeypatch):
    kept = []
    save = SealedCache.save
    monkeypatch.setattr(SealedCache, "save", lambda self, data: (save(self, data), kept.append(self.name)))
    preview(office, [["Gnr", "Bnr"], ["x", 1]])
    preview(office, b"%PDF-1.7")
    preview(office, [["Navn"], ["x"]])
    assert len(kept) == 3
    assert not any(map(is_there, kept))


@pytest.mark.parametrize("meanwhile", [{"bnr": 7, "name": "Nedre Haugen"}, {"bnr": 8, "name": "Ny"}])
def test_what_has_changed_since_it_was_shown_is_shown_again(office, al, kari, meanwhile):
    HoldingFactory(municipality=al, bnr=8, name="Øvre Haugen")
    page = preview(office, [*FARM, [34, 8, "Øvre Haugen", ""]])
    assert counts(page) == (1, 0, 1, 0)
    Holding.objects.update_or_create(
        municipality=al, gnr=34, bnr=meanwhile["bnr"], defaults={"name": meanwhile["name"]}
    )
    answer = confirm(office, page)
    assert "Something has changed" in answer.content.decode()
    assert not HoldingOwner.objects.exists()
    assert not is_there(waiting(page, kari))


def test_a_colleague_who_saves_the_same_number_at_this_moment_is_not_overwritten(office, al, monkeypatch):
    page = preview(office, [*FARM, [34, 8, "Øvre Haugen", ""]])
    register = actions.register

    def first(*, holding, by):
        if holding.bnr == 8:
            HoldingFactory(municipality=al, gnr=34, bnr=8, name="Kollegaens")
        return register(holding=holding, by=by)

    monkeypatch.setattr(actions, "register", first)
    assert "Something has changed" in confirm(office, page).content.decode()
    assert not Holding.objects.filter(bnr=7).exists(), "all or nothing"


# --- files that are none -------------------------------------------------------------------------


def a_bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (import_files.MOST_UNPACKED + 1))
    return file.getvalue()


def a_zip():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("bruk.txt", "34/7")
    return file.getvalue()


HEAD = ["Gnr", "Bnr", "Navn"]
FILES = {
    "empty": (b"\r\n;;\r\n", "The file is empty."),
    "an empty workbook": (as_xlsx([]), "The file is empty."),
    "no rows": (as_csv(HEAD), "has a header but no rows"),
    "too many rows": (as_csv(HEAD, *([1, n, ""] for n in range(2001))), "more than 2000 rows"),
    "too many in a workbook": (as_xlsx(HEAD, *([1, n, "x"] for n in range(2001))), "more than 2000 rows"),
    "too big": (b"Gnr;Bnr\r\n" + b"1;1\r\n" * 1_100_000, "larger than 5 MB"),
    "too wide": (as_csv([*HEAD, *range(198)], [1, 2]), "more than 200 columns"),
    "a PDF": (b"%PDF-1.7 ...", "neither CSV nor XLSX"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "neither CSV nor XLSX"),
    "a program": (b"MZ\x90\0\x03;\0\0", "neither CSV nor XLSX"),
    "another zip": (a_zip(), "neither CSV nor XLSX"),
    "cut off": (as_xlsx(HEAD, [1, 2, "x"])[:900], "damaged or cut off"),
    "a bomb": (a_bomb(), "It was not opened."),
    "a quotation that never ends": (b'Gnr;Bnr\r\n1;"' + b"x" * 40_000, "never closed"),
    "more cells than headings": (as_csv(HEAD, [1, 2, "Haugen", "nedre"]), "Row 2 has more cells"),
    "no number": (as_csv(["Navn", "Gnr"], ["x", 1]), "needed and were not found: bruksnummer"),
    "two of a kind": (as_csv(["Gnr", "Gårdsnummer", "Bnr"], [1, 1, 1]), "mean the same: Gnr, Gårdsnummer."),
}  # fmt: skip


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_taken_is_told_why(office, case):
    data, sentence = FILES[case]
    page = preview(office, data)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert "confirm_form" not in page.context


def test_as_many_as_are_promised_are_taken(office):
    page = preview(office, as_csv(HEAD, *([1, number, ""] for number in range(1, 2001))))
    assert counts(page) == (2000, 0, 0, 0)


def test_no_file_at_all_is_told(office, al):
    page = office.post(IMPORT, {"municipality": al.pk})
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"import_file"}
