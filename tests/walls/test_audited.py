"""Whoever sees or changes what is held of people leaves a trace in the log: every address of the staff site,
asked and posted to, taken from its resolver. What is shown is found by looking for planted values in the
answer, what is changed by comparing the tables before and after, so a new page is swept by itself."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from django.utils import timezone

from housing.developments.models import Development
from housing.holdings.models import Holding, OwnerNotice
from housing.listings.models import Listing
from housing.plots.models import Plot
from housing.wishes.models import Wish
from municipalities.activities.feed_models import CalendarFeed
from municipalities.activities.models import Activity, State
from municipalities.audit.models import Action, AuditEntry
from municipalities.contacts.models import ContactPoint
from municipalities.enquiries.mailbox_models import TakenMail
from municipalities.enquiries.models import Enquiry
from municipalities.jobs.models import Vacancy
from municipalities.learning.models import LearningPlace
from municipalities.links import actions as links
from municipalities.login.providers import Identity
from municipalities.moderation.models import State as Shown
from municipalities.organisations.models import Organisation
from municipalities.privacy.registry import declarations
from municipalities.tenancy.models import Role, User
from municipalities.topics.models import Topic
from tests.factories.housing import ListingFactory, ListingTextFactory
from tests.factories.municipalities import (
    ActivityFactory,
    ActivityTextFactory,
    AnswerMailFactory,
    CalendarFeedFactory,
    ContactPointFactory,
    EnquiryFactory,
    EnquiryMessageFactory,
    FeedFetchFactory,
    IdentityFactory,
    IdentityProviderFactory,
    LearningPlaceFactory,
    MembershipFactory,
    OrganisationFactory,
    TakenMailFactory,
    VacancyFactory,
)
from tests.factories.welcome import (
    AttendeeFactory,
    CallFactory,
    CooperationMeetingFactory,
    DataRequestFactory,
    DeliveryFactory,
    GiftFactory,
    GroupMemberFactory,
    HostAssignmentFactory,
    HostFactory,
    HostOfferFactory,
    HouseholdFactory,
    ImportBatchFactory,
    ImportRowFactory,
    InvitationFactory,
    MemberFactory,
    OrderFactory,
    OwnLoginFactory,
    PackageFactory,
    PackageItemFactory,
    ParticipantFactory,
    PersonFactory,
    SignUpFactory,
    StoryFactory,
    StorytellerFactory,
    StoryTextFactory,
    WelcomeMeetingFactory,
)
from tests.housing.holdings import farm_files
from tests.test_tenancy import ADDRESSES, _filled
from tests.walls import everywhere
from tests.walls.planting import ADMINS, make
from tests.welcome.letters.frozen import make_frozen, make_printed, prove, worker
from tests.welcome.letters.staff_site import approval
from welcome.club.models import Member
from welcome.cooperation.measure_models import Measure
from welcome.cooperation.models import CooperationMeeting, Participant
from welcome.hosts.models import Host, HostAssignment
from welcome.hosts.offers import HostOffer
from welcome.households.imports import ImportBatch, ImportState
from welcome.households.models import Household
from welcome.households.own_logins import OwnLogin
from welcome.households.quarters import Quarter
from welcome.letters import runs
from welcome.letters.links import LETTER
from welcome.letters.models import LetterRun, LetterState
from welcome.meetings.calls import Call
from welcome.meetings.models import SignUp, WelcomeMeeting
from welcome.orders.models import Order
from welcome.packages.models import Gift
from welcome.packages.package_models import Package
from welcome.privacy.models import DataRequest
from welcome.stories.models import State as StoryState
from welcome.stories.models import Story

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="the log is written by the same lines on both"),
]

NAME, STREET, WORDS, MAIL = "Østerhus", "Øvre Ålsgata", "Vi heter Kvåsirdatter", "kvasirdatter@heime.example"
VALUES = [NAME, STREET, WORDS, MAIL, "+47 401 88 776"]
SEEN = {Action.LOOKED, Action.SEARCHED, Action.EXPORTED, Action.DOWNLOADED}
# Pictures can't be read by a test; they show a letter.
PICTURES = "image/"
SHOW_PEOPLE = {
    "welcome_household_changelist", "welcome_household_change", "welcome_household_merge",
    "welcome_household_report_pdf", "welcome_datarequest_change", "welcome_importbatch_change",
    "welcome_letterrun_cohort", "welcome_letterrun_letter_page", "welcome_letterrun_letter_pdf",
    "welcome_letterrun_manifest", "welcome_letterrun_archive", "welcome_host_households", "welcome_household_host",
    "welcome_cooperationmeeting_change", "welcome_measure_change", "welcome_participant_change",
    "welcome_participant_changelist", "welcome_welcomemeeting_signups", "welcome_welcomemeeting_csv",
    "welcome_household_meetings", "welcome_welcomemeeting_door", "welcome_welcomemeeting_calls",
    "welcome_welcomemeeting_call",
    "municipalities_enquiry_changelist", "municipalities_enquiry_change", "welcome_story_change",
    "welcome_household_timeline", "welcome_order_change", "welcome_order_changelist", "welcome_hostoffer_change",
    "welcome_member_changelist",
    "welcome_package_change", "welcome_package_changelist", "welcome_package_pick_list",
    "welcome_package_counter",
}  # fmt: skip


@pytest.fixture
def scene(client):
    """Something of every kind that shows people, in one municipality, and who may do everything there."""
    run = make_printed(make_frozen())
    place = run.municipality
    boss = worker(place, Role.ADMINISTRATOR)
    client.force_login(boss)
    rows = {User: boss, type(run): run, Topic: Topic.objects.of(place).get()}
    home = rows[Household] = Household.objects.of(place).filter(letters__isnull=False).order_by("pk").first()
    home.people.update(family_name=NAME, email=MAIL, phone="+4740188776")
    batch = ImportBatchFactory(municipality=place, state=ImportState.READ)
    ImportRowFactory(
        batch=batch,
        values={"given_name": "Kari", "family_name": NAME, "street": STREET, "moved_in": "2026-08-15"},
    )
    rows[type(batch)] = batch
    HouseholdFactory(municipality=place, moved_in=datetime.date(2026, 5, 2))
    PersonFactory(household=Household.objects.latest("pk"))
    rows["draft"] = runs.ensure(municipality=place, quarter=Quarter(2026, 2), by=boss)
    rows[Identity] = IdentityFactory(provider=IdentityProviderFactory(municipality=place))
    rows[ContactPoint] = ContactPointFactory(municipality=place)
    rows[Organisation] = OrganisationFactory(municipality=place)
    rows[Activity] = ActivityFactory(municipality=place, state=State.WAITING)
    ActivityTextFactory(activity=rows[Activity])
    for model in (Plot, Development, Holding, OwnerNotice, Wish):
        make(model, place, rows)
    rows[Vacancy] = VacancyFactory(municipality=place, state=Shown.WAITING)
    rows[Listing] = ListingFactory(municipality=place, state=Shown.WAITING)
    ListingTextFactory(listing=rows[Listing])
    rows[CalendarFeed] = CalendarFeedFactory(organisation=rows[Organisation])
    read = {"outcome": "same", "finished_at": timezone.now()}
    FeedFetchFactory(feed=rows[CalendarFeed], **read)
    rows[OwnLogin] = OwnLoginFactory(household=home)
    host = rows[Host] = HostFactory(municipality=place)
    rows[HostAssignment] = HostAssignmentFactory(household=home, host=host)
    rows[Gift] = GiftFactory(municipality=place)
    rows[Package] = PackageFactory(household=home, occasion="hand")
    PackageItemFactory(package=rows[Package], gift=GiftFactory(municipality=place))
    rows[LearningPlace] = LearningPlaceFactory(municipality=place)
    story = rows[Story] = StoryFactory(municipality=place, state=StoryState.DRAFT, published_at=None)
    StoryTextFactory(story=story)
    StorytellerFactory(story=story, email=MAIL)
    meeting = rows[WelcomeMeeting] = WelcomeMeetingFactory(municipality=place)
    rows[SignUp] = SignUpFactory(meeting=meeting, household=home)
    person = rows[Participant] = ParticipantFactory(municipality=place, name=f"Guro {NAME}", email=MAIL)
    rows[CooperationMeeting] = CooperationMeetingFactory(municipality=place)
    AttendeeFactory(meeting=rows[CooperationMeeting], participant=person)
    group = GroupMemberFactory(measure__meeting=rows[CooperationMeeting], participant=person)
    rows[Measure] = group.measure
    rows[Call] = CallFactory(meeting=meeting, household=home)
    rows[Enquiry] = EnquiryFactory(municipality=place, text=WORDS, email=MAIL)
    rows[TakenMail] = TakenMailFactory(municipality=place)
    rows[Order] = OrderFactory(municipality=place, family_name=NAME)
    rows[HostOffer] = HostOfferFactory(municipality=place, name=f"Guro {NAME}", waiting=True)
    rows[Member] = MemberFactory(municipality=place, name=f"Piotr {NAME}")
    asked = DataRequestFactory(household=home, wrote=WORDS)
    rows[type(asked)] = asked
    return rows


def addresses(rows):
    """(name, address) of every page of the staff site that can be asked for, with what is planted."""
    place = rows[Household].municipality
    folder = reverse("admin:index")
    for pattern, model, parts in ADDRESSES:
        if model is not None:
            for address in _filled(pattern, model, parts, make(model, place, rows)):
                yield pattern.name or f"{model._meta.label} shortcut", address
    home = rows[Household].pk
    other = Household.objects.of(place).exclude(pk=home).order_by("pk").first().pk
    for name, address in {
        "index": "",
        "search": f"search/?s={NAME}&extended=1",
        "app_list": "welcome/",
        "autocomplete": f"autocomplete/?app_label=welcome&model_name=datarequest&field_name=household&term={NAME}",
        "welcome_household_merge": f"welcome/household/merge/?id={home}&id={other}",
        "welcome_household_left": f"welcome/household/left/?id={home}",
        "welcome_household_changelist": f"welcome/household/?q={NAME}",
        "welcome_package_counter": f"welcome/package/counter/?q={NAME}",
    }.items():
        yield name, folder + address


def newest():
    return AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def has_told(since, boss, *, of_a_look):
    entries = AuditEntry.objects.filter(pk__gt=since, user=boss)
    return (entries.filter(action__in=SEEN) if of_a_look else entries.exclude(action__in=SEEN)).exists()


def shows_people(address, answer):
    return answer["Content-Type"].startswith(PICTURES) or everywhere.search_response(address, answer, VALUES)


def test_every_page_that_shows_people_is_noted(scene, client):
    boss, shown, silent = scene[User], set(), []
    for name, address in addresses(scene):
        since = newest()
        answer = client.get(address)
        if answer.status_code == 200 and shows_people(address, answer):
            shown.add(name)
            if not has_told(since, boss, of_a_look=True):
                silent.append(f"{name}: {address}")
    assert not silent, silent
    assert shown >= SHOW_PEOPLE, "The sweep can't see: these are known to show people."


# --- changes -------------------------------------------------------------------------------------

# The log itself, the staff site's own history of pages, sessions, when somebody was here last.
NOT_WATCHED = {
    "municipalities.AuditEntry", "municipalities.AuditSeal", "municipalities.SystemEntry",
    "municipalities.SystemSeal", "admin.LogEntry", "sessions.Session",
}  # fmt: skip


def held():
    """Every row of every model with a personal field, as it stands."""
    found = {}
    for said in declarations():
        if said.personal and said.label not in NOT_WATCHED:
            for row in said.model._base_manager.values():
                row.pop("last_login", None)
                found[said.label, row["id"]] = str(row)
    return found


def typed(client, address, **more):
    """What a browser sends of a page of the staff site when nobody has typed anything but `more`."""
    page = client.get(address).context
    forms = [page["adminform"].form]
    for inline in page["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    data = {}
    for field in (field for form in forms for field in form):
        value = field.value()
        if value is True:
            data[field.html_name] = "on"
        elif value is not None and value is not False and not isinstance(value, FieldFile):
            is_list = isinstance(value, list | tuple)
            data[field.html_name] = [getattr(each, "pk", each) for each in value] if is_list else str(value)
    return data | more


@dataclass(frozen=True)
class Doing:
    """Something done at an address; `data` may wait for what the steps before it made."""

    name: str
    address: str
    data: Any

    def do(self, client):
        return client.post(self.address, self.data() if callable(self.data) else self.data)


def stories(rows, client):
    """What staff do, each story from the same beginning."""
    boss, home = rows[User], rows[Household]
    place = home.municipality
    other = Household.objects.of(place).exclude(pk=home.pk).filter(protection="").order_by("pk").first()
    run, draft = rows[LetterRun], rows["draft"]
    letter = run.letters.order_by("number").first()

    def at(name, data, *parts, query=""):
        return Doing(name, reverse(f"admin:{name}", args=parts) + query, data)

    def act(verb, of, data):
        return at("welcome_letterrun_act", data, of.pk, verb)

    def change(row, **more):
        name = f"{row._meta.app_label}_{row._meta.model_name}_change"
        address = reverse(f"admin:{name}", args=[row.pk])
        return Doing(name, address, lambda: typed(client, address, **more))

    def of_the_list(row):
        data = {"_selected_action": [row.pk], "action": "delete_selected", "post": "yes"}
        return at(f"{row._meta.app_label}_{row._meta.model_name}_changelist", data)

    def delete(row):
        return at(f"{row._meta.app_label}_{row._meta.model_name}_delete", {"post": "yes"}, row.pk)

    sure = {"sure": "on"}
    talk, measure = rows[CooperationMeeting], rows[Measure]
    member = measure.members.get().pk
    looks = {"name": "Ola", "phone": "99887766", "language": "nb", "often": "never", "fields-TOTAL_FORMS": 0,
             "fields-INITIAL_FORMS": 0}  # fmt: skip
    farm = {"gnr": 9, "bnr": 9, "fnr": 0, "snr": 0, "kind": "farm", "source": "tip"}
    colleague = MembershipFactory(municipality=place)
    has = {"assignment": rows[HostAssignment].pk}
    caller = {"name": "Kari", "contact": "99951234", "adults": 2, "children": "3", "language": "nb"}
    both = f"?id={home.pk}&id={other.pk}"
    listed = {"_selected_action": [home.pk]}
    person = {
        "people-TOTAL_FORMS": "1", "people-INITIAL_FORMS": "0", "people-0-given_name": "Kari",
        "people-0-family_name": "Lie", "people-0-role": "adult",
    }  # fmt: skip
    new_home = {
        "state": "living", "moved_in": "2026-08-15", "language": "nb", "address_kind": "street",
        "street": "Storgata", "house_number": "1", "postal_code": "3570", "postal_place": "Ål",
    }  # fmt: skip
    role = {
        "memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "0",
        "memberships-0-municipality": place.pk, "memberships-0-role": Role.READER,
    }  # fmt: skip
    hours = {"opening_hours-TOTAL_FORMS": "0", "opening_hours-INITIAL_FORMS": "0"}
    hours |= {"special_days-TOTAL_FORMS": "0", "special_days-INITIAL_FORMS": "0"}
    event = {
        "theme": "music", "starts_at_0": "20.10.2027", "starts_at_1": "18:00", "ends_at_0": "20.10.2027",
        "ends_at_1": "20:00", "repeats": "", "exceptions": "",
    }  # fmt: skip
    club = {"name": "Nytt lag", "slug": "nytt-lag", "kind": "club"}
    topic_add = reverse("admin:municipalities_topic_add")
    consents = reverse("admin:welcome_household_consents", args=[home.pk])

    def it_failed():
        """The one file could not be printed, so that it can be tried again."""
        run.letters.update(state=LetterState.FAILED, error="No font.", first_page=None, pages=0)

    def withdrawal():
        return {"withdraw": str(home.consents.get().pk)}

    def mailed(**more):
        """Its letter has gone out by e-mail."""
        now = timezone.now()
        LetterRun.objects.filter(pk=run.pk).update(state="delivering")
        DeliveryFactory(pk=9001, letter=letter, channel="email", sending_at=now, sent_at=now, **more)

    enquiry = rows[Enquiry]

    def to_enquiry(verb, **data):
        return at(
            "municipalities_enquiry_change",
            lambda: {"verb": verb, "version": Enquiry.objects.get(pk=enquiry.pk).version} | data,
            enquiry.pk,
        )

    def unsent(state):
        """An answer went out, perhaps."""
        message = EnquiryMessageFactory(enquiry=enquiry)
        AnswerMailFactory(
            pk=9002, message=message, state=state, reason="no_answer", sending_at=timezone.now()
        )

    def farms():
        """A file whose rows have been looked at."""
        page = farm_files.preview(client, [["Gnr", "Bnr", "Eigar"], [77, 7, NAME]], place)
        return {"import_file_name": farm_files.word_of(page), "verb": "save"}

    some = {"_selected_action": [enquiry.pk]}
    asked = {"text": "Når åpner hallen?", "contact": MAIL, "language": "nb"}
    return [
        [at("municipalities_enquiry_add", asked)],
        [to_enquiry("take"), to_enquiry("assign", to="")],
        [to_enquiry("note", text="Spør Kari."), to_enquiry("answer", text="Ring oss.")],
        [to_enquiry("answer_close", text="Ring oss."), to_enquiry("reopen")],
        [to_enquiry("language", language="en")],
        [to_enquiry("close", outcome="not_ours")],
        [lambda: unsent("uncertain"), to_enquiry("again", mail=9002)],
        [lambda: unsent("failed"), to_enquiry("done", mail=9002)],
        [at("municipalities_enquiry_changelist", some | {"action": "take"})],
        [
            at(
                "municipalities_enquiry_changelist",
                some | {"action": "assign_to", "assign": "yes", "to": boss.pk},
            )
        ],
        [
            at(
                "municipalities_takenmail_changelist",
                {"_selected_action": [rows[TakenMail].pk], "action": "have_read"},
            )
        ],
        [at("welcome_story_add", {"shown_name": "Kari", "ends_on": "2027-10-20", "consent_how": ""})],
        [change(rows[Story], moved_from="Hamar")],
        [
            at("welcome_story_move", {"verb": "publish"}, rows[Story].pk),
            at("welcome_story_move", {"verb": "withdraw"}, rows[Story].pk),
        ],
        [delete(rows[Story])],
        [of_the_list(rows[Story])],
        [delete(enquiry)],
        [of_the_list(enquiry)],
        [at("welcome_household_add", new_home | person)],
        [change(home, needs="Trenger barnehage")],
        [
            at("welcome_household_changelist", listed | {"action": "mark_checked"}),
            at("welcome_household_undo_check", {}),
        ],
        [at("welcome_household_check", {}, home.pk)],
        [at("welcome_household_merge", sure | {"keep": home.pk}, query=both)],
        [at("welcome_household_left", {"on": "2026-10-01"}, query=f"?id={home.pk}")],
        [at("welcome_household_protect", sure | {"grade": "fortrolig"}, home.pk)],
        [at("welcome_household_erase", sure, home.pk)],
        [
            at("welcome_household_hold", sure | {"why": "claim"}, home.pk),
            at("welcome_household_hold", {"lift": "yes"}, home.pk),
        ],
        [
            at("welcome_household_consents", {"purpose": "planning", "how": "phone"}, home.pk),
            Doing("welcome_household_consents", consents, withdrawal),
        ],
        [
            at("welcome_household_link", {"verb": "make"}, home.pk),
            at("welcome_household_link", {"verb": "revoke"}, home.pk),
        ],
        [at("welcome_household_link", {"verb": "mail", "to": MAIL}, home.pk)],
        [at("welcome_household_link", {"verb": "end_login", "login": rows[OwnLogin].pk}, home.pk)],
        [
            at("welcome_household_host", has | {"verb": "met"}, home.pk),
            at("welcome_household_host", has | {"verb": "end"}, home.pk),
            at("welcome_household_host", {"host": rows[Host].pk}, home.pk),
        ],
        [at("welcome_host_suggestions", {"pair": f"{other.pk}:{rows[Host].pk}"})],
        [
            at("welcome_host_households", {"household": other.pk}, rows[Host].pk),
            at("welcome_host_households", has | {"verb": "end"}, rows[Host].pk),
        ],
        [
            at(
                "welcome_host_add",
                {
                    "name": "Ny Vert",
                    "phone": "+4799951299",
                    "capacity": 2,
                    "about_language": "nb",
                    "away-TOTAL_FORMS": 0,
                    "away-INITIAL_FORMS": 0,
                },
            )
        ],
        [change(rows[Host], place="Leveld")],
        [delete(rows[Host])],
        [of_the_list(rows[Host])],
        [
            lambda: SignUpFactory(pk=9002, meeting=rows[WelcomeMeeting], stranger=True),
            at("welcome_datarequest_strangers", sure | {"words": "Ringer", "row": 9002, "verb": "erase"}),
        ],
        [at("welcome_household_meetings", {"cancel": rows[SignUp].pk}, home.pk)],
        [
            at("welcome_welcomemeeting_signups", caller, rows[WelcomeMeeting].pk),
            at("welcome_welcomemeeting_signups", {"cancel": rows[SignUp].pk}, rows[WelcomeMeeting].pk),
        ],
        [at("welcome_participant_add", {"name": "Ny Medvirkar", "email": "ny@lag.example", "side": "clubs"})],
        [change(rows[Participant], works_as="Rektor")],
        [delete(rows[Participant])],
        [of_the_list(rows[Participant])],
        [
            lambda: ParticipantFactory(pk=9003, municipality=place, is_newcomer=True),
            at("welcome_cooperationmeeting_change", {"verb": "invite", "participants": [9003]}, talk.pk),
            at("welcome_cooperationmeeting_change", {"verb": "gather"}, talk.pk),
            at("welcome_measure_change", {"verb": "add", "member-participant": 9003}, measure.pk),
            at(
                "welcome_measure_change",
                {"verb": "task", "task-title": "Kake", "task-due_on": "2027-01-20", "task-owner": member},
                measure.pk,
            ),
        ],
        [
            at(
                "welcome_welcomemeeting_call",
                {"outcome": "declines"},
                rows[WelcomeMeeting].pk,
                rows[Call].pk,
            )
        ],
        [
            lambda: InvitationFactory(
                meeting=rows[WelcomeMeeting], household=HouseholdFactory(municipality=place)
            ),
            at(
                "welcome_welcomemeeting_calls",
                {"whom": "invited", "callers": [rows[User].pk], "due_on": timezone.localdate().isoformat()},
                rows[WelcomeMeeting].pk,
            ),
        ],
        [
            lambda: WelcomeMeeting.objects.filter(pk=rows[WelcomeMeeting].pk).update(
                deadline=timezone.now() - datetime.timedelta(hours=2),
                starts_at=timezone.now() - datetime.timedelta(hours=1),
            ),
            at(
                "welcome_welcomemeeting_door",
                {"came": rows[SignUp].pk, "adults": 1, "children": 0},
                rows[WelcomeMeeting].pk,
            ),
        ],
        [at("welcome_importbatch_act", {}, rows[ImportBatch].pk, "save")],
        [at("welcome_importbatch_act", {}, rows[ImportBatch].pk, "drop")],
        [at("welcome_importbatch_add", lambda: {"file": ContentFile("Fornavn;Etternavn\n", "liste.csv")})],
        [at("welcome_letterrun_ensure", {"quarter": "2026Q1"})],
        [act("freeze", draft, {}), act("thaw", draft, {})],
        [
            act("freeze", draft, {}),
            lambda: prove(LetterRun.objects.get(pk=draft.pk)),
            act("approve", draft, lambda: approval(LetterRun.objects.get(pk=draft.pk))),
        ],
        [act("cancel", draft, sure), act("reopen", draft, {})],
        [act("finish", run, sure)],
        [at("welcome_letterrun_withdraw", {"reason": "asked_not_to"}, run.pk, letter.number)],
        [it_failed, at("welcome_letterrun_retry", {}, run.pk, 1)],
        [at("municipalities_auditentry_check", {"chain": place.pk})],
        [
            lambda: mailed(state="uncertain", reason="no_answer"),
            at("welcome_letterrun_settle", {}, run.pk, 9001, "arrived"),
        ],
        [
            lambda: mailed(state="uncertain", reason="no_answer"),
            at("welcome_letterrun_settle", {}, run.pk, 9001, "on_paper"),
        ],
        [
            lambda: mailed(state="sent"),
            at("welcome_letterrun_bounce", {"number": letter.number}, run.pk),
        ],
        [
            lambda: links.issue(purpose=LETTER, of=letter, by=None),
            at("welcome_letterrun_end_link", {}, run.pk, letter.number),
        ],
        [
            at("welcome_order_change", {"verb": "new"}, rows[Order].pk),
            at("welcome_order_change", {"verb": "handed"}, rows[Order].pk),
        ],
        [
            lambda: home.people.update(email=rows[Order].email, phone=""),
            at(
                "welcome_order_change",
                {"verb": "join", "household": home.pk, "take": ["sender"]},
                rows[Order].pk,
            ),
        ],
        [at("welcome_order_change", {"verb": "decline", "word": ""}, rows[Order].pk)],
        [at("welcome_package_change", {"verb": "hand_out"}, rows[Package].pk)],
        [
            at("welcome_package_change", {"verb": "pack"}, rows[Package].pk),
            at("welcome_package_change", {"verb": "post"}, rows[Package].pk),
            at("welcome_package_change", {"verb": "take_back"}, rows[Package].pk),
        ],
        [at("welcome_package_change", {"verb": "cancel"}, rows[Package].pk)],
        [at("welcome_package_counter", {"package": rows[Package].pk})],
        [at("welcome_package_pick_list", {"package": rows[Package].pk})],
        [at("welcome_welcomemeeting_programme", {}, rows[WelcomeMeeting].pk)],
        [at("welcome_gift_stock", {"verb": "receive", "count": 3}, rows[Gift].pk)],
        [at("welcome_hostoffer_change", {"verb": "approve", "capacity": 2}, rows[HostOffer].pk)],
        [at("welcome_hostoffer_change", {"verb": "decline", "word": "Takk"}, rows[HostOffer].pk)],
        [change(rows[Member], name="Piotr Ny")],
        [delete(rows[Member])],
        [of_the_list(rows[Member])],
        [change(rows[DataRequest], outcome="done", answer="Rettet.")],
        [change(boss, name="Kari Nordmann")],
        [at("municipalities_user_add", {"name": "Ny", "email": "ny@dalen.example", "language": "nb"} | role)],
        [change(colleague, role=Role.READER)],
        [delete(colleague)],
        [at("municipalities_user_account", {}, colleague.user.pk, verb) for verb in ("lock", "open")],
        [delete(rows[Identity])],
        [of_the_list(rows[Identity])],
        [at("municipalities_membership_add", {"user": boss.pk, "role": Role.READER})],
        [change(place, mayor_name="Ny Ordfører")],
        [change(rows[ContactPoint], phone="+4732085999")],
        [change(rows[Topic], owner=colleague.user.pk)],
        [delete(rows[Topic])],
        [delete(rows[ContactPoint])],
        [at("municipalities_contactpoint_add", {"name": "Legekontoret", "phone": "+4732085777"} | hours)],
        [at("municipalities_topic_add", lambda: typed(client, topic_add, slug="ny", door=rows[Topic].door))],
        *([of_the_list(row)] for row in (rows[Topic], rows[ContactPoint], colleague)),
        [at("municipalities_activity_add", event)],
        [change(rows[Activity], **event, place="Kyrkja")],
        [at("municipalities_activity_decide", {"verb": "publish"}, rows[Activity].pk)],
        [at("municipalities_organisation_add", club)],
        [change(rows[Organisation], email="ny@laget.example")],
        [at("municipalities_calendarfeed_read", {}, rows[CalendarFeed].pk)],
        [change(rows[Listing], price="8000")],
        [at("housing_wish_add", looks)],
        [change(rows[Wish], text="Helst i Torpo")],
        [at("housing_holding_add", farm)],
        [change(rows[Holding], notes="Ring Gudrun")],
        [at("housing_holding_move", {"stage": "contacted", "since": "2026-01-02"}, rows[Holding].pk)],
        [at("housing_holding_process_import", farms)],
        [at("housing_ownernotice_settle", {"gnr": 3, "bnr": 4}, rows[OwnerNotice].pk)],
        [at("housing_ownernotice_settle", {"verb": "aside"}, rows[OwnerNotice].pk)],
        *([delete(rows[model])] for model in OF_HOMES),
        *([of_the_list(rows[model])] for model in OF_HOMES),
        *([delete(row)] for row in (rows[Activity], rows[CalendarFeed], rows[Organisation])),
        *([of_the_list(row)] for row in (rows[Activity], rows[CalendarFeed], rows[Organisation])),
    ]


OF_HOMES = [Listing, Holding, OwnerNotice, Wish]
# Addresses that answer a POST and change nothing that is held of people, with the reason.
EXPORT = "a file goes out: noted, test_every_file_that_goes_out_is_noted"
PAGE = "a page that answers alike however it is asked"
NO_ACTIONS = "a list in which nothing can be done"
PROVIDER = "how the municipality's own login is reached: nobody's data"
READY = "words that the municipality keeps ready: nobody's data"
COUNTED = "figures that name nobody"
LEARNING = "schools and kindergartens: nobody's data"
GIFT = "what the municipality gives: nobody's data"
HOMES = "homes and jobs as everybody reads them: nobody's data"
MAILBOX = "which mailbox the municipality reads, and its key to it: nobody's data"
CALENDAR = "where an organisation's calendar lies: nobody's data"
MEETING = "when and where a meeting is: nobody's data"
SENDING = "which ways the municipality's letters go, and its keys to them: nobody's data"
OWN_WORDS = "what the municipality itself says in its letter: nobody's data"
CHANGE_NOTHING = {
    "welcome_household_delete": "leads on to the erasure, which is a story",
    "municipalities_auditentry_export": EXPORT,
    "municipalities_contactpoint_export": EXPORT,
    "municipalities_organisation_export": EXPORT,
    **dict.fromkeys(
        [
            "municipalities_vacancy_export",
            "housing_listing_export",
            "housing_plot_export",
            "housing_development_export",
            "housing_holding_export",
            "housing_wish_export",
        ],
        EXPORT,
    ),
    **dict.fromkeys(
        [
            *(
                f"{name}_{page}"
                for name in ("municipalities_vacancy", "housing_plot", "housing_development")
                for page in ("add", "change", "changelist", "delete")
            ),
            "municipalities_vacancy_decide",
            "housing_listing_add",
            "housing_listing_decide",
        ],
        HOMES,
    ),
    "housing_ownernotice_change": "all of it is only read",
    "housing_holding_import": "shows what would be saved; that is a story",
    "municipalities_calendarfeed_add": CALENDAR,
    "municipalities_calendarfeed_change": CALENDAR,
    "municipalities_mailbox_add": MAILBOX,
    "municipalities_mailbox_change": MAILBOX,
    "municipalities_mailbox_changelist": MAILBOX,
    "municipalities_mailbox_delete": MAILBOX,
    "municipalities_mailbox_test": MAILBOX,
    "welcome_household_export": EXPORT,
    "welcome_member_export": EXPORT,
    "welcome_order_changelist": NO_ACTIONS,
    "welcome_hostoffer_changelist": NO_ACTIONS,
    "municipalities_topic_add_standard": "adds subjects as the portal knows them: nobody's data",
    "municipalities_identityprovider_add": PROVIDER,
    "municipalities_identityprovider_change": PROVIDER,
    "municipalities_identityprovider_changelist": PROVIDER,
    "municipalities_identityprovider_delete": PROVIDER,
    "municipalities_identityprovider_test": PROVIDER,
    **dict.fromkeys(
        [f"welcome_hostrules_{page}" for page in ("add", "change", "changelist", "delete")],
        "how long each step of hosting may take, and nobody's data",
    ),
    "welcome_channelsettings_add": SENDING,
    "welcome_channelsettings_change": SENDING,
    "welcome_channelsettings_changelist": SENDING,
    "welcome_channelsettings_delete": SENDING,
    "welcome_channelsettings_test": SENDING,
    "municipalities_identity_add": "not posted here: the form of every model, whose entries the other stories show",
    "municipalities_identity_change": "all of it is only read",
    "municipalities_enquiry_export": EXPORT,
    "municipalities_answertemplate_add": READY,
    "municipalities_answertemplate_change": READY,
    "municipalities_answertemplate_changelist": READY,
    "municipalities_answertemplate_delete": READY,
    "welcome_pageday_changelist": COUNTED,
    "welcome_missedsearch_changelist": COUNTED,
    "welcome_missedsearch_export": COUNTED,
    "municipalities_learningplace_add": LEARNING,
    "municipalities_learningplace_change": LEARNING,
    "municipalities_learningplace_changelist": LEARNING,
    "municipalities_learningplace_delete": LEARNING,
    "welcome_gift_add": GIFT,
    "welcome_gift_change": GIFT,
    "welcome_gift_changelist": GIFT,
    "welcome_gift_delete": GIFT,
    "welcome_package_changelist": NO_ACTIONS,
    "welcome_cooperationmeeting_add": MEETING,
    "welcome_cooperationmeeting_changelist": NO_ACTIONS,
    "welcome_measure_changelist": NO_ACTIONS,
    **dict.fromkeys(
        [f"welcome_cooperationsettings_{page}" for page in ("add", "change", "changelist", "delete")],
        "how much one person may carry: nobody's data",
    ),
    "welcome_welcomemeeting_add": MEETING,
    "welcome_welcomemeeting_change": MEETING,
    "welcome_welcomemeeting_changelist": NO_ACTIONS,
    "index": PAGE,
    "app_list": PAGE,
    "search": PAGE,
    "welcome_importbatch_change": PAGE,
    "municipalities_auditentry_changelist": NO_ACTIONS,
    "municipalities_municipality_changelist": NO_ACTIONS,
    "municipalities_user_changelist": NO_ACTIONS,
    "welcome_datarequest_changelist": NO_ACTIONS,
    "welcome_importbatch_changelist": NO_ACTIONS,
    "welcome_letterrun_changelist": NO_ACTIONS,
    "welcome_lettertemplate_changelist": NO_ACTIONS,
    "welcome_lettertemplate_write": OWN_WORDS,
    "welcome_lettertemplate_again": OWN_WORDS,
    "welcome_lettertemplate_preview": "shows a letter and keeps nothing",
    "welcome_retentionrun_changelist": NO_ACTIONS,
}
PAGES_OF_DJANGO = ("_history", " shortcut")  # The second leads to the change page.


def test_every_address_that_takes_a_form_is_in_a_story(scene, client):
    """Posted to with nothing: whoever doesn't refuse the method or the right does something there."""
    boss = scene[User]
    told = {doing.name for story in stories(scene, client) for doing in story if isinstance(doing, Doing)}
    unknown, answered = [], set()
    for name, address in addresses(scene):
        with transaction.atomic():
            before = held()
            if client.post(address, {}).status_code not in {403, 404, 405}:
                answered.add(name)
                if name in CHANGE_NOTHING or name.endswith(PAGES_OF_DJANGO):
                    assert held() == before, name
                elif name not in told:
                    unknown.append(name)
            transaction.set_rollback(True)
        client.force_login(boss)
    assert not unknown, "Tell a story of it, or say in CHANGE_NOTHING why there is none."
    assert set(CHANGE_NOTHING) <= answered


