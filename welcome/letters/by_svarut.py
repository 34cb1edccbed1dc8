"""A letter handed to SvarUt, to be printed and posted there."""

import datetime
import re
from collections.abc import Sequence

from municipalities.national import svarut
from municipalities.national.svarut import Account, Address, Shipment, Status
from welcome.letters.channels import ChannelSettings, Later, MaybeTaken, NotTaken, Printing, settings_of
from welcome.letters.delivery_models import Delivery, Reason
from welcome.letters.models import Letter

_POST_PLACE = re.compile(r"(\d{4}) (.+)")


def send(delivery: Delivery, letter: Letter, content: bytes) -> str:
    """Its id at SvarUt. Raises NotTaken, Later or MaybeTaken."""
    opened = settings_of(delivery.municipality_id)
    if opened is None or opened.printing != Printing.SVARUT:
        raise NotTaken(Reason.CHANNEL_OFF)
    shipment = _shipment(delivery, letter, content, opened.cost_code)
    try:
        return svarut.send(_account(opened), shipment)
    except svarut.NotLetIn as fault:
        raise Later(Reason.NOT_LET_IN, fault.code) from None
    except svarut.TryAgain as fault:
        raise _later(fault) from None
    except svarut.MayBeTaken as fault:
        raise MaybeTaken(Reason.NO_ANSWER, fault.code) from None
    except svarut.Refused as fault:
        raise NotTaken(Reason.REFUSED, fault.code) from None


def find(delivery: Delivery) -> str:
    """The id of what SvarUt holds under this delivery's reference, "" for nothing. Raises Later: nobody knows."""
    try:
        found = svarut.find(_account(settings_of(delivery.municipality_id)), delivery.reference)
    except svarut.NotLetIn as fault:
        raise Later(Reason.NOT_LET_IN, fault.code) from None
    except svarut.Fault as fault:
        raise _later(fault) from None
    return found[0] if found else ""


def statuses(deliveries: Sequence[Delivery]) -> list[Status]:
    """Of deliveries of one municipality; none where SvarUt does not answer: it is asked again."""
    try:
        account = _account(settings_of(deliveries[0].municipality_id))
        return svarut.statuses(account, [delivery.external_id for delivery in deliveries])
    except (svarut.Fault, NotTaken):
        return []


def _account(opened: ChannelSettings | None) -> Account:
    """A letter that was to go by SvarUt is still looked for there when its printing is ours again."""
    account = opened.account if opened is not None else None
    if account is None:
        raise Later(Reason.NOT_LET_IN, "not-entered")
    return account


def _later(fault: svarut.Fault) -> Later:
    after = None if fault.after is None else datetime.timedelta(seconds=fault.after)
    reason = Reason.BUSY if fault.code.startswith("429") or fault.after is not None else Reason.OUT_OF_REACH
    return Later(reason, fault.code, after)


def _shipment(delivery: Delivery, letter: Letter, content: bytes, cost_code: str) -> Shipment:
    """The window's lines as SvarUt wants them: a name, one to three lines, post code and place."""
    name, *lines, last = letter.address if len(letter.address) > 1 else ["", ""]
    place = _POST_PLACE.fullmatch(last)
    if place is None or not 1 <= len(lines) <= 3:
        raise NotTaken(Reason.ADDRESS)
    words = letter.run.texts.get(language=letter.language).words
    return Shipment(
        title=words["letter_title"],
        name=name,
        address=Address(lines, place[1], place[2]),
        filename=f"{letter.run.municipality.number}-{letter.run.quarter}-{letter.number}.pdf",
        content=content,
        reference=delivery.reference,
        group=f"{letter.run.municipality.number}-{letter.run.quarter}",
        cost_code=cost_code,
    )
