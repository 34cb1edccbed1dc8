import datetime

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from tests.factories.municipalities import MunicipalityFactory, OrganisationFactory
from welcome.club.models import Member
from welcome.cooperation.idea_models import Idea, Vote
from welcome.cooperation.measure_models import GroupMember, Measure, Spending, Task
from welcome.cooperation.models import Attendee, CooperationMeeting, Participant
from welcome.cooperation.settings_models import CooperationSettings
from welcome.hosts.following import HostContact, HostMail, HostReply
from welcome.hosts.kinds import ContactKind, MailKind, Side
from welcome.hosts.models import AssignmentState, Host, HostAssignment, HostAway
from welcome.hosts.offers import HostOffer
from welcome.hosts.rules import HostRules
from welcome.households.consents import Consent, ConsentPurpose, ConsentText, How
from welcome.households.imports import ImportBatch, ImportRow, Verdict
from welcome.households.models import Household, Person
from welcome.households.own_logins import OwnLogin, fingerprints, states
from welcome.households.recognition import address_key, name_key
from welcome.letters.channels import Channel, ChannelSettings
from welcome.letters.delivery_models import Delivery
from welcome.letters.models import LeftOut, LeftOutReason, Letter, LetterRun, PrintFile, RunText
from welcome.letters.proof_models import Proof, ProofProblem, ProofSample
from welcome.letters.template_models import LetterTemplate, standard_blocks
from welcome.meetings.attendance import Attendance
from welcome.meetings.calls import Call
from welcome.meetings.models import Invitation, MeetingText, SignUp, SignUpState, WelcomeMeeting
from welcome.meetings.programme import ProgrammeItem, Subject
from welcome.orders.models import Order, OrderState, Situation
from welcome.packages.models import Fulfilment, Gift, GiftText
from welcome.packages.package_models import Package, PackageItem, Voucher, as_key
from welcome.packages.stock_models import MovementKind, Stock, StockMovement
from welcome.portal.models import MissedSearch, PageDay
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.models import DataRequest, RequestKind
from welcome.stories.models import State as StoryState
from welcome.stories.models import Story, Storyteller, StoryText


class HouseholdFactory(DjangoModelFactory[Household]):
    class Meta:
        model = Household

    municipality = factory.SubFactory(MunicipalityFactory)
    street = "Øvre Ålsgata"
    house_number = "12"
    house_letter = "B"
    postal_code = "3570"
    postal_place = "Ål"
    moved_in = datetime.date(2026, 8, 15)
    # As every way into the database makes it, so that an import recognises these rows.
    address_key = factory.LazyAttribute(
        lambda home: address_key(
            street=home.street,
            house_number=home.house_number,
            house_letter=home.house_letter,
            postal_code=home.postal_code,
            extra_line=getattr(home, "extra_line", ""),
            abroad=getattr(home, "foreign_address", ""),
        )
    )


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    household = factory.SubFactory(HouseholdFactory)
    municipality = factory.SelfAttribute("household.municipality")
    given_name = "Oksana"
    family_name = factory.Sequence(lambda n: f"Kovalenko{n}")
    name_key = factory.LazyAttribute(lambda person: name_key(person.given_name, person.family_name))
    birth_year = 1988


class OwnLoginFactory(DjangoModelFactory[OwnLogin]):
    class Meta:
        model = OwnLogin

    class Params:
        issuer = "https://idporten.no"
        subject = factory.Sequence(lambda n: f"person-{n}")

    household = factory.SubFactory(HouseholdFactory)
    municipality = factory.SelfAttribute("household.municipality")
    fingerprint = factory.LazyAttribute(
        lambda made: fingerprints(made.municipality, issuer=made.issuer, subject=made.subject)[0]
    )
    state = factory.LazyAttribute(lambda made: states(made.household, fingerprint=made.fingerprint)[0])


class DataRequestFactory(DjangoModelFactory[DataRequest]):
    class Meta:
        model = DataRequest

    household = factory.SubFactory(HouseholdFactory)
    municipality = factory.SelfAttribute("household.municipality")
    kind = RequestKind.CORRECTION
    wrote = "Etternavnet er feil."


class LetterRunFactory(DjangoModelFactory[LetterRun]):
    class Meta:
        model = LetterRun

    municipality = factory.SubFactory(MunicipalityFactory)
    year = 2026
    number = 3


