"""SvarUt (KS Fiks): letters that are delivered digitally, or printed and posted there.

The interface is that of "Send forsendelse API" and "Status API" v3 and the look-up by external reference
v2. SvarUt does not know a letter that is sent twice: before one is repeated, `find` asks for it by the
reference it was sent with. A request that SvarUt has not answered may still be at work there for
`SETTLED`; only after that does "not found" mean that it is not there.
"""

import datetime
import email.utils
import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from municipalities.national import maskinporten
from municipalities.national.fetching import Answer, FetchError, session
from municipalities.national.maskinporten import NoToken

SCOPE = "ks:fiks"
SEND_SECONDS, ASK_SECONDS = 120.0, 30.0
# SvarUt gives itself 16 minutes for a request.
SETTLED = datetime.timedelta(minutes=17)
IDS_A_SEARCH = 100
LONGEST_WAIT = 3600  # Seconds: whoever says "come back tomorrow" is asked in an hour.
PDF = "application/pdf"


class Fault(Exception):
    """`code` is for logs and staff, such as `400 UGYLDIG_ADRESSE`: never the words of the answer, which can
    quote an address. `after`: seconds to wait, where SvarUt has said so."""

    def __init__(self, code: str, *, after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.after = after


class Refused(Fault):
    """Not taken, and the same letter won't be taken another time either."""


class TryAgain(Fault):
    """Not taken: out of reach, or too many at once."""


class NotLetIn(TryAgain):
    """Not taken, nor will anything be before somebody corrects what the municipality has entered.
    `code` begins with `key`, `token` or `account`."""


class MayBeTaken(Fault):
    """Nobody knows whether it was taken: ask by its reference before it is repeated."""


@dataclass(frozen=True)
class Account:
    account_id: str
    integration_id: str
    integration_password: str = field(repr=False)
    client: maskinporten.Client


@dataclass(frozen=True)
class Address:
    """`lines` one to three; a Norwegian address has its post code."""

    lines: Sequence[str]
    postal_code: str
    postal_place: str


@dataclass(frozen=True)
class Shipment:
    """One letter: `reference` is ours, and what it is found by; `group` puts letters of a run together."""

    title: str
    name: str
    address: Address
    filename: str
    content: bytes = field(repr=False)
    reference: str
    group: str = ""
    cost_code: str = ""
    # National identity number, where it is to be delivered digitally, and only printed if that fails.
    digital_id: str = field(default="", repr=False)


@dataclass(frozen=True)
class Status:
    shipment_id: str
    state: str
    changed: datetime.datetime | None

    @property
    def is_delivered(self) -> bool:
        return self.state in DELIVERED

    @property
    def is_lost(self) -> bool:
        """It won't reach anybody by SvarUt."""
        return self.state in LOST


DELIVERED = {
    "LEST", "LEVERT_ALTINN", "LEVERT_SDP", "LEVERT_NHN_MOTTAKER", "PRINTET", "MANUELT_HANDTERT",
}  # fmt: skip
LOST = {"AVVIST", "FEILET_UNDER_MOTTAK", "IKKE_LEVERT", "SLETTET"}
ON_THE_WAY = {
    "MOTTATT", "AKSEPTERT", "SENDT_ALTINN", "SENDT_PRINT", "SENDT_DIGITALT", "SENDT_SDP", "KLAR_FOR_MOTTAK",
    "SENDT_NHN_MOTTAKER",
}  # fmt: skip


def send(account: Account, shipment: Shipment) -> str:
    """Hand over one letter; its id at SvarUt. Raises Refused, TryAgain, NotLetIn or MayBeTaken."""
    kind = "person" if shipment.digital_id else "print"
    metadata = json.dumps(_metadata(shipment), ensure_ascii=False).encode()
    parts = [
        ("forsendelse", (None, metadata, "application/json; charset=utf-8")),
        ("dokumenter", (shipment.filename, shipment.content, PDF)),
    ]
    path = f"/v3/kontoer/{account.account_id}/forsendelser/{kind}"
    with_token = _headers(account)
    try:
        answer = session(seconds=SEND_SECONDS, silence=SEND_SECONDS).post(
            settings.SVARUT_URL + path, files=parts, headers=with_token, allow_redirects=False
        )
    except FetchError as error:
        raise (MayBeTaken("no-answer") if error.reached else TryAgain("out-of-reach")) from None
    if answer.status_code == 200:
        return _given_id(answer)
    if answer.status_code == 409 or answer.status_code >= 500 or answer.status_code < 400:
        raise MayBeTaken(_code(answer), after=_wait(answer))
    raise _not_taken(answer, account)


def find(account: Account, reference: str) -> list[str]:
    """The ids of what SvarUt holds under our reference; none found is proof only after `SETTLED`.
    Raises TryAgain, NotLetIn or Refused, all of which say nothing about the letter."""
    answer = _ask(account, "GET", f"/v2/kontoer/{account.account_id}/forsendelser", {"eksternRef": reference})
    try:
        found = answer.json()["forsendelseIds"]
        return [str(uuid.UUID(one)) for one in found]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TryAgain("no-sense") from None


def statuses(account: Account, shipment_ids: Sequence[str]) -> list[Status]:
    """How far letters have come, at most IDS_A_SEARCH a call; those that SvarUt doesn't know are left out.
    Raises TryAgain, NotLetIn or Refused."""
    path = f"/v3/kontoer/{account.account_id}/forsendelser/status/sok"
    answer = _ask(account, "POST", path, {"id": list(shipment_ids)[:IDS_A_SEARCH]})
    try:
        return [
            Status(str(uuid.UUID(row["id"])), str(row["status"])[:30], _moment(row["sisteStatusEndring"]))
            for row in answer.json()["statuser"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TryAgain("no-sense") from None


def check(account: Account) -> None:
    """Whether the municipality is let in: asks for a letter that is not there. Raises TryAgain, NotLetIn
    or Refused."""
    find(account, f"tilflytter-test-{uuid.uuid4()}")


# --- what is sent --------------------------------------------------------------------------------


def _metadata(shipment: Shipment) -> dict[str, Any]:
    """As the interface names it. What is too long is refused here, before anything leaves."""
    address = shipment.address
    if not 1 <= len(address.lines) <= 3:
        raise Refused("address-lines")
    lines = {
        f"adresselinje{number}": _within(line, 70, "address")
        for number, line in enumerate(address.lines, start=1)
    }
    recipient: dict[str, Any] = {
        "navn": _within(shipment.name, 100, "name"),
        "adresse": lines
        | {
            "postnummer": _within(address.postal_code, 20, "address"),
            "poststed": _within(address.postal_place, 70, "address"),
            "landkode": "NO",
        },
    }
    if shipment.digital_id:
        recipient["digitalId"] = shipment.digital_id
    if not re.fullmatch(r'[^*:"\\/<>|?]{1,226}', shipment.filename):
        raise Refused("filename")
    told = {
        "tittel": _within(shipment.title, 1000, "title"),
        "mottaker": recipient,
        "avgivendeSystem": "Tilflytter",
        "dokumenter": [{"filnavn": shipment.filename, "mimeType": PDF}],
        "utskriftskonfigurasjon": {"tosidig": True},
        "eksternReferanse": _within(shipment.reference, 100, "reference"),
    }
    if shipment.group:
        told["korrelasjonsid"] = _within(shipment.group, 100, "group")
    if shipment.cost_code:
        told["konteringskode"] = _within(shipment.cost_code, 20, "cost-code")
    return told


def _within(text: str, longest: int, what: str) -> str:
    if not 1 <= len(text) <= longest:
        raise Refused(f"{what}-length")
    return text


def _headers(account: Account) -> dict[str, str]:
    """What lets us in. Raises NotLetIn or TryAgain: without a token nothing is sent."""
    try:
        token = maskinporten.token(account.client, SCOPE)
    except NoToken as error:
        if error.code in {"unreachable", "answer"}:
            raise TryAgain(f"token-{error.code}") from None
        raise NotLetIn("key" if error.code == "key" else f"token {error.detail}".strip()) from None
    return {
        "Authorization": f"Bearer {token}",
        "IntegrasjonId": account.integration_id,
        "IntegrasjonPassord": account.integration_password,
        "Accept": "application/json",
    }


def _ask(account: Account, method: str, path: str, what: dict[str, Any]) -> Answer:
    """A question changes nothing, so every failure of it is to be tried again."""
    sent: dict[str, Any] = {"params": what} if method == "GET" else {"json": what}
    headers = _headers(account)
    try:
        answer = session(seconds=ASK_SECONDS, silence=ASK_SECONDS).request(
            method, settings.SVARUT_URL + path, headers=headers, allow_redirects=False, **sent
        )
    except FetchError:
        raise TryAgain("out-of-reach") from None
    if answer.status_code == 200:
        return answer
    if answer.status_code >= 500 or answer.status_code < 400:
        raise TryAgain(_code(answer), after=_wait(answer))
    raise _not_taken(answer, account)


# --- what is answered ----------------------------------------------------------------------------


def _given_id(answer: Answer) -> str:
    try:
        return str(uuid.UUID(answer.json()["id"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise MayBeTaken("no-sense") from None  # It said yes, and not to what.


def _not_taken(answer: Answer, account: Account) -> Fault:
    if answer.status_code in {401, 403, 404}:
        maskinporten.forget(account.client)
        return NotLetIn(f"account {_code(answer)}")
    if answer.status_code in {408, 425, 429}:
        return TryAgain(_code(answer), after=_wait(answer))
    return Refused(_code(answer))


def _code(answer: Answer) -> str:
    """`400 UGYLDIG_ADRESSE`: the number, and the service's own word for it where that is one word."""
    try:
        word = answer.json()["errorCode"]
    except (ValueError, KeyError, TypeError):
        word = ""
    plain = isinstance(word, str) and re.fullmatch(r"[A-Za-z_-][\w.-]{0,59}", word)
    return f"{answer.status_code} {word}" if plain else str(answer.status_code)


def _wait(answer: Answer) -> int | None:
    """Seconds from `Retry-After`, which is a number or a moment."""
    said = answer.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,6}", said):
        return min(int(said), LONGEST_WAIT)
    try:
        moment = email.utils.parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    left = (moment - datetime.datetime.now(datetime.UTC)).total_seconds()
    return max(0, min(round(left), LONGEST_WAIT))


def _moment(text: Any) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
