from welcome.households.models import Household, ImportBatch, ImportRow, Person
from welcome.letters.models import LeftOut, Letter, LetterRun, PrintFile, RunText
from welcome.privacy.models import DataRequest

__all__ = [
    "DataRequest",
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