class LetterTemplateFactory(DjangoModelFactory[LetterTemplate]):
    class Meta:
        model = LetterTemplate

    municipality = factory.SubFactory(MunicipalityFactory)
    version = factory.Sequence(lambda n: n + 1)
    blocks = factory.LazyFunction(standard_blocks)


class ImportBatchFactory(DjangoModelFactory[ImportBatch]):
    class Meta:
        model = ImportBatch

    municipality = factory.SubFactory(MunicipalityFactory)
    filename = "tilflyttere.csv"
    sha256 = "0" * 64


class ImportRowFactory(DjangoModelFactory[ImportRow]):
    class Meta:
        model = ImportRow

    batch = factory.SubFactory(ImportBatchFactory)
    municipality = factory.SelfAttribute("batch.municipality")
    number = factory.Sequence(lambda n: n + 2)
    verdict = Verdict.NEW


class RunTextFactory(DjangoModelFactory[RunText]):
    class Meta:
        model = RunText

    run = factory.SubFactory(LetterRunFactory)
    municipality = factory.SelfAttribute("run.municipality")
    language = "nb"
    greeting = factory.Dict({"title": "", "body": "<p>Velkommen hit.</p>", "language": "nb"})
    enclosure = factory.List([])


class PrintFileFactory(DjangoModelFactory[PrintFile]):
    class Meta:
        model = PrintFile

    run = factory.SubFactory(LetterRunFactory)
    municipality = factory.SelfAttribute("run.municipality")
    sequence = 1


class LetterFactory(DjangoModelFactory[Letter]):
    class Meta:
        model = Letter

    run = factory.SubFactory(LetterRunFactory)
    municipality = factory.SelfAttribute("run.municipality")
    number = 1
    language = "nb"
    address = factory.List(["Oksana Kovalenko", "Øvre Ålsgata 12 B", "3570 Ål"])
    salutation = "Kjære Oksana"
    people = 1


class ProofFactory(DjangoModelFactory[Proof]):
    class Meta:
        model = Proof

    run = factory.SubFactory(LetterRunFactory)
    municipality = factory.SelfAttribute("run.municipality")


class ProofProblemFactory(DjangoModelFactory[ProofProblem]):
    class Meta:
        model = ProofProblem

    proof = factory.SubFactory(ProofFactory)
    municipality = factory.SelfAttribute("proof.municipality")
    code = "no_arms"


class ProofSampleFactory(DjangoModelFactory[ProofSample]):
    class Meta:
        model = ProofSample

    proof = factory.SubFactory(ProofFactory)
    municipality = factory.SelfAttribute("proof.municipality")
    letter = factory.SubFactory(
        LetterFactory,
        run=factory.SelfAttribute("..proof.run"),
        number=factory.Sequence(lambda n: 100 + n),  # Beside the run's own first letter.
    )
    pages = 1


class LeftOutFactory(DjangoModelFactory[LeftOut]):
    class Meta:
        model = LeftOut

    run = factory.SubFactory(LetterRunFactory)
    municipality = factory.SelfAttribute("run.municipality")
    reason = LeftOutReason.NO_ADDRESS


class ChannelSettingsFactory(DjangoModelFactory[ChannelSettings]):
    class Meta:
        model = ChannelSettings

    municipality = factory.SubFactory(MunicipalityFactory)


class DeliveryFactory(DjangoModelFactory[Delivery]):
    class Meta:
        model = Delivery

    letter = factory.SubFactory(LetterFactory)
    run = factory.SelfAttribute("letter.run")
    municipality = factory.SelfAttribute("letter.municipality")
    channel = Channel.PRINT


class ConsentTextFactory(DjangoModelFactory[ConsentText]):
    class Meta:
        model = ConsentText

    municipality = factory.SubFactory(MunicipalityFactory)
    purpose = ConsentPurpose.PLANNING
    language = "nb"
    version = factory.Sequence(lambda n: n + 1001)  # Far from those that the portal itself writes down.
    words = "Kommunen kan ta vare på det vi har fortalt."


