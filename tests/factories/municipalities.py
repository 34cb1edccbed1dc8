import datetime
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from municipalities.activities import timing
from municipalities.activities.feed_models import CalendarFeed, FeedFetch
from municipalities.activities.models import Activity, ActivityText, Occurrence, State, Submission
from municipalities.audit.checks import AuditCheck
from municipalities.audit.models import Action, Actor, AuditEntry, AuditPruning, AuditSeal, SystemEntry
from municipalities.audit.vocabulary import Finding
from municipalities.contacts.models import ContactPoint, OpeningHours, SpecialDay, Weekday
from municipalities.enquiries.mailbox_models import Mailbox, Taken, TakenMail
from municipalities.enquiries.models import (
    AnswerMail,
    AnswerTemplate,
    Direction,
    Enquiry,
    EnquiryMessage,
    Reply,
    Source,
)
from municipalities.jobs.models import Vacancy, VacancySubmission
from municipalities.learning.models import Kind as LearningKind
from municipalities.learning.models import LearningPlace, LearningPlaceText
from municipalities.links.models import Link
from municipalities.login.providers import Identity, IdentityProvider, Kind, RoleClaim
from municipalities.moderation.models import State as Shown
from municipalities.municipality.models import Fact, FactKind, Municipality, MunicipalityText, TextKind
from municipalities.organisations.models import Organisation, OrganisationText
from municipalities.tenancy.models import Membership, Role, User
from municipalities.topics.models import Topic, TopicContact, TopicLink, TopicText

PASSWORD = "lang-nok-for-alle"


class MunicipalityFactory(DjangoModelFactory[Municipality]):
    class Meta:
        model = Municipality

    number = factory.Sequence(lambda n: f"{4000 + n}")
    name = factory.Sequence(lambda n: f"Dalen {n}")
    slug = factory.Sequence(lambda n: f"dalen-{n}")
    phone = "+4732085000"
    email = "post@dalen.example"
    website = "https://dalen.example"
    office_name = "Servicekontoret"
    street_address = "Torget 1"
    postal_code = "3570"
    postal_place = "Ål"
    mayor_name = "Solveig Berg"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@dalen.example")
    name = factory.Sequence(lambda n: f"Person {n}")
    is_staff = True
    password = factory.django.Password(PASSWORD)


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    municipality = factory.SubFactory(MunicipalityFactory)
    role = Role.SERVICE_OFFICE


class MunicipalityTextFactory(DjangoModelFactory[MunicipalityText]):
    class Meta:
        model = MunicipalityText

    municipality = factory.SubFactory(MunicipalityFactory)
    kind = TextKind.GREETING
    language = "nb"
    title = ""
    body = "<p>Så fint at dere har flyttet hit.</p>"


class ContactPointFactory(DjangoModelFactory[ContactPoint]):
    class Meta:
        model = ContactPoint

    municipality = factory.SubFactory(MunicipalityFactory)
    name = factory.Sequence(lambda n: f"Kontor {n}")
    phone = "+4732085200"


class LinkFactory(DjangoModelFactory[Link]):
    """A row only: what a link opens is issued by links.actions."""

    class Meta:
        model = Link

    municipality = factory.SubFactory(MunicipalityFactory)
    purpose = "review"
    model = "municipalities.topictext"
    object_id = factory.Sequence(lambda n: n + 1)
    state = "0" * 32
    nonce = factory.Sequence(lambda n: f"{n:020x}")
    expires_at = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=30))


class TopicFactory(DjangoModelFactory[Topic]):
    class Meta:
        model = Topic

    municipality = factory.SubFactory(MunicipalityFactory)
    slug = "doctor"


class TopicTextFactory(DjangoModelFactory[TopicText]):
    class Meta:
        model = TopicText

    topic = factory.SubFactory(TopicFactory)
    municipality = factory.SelfAttribute("topic.municipality")
    language = "nb"
    title = "Lege og legevakt"
    body = "<p>Du velger fastlege selv. Er det akutt, ring 113.</p>"


class OpeningHoursFactory(DjangoModelFactory[OpeningHours]):
    class Meta:
        model = OpeningHours

    contact = factory.SubFactory(ContactPointFactory)
    municipality = factory.SelfAttribute("contact.municipality")
    weekday = Weekday.MONDAY
    opens = datetime.time(8)
    closes = datetime.time(15, 30)