@pytest.mark.parametrize("model", [model for model, page in ADMINS if hasattr(page, "export_action")])
def test_every_file_that_goes_out_is_noted(model, scene, client):
    make(model, scene[Household].municipality, scene)
    since = newest()
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_export")
    answer = client.post(address, {"format": "1", "resource": "0"})
    assert answer["Content-Type"] == "text/csv"
    entries = AuditEntry.objects.filter(pk__gt=since, user=scene[User], action=Action.EXPORTED)
    assert entries.get().model == model._meta.label


def test_every_change_of_what_is_held_of_people_is_noted(scene, client):
    boss, silent, dead = scene[User], [], []
    done = set()
    for story in stories(scene, client):
        with transaction.atomic():
            for doing in story:
                if not isinstance(doing, Doing):
                    doing()
                    continue
                since, before = newest(), held()
                answer = doing.do(client)
                has_changed = held() != before
                if has_changed and not has_told(since, boss, of_a_look=False):
                    silent.append(doing.address)
                if not has_changed:
                    words = re.findall(r"errorlist.*|errornote.*", answer.content.decode())[:5]
                    dead.append(f"{doing.address}: {answer.status_code} {words}")
                done.add(doing.name)
            transaction.set_rollback(True)
        client.force_login(boss)
    assert not silent, silent
    assert not dead, "\n".join(dead)
