from welcome.households.admin import ImportBatchAdmin
from welcome.letters.admin import LetterRunAdmin
from welcome.privacy.admin import HouseholdWithRightsAdmin, RetentionRunAdmin
from welcome.privacy.request_admin import DataRequestAdmin

__all__ = [
    "DataRequestAdmin",
    "HouseholdWithRightsAdmin",
    "ImportBatchAdmin",
    "LetterRunAdmin",
    "RetentionRunAdmin",
]