class TopicContactFactory(DjangoModelFactory[TopicContact]):
    class Meta:
        model = TopicContact

    topic = factory.SubFactory(TopicFactory)
    municipality = factory.SelfAttribute("topic.municipality")
    contact = factory.SubFactory(
        ContactPointFactory, municipality=factory.SelfAttribute("..topic.municipality")
    )


class TopicLinkFactory(DjangoModelFactory[TopicLink]):
    class Meta:
        model = TopicLink

    topic = factory.SubFactory(TopicFactory)
    municipality = factory.SelfAttribute("topic.municipality")
    label = "Bytt fastlege på Helsenorge"
    url = "https://www.helsenorge.no/bytte-fastlege/"


class LearningPlaceFactory(DjangoModelFactory[LearningPlace]):
    class Meta:
        model = LearningPlace

    municipality = factory.SubFactory(MunicipalityFactory)
    contact = factory.LazyAttribute(lambda made: ContactPointFactory(municipality=made.municipality))
    kind = LearningKind.SCHOOL


class LearningPlaceTextFactory(DjangoModelFactory[LearningPlaceText]):
    class Meta:
        model = LearningPlaceText

    place = factory.SubFactory(LearningPlaceFactory)
    municipality = factory.SelfAttribute("place.municipality")
    language = "nb"
    brief = "Her er skogen skolegård."


class FactFactory(DjangoModelFactory[Fact]):
    class Meta:
        model = Fact

    municipality = factory.SubFactory(MunicipalityFactory)
    kind = FactKind.POPULATION
    value = Decimal(4700)
    source = "SSB"
    source_url = "https://www.ssb.no/statbank/table/01222"
    true_on = datetime.date(2026, 7, 1)


class AuditEntryFactory(DjangoModelFactory[AuditEntry]):
    class Meta:
        model = AuditEntry

    municipality = factory.SubFactory(MunicipalityFactory)
    actor = Actor.STAFF
    action = Action.LOOKED
    model = "welcome.Household"
    object_id = factory.Sequence(str)


class AuditSealFactory(DjangoModelFactory[AuditSeal]):
    class Meta:
        model = AuditSeal

    municipality = factory.SubFactory(MunicipalityFactory)
    entry_number = factory.Sequence(lambda n: 1000 + n)
    sequence = factory.Sequence(lambda n: 1 + n)
    sealed_at = datetime.datetime(2026, 7, 1, tzinfo=datetime.UTC)
    hash = "0" * 64


class AuditPruningFactory(DjangoModelFactory[AuditPruning]):
    class Meta:
        model = AuditPruning

    municipality = factory.SubFactory(MunicipalityFactory)
    sequence = factory.Sequence(lambda n: 1 + n)
    hash = "0" * 64
    sealed_at = datetime.datetime(2023, 7, 1, tzinfo=datetime.UTC)
    entries = 5
    months = 36


class AuditCheckFactory(DjangoModelFactory[AuditCheck]):
    """One that is done and found nothing."""

    class Meta:
        model = AuditCheck

    municipality = factory.SubFactory(MunicipalityFactory)
    finding = Finding.HOLDS
    finished_at = factory.LazyFunction(timezone.now)


class SystemEntryFactory(DjangoModelFactory[SystemEntry]):
    class Meta:
        model = SystemEntry

    actor = Actor.VISITOR
    action = Action.LOGIN_FAILED


class IdentityProviderFactory(DjangoModelFactory[IdentityProvider]):
    class Meta:
        model = IdentityProvider

    class Params:
        # As a municipality enters it for its newcomers.
        idporten = factory.Trait(
            kind=Kind.IDPORTEN,
            issuer="https://idporten.no",
            acr_values="idporten-loa-substantial",
            roles_claim="",
        )

    municipality = factory.SubFactory(MunicipalityFactory)
    kind = Kind.OTHER
    name = factory.Sequence(lambda n: f"Innlogging {n}")
    issuer = "https://login.dalen.example"
    client_id = "tilflytter"
    client_secret = "en-hemmelighet"
    acr_values = "high"
    roles_claim = "roles"
    active = True


