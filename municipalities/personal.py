from municipalities.activities import personal as activities
from municipalities.contacts import personal as contacts
from municipalities.enquiries import personal as enquiries
from municipalities.jobs import personal as jobs
from municipalities.learning import personal as learning
from municipalities.login import personal as login
from municipalities.organisations import personal as organisations
from municipalities.privacy import below
from municipalities.topics import personal as topics

DECLARATIONS = [
    *below.DECLARATIONS,
    *login.DECLARATIONS,
    *contacts.DECLARATIONS,
    *topics.DECLARATIONS,
    *learning.DECLARATIONS,
    *enquiries.DECLARATIONS,
    *organisations.DECLARATIONS,
    *activities.DECLARATIONS,
    *jobs.DECLARATIONS,
]