class ConsentFactory(DjangoModelFactory[Consent]):
    class Meta:
        model = Consent

    household = factory.SubFactory(HouseholdFactory)
    municipality = factory.SelfAttribute("household.municipality")
    purpose = ConsentPurpose.PLANNING
    text = factory.SubFactory(ConsentTextFactory, municipality=factory.SelfAttribute("..municipality"))
    how = How.FORM


class RetentionRunFactory(DjangoModelFactory[RetentionRun]):
    class Meta:
        model = RetentionRun

    municipality = factory.SubFactory(MunicipalityFactory)
    day = datetime.date(2026, 11, 22)


class HostFactory(DjangoModelFactory[Host]):
    class Meta:
        model = Host

    municipality = factory.SubFactory(MunicipalityFactory)
    name = factory.Sequence(lambda n: f"Torbjørg Vert {n}")
    phone = "+4799951234"
    languages = factory.List(["nb", "en"])
    place = "Torpo"
    about = "Går gjerne tur."
    named_since = datetime.date(2026, 8, 1)


class HostAssignmentFactory(DjangoModelFactory[HostAssignment]):
    class Meta:
        model = HostAssignment

    household = factory.SubFactory(HouseholdFactory)
    municipality = factory.SelfAttribute("household.municipality")
    host = factory.SubFactory(HostFactory, municipality=factory.SelfAttribute("..municipality"))
    state = AssignmentState.AGREED
    slot = factory.LazyAttribute(lambda made: HostAssignment.objects.running().of_host(made.host).count() + 1)
    answer_by = datetime.date(2030, 1, 1)
    agreed_at = factory.LazyAttribute(
        lambda made: None if made.state == AssignmentState.PROPOSED else timezone.now()
    )
    household_said_at = factory.SelfAttribute("agreed_at")
    host_said_at = factory.SelfAttribute("agreed_at")


class HostAwayFactory(DjangoModelFactory[HostAway]):
    class Meta:
        model = HostAway

    host = factory.SubFactory(HostFactory)
    municipality = factory.SelfAttribute("host.municipality")
    first_day = datetime.date(2026, 7, 1)
    last_day = datetime.date(2026, 7, 21)


class HostContactFactory(DjangoModelFactory[HostContact]):
    class Meta:
        model = HostContact

    assignment = factory.SubFactory(HostAssignmentFactory)
    municipality = factory.SelfAttribute("assignment.municipality")
    kind = ContactKind.MET


class HostReplyFactory(DjangoModelFactory[HostReply]):
    class Meta:
        model = HostReply

    assignment = factory.SubFactory(HostAssignmentFactory)
    municipality = factory.SelfAttribute("assignment.municipality")
    side = Side.HOUSEHOLD
    score = 5


class HostMailFactory(DjangoModelFactory[HostMail]):
    class Meta:
        model = HostMail

    assignment = factory.SubFactory(HostAssignmentFactory)
    municipality = factory.SelfAttribute("assignment.municipality")
    side = Side.HOST
    kind = MailKind.AGREED


class HostRulesFactory(DjangoModelFactory[HostRules]):
    class Meta:
        model = HostRules

    municipality = factory.SubFactory(MunicipalityFactory)


class GiftFactory(DjangoModelFactory[Gift]):
    class Meta:
        model = Gift

    municipality = factory.SubFactory(MunicipalityFactory)
    giver = "Hallingdølen"
    valid_from = datetime.date(2026, 1, 1)


class GiftTextFactory(DjangoModelFactory[GiftText]):
    class Meta:
        model = GiftText

    gift = factory.SubFactory(GiftFactory)
    municipality = factory.SelfAttribute("gift.municipality")
    language = "nb"
    title = "En måned med avisen"
    brief = "Gjelder til jul."


class WelcomeMeetingFactory(DjangoModelFactory[WelcomeMeeting]):
    """A month from now, as people may sign up for it."""

    class Meta:
        model = WelcomeMeeting

    municipality = factory.SubFactory(MunicipalityFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + datetime.timedelta(days=30))
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + datetime.timedelta(hours=2))
    deadline = factory.LazyAttribute(lambda meeting: meeting.starts_at - datetime.timedelta(days=2))
    place = "Kulturhuset"
    address = "Torget 2"
    capacity = 40
    published = True