class RoleClaimFactory(DjangoModelFactory[RoleClaim]):
    class Meta:
        model = RoleClaim

    provider = factory.SubFactory(IdentityProviderFactory)
    municipality = factory.SelfAttribute("provider.municipality")
    value = "Tilflytter-kontor"
    role = Role.SERVICE_OFFICE


class IdentityFactory(DjangoModelFactory[Identity]):
    class Meta:
        model = Identity

    provider = factory.SubFactory(IdentityProviderFactory)
    municipality = factory.SelfAttribute("provider.municipality")
    issuer = factory.SelfAttribute("provider.issuer")
    subject = factory.Sequence(lambda n: f"subject-{n}")
    user = factory.LazyAttribute(lambda made: MembershipFactory(municipality=made.provider.municipality).user)


class EnquiryFactory(DjangoModelFactory[Enquiry]):
    """One that came from a page and waits; with an answer wanted by e-mail."""

    class Meta:
        model = Enquiry

    municipality = factory.SubFactory(MunicipalityFactory)
    source = Source.PAGE
    page = factory.LazyAttribute(lambda made: f"/{made.municipality.slug}/topics/doctor/")
    language = "nb"
    text = "Hvor finner jeg fastlege?"
    reply = Reply.EMAIL
    email = factory.LazyAttribute(lambda made: "kari@heime.example" if made.reply == Reply.EMAIL else "")
    phone = factory.LazyAttribute(lambda made: "+4799951234" if made.reply == Reply.PHONE else "")
    due_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=3))


class EnquiryMessageFactory(DjangoModelFactory[EnquiryMessage]):
    class Meta:
        model = EnquiryMessage

    enquiry = factory.SubFactory(EnquiryFactory)
    municipality = factory.SelfAttribute("enquiry.municipality")
    direction = Direction.OUT
    text = "Ring legekontoret, så setter de deg på listen."


class AnswerMailFactory(DjangoModelFactory[AnswerMail]):
    class Meta:
        model = AnswerMail

    message = factory.SubFactory(EnquiryMessageFactory)
    municipality = factory.SelfAttribute("message.municipality")
    to = "kari@heime.example"


class AnswerTemplateFactory(DjangoModelFactory[AnswerTemplate]):
    class Meta:
        model = AnswerTemplate

    municipality = factory.SubFactory(MunicipalityFactory)
    name = factory.Sequence(lambda n: f"Fastlege {n}")
    language = "nb"
    text = "Du velger fastlege på Helsenorge."


class MailboxFactory(DjangoModelFactory[Mailbox]):
    class Meta:
        model = Mailbox

    municipality = factory.SubFactory(MunicipalityFactory)
    address = "tilflytter@dalen.example"
    host = "imap.dalen.example"
    username = "tilflytter"
    password = "noe hemmelig å"


class TakenMailFactory(DjangoModelFactory[TakenMail]):
    """One that could not be taken in."""

    class Meta:
        model = TakenMail

    municipality = factory.SubFactory(MunicipalityFactory)
    mark = factory.Sequence(lambda n: f"{n:064x}")
    became = Taken.FAILED
    detail = "DataError"


class SpecialDayFactory(DjangoModelFactory[SpecialDay]):
    class Meta:
        model = SpecialDay

    contact = factory.SubFactory(ContactPointFactory)
    municipality = factory.SelfAttribute("contact.municipality")
    day = datetime.date(2026, 12, 24)


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    municipality = factory.SubFactory(MunicipalityFactory)
    name = factory.Sequence(lambda n: f"Dalen songlag {n}")
    slug = factory.Sequence(lambda n: f"songlag-{n}")
    email = "leiar@songlag.example"


class OrganisationTextFactory(DjangoModelFactory[OrganisationText]):
    class Meta:
        model = OrganisationText

    organisation = factory.SubFactory(OrganisationFactory)
    municipality = factory.SelfAttribute("organisation.municipality")
    language = "nb"
    body = "<p>Vi synger hver tirsdag.</p>"


class CalendarFeedFactory(DjangoModelFactory[CalendarFeed]):
    class Meta:
        model = CalendarFeed

    organisation = factory.SubFactory(OrganisationFactory)
    municipality = factory.SelfAttribute("organisation.municipality")
    address = "https://songlag.example/kalender.ics"


