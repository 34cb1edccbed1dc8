"""The staff site's first page: the day's work, then the quarter."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from municipalities.activities.models import State
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.dashboard import figures
from welcome.households.imports import ImportState
from welcome.households.quarters import Quarter
from welcome.letters.models import RunState


@dataclass(frozen=True)
class Kind:
    """How a queue is told, and the list that holds exactly what it counts."""

    one: Promise
    many: Promise
    what_to_do: Promise
    page: str
    query: str


QUEUES = {
    "households": Kind(
        _("new household to check"),
        _("new households to check"),
        _("Look over name, address and language before the next letters."),
        "admin:welcome_household_changelist",
        "checked=no",
    ),
    "enquiries": Kind(
        _("enquiry waits for an answer"),
        _("enquiries wait for an answer"),
        _("Somebody has asked, and was told the day by which they have an answer."),
        "admin:municipalities_enquiry_changelist",
        "state=waiting",
    ),
    "undelivered": Kind(
        _("answer may not have come"),
        _("answers may not have come"),
        _("The mail server refused it, or nobody knows. Send it again, or call."),
        "admin:municipalities_enquiry_changelist",
        "state=undelivered",
    ),
    "mails": Kind(
        _("e-mail could not be taken in"),
        _("e-mails could not be taken in"),
        _("Read it in the mailbox, and write down what is asked."),
        "admin:municipalities_takenmail_changelist",
        "became__exact=failed",
    ),
    "mailboxes": Kind(
        _("mailbox can't be read"),
        _("mailboxes can't be read"),
        _("What comes lies there unread; its page tells what is wrong."),
        "admin:municipalities_mailbox_changelist",
        "reading=trouble",
    ),
    "orders": Kind(
        _("order waits"),
        _("orders wait"),
        _("See whether the people are known, and decide."),
        "admin:welcome_order_changelist",
        "queue=waiting",
    ),
    "packages": Kind(
        _("package to hand out"),
        _("packages to hand out"),
        _("They have ordered it; tick it off when they have it."),
        "admin:welcome_order_changelist",
        "queue=package",
    ),
    "offers": Kind(
        _("offer to be a host"),
        _("offers to be a host"),
        _("Call them while they are keen."),
        "admin:welcome_hostoffer_changelist",
        "waiting=yes",
    ),
    "help_wanted": Kind(
        _("person of the cooperation asks for help with a task"),
        _("people of the cooperation ask for help with tasks"),
        _("See what they need, or give the task to somebody else."),
        "admin:welcome_measure_changelist",
        "tasks=help",
    ),
    "cooperation_tasks": Kind(
        _("task of the cooperation is overdue"),
        _("tasks of the cooperation are overdue"),
        _("Whoever has it was reminded; ask what is in the way."),
        "admin:welcome_measure_changelist",
        "tasks=late",
    ),
    "requests": Kind(
        _("request about own data waits for an answer"),
        _("requests about own data wait for an answer"),
        _("The law gives 30 days."),
        "admin:welcome_datarequest_changelist",
        "waiting=yes",
    ),
    "imports": Kind(
        _("import waits for your decision"),
        _("imports wait for your decision"),
        _("Nothing is saved before you have seen the rows."),
        "admin:welcome_importbatch_changelist",
        f"state__exact={ImportState.READ}",
    ),
    "runs": Kind(
        _("letter run waits for approval"),
        _("letter runs wait for approval"),
        _("Read the samples, then approve: printing begins at once."),
        "admin:welcome_letterrun_changelist",
        f"state__exact={RunState.FROZEN}",
    ),
    "files": Kind(
        _("print file was set aside"),
        _("print files were set aside"),
        _("Something in a letter stopped it; the run's page tells what."),
        "admin:welcome_letterrun_changelist",
        f"state__exact={RunState.READY}",
    ),
    "activities": Kind(
        _("activity waits for approval"),
        _("activities wait for approval"),
        _("Look it over and publish it, or send it back with a word."),
        "admin:municipalities_activity_changelist",
        f"state__exact={State.WAITING}",
    ),
    "owners": Kind(
        _("owner of an empty farm has come forward"),
        _("owners of empty farms have come forward"),
        _("Call before they change their mind."),
        "admin:housing_ownernotice_changelist",
        "state=waiting",
    ),
    "holdings": Kind(
        _("empty farm or house is to be asked about again"),
        _("empty farms and houses are to be asked about again"),
        _("The day you had set has come."),
        "admin:housing_holding_changelist",
        "next=again",
    ),
    "holding_tasks": Kind(
        _("task about an empty farm is overdue"),
        _("tasks about empty farms are overdue"),
        _("Do it, or give it another day."),
        "admin:housing_holding_changelist",
        "next=tasks",
    ),
    "homes": Kind(
        _("home waits for approval"),
        _("homes wait for approval"),
        _("Look it over and publish it, or send it back with a word."),
        "admin:housing_listing_changelist",
        f"state__exact={State.WAITING}",
    ),
    "vacancies": Kind(
        _("vacancy waits for approval"),
        _("vacancies wait for approval"),
        _("Look it over and publish it, or send it back with a word."),
        "admin:municipalities_vacancy_changelist",
        f"state__exact={State.WAITING}",
    ),
    "calendars": Kind(
        _("calendar of an organisation could not be read"),
        _("calendars of organisations could not be read"),
        _("Nothing was changed; its page tells why."),
        "admin:municipalities_calendarfeed_changelist",
        "reading=trouble",
    ),
    "wanted": Kind(
        _("text needs a change"),
        _("texts need a change"),
        _("Its owner has written what is wrong."),
        "admin:municipalities_topic_changelist",
        "state=wanted",
    ),
    "due": Kind(
        _("text is due for review"),
        _("texts are due for review"),
        _("Read it; if it is right, say so with one click."),
        "admin:municipalities_topic_changelist",
        "state=due",
    ),
    "behind": Kind(
        _("translation is behind its source"),
        _("translations are behind their source"),
        _("The text it was made from has changed; both stand side by side."),
        "admin:municipalities_topic_changelist",
        "state=behind",
    ),
    "missing": Kind(
        _("text is missing"),
        _("texts are missing"),
        _("Readers get the nearest language until it is written."),
        "admin:municipalities_topic_changelist",
        "state=missing",
    ),
    "ownerless": Kind(
        _("topic has no owner"),
        _("topics have no owner"),
        _("Nobody is asked whether it is still right."),
        "admin:municipalities_topic_changelist",
        "owner=none",
    ),
}


def add_to(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    access = access_of(request)
    quarter = Quarter.current()
    waiting = [_shown(queue) for queue in figures.queues(access)]
    places = figures.places(access, quarter) if access.may(Right.READ_PEOPLE) else []
    return context | {
        "title": _("Today"),
        "waiting": waiting,
        "total": sum(queue["count"] for queue in waiting),
        "places": places,
        "quarter": quarter,
        "quarter_before": quarter.previous,
        "arrivals": sum(place.arrivals for place in places),
        "arrivals_before": sum(place.arrivals_before for place in places),
        "is_new": not waiting and access.everywhere and not access.municipalities(Right.READ_TEXTS).exists(),
        "without_walls": connection.vendor == "sqlite",
        "has_work": any(access.may(right) for right in (Right.WRITE_PEOPLE, Right.WRITE_TEXTS)),
    }


def _shown(queue: figures.Queue) -> dict[str, Any]:
    kind = QUEUES[queue.name]
    return {
        "count": queue.count,
        "words": kind.one if queue.count == 1 else kind.many,
        "what_to_do": kind.what_to_do,
        "days": queue.days,
        "url": f"{reverse(kind.page)}?{kind.query}",
    }
