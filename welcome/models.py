from welcome.households.consents import Consent, ConsentText
from welcome.households.models import Household, ImportBatch, ImportRow, Person
from welcome.households.own_logins import OwnLogin
from welcome.letters.models import LeftOut, Letter, LetterRun, PrintFile, RunText
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.models import DataRequest

__all__ = [
    "Consent",
    "ConsentText",
    "DataRequest",
    "Household",
    "ImportBatch",
    "ImportRow",
    "LeftOut",
    "Letter",
    "LetterRun",
    "OwnLogin",
    "Person",
    "PrintFile",
    "RetentionRun",
    "RunText",
]
