"""Who may ask for each address of the product, said once: `test_routes.py` asks each as everybody.

A new address has no rule, and that fails. Give it one here: in `PUBLIC` if anybody may read it, in `LINKS`
if it is opened by a signed link, in `LOGIN` if it is a step of logging in, by `pages(...)` if it is one of
the staff site's own pages of a model, and in `STAFF` if it is a page of your own in the staff site, with the
right it asks for. What stands in its address and is not known yet goes into `values_of`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.http import urlsafe_base64_encode

from housing.developments.models import Development
from housing.holdings.models import Holding, OwnerNotice
from housing.listings.models import Listing, ListingPhoto
from housing.plots.models import Plot
from housing.wishes.models import Wish
from municipalities.activities.feed_models import CalendarFeed
from municipalities.activities.models import Activity
from municipalities.audit.models import AuditEntry, SystemEntry
from municipalities.contacts.models import ContactPoint
from municipalities.enquiries.mailbox_models import Mailbox, TakenMail
from municipalities.enquiries.models import AnswerTemplate, Enquiry
from municipalities.jobs.models import Vacancy
from municipalities.learning.models import LearningPlace
from municipalities.links.purposes import purposes
from municipalities.login.providers import Identity, IdentityProvider
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation
from municipalities.tenancy import account_steps
from municipalities.tenancy.models import Membership, User
from municipalities.tenancy.roles import Right
from municipalities.topics.catalogue import Door
from municipalities.topics.models import Topic
from tests.walls.planting import Place
from tests.walls.routes import Route
from welcome.club.models import Member
from welcome.cooperation.measure_models import Measure
from welcome.cooperation.models import CooperationMeeting, Participant
from welcome.cooperation.settings_models import CooperationSettings
from welcome.hosts.models import Host, HostAssignment
from welcome.hosts.offers import HostOffer
from welcome.hosts.rules import HostRules
from welcome.households.consents import Consent
from welcome.households.imports import ImportBatch
from welcome.households.models import Household
from welcome.households.own_logins import OwnLogin
from welcome.letters.channels import ChannelSettings
from welcome.letters.delivery_models import Delivery
from welcome.letters.models import LeftOutReason, Letter, LetterRun
from welcome.letters.template_models import LetterTemplate
from welcome.meetings.calls import Call
from welcome.meetings.models import WelcomeMeeting
from welcome.orders.models import Order
from welcome.packages.models import Gift
from welcome.packages.package_models import Package
from welcome.portal.models import MissedSearch, PageDay
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.models import DataRequest, RequestKind
from welcome.stories.models import Story


class Kind(Enum):
    PUBLIC = "public"
    LINK = "link"
    LOGIN = "login"
    STAFF = "staff"


class Asks(Enum):
    """What a page asks for where that is no right."""

    LOGIN = "being logged in"
    SYSTEM = "being the system administrator"
    NOBODY = "nobody may"
    NOT_TAKEN = "the page does not take this method"


READ_TEXTS, WRITE_TEXTS = Right.READ_TEXTS, Right.WRITE_TEXTS
READ_PEOPLE, WRITE_PEOPLE = Right.READ_PEOPLE, Right.WRITE_PEOPLE
RUN_LETTERS, APPROVE_LETTERS, MANAGE = Right.RUN_LETTERS, Right.APPROVE_LETTERS, Right.MANAGE
READ_AUDIT = Right.READ_AUDIT
NOT_TAKEN = Asks.NOT_TAKEN
OK = frozenset({200})
ELSEWHERE = frozenset({302})  # Done, and sent on to where it is seen.
EMPTY = frozenset({200, 422})  # An empty form is sent back with what is missing.


@dataclass(frozen=True)
class Rule:
    """`get` holds for HEAD too; `got` and `posted` are what whoever may gets, with an empty form.
    `sees`: who has not even this right is told that there is no such object, instead of refused."""

    kind: Kind
    get: Right | Asks = Asks.LOGIN
    post: Right | Asks = NOT_TAKEN
    got: frozenset[int] = OK
    posted: frozenset[int] = EMPTY
    sees: Right | None = None
    gone: int = 410  # What a link that is forged or over is answered with.

    def asked(self, method: str) -> Right | Asks:
        return self.post if method == "POST" else self.get

    def answers(self, method: str) -> frozenset[int]:
        return self.posted if method == "POST" else self.got


def public(**more: Any) -> Rule:
    return Rule(Kind.PUBLIC, **more)


def staff(get: Right | Asks, post: Right | Asks = NOT_TAKEN, **more: Any) -> Rule:
    return Rule(Kind.STAFF, get, post, **more)


def act(right: Right | Asks, posted: frozenset[int] = ELSEWHERE, **more: Any) -> Rule:
    """A button: nothing to read, only to press."""
    return Rule(Kind.STAFF, NOT_TAKEN, right, posted=posted, **more)


def pages(
    model: Any,
    read: Right | Asks,
    write: Right | Asks,
    *,
    add: Right | Asks | None = None,
    change: Right | Asks | None = None,
    delete: Right | Asks | None = None,
    opens: frozenset[int] = OK,
    export: bool = False,
) -> dict[str, Rule]:
    """The pages that the staff site makes for a model; `add`, `change` and `delete` where not `write`.
    A page takes POST and reads it as GET where there is no form."""
    label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    add, change, delete = add or write, change or write, delete or write
    folder = f"admin/{model._meta.app_label}/{model._meta.model_name}/"
    return {
        f"{label}_changelist": staff(read, read),
        f"{label}_add": staff(add, add),
        f"{label}_change": staff(read, change, sees=read, got=opens, posted=EMPTY | ELSEWHERE),
        f"{label}_delete": staff(delete, delete, sees=read, posted=ELSEWHERE | OK),
        f"{label}_history": staff(read, read, sees=read),
        # Leads on to the page above, whatever the number.
        f"{folder}<path:object_id>/": staff(Asks.LOGIN, Asks.LOGIN, got=ELSEWHERE, posted=ELSEWHERE),
    } | ({f"{label}_export": staff(read, read)} if export else {})


ANYBODY = Asks.LOGIN  # Of a page that is open to all: nothing is asked.
PUBLIC = {
    "healthz": public(post=ANYBODY),
    "readyz": public(post=ANYBODY),
    "set_language": public(post=ANYBODY, got=ELSEWHERE, posted=ELSEWHERE),
    "way-in": public(got=ELSEWHERE),
    "robots": public(),
    "sitemap": public(post=ANYBODY),
    "csp_report": public(get=NOT_TAKEN, post=ANYBODY, posted=frozenset({204})),
    "arms": public(got=frozenset({404})),  # `plant` gives no arms.
    "share": public(got=frozenset({404})),  # Its token is no page's.
    "block": public(),
    "portal:open-data": public(),
    "portal:poster": public(),
    **{
        f"api-v1:{name}": public()
        for name in (
            "document",
            "municipalities",
            "municipality",
            "topics",
            "topic",
            "contacts",
            "activities",
            "organisations",
            "homes",
            "plots",
            "projects",
            "jobs",
        )
    },
    "portal:jobs": public(),
    "portal:jobs-atom": public(),
    "portal:job": public(got=OK | ELSEWHERE),
    "portal:offer-job": public(post=ANYBODY, posted=EMPTY),
    "portal:homes": public(),
    "portal:come-forward": public(post=ANYBODY, posted=EMPTY),
    "portal:look": public(post=ANYBODY, posted=EMPTY),
    "portal:together": public(),
    "portal:package-offer": public(post=ANYBODY, got={404}, posted={404}),  # Of what its address names.
    "portal:homes-atom": public(),
    "portal:home": public(got=OK | ELSEWHERE),  # To its full address, which its title is part of.
    "portal:compare-homes": public(),
    "portal:offer-home": public(post=ANYBODY, posted=EMPTY),
    "portal:write-owner": public(
        post=ANYBODY, got=OK | {404}, posted=EMPTY | {404}
    ),  # Only to who has sent it in.
    "portal:plots": public(),
    "portal:plot": public(got=OK | ELSEWHERE),
    "portal:projects": public(),
    "portal:project": public(got=OK | ELSEWHERE),
    "portal:picture": public(),
    "portal:county": public(),
    "portal:compare": public(),
    "portal:across": public(),
    "portal:all-homes": public(),
    "portal:all-jobs": public(),
    "portal:privacy": public(),
    "portal:accessibility": public(),
    "portal:municipality": public(),
    "portal:search": public(),
    "portal:suggest": public(),
    "portal:own-page": public(post=ANYBODY, posted=frozenset({404})),  # The municipality offers no ID-porten.
    "portal:ask": public(post=ANYBODY, posted=frozenset({403})),  # Without its stamp it is asked for again.
    "portal:thanks": public(),
    "portal:topics": public(),
    "portal:topics-atom": public(),
    "portal:topic": public(),
    "portal:door": public(),
    "portal:activities": public(),
    "portal:activity": public(got=OK | ELSEWHERE),  # To its full address, which its title is part of.
    "portal:calendar": public(),
    "portal:calendar-atom": public(),
    "portal:organisations": public(),
    "portal:organisation": public(),
    "portal:organisation-calendar": public(),
    "portal:schools": public(),
    "portal:stories": public(),
    "portal:submit": public(post=ANYBODY, posted=EMPTY),
    "portal:meet-order": public(post=ANYBODY),
    "portal:meet-meeting": public(post=ANYBODY),
    "portal:meet-club": public(post=ANYBODY),
    "portal:meet-offer": public(post=ANYBODY),
    "portal:meet-sent": public(),
    "portal:voucher": public(),
}
# The link itself says what may be done; who has another is told that it is over.
LINKS = {
    "open_link": Rule(Kind.LINK, got=ELSEWHERE),
    "review_text": Rule(Kind.LINK, post=ANYBODY),
    "portal:my": Rule(Kind.LINK),
    "portal:my-change": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:my-ask": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:my-data": Rule(Kind.LINK),
    "portal:my-letter": Rule(Kind.LINK, got=OK | {404}),  # Theirs, and out.
    "portal:my-meeting": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:my-letters": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:my-withdraw": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:my-login": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),  # No ID-porten is offered.
    "portal:my-login-end": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:my-agree": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:my-leave": Rule(Kind.LINK, NOT_TAKEN, ANYBODY),
    "portal:my-not-mine": Rule(Kind.LINK, NOT_TAKEN, ANYBODY),
    "portal:letter": Rule(Kind.LINK),
    "portal:letter-pdf": Rule(Kind.LINK),
    "portal:letter-not-mine": Rule(Kind.LINK, NOT_TAKEN, ANYBODY),
    "portal:enquiry": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:submission": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:submission-confirm": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:submission-take-back": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:own-wish": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:own-wish-confirm": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:own-wish-stop": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:own-vacancy": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:own-vacancy-confirm": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:own-vacancy-move": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:own-home": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:own-home-confirm": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:own-home-move": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:own-home-add": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=EMPTY),
    "portal:own-home-picture": Rule(Kind.LINK, got=OK | {404}),  # Of this home.
    "portal:own-home-change": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE | {404}),
    "portal:home-message": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:confirm-order": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:confirm-club": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:own-story": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:confirm-offer": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:keep-planning": Rule(Kind.LINK, post=ANYBODY),
    "portal:my-host": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:host": Rule(Kind.LINK),
    "portal:host-act": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:hosted": Rule(Kind.LINK),
    "portal:hosted-act": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:cooperation": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:cooperation-ideas": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:cooperation-task": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:meeting": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:redeem": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:redeem-code": Rule(Kind.LINK, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:redeem-undo": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:meeting-cancel": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:meeting-calendar": Rule(Kind.LINK),
    "portal:seat": Rule(Kind.LINK),
    # Whoever has said no finds it gone.
    "portal:seat-confirm": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=EMPTY | ELSEWHERE),
    "portal:seat-decline": Rule(Kind.LINK, NOT_TAKEN, ANYBODY, posted=ELSEWHERE),
    "portal:seat-calendar": Rule(Kind.LINK),
}
# One's own account: what it shows, and that one logs in anew before something grave, is the login's own to test.
_OWN = staff(Asks.LOGIN, Asks.LOGIN, got=OK | ELSEWHERE, posted=EMPTY | ELSEWHERE)
_OWN_KEY = staff(Asks.LOGIN, Asks.LOGIN, got=ELSEWHERE | {404}, posted=ELSEWHERE | {404})
LOGIN = {
    "admin:login": Rule(Kind.LOGIN, post=ANYBODY, got=OK | ELSEWHERE, posted=OK | ELSEWHERE),
    "admin:logout": Rule(Kind.LOGIN, post=ANYBODY, got=ELSEWHERE, posted=ELSEWHERE),
    "admin:password_change": _OWN,
    "admin:password_change_done": _OWN,
    "account_login": Rule(Kind.LOGIN, post=ANYBODY),
    "account_logout": Rule(Kind.LOGIN, post=ANYBODY, got=OK | ELSEWHERE, posted=ELSEWHERE),
    "account_inactive": Rule(Kind.LOGIN),
    "account_reset_password": Rule(Kind.LOGIN, post=ANYBODY),
    "account_reset_password_done": Rule(Kind.LOGIN),
    "account_reset_password_from_key": Rule(Kind.LOGIN, post=ANYBODY, posted=EMPTY | ELSEWHERE),
    "account_reset_password_from_key_done": Rule(Kind.LOGIN),
    "account_invitation": Rule(Kind.LOGIN, post=ANYBODY, got=OK | ELSEWHERE | {410}, posted=OK | ELSEWHERE | {410}),
    "mfa_authenticate": Rule(Kind.LOGIN, post=ANYBODY, got=ELSEWHERE, posted=ELSEWHERE),
    "openid_start": Rule(Kind.LOGIN, NOT_TAKEN, ANYBODY, posted=frozenset({503})),  # It is not there.
    "openid_back": Rule(Kind.LOGIN, got=frozenset({403, 405})),  # Nothing was begun; HEAD begins nothing.
    "own_login_back": Rule(Kind.LOGIN, got=frozenset({403, 405})),
    "mfa_index": staff(Asks.LOGIN),
    "mfa_view_recovery_codes": staff(Asks.LOGIN, got=OK | ELSEWHERE | {404}),
    "end_session": act(Asks.LOGIN, posted=ELSEWHERE | {404}),
    **dict.fromkeys(
        ["account_reauthenticate", "account_change_password", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
         "mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn", "usersessions_list"], _OWN),
    **dict.fromkeys(["mfa_deactivate_totp", "mfa_edit_webauthn", "mfa_remove_webauthn"], _OWN_KEY),
}  # fmt: skip
_EVERY_STAFF_PAGE = {
    "admin:index": staff(Asks.LOGIN, Asks.LOGIN),
    "admin:search": staff(Asks.LOGIN, Asks.LOGIN),
    "admin:app_list": staff(Asks.LOGIN, Asks.LOGIN),
    "admin:jsi18n": staff(Asks.LOGIN, NOT_TAKEN),
    "admin:autocomplete": staff(READ_TEXTS),  # With the field of `QUERIES`; `test_lists.py` asks with each.
    "admin:view_on_site": staff(Asks.LOGIN, Asks.LOGIN, got=frozenset({404}), posted=frozenset({404})),
    "admin/(?P<url>.*)$": staff(Asks.LOGIN, Asks.LOGIN, got=frozenset({404}), posted=frozenset({404})),
}
_RUN_PAGES = dict.fromkeys(
    [
        "cohort",
        "texts",
        "proof",
        "progress",
        "delivery",
        "report",
        "letter",
        "letter_pdf",
        "letter_page",
        "pick_list",
    ],
    staff(READ_PEOPLE),
)
_LETTER_RUN = "admin:welcome_letterrun"
_LETTER_TEMPLATE = "admin:welcome_lettertemplate"
STAFF = {
    **_EVERY_STAFF_PAGE,
    **pages(Municipality, READ_TEXTS, MANAGE, add=Asks.SYSTEM, delete=Asks.SYSTEM),
    **pages(ContactPoint, READ_TEXTS, WRITE_TEXTS, export=True),
    **pages(Topic, READ_TEXTS, WRITE_TEXTS),
    **pages(Enquiry, READ_PEOPLE, WRITE_PEOPLE, delete=MANAGE, export=True),
    **pages(AnswerTemplate, READ_PEOPLE, WRITE_PEOPLE),
    **pages(PageDay, READ_TEXTS, READ_TEXTS, add=Asks.NOBODY, change=Asks.NOBODY, delete=Asks.NOBODY),
    "admin:welcome_pageday_csv": staff(READ_TEXTS),
    **pages(
        MissedSearch, READ_TEXTS, READ_TEXTS,
        add=Asks.NOBODY, change=Asks.NOBODY, delete=Asks.NOBODY, export=True,
    ),
    **pages(Organisation, READ_TEXTS, WRITE_TEXTS, export=True),
    **pages(LearningPlace, READ_TEXTS, WRITE_TEXTS),
    **pages(Activity, READ_TEXTS, WRITE_TEXTS),
    "admin:municipalities_activity_decide": staff(WRITE_TEXTS, WRITE_TEXTS, sees=READ_TEXTS),
    **pages(Vacancy, READ_TEXTS, WRITE_TEXTS, export=True),
    "admin:municipalities_vacancy_decide": staff(WRITE_TEXTS, WRITE_TEXTS, sees=READ_TEXTS),
    **pages(Listing, READ_TEXTS, WRITE_TEXTS, export=True),
    "admin:housing_listing_decide": staff(WRITE_TEXTS, WRITE_TEXTS, sees=READ_TEXTS),
    "admin:housing_listing_photo": staff(READ_TEXTS, got=OK | {404}),
    **pages(Holding, READ_PEOPLE, WRITE_PEOPLE, export=True),
    "admin:housing_holding_board": staff(READ_PEOPLE),
    "admin:housing_holding_move": act(WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:housing_holding_import": staff(WRITE_PEOPLE, WRITE_PEOPLE),
    "admin:housing_holding_process_import": act(WRITE_PEOPLE),
    "admin:housing_wish_strategy": staff(READ_PEOPLE),
    **pages(OwnerNotice, READ_PEOPLE, WRITE_PEOPLE, add=Asks.NOBODY),
    "admin:housing_ownernotice_settle": act(WRITE_PEOPLE, sees=READ_PEOPLE),
    **pages(Wish, READ_PEOPLE, WRITE_PEOPLE, export=True),
    **pages(Plot, READ_TEXTS, WRITE_TEXTS, export=True),
    "admin:housing_plot_photo": staff(READ_TEXTS, got=OK | {404}),
    **pages(Development, READ_TEXTS, WRITE_TEXTS, export=True),
    "admin:housing_development_photo": staff(READ_TEXTS, got=OK | {404}),
    **pages(Mailbox, MANAGE, MANAGE),
    "admin:municipalities_mailbox_test": staff(MANAGE, MANAGE, sees=MANAGE, posted=ELSEWHERE),
    **pages(TakenMail, READ_PEOPLE, READ_PEOPLE, add=Asks.NOBODY, change=Asks.NOBODY, delete=Asks.NOBODY),
    **pages(CalendarFeed, READ_TEXTS, WRITE_TEXTS),
    "admin:municipalities_calendarfeed_read": act(WRITE_TEXTS, sees=READ_TEXTS),
    **pages(User, MANAGE, MANAGE, delete=Asks.SYSTEM),
    **pages(Membership, MANAGE, MANAGE),
    # A step that doesn't fit the account, as inviting who is in already, is refused.
    "admin:municipalities_user_account": staff(
        MANAGE, MANAGE, sees=MANAGE, got=OK | {403}, posted=EMPTY | ELSEWHERE | {403}
    ),
    **pages(
        AuditEntry, READ_AUDIT, READ_AUDIT,
        add=Asks.NOBODY, change=Asks.NOBODY, delete=Asks.NOBODY, export=True,
    ),
    # An empty form names no municipality.
    "admin:municipalities_auditentry_check": staff(READ_AUDIT, READ_AUDIT, posted=frozenset({404})),
    **pages(
        SystemEntry, Asks.SYSTEM, Asks.SYSTEM,
        add=Asks.NOBODY, change=Asks.NOBODY, delete=Asks.NOBODY, export=True,
    ),
    "admin:municipalities_systementry_check": staff(Asks.SYSTEM, Asks.SYSTEM, posted=ELSEWHERE),
    **pages(IdentityProvider, MANAGE, MANAGE),
    "admin:municipalities_identityprovider_test": staff(MANAGE, MANAGE, sees=MANAGE, posted=ELSEWHERE),
    **pages(Identity, MANAGE, MANAGE),
    **pages(Household, READ_PEOPLE, WRITE_PEOPLE, export=True),
    **pages(ImportBatch, WRITE_PEOPLE, WRITE_PEOPLE, delete=Asks.NOBODY),
    "admin:welcome_importbatch_change": staff(WRITE_PEOPLE, WRITE_PEOPLE),
    **pages(
        LetterRun, READ_PEOPLE, RUN_LETTERS,
        add=Asks.NOBODY, change=NOT_TAKEN, delete=Asks.NOBODY, opens=ELSEWHERE,
    ),
    f"{_LETTER_RUN}_change": staff(READ_PEOPLE, got=ELSEWHERE),
    "admin:municipalities_topic_add_standard": staff(WRITE_TEXTS, WRITE_TEXTS),
    **pages(
        RetentionRun, WRITE_PEOPLE, WRITE_PEOPLE,
        add=Asks.NOBODY, change=Asks.NOBODY, delete=Asks.NOBODY,
    ),
    "admin:welcome_retentionrun_records": staff(MANAGE),
    "admin:welcome_retentionrun_consent_words": staff(WRITE_PEOPLE),
    "admin:welcome_retentionrun_no_consent": staff(WRITE_PEOPLE),
    "admin:welcome_retentionrun_consent_write": staff(WRITE_PEOPLE, MANAGE),
    "admin:welcome_retentionrun_preview": staff(WRITE_PEOPLE, NOT_TAKEN),
    **pages(DataRequest, WRITE_PEOPLE, WRITE_PEOPLE, add=Asks.NOBODY, delete=Asks.NOBODY),
    "admin:welcome_datarequest_strangers": staff(WRITE_PEOPLE, WRITE_PEOPLE),
    **pages(Host, READ_PEOPLE, WRITE_PEOPLE),
    "admin:welcome_host_suggestions": staff(WRITE_PEOPLE, WRITE_PEOPLE, posted=ELSEWHERE),
    **pages(HostRules, MANAGE, MANAGE),
    "admin:welcome_host_households": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_household_timeline": staff(READ_PEOPLE, NOT_TAKEN, sees=READ_PEOPLE),
    "admin:welcome_household_host": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    # Signing off, by the number of what it was signed up for.
    "admin:welcome_household_meetings": staff(
        WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE, posted=frozenset({404})
    ),
    **pages(Story, READ_PEOPLE, WRITE_PEOPLE),
    "admin:welcome_story_move": act(WRITE_PEOPLE, sees=READ_PEOPLE),
    **pages(HostOffer, READ_PEOPLE, WRITE_PEOPLE, add=Asks.NOBODY, delete=Asks.NOBODY),
    "admin:welcome_hostoffer_change": staff(READ_PEOPLE, WRITE_PEOPLE),
    **pages(Member, WRITE_PEOPLE, WRITE_PEOPLE, add=Asks.NOBODY, export=True),
    **pages(Order, WRITE_PEOPLE, WRITE_PEOPLE, add=Asks.NOBODY, delete=Asks.NOBODY),
    "admin:welcome_order_change": staff(WRITE_PEOPLE, WRITE_PEOPLE),
    **pages(CooperationMeeting, WRITE_PEOPLE, WRITE_PEOPLE),
    # Once somebody is invited there is a link to it.
    "admin:welcome_cooperationmeeting_delete": staff(
        WRITE_PEOPLE, WRITE_PEOPLE, sees=WRITE_PEOPLE, got=OK | {403}, posted=ELSEWHERE | OK | {403}
    ),
    "admin:welcome_cooperationmeeting_wall": staff(WRITE_PEOPLE, sees=WRITE_PEOPLE),
    # Until the meeting is closed there are none.
    "admin:welcome_cooperationmeeting_minutes": staff(WRITE_PEOPLE, sees=WRITE_PEOPLE, got=frozenset({404})),
    **pages(Measure, WRITE_PEOPLE, WRITE_PEOPLE, add=Asks.NOBODY, delete=Asks.NOBODY),
    **pages(Participant, WRITE_PEOPLE, WRITE_PEOPLE),
    **pages(CooperationSettings, WRITE_PEOPLE, MANAGE),
    **pages(Gift, READ_TEXTS, WRITE_TEXTS),
    # Once one of it was given, its agreement ends instead.
    "admin:welcome_gift_delete": staff(
        WRITE_TEXTS, WRITE_TEXTS, sees=READ_TEXTS, got=OK | {403}, posted=ELSEWHERE | OK | {403}
    ),
    "admin:welcome_gift_stock": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_TEXTS, posted=ELSEWHERE),
    "admin:welcome_gift_figures": staff(READ_TEXTS),
    "admin:municipalities_organisation_statement": staff(WRITE_PEOPLE, sees=READ_TEXTS),
    **pages(Package, READ_PEOPLE, WRITE_PEOPLE, add=Asks.NOBODY, delete=Asks.NOBODY),
    "admin:welcome_package_change": staff(
        READ_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE, posted=ELSEWHERE
    ),
    "admin:welcome_package_counter": staff(WRITE_PEOPLE, WRITE_PEOPLE, posted=ELSEWHERE),
    "admin:welcome_package_pick_list": staff(WRITE_PEOPLE, WRITE_PEOPLE, posted=ELSEWHERE),
    "admin:welcome_package_pick_list_pdf": staff(WRITE_PEOPLE),
    "admin:welcome_package_vouchers_pdf": staff(WRITE_PEOPLE),
    **pages(WelcomeMeeting, READ_PEOPLE, WRITE_PEOPLE),
    # Once somebody is invited or has signed up, it is called off instead.
    "admin:welcome_welcomemeeting_delete": staff(
        WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE, got=OK | {403}, posted=ELSEWHERE | OK | {403}
    ),
    "admin:welcome_welcomemeeting_signups": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_welcomemeeting_csv": staff(WRITE_PEOPLE, sees=READ_PEOPLE),
    # Both the tick and its refusal lead back to the list.
    "admin:welcome_welcomemeeting_door": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE, posted=ELSEWHERE),
    "admin:welcome_welcomemeeting_calls": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_welcomemeeting_call": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_welcomemeeting_numbers": staff(READ_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_welcomemeeting_programme": act(WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_household_merge": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_household_left": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_household_undo_check": act(Asks.LOGIN),  # What one has checked oneself, in one's session.
    "admin:welcome_household_protect": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    # Leads to the erasure.
    "admin:welcome_household_delete": staff(
        WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE, got=ELSEWHERE, posted=ELSEWHERE
    ),
    "admin:welcome_household_erase": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_household_consents": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_household_hold": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_household_report_pdf": staff(WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_household_report_json": staff(WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_household_link": staff(WRITE_PEOPLE, WRITE_PEOPLE, sees=READ_PEOPLE, posted=ELSEWHERE),
    "admin:welcome_household_check": act(WRITE_PEOPLE, sees=READ_PEOPLE),
    "admin:welcome_importbatch_act": act(WRITE_PEOPLE),
    **pages(
        LetterTemplate, READ_TEXTS, WRITE_TEXTS, add=Asks.NOBODY, change=NOT_TAKEN, delete=Asks.NOBODY
    ),
    f"{_LETTER_TEMPLATE}_change": staff(READ_TEXTS),
    f"{_LETTER_TEMPLATE}_write": staff(WRITE_TEXTS, WRITE_TEXTS),
    f"{_LETTER_TEMPLATE}_preview": act(WRITE_TEXTS, posted=OK),
    f"{_LETTER_TEMPLATE}_again": act(WRITE_TEXTS),
    f"{_LETTER_RUN}_ensure": act(RUN_LETTERS),
    **{f"{_LETTER_RUN}_{page}": rule for page, rule in _RUN_PAGES.items()},
    f"{_LETTER_RUN}_approve": staff(READ_PEOPLE),
    f"{_LETTER_RUN}_left_out": staff(READ_PEOPLE, got=OK | {404}),  # No list of the protected, and none empty.
    **{f"{_LETTER_RUN}_{file}": staff(RUN_LETTERS) for file in
       ["manifest", "archive", "report_json", "report_csv", "report_pdf", "file", "pick_list_csv", "pick_list_pdf"]},
    f"{_LETTER_RUN}_labels": staff(RUN_LETTERS, got=OK | {422}),
    f"{_LETTER_RUN}_act": act(RUN_LETTERS, posted=ELSEWHERE | {422}),
    f"{_LETTER_RUN}_retry": act(RUN_LETTERS),
    f"{_LETTER_RUN}_withdraw": act(RUN_LETTERS),
    f"{_LETTER_RUN}_settle": act(RUN_LETTERS),
    f"{_LETTER_RUN}_end_link": act(RUN_LETTERS),
    f"{_LETTER_RUN}_bounce": act(RUN_LETTERS),
    **pages(ChannelSettings, MANAGE, MANAGE),
    "admin:welcome_channelsettings_test": staff(MANAGE, MANAGE, sees=MANAGE, posted=ELSEWHERE),
}  # fmt: skip

RULES = PUBLIC | LINKS | LOGIN | STAFF


def rule_of(route: Route) -> Rule:
    assert route.key in RULES, (
        f"{route.key!r} ({route}) has no rule: say in tests/walls/declared.py who may ask for it, "
        "in PUBLIC, LINKS, LOGIN, or in STAFF with the right it asks for."
    )
    return RULES[route.key]


# --- what stands in an address -------------------------------------------------------------------

# What is asked behind the address, where without it there is nothing to show.
QUERIES: dict[str, Callable[[Place], str]] = {
    "admin:welcome_household_merge": lambda place: (
        "?" + "&".join(f"id={home.pk}" for home in _two_homes(place))
    ),
    "admin:welcome_household_left": lambda place: f"?id={place.rows[Household].pk}",
    "admin:welcome_retentionrun_consent_write": lambda place: "?purpose=planning&language=nb",
    "admin:autocomplete": lambda place: (
        "?app_label=municipalities&model_name=topiccontact&field_name=contact&term="
    ),
}
# What is sent with POST, where without it nothing is done.
FORMS = {f"{_LETTER_RUN}_withdraw": {"reason": LeftOutReason.ASKED_NOT_TO.value}}


def _two_homes(place: Place) -> list[Household]:
    return list(Household.objects.of(place.municipality).open_to_all().order_by("pk")[:2])


def values_of(route: Route, place: Place, *, pk: object = None) -> dict[str, list[Any]]:
    """For each part of the address what there is of it in `place`; `pk` instead of its own object's."""
    user = place.rows[User]
    known: dict[str, list[Any]] = {
        "language": ["nb"],
        "slug": [place.municipality.slug],
        "topic": [place.rows[Topic].slug],
        "activity": [place.rows[Activity].pk if Activity in place.rows else 1],
        "job": [place.rows[Vacancy].pk if Vacancy in place.rows else 1],
        "home": [place.rows[Listing].pk if Listing in place.rows else 1],
        "plot": [place.rows[Plot].pk if Plot in place.rows else 1],
        "project": [place.rows[Development].pk if Development in place.rows else 1],
        "photo": [place.rows[ListingPhoto].pk if ListingPhoto in place.rows else 1],
        "width": [480],
        "organisation": [place.rows[Organisation].slug if Organisation in place.rows else "x"],
        "door": [Door.values[0]],
        "app_label": ["welcome", "municipalities"],
        "url": ["no/such/page"],
        "content_type_id": [1],
        "uidb64": [urlsafe_base64_encode(str(user.pk).encode())],
        "token": ["set-password"],
        "uidb36": ["1"],
        "key": ["set-password"],
        "pk": [place.rows[IdentityProvider].pk if route.key.startswith("openid") else 0],
        "slot": ["0"],
        "purpose": [purpose.code for purpose in purposes()],
        "number": ["x" if route.key in {"openid_back", "own_login_back"} else 1],
        "page": [1],
        "sequence": [1],
        "size": ["a4"],
        "settled": ["arrived", "on_paper"],
        "delivery_id": [place.rows[Delivery].pk if Delivery in place.rows else 1],
        "reason": LeftOutReason.values,
        "consent": [place.rows[Consent].pk],
        "login": [place.rows[OwnLogin].pk],
        "letter": [place.rows[Letter].pk if Letter in place.rows else 1],
        "meeting": [place.rows[WelcomeMeeting].pk],
        "assignment": [place.rows[HostAssignment].pk if HostAssignment in place.rows else 1],
        "code": ["ABCDEFGH2345"],
        "call": [place.rows[Call].pk if Call in place.rows else 1],
        "kind": {
            "portal:my-ask": RequestKind.values,
            "portal:my-data": ["pdf", "json"],
            "portal:picture": ["homes"],
        }.get(route.key, []),
        "verb": {
            f"{_LETTER_RUN}_act": [
                "freeze",
                "thaw",
                "approve",
                "cancel",
                "reopen",
                "finish",
                "deliver",
                "rest_on_paper",
            ],
            "admin:welcome_importbatch_act": ["save", "drop"],
            "portal:own-vacancy-move": ["extend", "take_out"],
            "portal:own-home-move": ["reserve", "free", "extend", "take_out"],
            "portal:own-home-change": ["alt", "first", "drop"],
            "admin:municipalities_user_account": [step.verb for step in account_steps.STEPS],
        }.get(route.key, []),
        "municipality_id": [pk if pk is not None else place.municipality.pk],
        "object_id": [pk if pk is not None else place.rows[route.model].pk if route.model else 1],
    }
    if unknown := [part for part in route.parts if not known.get(part)]:
        raise AssertionError(
            f"What may stand for {unknown} in {route}? Say so in `values_of` of tests/walls/declared.py."
        )
    return {part: known[part] for part in route.parts}


def is_of_an_object(route: Route) -> bool:
    """A page of one municipality's row, that people of another are told is not there."""
    if route.key in {"admin:welcome_household_merge", "admin:welcome_household_left"}:
        return True
    if "municipality_id" in route.parts:
        return True
    own = "object_id" in route.parts and route.model is not None
    return own and not route.text.endswith(f"/{route.model._meta.model_name}/<path:object_id>/")
