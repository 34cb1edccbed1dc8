"""The link to a household's own page: printed in a letter, mailed, or given by staff."""

import datetime

from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from municipalities.links import actions
from municipalities.links.models import Link
from municipalities.links.purposes import Purpose
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right
from welcome.households import logging_in
from welcome.households.models import Household
from welcome.households.own_logins import bound_to


def screen_language(language: str) -> str:
    """The site's own language that lies nearest to one that letters are written in."""
    return {"nn": "nn", "nb": "nb", "se": "nb"}.get(language, "en")


def language_on_screen(household: Household) -> str:
    return screen_language(household.language)


def _log_in(municipality_id: int) -> str:
    place = Municipality.objects.published().filter(pk=municipality_id).first()
    return reverse("portal:own-page", args=[place.slug]) if place else ""


NEWCOMER = Purpose(
    code="newcomer",
    model=Household,
    lifetime=datetime.timedelta(days=180),
    page="portal:my",
    over=_(
        "It led to what your municipality holds about you. Call or write to the municipality's service"
        " office, and you get a new one."
    ),
    right=Right.WRITE_PEOPLE,
    find=lambda pk: Household.objects.select_related("municipality").with_people().filter(pk=pk).first(),
    state=bound_to,
    language=language_on_screen,
    by_login=logging_in.opened_by,
    stands_on=logging_in.stands_on,
    log_in=_log_in,
)


def mail_addresses(household: Household) -> list[str]:
    """Where something for this household may be mailed to: the e-mail of each adult who gave one."""
    today = timezone.localdate()
    adults = [p for p in household.people.all() if p.died_on is None and p.is_adult_on(today)]
    return list(dict.fromkeys(p.email for p in adults if p.email))


def mail(*, household: Household, to: str, by: User | None) -> Link:
    """Issues a new link and mails it. Raises OSError, with nothing changed, if the mail can't be sent."""
    municipality = household.municipality
    with transaction.atomic(), translation.override(language_on_screen(household)):
        link = actions.issue(purpose=NEWCOMER, of=household, by=by)
        words = {"link": link, "municipality": municipality}
        send_mail(
            subject=gettext("Your own page at %(place)s municipality") % {"place": municipality.name},
            message=render_to_string("households/link_mail.txt", words),
            from_email=None,
            recipient_list=[to],
        )
    return link