class FeedFetchFactory(DjangoModelFactory[FeedFetch]):
    class Meta:
        model = FeedFetch

    feed = factory.SubFactory(CalendarFeedFactory)
    municipality = factory.SelfAttribute("feed.municipality")


def tomorrow(hour: int, minute: int = 0) -> datetime.datetime:
    """On the wall in Norway."""
    day = timezone.localdate() + datetime.timedelta(days=1)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))


class ActivityFactory(DjangoModelFactory[Activity]):
    """Published, tomorrow evening; its times are written as `changes.save` does."""

    class Meta:
        model = Activity
        skip_postgeneration_save = True

    municipality = factory.SubFactory(MunicipalityFactory)
    state = State.PUBLISHED
    place = "Samfunnshuset"
    starts_at = factory.LazyFunction(lambda: tomorrow(18))
    ends_at = factory.LazyAttribute(lambda made: made.starts_at + datetime.timedelta(hours=2))
    published_at = factory.Maybe(
        factory.LazyAttribute(lambda made: made.state == State.PUBLISHED), factory.LazyFunction(timezone.now)
    )
    waiting_since = factory.Maybe(
        factory.LazyAttribute(lambda made: made.state == State.WAITING), factory.LazyFunction(timezone.now)
    )
    withdrawn_at = factory.Maybe(
        factory.LazyAttribute(lambda made: made.state == State.WITHDRAWN), factory.LazyFunction(timezone.now)
    )

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        made = model_class(*args, **kwargs)
        rows = timing.reckon(made)
        made.save()
        timing.write(made, rows)
        return made


class ActivityTextFactory(DjangoModelFactory[ActivityText]):
    class Meta:
        model = ActivityText

    activity = factory.SubFactory(ActivityFactory)
    municipality = factory.SelfAttribute("activity.municipality")
    language = "nb"
    title = "Åpen korøvelse"
    body = "<p>Kom og syng med oss.</p>"


class OccurrenceFactory(DjangoModelFactory[Occurrence]):
    class Meta:
        model = Occurrence

    activity = factory.SubFactory(ActivityFactory)
    municipality = factory.SelfAttribute("activity.municipality")
    starts_at = factory.LazyFunction(lambda: tomorrow(12))
    ends_at = factory.LazyFunction(lambda: tomorrow(13))


class SubmissionFactory(DjangoModelFactory[Submission]):
    """Confirmed by its sender."""

    class Meta:
        model = Submission

    activity = factory.SubFactory(ActivityFactory, state=State.WAITING)
    municipality = factory.SelfAttribute("activity.municipality")
    name = "Turid Haugen"
    email = "turid@songlag.example"
    confirmed_at = factory.LazyFunction(timezone.now)


class VacancyFactory(DjangoModelFactory[Vacancy]):
    """Published, entered by staff."""

    class Meta:
        model = Vacancy

    municipality = factory.SubFactory(MunicipalityFactory)
    state = Shown.PUBLISHED
    title = "Sykepleier i hjemmetjenesten"
    body = "<p>Vi søker en sykepleier.</p>"
    employer_name = "Ål kommune"
    apply_url = "https://soknad.example/1"
    due_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=20))
    published_at = factory.LazyAttribute(
        lambda made: timezone.now() if made.state == Shown.PUBLISHED else None
    )
    expires_on = factory.LazyAttribute(
        lambda made: (
            timezone.localdate() + datetime.timedelta(days=30) if made.state == Shown.PUBLISHED else None
        )
    )
    waiting_since = factory.LazyAttribute(
        lambda made: timezone.now() if made.state == Shown.WAITING else None
    )
    gone_at = factory.LazyAttribute(lambda made: timezone.now() if made.state == Shown.GONE else None)


class VacancySubmissionFactory(DjangoModelFactory[VacancySubmission]):
    """Of an employer who has confirmed the address."""

    class Meta:
        model = VacancySubmission

    vacancy = factory.SubFactory(VacancyFactory)
    municipality = factory.SelfAttribute("vacancy.municipality")
    name = "Turid Dagleg"
    email = "turid@hotellet.example"
    confirmed_at = factory.LazyFunction(timezone.now)
