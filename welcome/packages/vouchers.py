"""Vouchers: making and giving out codes, taking in a sponsor's own, and redeeming, each code once."""

import datetime
import re
from collections import defaultdict
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.audit import recording
from municipalities.audit.models import Action
from municipalities.organisations.models import Organisation
from municipalities.tenancy.models import User
from welcome.packages.models import Fulfilment, Gift
from welcome.packages.package_models import (
    LONGEST_CODE,
    SHORTEST_CODE,
    PackageItem,
    PackageState,
    Voucher,
    VoucherState,
    as_key,
    new_code,
)

OWN_LENGTH = 12
MOST_CODES = 5000
UNDO_MINUTES = 10
STAMP = re.compile(r"[A-Za-z0-9_-]{16,40}")


def issue(items: Sequence[PackageItem]) -> None:
    """A code for each piece of these new items, which are of one municipality and know their gifts: our own ones are
    made, a sponsor's taken from its pool as far as it reaches. Those that lack are given when more come."""
    now = timezone.now()
    own = [item for item in items if item.gift.fulfilment == Fulfilment.OWN_CODES]
    Voucher.objects.bulk_create(
        [
            Voucher(
                municipality_id=item.municipality_id, gift=item.gift, item=item, issued_at=now, value=item.value,
                **_own_code(),
            )
            for item in own
            for _piece in range(item.count)
        ]
    )  # fmt: skip
    by_gift: defaultdict[int, list[PackageItem]] = defaultdict(list)
    for item in items:
        if item.gift.fulfilment == Fulfilment.PARTNER_CODES:
            by_gift[item.gift_id].append(item)
    for gift_id in sorted(by_gift):
        _give_from_pool(gift_id, [(item, item.count) for item in by_gift[gift_id]])


def _own_code() -> dict[str, str]:
    code = new_code(OWN_LENGTH)
    return {"code": "-".join(code[start : start + 4] for start in range(0, OWN_LENGTH, 4)), "key": code}


def _give_from_pool(gift_id: int, wanted: Sequence[tuple[PackageItem, int]]) -> int:
    """In the order in which they were uploaded and the households came. How many were given."""
    places = [item for item, count in wanted for _piece in range(count)]
    if not places:
        return 0
    # The gift's lock: two who give out at once don't give the same code to two households.
    Gift.objects.select_for_update(of=("self",), no_key=True).get(pk=gift_id)
    free = list(Voucher.objects.pooled().filter(gift=gift_id).order_by("pk")[: len(places)])
    now = timezone.now()
    for voucher, item in zip(free, places, strict=False):
        voucher.item, voucher.issued_at, voucher.value = item, now, item.value
    Voucher.objects.bulk_update(free, ["item", "issued_at", "value"], batch_size=500)
    return len(free)


def upload(*, gift: Gift, lines: Sequence[str], by: User | None) -> tuple[int, int]:
    """Takes in a sponsor's codes, one a line, all or none; what comes after a comma or semicolon is not read. How many
    came, and how many of them went to households that had waited for theirs. Raises ValidationError with a sentence
    for each bad line, by its number."""
    if gift.fulfilment != Fulfilment.PARTNER_CODES:
        raise ValidationError(_("This gift has no codes of its sponsor."))
    numbered = [(number, _cell(line)) for number, line in enumerate(lines, start=1)]
    codes = [(number, code) for number, code in numbered if code]
    if not codes:
        raise ValidationError(_("There is no code in this."))
    if len(codes) > MOST_CODES:
        raise ValidationError(_("At most %(most)d codes at once.") % {"most": MOST_CODES})
    if faults := _faults(gift, codes):
        raise ValidationError(faults)
    try:
        with transaction.atomic():
            Voucher.objects.bulk_create(
                [
                    Voucher(municipality_id=gift.municipality_id, gift=gift, code=code, key=as_key(code))
                    for _number, code in codes
                ],
                batch_size=500,
            )
            recording.record(
                action=Action.IMPORTED, of=gift, note=f"codes={len(codes)}", by_id=by.pk if by else None
            )
            given = _give_to_who_waits(gift)
    except IntegrityError as error:
        raise ValidationError(_("A colleague has just uploaded some of these codes. Look again.")) from error
    return len(codes), given


def _cell(line: str) -> str:
    return re.split(r"[;,\t]", line.strip().lstrip("\ufeff"), maxsplit=1)[0].strip().strip('"').strip()


