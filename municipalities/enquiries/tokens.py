"""The number in the subject of a mail, by which an answer finds its enquiry where the mail program has dropped what
it answers. Signed, so that nobody writes into an enquiry by counting."""

import hmac
import re

from municipalities.enquiries.models import Enquiry
from municipalities.municipality.models import Municipality
from municipalities.privacy.encryption import digests

_TOKEN = re.compile(r"\[(\d{1,18})-([0-9a-f]{10})\]")


def token_of(enquiry: Enquiry) -> str:
    return f"[{enquiry.pk}-{_signatures(enquiry.municipality_id, enquiry.pk)[0]}]"


def named_in(subject: str, municipality: Municipality) -> int | None:
    """The enquiry's number; None where there is none, or somebody made it up."""
    for number, signature in _TOKEN.findall(subject):
        if any(hmac.compare_digest(signature, good) for good in _signatures(municipality.pk, int(number))):
            return int(number)
    return None


def _signatures(municipality_id: int, number: int) -> list[str]:
    return [whole[:10] for whole in digests(f"{municipality_id}:{number}", "enquiry in a subject")]
