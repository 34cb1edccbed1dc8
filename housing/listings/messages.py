"""What seekers write to owners, and what owners answer: passed on by the portal, so that neither has to show an
address to write the first line."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from housing.listings import nudges
from housing.listings.models import Listing, OwnerMessage


def write(
    *, listing: Listing, name: str, email: str, phone: str, text: str, language: str, sending: str
) -> OwnerMessage:
    """`sending` is the number of the form: what is sent twice is one message."""
    try:
        with transaction.atomic():
            message = OwnerMessage.objects.create(
                municipality_id=listing.municipality_id, listing=listing, name=name, email=email,
                phone=phone, text=text, language=language, sending=sending,
            )  # fmt: skip
            nudges.mail_soon(message.pk)
            return message
    except IntegrityError:
        return OwnerMessage.objects.get(listing=listing, sending=sending)


def answer(*, message: OwnerMessage, text: str) -> bool:
    """The owner's, once. False where there is one already."""
    with transaction.atomic():
        rows = OwnerMessage.objects.filter(pk=message.pk, answer="")
        if not rows.update(answer=text, answered_at=timezone.now()):
            return False
        nudges.mail_soon(message.pk)
    return True
