from welcome.households import personal as households
from welcome.letters import personal as letters
from welcome.privacy import personal as privacy

DECLARATIONS = [*households.DECLARATIONS, *letters.DECLARATIONS, *privacy.DECLARATIONS]
