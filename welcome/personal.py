from welcome.households import personal as households
from welcome.letters import personal as letters

DECLARATIONS = [*households.DECLARATIONS, *letters.DECLARATIONS]
