from welcome.club import personal as club
from welcome.cooperation import personal as cooperation
from welcome.hosts import personal as hosts
from welcome.households import personal as households
from welcome.letters import personal as letters
from welcome.meetings import personal as meetings
from welcome.orders import personal as orders
from welcome.packages import personal as packages
from welcome.portal import personal as portal
from welcome.privacy import personal as privacy
from welcome.stories import personal as stories

DECLARATIONS = [
    *households.DECLARATIONS,
    *stories.DECLARATIONS,
    *hosts.DECLARATIONS,
    *packages.DECLARATIONS,
    *meetings.DECLARATIONS,
    *club.DECLARATIONS,
    *orders.DECLARATIONS,
    *letters.DECLARATIONS,
    *cooperation.DECLARATIONS,
    *privacy.DECLARATIONS,
    *portal.DECLARATIONS,
]
