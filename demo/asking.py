"""What people have asked Ål, what they search for in vain, and how often its pages are read, as `asking.toml` tells."""

import datetime
import random
import tomllib
from functools import cache
from typing import Any

from django.utils import timezone

from demo.places import FOLDER
from demo.staff import COORDINATOR, OFFICE
from municipalities.enquiries.deadline import working_days_after
from municipalities.enquiries.mailbox_models import Taken, TakenMail
from municipalities.enquiries.models import (
    AnswerMail,
    AnswerTemplate,
    Direction,
    Enquiry,
    EnquiryMessage,
    MailState,
    Reply,
    Source,
    State,
)
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from municipalities.topics.models import Topic
from welcome.portal.models import MissedSearch, PageDay

SLUG = "al"
_COLLEAGUES = {"office": OFFICE, "coordinator": COORDINATOR}
_DAYS = 60


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "asking.toml").read_text(encoding="utf-8"))


def add_asking(municipalities: dict[str, Municipality]) -> None:
    """`municipalities` by number; topics and colleagues are there already."""
    place = next(place for place in municipalities.values() if place.slug == SLUG)
    for entry in _written()["template"]:
        for language in ("nb", "nn", "en"):
            AnswerTemplate.objects.create(
                municipality=place, name=entry["name"], language=language, text=entry[language]
            )
    for entry in _written()["enquiry"]:
        _add_enquiry(place, entry)
    _add_searches(place)
    _add_pages(place)


def _add_enquiry(place: Municipality, entry: dict[str, Any]) -> None:
    asked = timezone.now() - datetime.timedelta(days=entry["ago"], hours=2)
    answered = asked + datetime.timedelta(days=1)
    by = User.objects.filter(email=_COLLEAGUES.get(entry.get("assigned", ""), "")).first()
    email, phone = entry.get("email", ""), entry.get("phone", "")
    state = State.NEW if by is None else State.ASSIGNED if "answer" not in entry else State.ANSWERED
    state = State.CLOSED if "outcome" in entry else state
    is_answered = "answer" in entry
    enquiry = Enquiry.objects.create(
        municipality=place,
        source=Source.PAGE if "page" in entry else Source.MAIL,
        page=f"/{place.slug}/{entry['page']}" if "page" in entry else "",
        language=entry["language"],
        text=entry["text"],
        reply=Reply.EMAIL if email else Reply.PHONE if phone else Reply.NONE,
        email=email,
        phone=phone,
        state=state,
        received_at=asked,
        waiting_since=None if is_answered else asked,
        due_on=working_days_after(timezone.localdate(asked), place.enquiry_days),
        assigned_to=by,
        assigned_by=by,
        assigned_at=asked if by else None,
        answered_at=answered if is_answered else None,
        answered_by=by if is_answered else None,
        closed_at=answered if "outcome" in entry else None,
        closed_by=by if "outcome" in entry else None,
        outcome=entry.get("outcome", ""),
    )
    if "page" not in entry:
        TakenMail.objects.create(
            municipality=place, mark=f"{enquiry.pk:064x}", became=Taken.ASKED, enquiry=enquiry, at=asked, uid=1,
            sent_on=timezone.localdate(asked),
        )  # fmt: skip
    if "note" in entry:
        EnquiryMessage.objects.create(
            municipality=place, enquiry=enquiry, direction=Direction.NOTE, text=entry["note"], at=asked
        )
    if is_answered:
        message = EnquiryMessage.objects.create(
            municipality=place,
            enquiry=enquiry,
            direction=Direction.OUT,
            text=entry["answer"],
            at=answered,
            by=by,
        )
        AnswerMail.objects.create(
            municipality=place,
            message=message,
            to=email,
            state=MailState.SENT,
            attempts=1,
            created_at=answered,
            sending_at=answered,
            sent_at=answered,
        )
    if "back" in entry:
        EnquiryMessage.objects.create(
            municipality=place,
            enquiry=enquiry,
            direction=Direction.IN,
            text=entry["back"],
            at=answered + datetime.timedelta(hours=3),
        )


def _add_searches(place: Municipality) -> None:
    today = timezone.localdate()
    week = today - datetime.timedelta(days=today.weekday() + 7)
    for number, entry in enumerate(_written()["search"], start=1):
        MissedSearch.objects.create(
            municipality=place,
            week=week,
            fingerprint=f"{number:064x}",
            words=entry["words"],
            language=entry.get("language", "nb"),
            times=entry["times"],
            days=entry["days"],
            last_on=week + datetime.timedelta(days=entry["days"]),
        )


def _add_pages(place: Municipality) -> None:
    """The same figures each time: a reader of the guide sees what it shows."""
    chance = random.Random(place.number)  # noqa: S311 - figures for a trial
    topics = list(Topic.objects.of(place).order_by("order", "slug").values_list("slug", flat=True))
    paths = [f"/{place.slug}/", f"/{place.slug}/search/"] + [
        f"/{place.slug}/topics/{slug}/" for slug in topics[:-2]
    ]
    rows = []
    for back in range(_DAYS):
        day = timezone.localdate() - datetime.timedelta(days=back)
        for rank, path in enumerate(paths):
            for language, share in (("nn", 4), ("nb", 3), ("en", 2)):
                views = chance.randint(0, max(1, (len(paths) - rank) * share // 6))
                if views:
                    lacking = path.endswith(("/housing/", "/transport/", "/search/"))
                    missed = int(chance.random() < (0.06 if lacking else 0.005))
                    rows.append(
                        PageDay(
                            municipality=place,
                            path=path,
                            language=language,
                            day=day,
                            views=views,
                            found=int(chance.random() < 0.06),
                            missed=missed,
                            asked=missed if chance.random() < 0.4 else 0,
                        )
                    )
    PageDay.objects.bulk_create(rows, batch_size=500)
