from municipalities.contacts import personal as contacts
from municipalities.privacy import below
from municipalities.topics import personal as topics

DECLARATIONS = [*below.DECLARATIONS, *contacts.DECLARATIONS, *topics.DECLARATIONS]
