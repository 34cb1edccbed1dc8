"""The mail by which an offer to be a host is confirmed."""

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from municipalities.links import confirming
from municipalities.links.models import Link
from welcome.hosts.links import OFFER
from welcome.hosts.offers import HostOffer


def mail_waiting() -> int:
    return confirming.mail_waiting(HostOffer, OFFER, _words)


def _words(offer: HostOffer, link: Link) -> tuple[str, str]:
    place = offer.municipality
    subject = _("Confirm your offer to be a host in %(place)s") % {"place": place.name}
    return subject, render_to_string("hosts/offer_mail.txt", {"link": link, "municipality": place})
