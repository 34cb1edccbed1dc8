from welcome.households.admin import ImportBatchAdmin
from welcome.letters.admin import LetterRunAdmin
from welcome.privacy.admin import HouseholdWithRightsAdmin

__all__ = ["HouseholdWithRightsAdmin", "ImportBatchAdmin", "LetterRunAdmin"]