class MeetingTextFactory(DjangoModelFactory[MeetingText]):
    class Meta:
        model = MeetingText

    meeting = factory.SubFactory(WelcomeMeetingFactory)
    municipality = factory.SelfAttribute("meeting.municipality")
    language = "nb"
    title = "Velkomstmøte"
    brief = "Kaffe, og folk du kan spørre om alt."


class ProgrammeItemFactory(DjangoModelFactory[ProgrammeItem]):
    class Meta:
        model = ProgrammeItem

    meeting = factory.SubFactory(WelcomeMeetingFactory)
    municipality = factory.SelfAttribute("meeting.municipality")
    starts_at = datetime.time(18, 15)
    subject = Subject.MAYOR


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    meeting = factory.SubFactory(WelcomeMeetingFactory)
    municipality = factory.SelfAttribute("meeting.municipality")
    household = factory.SubFactory(HouseholdFactory, municipality=factory.SelfAttribute("..municipality"))


class StoryFactory(DjangoModelFactory[Story]):
    """Published, with consent, for a year."""

    class Meta:
        model = Story

    municipality = factory.SubFactory(MunicipalityFactory)
    shown_name = "Amina"
    state = StoryState.PUBLISHED
    consent_on = factory.LazyFunction(timezone.localdate)
    consent_how = "paper"
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=365))
    published_at = factory.LazyFunction(timezone.now)


class StoryTextFactory(DjangoModelFactory[StoryText]):
    class Meta:
        model = StoryText

    story = factory.SubFactory(StoryFactory)
    municipality = factory.SelfAttribute("story.municipality")
    language = "nb"
    title = "Jeg kom for jobben og ble for naboene"
    body = "<p>Den første uka kom det noen med ved.</p>"


class StorytellerFactory(DjangoModelFactory[Storyteller]):
    class Meta:
        model = Storyteller

    story = factory.SubFactory(StoryFactory)
    municipality = factory.SelfAttribute("story.municipality")
    name = "Amina Testesen"
    email = "amina@heime.example"


class SignUpFactory(DjangoModelFactory[SignUp]):
    """Of a household; `stranger=True`: of somebody who called."""

    class Meta:
        model = SignUp

    class Params:
        stranger = factory.Trait(household=None, name="Kari Ringer", contact="99 95 12 34")

    meeting = factory.SubFactory(WelcomeMeetingFactory)
    municipality = factory.SelfAttribute("meeting.municipality")
    household = factory.SubFactory(HouseholdFactory, municipality=factory.SelfAttribute("..municipality"))
    state = SignUpState.COMING
    seats = factory.LazyAttribute(lambda row: row.adults + len(getattr(row, "children", [])))
    adults = 1


class CallFactory(DjangoModelFactory[Call]):
    class Meta:
        model = Call

    meeting = factory.SubFactory(WelcomeMeetingFactory)
    municipality = factory.SelfAttribute("meeting.municipality")
    household = factory.SubFactory(HouseholdFactory, municipality=factory.SelfAttribute("..municipality"))
    due_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=7))


class AttendanceFactory(DjangoModelFactory[Attendance]):
    class Meta:
        model = Attendance

    meeting = factory.SubFactory(WelcomeMeetingFactory)
    municipality = factory.SelfAttribute("meeting.municipality")
    sign_up = factory.SubFactory(SignUpFactory, meeting=factory.SelfAttribute("..meeting"))
    adults = 1
    children = 0


class PageDayFactory(DjangoModelFactory[PageDay]):
    class Meta:
        model = PageDay

    municipality = factory.SubFactory(MunicipalityFactory)
    path = factory.LazyAttribute(lambda made: f"/{made.municipality.slug}/topics/doctor/")
    language = "nb"
    day = factory.LazyFunction(timezone.localdate)
    views = 10


class MissedSearchFactory(DjangoModelFactory[MissedSearch]):
    """One whose words are kept."""

    class Meta:
        model = MissedSearch

    municipality = factory.SubFactory(MunicipalityFactory)
    week = factory.LazyFunction(
        lambda: timezone.localdate() - datetime.timedelta(days=timezone.localdate().weekday())
    )
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")
    words = factory.Sequence(lambda n: f"skøyteis {n}")
    language = "nb"
    times = 5
    days = 2
    last_on = factory.LazyFunction(timezone.localdate)


