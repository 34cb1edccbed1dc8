"""The club's only mail of the portal's own: how to say yes, and how to leave."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from municipalities.links import confirming
from municipalities.links.models import Link
from welcome.club.links import CLUB
from welcome.club.models import Member


def mail_waiting() -> int:
    return confirming.mail_waiting(Member, CLUB, _words)


def _words(member: Member, link: Link) -> tuple[str, str]:
    """Who came with an order has confirmed their address by that: they are told how to leave."""
    place = member.municipality
    subject = (
        _("You are in the newcomers' club in %(place)s")
        if member.is_confirmed
        else _("Confirm that you join the newcomers' club in %(place)s")
    ) % {"place": place.name}
    words = {"link": link, "member": member, "municipality": place}
    return subject, render_to_string("club/mail.txt", words)
