"""What happens to a wish."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from housing.wishes import finding, matching
from housing.wishes.models import RUNS, Often, Wish, WishField
from municipalities.municipality.models import Municipality


def look_for(*, municipality: Municipality, fields: Iterable[str], sending: str = "", **said: Any) -> Wish:
    """`sending` is the number of the form: what is sent twice is one wish. Nobody is written to before they have
    confirmed the address."""
    wish = Wish(municipality=municipality, sending=sending, expires_on=timezone.localdate() + RUNS, **said)
    matching.prepare(wish)
    try:
        with transaction.atomic():
            wish.save()
            write_fields(wish=wish, fields=fields)
    except IntegrityError:
        if not sending:
            raise
        return Wish.objects.get(municipality=municipality, sending=sending)
    return wish


def change(*, wish: Wish, fields: Iterable[str], **said: Any) -> None:
    """What fits now and did not before is told of from now on only."""
    with transaction.atomic():
        for name, value in said.items():
            setattr(wish, name, value)
        wish.expires_on = timezone.localdate() + RUNS
        wish.stopped_at = None
        matching.prepare(wish)
        wish.save()
        write_fields(wish=wish, fields=fields)
        finding.note_what_is_there(wish)


def write_fields(*, wish: Wish, fields: Iterable[str]) -> None:
    wanted = set(fields)
    wish.fields.exclude(field__in=wanted).delete()
    known = set(wish.fields.values_list("field", flat=True))
    WishField.objects.bulk_create(
        WishField(municipality_id=wish.municipality_id, wish=wish, field=field)
        for field in sorted(wanted - known)
    )


def confirm(*, wish: Wish) -> bool:
    """The address is theirs. What is there now is shown to them, so no mail tells of it. False if that was done
    before."""
    with transaction.atomic():
        now = timezone.now()
        if not Wish.objects.filter(pk=wish.pk, confirmed_at=None).update(confirmed_at=now):
            return False
        wish.confirmed_at = now
        finding.note_what_is_there(wish)
    return True


def write_less(*, wish: Wish, often: Often) -> None:
    Wish.objects.filter(pk=wish.pk).update(often=often)