class HostOfferFactory(DjangoModelFactory[HostOffer]):
    """As it was sent; `waiting=True`: and confirmed."""

    class Meta:
        model = HostOffer

    class Params:
        waiting = factory.Trait(confirmed_at=factory.LazyFunction(timezone.now))

    asked_at = factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(minutes=5))
    municipality = factory.SubFactory(MunicipalityFactory)
    name = "Guro Tilbud"
    email = factory.Sequence(lambda n: f"guro{n}@dalen.example")
    place = "Torpo"
    languages = factory.List(["nb", "en"])
    text = factory.SubFactory(
        ConsentTextFactory, municipality=factory.SelfAttribute("..municipality"), purpose=ConsentPurpose.HOST
    )


class MemberFactory(DjangoModelFactory[Member]):
    """On the list; `unconfirmed=True`: not yet."""

    class Meta:
        model = Member

    class Params:
        unconfirmed = factory.Trait(confirmed_at=None)

    municipality = factory.SubFactory(MunicipalityFactory)
    name = "Piotr Medlem"
    email = factory.Sequence(lambda n: f"piotr{n}@dalen.example")
    asked_at = factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(minutes=5))
    confirmed_at = factory.LazyFunction(timezone.now)
    text = factory.SubFactory(
        ConsentTextFactory, municipality=factory.SelfAttribute("..municipality"), purpose=ConsentPurpose.CLUB
    )


class OrderFactory(DjangoModelFactory[Order]):
    """In the queue, of somebody who plans to move here; `moved=True`: who has moved; `unconfirmed=True`: not confirmed
    yet; `settled=True`: emptied; `needs` and `interests` come with a consent."""

    class Meta:
        model = Order

    class Params:
        unconfirmed = factory.Trait(state=OrderState.UNCONFIRMED, confirmed_at=None)
        settled = factory.Trait(
            state=OrderState.SETTLED,
            settled_at=factory.LazyFunction(timezone.now),
            birth_year=None,
            **dict.fromkeys(("given_name", "family_name", "name_key", "email"), ""),
        )
        moved = factory.Trait(
            situation=Situation.MOVED,
            moved_on=datetime.date(2026, 8, 15),
            street="Øvre Ålsgata 12 B",
            postal_code="3570",
            postal_place="Ål",
            planning_text=None,
        )

    municipality = factory.SubFactory(MunicipalityFactory)
    state = OrderState.WAITING
    asked_at = factory.LazyFunction(lambda: timezone.now() - datetime.timedelta(minutes=5))
    confirmed_at = factory.LazyFunction(timezone.now)
    wants_package = True
    situation = Situation.PLANNING
    given_name = "Maria"
    family_name = factory.Sequence(lambda n: f"Bestillar{n}")
    name_key = factory.LazyAttribute(
        lambda order: name_key(order.given_name, getattr(order, "family_name", ""))
    )
    birth_year = 1990
    email = factory.Sequence(lambda n: f"maria{n}@dalen.example")
    planning_text = factory.SubFactory(
        ConsentTextFactory, municipality=factory.SelfAttribute("..municipality")
    )
    needs_text = factory.SubFactory(
        ConsentTextFactory, municipality=factory.SelfAttribute("..municipality"), purpose=ConsentPurpose.NEEDS
    )


class StockFactory(DjangoModelFactory[Stock]):
    class Meta:
        model = Stock

    gift = factory.SubFactory(GiftFactory)
    municipality = factory.SelfAttribute("gift.municipality")


class StockMovementFactory(DjangoModelFactory[StockMovement]):
    class Meta:
        model = StockMovement

    gift = factory.SubFactory(GiftFactory)
    municipality = factory.SelfAttribute("gift.municipality")
    kind = MovementKind.RECEIVED
    change = 5


class PackageFactory(DjangoModelFactory[Package]):
    class Meta:
        model = Package

    household = factory.SubFactory(HouseholdFactory)
    municipality = factory.SelfAttribute("household.municipality")
    occasion = "2026-3"
    language = "nb"


class PackageItemFactory(DjangoModelFactory[PackageItem]):
    class Meta:
        model = PackageItem

    package = factory.SubFactory(PackageFactory)
    municipality = factory.SelfAttribute("package.municipality")
    gift = factory.SubFactory(GiftFactory, municipality=factory.SelfAttribute("..municipality"))
    title = "Badebillett"
    count = 2
    value = 120


