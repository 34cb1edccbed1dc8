"""An offer to be a host: confirmed by who made it, answered by staff."""

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links import actions as links
from municipalities.links import confirming
from municipalities.tenancy.models import User
from welcome.hosts import tasks
from welcome.hosts.models import Host
from welcome.hosts.offers import HostOffer


def receive(*, offer: HostOffer) -> None:
    """Keeps an offer as its form was sent, once, and has it mailed to be confirmed."""
    if confirming.keep(offer):
        transaction.on_commit(tasks.mail_offers.delay, robust=True)


def confirm(*, offer: HostOffer) -> bool:
    """False if it was confirmed before."""
    with transaction.atomic():
        if not HostOffer.objects.filter(pk=offer.pk, confirmed_at=None).update(confirmed_at=timezone.now()):
            return False
        record(action=Action.CHANGED, of=offer, fields=["confirmed_at"])
    return True


def withdraw(*, offer: HostOffer) -> None:
    """By who made it. Twice is once."""
    with transaction.atomic():
        _delete(offer, "withdrawn", None)


def approve(*, offer: HostOffer, capacity: int, by: User | None) -> Host:
    """They are a host now, and the offer is gone. Raises ValidationError if somebody else has answered it, or the
    person has not confirmed it."""
    with transaction.atomic():
        offer = _locked(offer)
        host = Host(
            municipality_id=offer.municipality_id,
            name=offer.name,
            phone=offer.phone,
            email=offer.email,
            languages=offer.languages,
            place=offer.place,
            interests=offer.interests,
            about=offer.about,
            about_language=offer.screen,
            capacity=capacity,
            named_since=timezone.localdate(offer.asked_at) if offer.may_be_named else None,
        )
        host.save()
        record(action=Action.ADDED, of=host, note=f"offer={offer.pk}", by_id=by.pk if by else None)
        _delete(offer, "approved", by)
    return host


def decline(*, offer: HostOffer, word: str, by: User | None) -> None:
    """Thanks them, with a word of one's own, and deletes the offer. Raises ValidationError as `approve`, and OSError,
    with nothing changed, if the mail can't be sent."""
    with transaction.atomic():
        offer = _locked(offer)
        place = offer.municipality
        with translation.override(offer.screen):
            send_mail(
                subject=_("Thank you for your offer to be a host in %(place)s") % {"place": place.name},
                message=render_to_string("hosts/declined_mail.txt", {"word": word, "municipality": place}),
                from_email=None,
                recipient_list=[offer.email],
            )
        _delete(offer, "declined", by)


def _locked(offer: HostOffer) -> HostOffer:
    rows = HostOffer.objects.confirmed().select_for_update(of=("self",)).select_related("municipality")
    found = rows.filter(pk=offer.pk).first()
    if found is None:
        raise ValidationError(_("This offer is answered already."))
    return found


def _delete(offer: HostOffer, how: str, by: User | None) -> None:
    links.forget(of=offer)
    number = offer.pk
    if HostOffer.objects.filter(pk=number).delete()[0]:
        offer.pk = number
        record(action=Action.DELETED, of=offer, note=how, by_id=by.pk if by else None)