def _faults(gift: Gift, codes: Sequence[tuple[int, str]]) -> list[str]:
    keys = [as_key(code) for _number, code in codes]
    there: set[str] = set()
    for start in range(0, len(keys), 500):
        known = Voucher.objects.filter(municipality=gift.municipality_id, key__in=keys[start : start + 500])
        there |= set(known.values_list("key", flat=True))
    first: dict[str, int] = {}
    faults = []
    for (number, code), key in zip(codes, keys, strict=True):
        words = {"number": number, "code": code[:LONGEST_CODE], "least": SHORTEST_CODE, "most": LONGEST_CODE}
        if len(key) < SHORTEST_CODE or len(code) > LONGEST_CODE:
            said = _("Line %(number)d: “%(code)s” has not %(least)d to %(most)d letters and digits.")
            faults.append(said % words)
        elif key in there:
            faults.append(_("Line %(number)d: “%(code)s” is there already.") % words)
        elif key in first:
            words["first"] = first[key]
            faults.append(_("Line %(number)d: “%(code)s” stands in line %(first)d too.") % words)
        first.setdefault(key, number)
    return faults


def _give_to_who_waits(gift: Gift) -> int:
    """Items that got too few when they were composed, the oldest first."""
    states = [PackageState.CANCELLED, PackageState.RETURNED]
    items = PackageItem.objects.filter(gift=gift, package__household__isnull=False)
    items = items.exclude(package__state__in=states).prefetch_related("vouchers").order_by("pk")
    short = [(item, item.count - len(item.vouchers.all())) for item in items]
    return _give_from_pool(gift.pk, [(item, count) for item, count in short if count > 0])


# --- at the sponsor's counter ----------------------------------------------------------------------


class Refused(Exception):
    """Not accepted; the message is translated and for whoever stands at the counter."""


def redeem(*, partner: Organisation, typed: str, stamp: str) -> Voucher:
    """The voucher, redeemed by this or by the same form sent before. `stamp` is the form's own. Raises Refused for
    what is no code of this sponsor's, was used, or is worth nothing any more."""
    if not STAMP.fullmatch(stamp):
        raise Refused(_("This form is too old. Try again with the one below."))
    now = timezone.now()
    with transaction.atomic():
        theirs = Voucher.objects.of(partner.municipality).issued().filter(gift__sponsor=partner)
        voucher = theirs.filter(key=as_key(typed)).select_related("gift").first() if typed else None
        if voucher is None:
            raise Refused(_("This is no code of yours. Look at each letter, and try again."))
        # Two counters at the same moment: the database changes the row for one of them only. By the row's own columns
        # alone: with a join, whoever waited for the other would change it by what it was before.
        fresh = Voucher.objects.unused().filter(pk=voucher.pk).exclude(stamp=stamp)
        if fresh.update(state=VoucherState.REDEEMED, redeemed_at=now, redeemed_by=partner, stamp=stamp):
            recording.record(action=Action.CHANGED, of=voucher, fields=["state"])
        voucher.refresh_from_db()
    if voucher.state == VoucherState.REDEEMED and voucher.stamp == stamp:
        return voucher
    raise Refused(_why_not(voucher))


def _why_not(voucher: Voucher) -> str:
    if voucher.state == VoucherState.CANCELLED:
        return _("This voucher is cancelled and worth nothing any more.")
    if voucher.redeemed_at is None:
        return _("This was taken back. Type the code again to redeem it.")
    when = timezone.localtime(voucher.redeemed_at)
    return _("This code was used on %(day)s at %(time)s.") % {
        "day": when.strftime("%d.%m.%Y"), "time": when.strftime("%H:%M"),
    }  # fmt: skip


def undo(*, partner: Organisation, voucher_id: int) -> bool:
    """Takes back what was redeemed by mistake some minutes ago. False where it is too late, or was done before."""
    since = timezone.now() - datetime.timedelta(minutes=UNDO_MINUTES)
    with transaction.atomic():
        rows = Voucher.objects.redeemed().filter(pk=voucher_id, redeemed_by=partner, redeemed_at__gte=since)
        if not rows.update(state=VoucherState.UNUSED, redeemed_at=None, redeemed_by=None):
            return False
        recording.record(action=Action.CHANGED, of=Voucher.objects.get(pk=voucher_id), fields=["state"])
    return True


def just_redeemed(partner: Organisation) -> list[Voucher]:
    """What may still be taken back, the newest first."""
    since = timezone.now() - datetime.timedelta(minutes=UNDO_MINUTES)
    rows = (
        Voucher.objects.of(partner.municipality)
        .redeemed()
        .filter(redeemed_by=partner, redeemed_at__gte=since)
    )
    return list(
        rows.select_related("gift").prefetch_related("gift__texts").order_by("-redeemed_at", "-pk")[:20]
    )
