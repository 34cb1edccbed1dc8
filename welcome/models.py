from welcome.households.models import Household, ImportBatch, ImportRow, Person
from welcome.letters.models import LeftOut, Letter, LetterRun, PrintFile, RunText

__all__ = [
    "Household",
    "ImportBatch",
    "ImportRow",
    "LeftOut",
    "Letter",
    "LetterRun",
    "Person",
    "PrintFile",
    "RunText",
]
