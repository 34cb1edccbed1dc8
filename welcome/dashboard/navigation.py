"""The staff site's menu: the groups of work, each with what this user may open."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from housing.developments.models import Development
from housing.holdings.models import Holding, OwnerNotice
from housing.listings.models import Listing
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
from municipalities.login.providers import Identity, IdentityProvider
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation
from municipalities.tenancy.models import Membership, User
from municipalities.topics.models import Topic
from welcome.club.models import Member
from welcome.cooperation.measure_models import Measure
from welcome.cooperation.models import CooperationMeeting, Participant
from welcome.cooperation.settings_models import CooperationSettings
from welcome.hosts.models import Host
from welcome.hosts.offers import HostOffer
from welcome.hosts.rules import HostRules
from welcome.households.models import Household, ImportBatch
from welcome.letters.channels import ChannelSettings
from welcome.letters.models import LetterRun
from welcome.letters.template_models import LetterTemplate
from welcome.meetings.models import WelcomeMeeting
from welcome.orders.models import Order
from welcome.packages.models import Gift
from welcome.packages.package_models import Package
from welcome.portal.models import MissedSearch, PageDay
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.models import DataRequest
from welcome.stories.models import Story

GROUPS: list[tuple[Promise, list[tuple[type[Model], str, Promise]]]] = [
    (
        _("People"),
        [
            (Household, "family_home", _("Households")),
            (Order, "shopping_basket", _("Orders")),
            (ImportBatch, "upload_file", _("Imports")),
        ],
    ),
    (
        _("Received by people"),
        [
            (Enquiry, "forum", _("Enquiries")),
            (AnswerTemplate, "quickreply", _("Ready-made answers")),
            (TakenMail, "mark_email_read", _("E-mails that came")),
            (Mailbox, "inbox", _("Mailbox for enquiries")),
            (Host, "waving_hand", _("Hosts")),
            (HostRules, "tune", _("Rules for hosts")),
            (Story, "favorite", _("Why people stay")),
            (HostOffer, "volunteer_activism", _("Offers to be a host")),
            (Member, "diversity_3", _("Newcomers' club")),
            (WelcomeMeeting, "groups", _("Welcome meetings")),
            (Gift, "redeem", _("Gifts")),
            (Package, "package_2", _("Packages")),
        ],
    ),
    (
        _("Cooperation"),
        [
            (CooperationMeeting, "forum", _("Cooperation meetings")),
            (Measure, "checklist", _("Measures")),
            (Participant, "handshake", _("People of the cooperation")),
            (CooperationSettings, "balance", _("How the cooperation is shared")),
        ],
    ),
    (
        _("Letters"),
        [
            (LetterRun, "mail", _("Letter runs")),
            (LetterTemplate, "edit_document", _("The letter")),
            (ChannelSettings, "send", _("How letters are sent")),
        ],
    ),
    (
        _("Information"),
        [
            (Topic, "menu_book", _("Topics")),
            (LearningPlace, "school", _("Schools and kindergartens")),
            (ContactPoint, "contact_phone", _("Contact points")),
            (PageDay, "bar_chart", _("What is read")),
            (MissedSearch, "search_off", _("Searched for in vain")),
            (Municipality, "location_city", _("Municipality")),
        ],
    ),
    (
        _("What happens"),
        [
            (Activity, "event", _("Activities")),
            (Organisation, "diversity_3", _("Organisations")),
            (CalendarFeed, "rss_feed", _("Calendars that are read")),
        ],
    ),
    (
        _("Homes and jobs"),
        [
            (Vacancy, "work", _("Vacancies")),
            (Listing, "house", _("Homes")),
            (Plot, "landscape", _("Plots")),
            (Development, "apartment", _("Projects")),
            (Wish, "manage_search", _("What people look for")),
            (Holding, "cottage", _("Empty farms and houses")),
            (OwnerNotice, "front_hand", _("Owners who came forward")),
        ],
    ),
    (
        _("Privacy"),
        [(DataRequest, "contact_support", _("Requests")), (RetentionRun, "auto_delete", _("Cleanings"))],
    ),
    (
        _("Access"),
        [
            (User, "group", _("Colleagues")),
            (Membership, "badge", _("Roles")),
            (IdentityProvider, "key", _("Logins of one's own")),
            (Identity, "link", _("Joined colleagues")),
            (AuditEntry, "policy", _("Log")),
            (SystemEntry, "admin_panel_settings", _("The installation's log")),
        ],
    ),
]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    today = {"title": _("Today"), "icon": "today", "link": reverse("admin:index")}
    groups = [
        {"title": title, "separator": True, "items": [*_items(request, entries)]} for title, entries in GROUPS
    ]
    return [{"items": [today]}, *(group for group in groups if group["items"])]


def _items(request: HttpRequest, entries: Any) -> Any:
    for model, icon, title in entries:
        page = admin.site._registry.get(model)
        if page is not None and page.has_module_permission(request):
            address = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            yield {"title": title, "icon": icon, "link": reverse(address)}