class VoucherFactory(DjangoModelFactory[Voucher]):
    """Given out, of a gift whose sponsor is `sponsor`."""

    class Meta:
        model = Voucher

    class Params:
        sponsor = factory.SubFactory(OrganisationFactory)

    gift = factory.SubFactory(
        GiftFactory,
        municipality=factory.SelfAttribute("..sponsor.municipality"),
        sponsor=factory.SelfAttribute("..sponsor"),
        fulfilment=Fulfilment.OWN_CODES,
    )
    municipality = factory.SelfAttribute("gift.municipality")
    code = factory.Sequence(lambda n: f"ABCD-EFGH-{n:04}")
    key = factory.LazyAttribute(lambda made: as_key(made.code))
    issued_at = factory.LazyFunction(timezone.now)
    value = 120


class ParticipantFactory(DjangoModelFactory[Participant]):
    class Meta:
        model = Participant

    municipality = factory.SubFactory(MunicipalityFactory)
    name = factory.Sequence(lambda n: f"Guro Medvirkar {n}")
    email = factory.Sequence(lambda n: f"guro{n}@skulen.example")


class CooperationSettingsFactory(DjangoModelFactory[CooperationSettings]):
    class Meta:
        model = CooperationSettings

    municipality = factory.SubFactory(MunicipalityFactory)


class CooperationMeetingFactory(DjangoModelFactory[CooperationMeeting]):
    """Planned, next week; `gathering=True` and `voting=True`: begun."""

    class Meta:
        model = CooperationMeeting

    class Params:
        gathering = factory.Trait(state="gathering", gathering_at=factory.LazyFunction(timezone.now))
        voting = factory.Trait(
            state="voting",
            gathering_at=factory.LazyFunction(timezone.now),
            voting_at=factory.LazyFunction(timezone.now),
        )

    municipality = factory.SubFactory(MunicipalityFactory)
    day = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=7))
    place = "Kommunestyresalen"


class AttendeeFactory(DjangoModelFactory[Attendee]):
    class Meta:
        model = Attendee

    meeting = factory.SubFactory(CooperationMeetingFactory)
    municipality = factory.SelfAttribute("meeting.municipality")
    participant = factory.SubFactory(ParticipantFactory, municipality=factory.SelfAttribute("..municipality"))


class IdeaFactory(DjangoModelFactory[Idea]):
    class Meta:
        model = Idea

    meeting = factory.SubFactory(CooperationMeetingFactory)
    municipality = factory.SelfAttribute("meeting.municipality")
    text = factory.Sequence(lambda n: f"Grillkveld ved vatnet {n}")


class VoteFactory(DjangoModelFactory[Vote]):
    class Meta:
        model = Vote

    idea = factory.SubFactory(IdeaFactory)
    municipality = factory.SelfAttribute("idea.municipality")
    attendance = factory.SubFactory(AttendeeFactory, meeting=factory.SelfAttribute("..idea.meeting"))
    number = 1


class MeasureFactory(DjangoModelFactory[Measure]):
    class Meta:
        model = Measure

    meeting = factory.SubFactory(CooperationMeetingFactory)
    municipality = factory.SelfAttribute("meeting.municipality")
    slot = 1
    title = "Grillkveld for nye og gamle"


class GroupMemberFactory(DjangoModelFactory[GroupMember]):
    class Meta:
        model = GroupMember

    measure = factory.SubFactory(MeasureFactory)
    municipality = factory.SelfAttribute("measure.municipality")
    participant = factory.SubFactory(ParticipantFactory, municipality=factory.SelfAttribute("..municipality"))


class TaskFactory(DjangoModelFactory[Task]):
    class Meta:
        model = Task

    owner = factory.SubFactory(GroupMemberFactory)
    measure = factory.SelfAttribute("owner.measure")
    municipality = factory.SelfAttribute("owner.municipality")
    title = "Finne ein plass å grille"
    due_on = factory.LazyFunction(lambda: timezone.localdate() + datetime.timedelta(days=14))


class SpendingFactory(DjangoModelFactory[Spending]):
    class Meta:
        model = Spending

    measure = factory.SubFactory(MeasureFactory)
    municipality = factory.SelfAttribute("measure.municipality")
    kroner = 450
    note = "Pølser og brød"
