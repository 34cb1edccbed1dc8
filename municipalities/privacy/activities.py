"""Why personal data is held here at all: the lines of the records of processing (GDPR art. 30)."""

from django.utils.translation import gettext_lazy as _

from municipalities.privacy.registry import About, Activity, Basis, Retention

_NEWCOMER_SOURCE = _(
    "The population register, a list that the municipality has the right to use, or the person"
)
_NOBODY = _("Nobody outside the municipality and its processor")

WELCOME = Activity(
    code="welcome",
    about=About.NEWCOMERS,
    purpose=_("To welcome those who moved here, and to follow up what they ask for"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.LEFT,
    source=_NEWCOMER_SOURCE,
    recipients=_NOBODY,
)
PLANNING = Activity(
    code="planning",
    about=About.NEWCOMERS,
    purpose=_("To help those who plan to move here"),
    basis=Basis.CONSENT,
    retention=Retention.PLANNING,
    source=_("The person"),
    recipients=_NOBODY,
)
LETTERS = Activity(
    code="letters",
    about=About.NEWCOMERS,
    purpose=_("To send a welcome letter, and to know afterwards who got one and what it said"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.LETTERS,
    source=_NEWCOMER_SOURCE,
    recipients=_("The printer that prints and posts the letters"),
)
IMPORTS = Activity(
    code="imports",
    about=About.NEWCOMERS,
    purpose=_("To read a list of arrivals and let an employee decide on it"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.IMPORTS,
    source=_("A list that the municipality has the right to use"),
    recipients=_NOBODY,
)
RIGHTS = Activity(
    code="rights",
    about=About.NEWCOMERS,
    purpose=_("To answer requests for access, correction and erasure, and to know what was consented to"),
    basis=Basis.LEGAL_DUTY,
    retention=Retention.REQUESTS,
    source=_("The person"),
    recipients=_NOBODY,
)
LINKS = Activity(
    code="links",
    about=About.NEWCOMERS,
    purpose=_("To let a person in to their own page by a link that runs out"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.SESSION,
    source=_("The portal"),
    recipients=_NOBODY,
)
OWN_LOGINS = Activity(
    code="own_logins",
    about=About.NEWCOMERS,
    purpose=_("To let a person who wishes it log in to their own page with ID-porten"),
    basis=Basis.CONSENT,
    retention=Retention.LOGIN,
    source=_("The person, by logging in with ID-porten"),
    recipients=_("The Norwegian Digitalisation Agency, which runs ID-porten"),
)
HISTORY = Activity(
    code="history",
    about=About.NEWCOMERS,
    purpose=_("To know who looked at or changed what, and to find misuse (GDPR article 32)"),
    basis=Basis.LEGAL_DUTY,
    retention=Retention.TRAIL,
    source=_("The portal"),
    recipients=_NOBODY,
)
ACCOUNTS = Activity(
    code="accounts",
    about=About.STAFF,
    purpose=_("To let in those who work with this, and nobody else"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.ACCOUNT,
    source=_("The municipality, and its login service"),
    recipients=_("The login service that the municipality has chosen"),
)
SESSIONS = Activity(
    code="sessions",
    about=About.STAFF,
    purpose=_("To keep staff logged in, and to let them see and end where they are logged in"),
    basis=Basis.LEGAL_DUTY,
    retention=Retention.SESSION,
    source=_("The portal"),
    recipients=_NOBODY,
)
CONTACTS = Activity(
    code="contacts",
    about=About.CONTACTS,
    purpose=_("To tell people whom to call, and who answers for a text"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.CONTACT,
    source=_("The municipality, and the office or school that is named"),
    recipients=_("Everybody: it is published"),
)
HOSTS = Activity(
    code="hosts",
    about=About.HOSTS,
    purpose=_("To find a host for those who move here, and to tell them whom to call"),
    basis=Basis.CONSENT,
    retention=Retention.HOST,
    source=_("The person"),
    recipients=_("The household whose host the person is, in its letter"),
)
MEETINGS = Activity(
    code="meetings",
    about=About.NEWCOMERS,
    purpose=_("To invite to a welcome meeting, and to know how many come and what they need there"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.MEETING,
    source=_("The person"),
    recipients=_NOBODY,
)
ENQUIRIES = Activity(
    code="enquiries",
    about=About.ASKERS,
    purpose=_("To answer what people ask the municipality, and to know that they were answered"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.ENQUIRIES,
    source=_("The person"),
    recipients=_NOBODY,
)
SUBMISSIONS = Activity(
    code="submissions",
    about=About.CONTACTS,
    purpose=_("To publish what people send to the calendar, and to answer who sent it"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.SUBMISSION,
    source=_("The person"),
    recipients=_("Nobody for name and e-mail; a phone number for signing up is published"),
)
HOMES = Activity(
    code="homes",
    about=About.CONTACTS,
    purpose=_("To publish homes that people offer, and to answer who offers them"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.SHOWN,
    source=_("The person"),
    recipients=_("Whoever asks about the home and is answered, for the e-mail; nobody else"),
)
HOLDINGS = Activity(
    code="holdings",
    about=About.OWNERS,
    purpose=_("To talk with those who own an empty farm or house about somebody living there"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.HOLDING,
    source=_("The land register, the person, or somebody who knows the place"),
    recipients=_NOBODY,
)
WISHES = Activity(
    code="wishes",
    about=About.NEWCOMERS,
    purpose=_("To tell people of homes and jobs that fit what they look for, and to know what is lacking"),
    basis=Basis.CONSENT,
    retention=Retention.WISH,
    source=_("The person"),
    recipients=_NOBODY,
)
VACANCIES = Activity(
    code="vacancies",
    about=About.CONTACTS,
    purpose=_("To publish vacancies that employers send in, and to answer who sent them"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.SHOWN,
    source=_("The person"),
    recipients=_NOBODY,
)
HOME_MESSAGES = Activity(
    code="home_messages",
    about=About.ASKERS,
    purpose=_("To pass on what somebody who looks for a home writes to its owner, and the answer"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.MESSAGE,
    source=_("The person"),
    recipients=_("The owner of the home"),
)
STORIES = Activity(
    code="stories",
    about=About.STORYTELLERS,
    purpose=_("To show why people who moved here stay, in their own words"),
    basis=Basis.CONSENT,
    retention=Retention.STORY,
    source=_("The person"),
    recipients=_("Everybody, for the words and the name they chose; nobody for how they are reached"),
)
ORDERS = Activity(
    code="orders",
    about=About.NEWCOMERS,
    purpose=_("To give those who order it the welcome package, a host or a seat at the meeting"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.ORDER,
    source=_("The person"),
    recipients=_NOBODY,
)
CLUB = Activity(
    code="club",
    about=About.NEWCOMERS,
    purpose=_("To write to those who have joined the newcomers' club"),
    basis=Basis.CONSENT,
    retention=Retention.CLUB,
    source=_("The person"),
    recipients=_NOBODY,
)
COOPERATION = Activity(
    code="cooperation",
    about=About.CONTACTS,
    purpose=_("To meet and work with those who receive newcomers, and to know who does what"),
    basis=Basis.PUBLIC_TASK,
    retention=Retention.COOPERATION,
    source=_("The person, and the organisation they speak for"),
    recipients=_("Those who get the minutes of a meeting"),
)
HOST_OFFERS = Activity(
    code="host_offers",
    about=About.HOSTS,
    purpose=_("To ask those who have offered it whether they will be a host"),
    basis=Basis.CONSENT,
    retention=Retention.OFFER,
    source=_("The person"),
    recipients=_NOBODY,
)
