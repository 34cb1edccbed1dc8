from welcome.households.admin import HouseholdAdmin, ImportBatchAdmin
from welcome.letters.admin import LetterRunAdmin

__all__ = ["HouseholdAdmin", "ImportBatchAdmin", "LetterRunAdmin"]
