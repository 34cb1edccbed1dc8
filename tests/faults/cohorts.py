"""Households in any number, their run, and what has become of each: read from paper and from who took it."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pypdfium2

from municipalities.municipality.models import Municipality
from tests.factories.municipalities import MunicipalityFactory, MunicipalityTextFactory
from tests.factories.welcome import HouseholdFactory, PersonFactory
from tests.municipalities.national import svarut_double as double
from tests.welcome.letters.frozen import prove
from tests.welcome.letters.sending import open_svarut
from welcome.households.models import Household, Person
from welcome.households.quarters import Quarter
from welcome.letters import deliveries, output, runs, verification
from welcome.letters.models import LetterRun, RunState

QUARTER = Quarter(2026, 3)


def municipality(
    households: int, *, svarut: bool = False, number: str = "3328", first: int = 0
) -> Municipality:
    """Its people are called Kari Nummer<first> and so on."""
    place = MunicipalityFactory(number=number, name=f"Ål {number}", slug=f"aal-{number}")
    MunicipalityTextFactory(municipality=place)
    if svarut:
        open_svarut(place)
    built = [HouseholdFactory.build(municipality=place, house_number=str(n + 1)) for n in range(households)]
    homes = Household.objects.bulk_create(built)
    Person.objects.bulk_create(
        PersonFactory.build(household=home, municipality=place, given_name="Kari", family_name=f"Nummer{n}")
        for n, home in enumerate(homes, first)
    )
    return place


def frozen(place: Municipality) -> LetterRun:
    """And proved, so that it can be approved at any time."""
    run = runs.ensure(municipality=place, quarter=QUARTER, by=None)
    return prove(runs.freeze(run=run, by=None))


def approve(run: LetterRun, monkeypatch, *, a_file: int) -> LetterRun:
    """`a_file`: letters a print file, so that few letters make many pieces of work."""
    monkeypatch.setattr(runs, "LETTERS_A_FILE", a_file)
    monkeypatch.setattr(deliveries, "LETTERS_A_FILE", a_file)
    return runs.approve(run=run, by=None)


def approved(place: Municipality, monkeypatch, *, a_file: int) -> LetterRun:
    return approve(frozen(place), monkeypatch, a_file=a_file)


def is_ready(run: LetterRun) -> bool:
    return LetterRun.objects.get(pk=run.pk).state == RunState.READY


def nobody_waits(run: LetterRun) -> bool:
    """All are sent, or on paper and printed."""
    waiting = run.deliveries.by_wire().exclude(state__in=["sent", "delivered", "failed"])
    return (
        not waiting.exists()
        and not deliveries.to_gather(run).exists()
        and not run.files.unfinished().exists()
    )


def on_paper(run: LetterRun, folder: Path, off: Sequence[str] = ()) -> Counter[str]:
    """{"Nummer7": how often this name stands in a window}; whatever else than `off` is off fails here."""
    names = output.write_out(run, folder)
    faults = list(verification.faults(run, folder))
    assert faults == list(off), faults[:5]
    found: Counter[str] = Counter()
    for name in names:
        if name.endswith(".pdf"):
            with pypdfium2.PdfDocument(folder / name) as pdf:
                for page in pdf:
                    found.update(re.findall(r"Nummer\d+", " ".join(verification.window_text(page))[:200]))
    return found


def taken(service: double.Double) -> Counter[str]:
    """The same of what SvarUt has accepted."""
    return Counter(
        shipment["told"]["mottaker"]["navn"].split()[-1] for shipment in service.shipments.values()
    )


def numbered(households: int, first: int = 0) -> set[str]:
    return {f"Nummer{n}" for n in range(first, first + households)}


def lost_and_doubled(found: Counter[str], names: set[str]) -> dict[str, int]:
    return {
        "lost": len(names - found.keys()),
        "doubled": sum(count - 1 for count in found.values()) + len(found.keys() - names),
    }


class Work:
    """Letters on paper in one municipality and by SvarUt in another, made and sent at the same time."""

    FIRST = 10_000  # The names of those by SvarUt begin here.

    def __init__(self, monkeypatch, *, files: int, a_file: int, letters: int) -> None:
        self.households = files * a_file + letters
        self._names = numbered(files * a_file) | numbered(letters, self.FIRST)
        monkeypatch.setattr(runs, "LETTERS_A_FILE", a_file)
        self.paper = frozen(municipality(files * a_file))
        wire = municipality(letters, svarut=True, number="3330", first=self.FIRST)
        self.wire = runs.approve(run=frozen(wire), by=None)

    def begin(self) -> None:
        runs.approve(run=self.paper, by=None)
        runs.deliver(run=self.wire, by=None)

    def is_over(self) -> bool:
        return is_ready(self.paper) and nobody_waits(self.wire)

    def outcome(self, service: double.Double, folder: Path) -> dict[str, int]:
        """{"lost": 0, "doubled": 0}, if all is well, of paper and SvarUt together."""
        found = (
            on_paper(self.paper, folder / "paper") + on_paper(self.wire, folder / "instead") + taken(service)
        )
        return lost_and_doubled(found, self._names)

    def pieces(self) -> tuple[int, int]:
        """How many pieces of work there were, and how often one was begun again."""
        attempts = [
            *self.paper.files.values_list("attempts", flat=True),
            *self.wire.deliveries.by_wire().values_list("attempts", flat=True),
        ]
        return len(attempts), sum(attempts) - len(attempts)
