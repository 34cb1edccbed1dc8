"""Reports of mail servers that an e-mail could not be delivered (RFC 3464), and whose letter it was."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_binary_file, message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP
from typing import BinaryIO

from municipalities.municipality import scope
from welcome.letters import deliveries
from welcome.letters.delivery_models import Delivery

_OURS = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@[^<>\s]+>")


@dataclass(frozen=True)
class Bounce:
    """`failed` is False for a mere delay. `status` is the enhanced code, such as `5.1.1`."""

    key: uuid.UUID
    failed: bool
    status: str


def read(source: BinaryIO | bytes) -> Bounce | None:
    """What a report says of one of our letters; None where it is no report, or of another's mail."""
    opened = (
        message_from_bytes(source, policy=SMTP)
        if isinstance(source, bytes)
        else message_from_binary_file(source, policy=SMTP)
    )
    if opened.get_content_type() != "multipart/report":
        return None
    said = [fields for part in opened.walk() for fields in _recipient_fields(part)]
    key = next((found for part in opened.walk() if (found := _key(part)) is not None), None)
    if key is None or not said:
        return None
    failed = [fields for fields in said if str(fields.get("Action", "")).strip().lower() == "failed"]
    status = re.match(r"\d\.\d{1,3}\.\d{1,3}", str((failed or said)[0].get("Status", "")).strip())
    return Bounce(key, bool(failed), status[0] if status else "")


def record(bounce: Bounce) -> bool:
    """Put the letter on paper. False where it isn't one of ours, or that is done already."""
    if not bounce.failed:
        return False
    with scope.everywhere():
        found = Delivery.objects.filter(key=bounce.key).values_list("pk", "municipality_id").first()
    if found is None:
        return False
    with scope.of(found[1]):
        return deliveries.bounced(delivery=Delivery.objects.get(pk=found[0]), detail=bounce.status)


def _recipient_fields(part: Message) -> Iterator[Message]:
    """The groups of a delivery-status part that tell of a recipient; the first one tells of the message."""
    if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
        for group in part.get_payload():
            if isinstance(group, Message) and group.get("Action"):
                yield group


def _key(part: Message) -> uuid.UUID | None:
    """From the Message-ID of the mail that came back, whole or its head only. Servers keep that as it was;
    what else stands in a report is theirs."""
    kind = part.get_content_type()
    heads: list[str] = []
    if kind == "message/rfc822" and isinstance(part.get_payload(), list):
        heads = [
            str(inner.get("Message-ID", "")) for inner in part.get_payload() if isinstance(inner, Message)
        ]
    elif kind == "text/rfc822-headers":
        content = part.get_payload(decode=True)
        text = content if isinstance(content, bytes) else b""
        heads = [str(message_from_bytes(text, EmailMessage, policy=SMTP).get("Message-ID", ""))]
    for head in heads:
        if match := _OURS.search(head):
            return uuid.UUID(match[1])
    return None
