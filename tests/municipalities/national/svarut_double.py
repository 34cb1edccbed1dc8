"""SvarUt and Maskinporten as their documents describe them, on this machine, and with the faults we fear.

It refuses whatever the interface does not allow, takes a letter as often as it is sent, and counts: `accepted`
holds what was taken, under the sender's reference. `faults` are used up one a letter that is sent:

| `hang` | taken, and then no answer until whoever sent has left |
| `cut` | taken, and the connection is cut |
| `500 after`, `500 before` | taken, or not, and answered with 500 |
| `429` | not taken; `Retry-After: 7` (`pause`) |
| `409` | not taken |
| `reject` | not taken: 400 with an error code |
| `slow` | taken, answered after `slow_seconds` |
| `nonsense` | taken, and answered with something that is no JSON |
"""

import datetime
import json
import re
import threading
import time
import uuid
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ACCOUNT = "1d2f6c4a-7d0b-4a39-9c0e-2f5a6f0f3328"
INTEGRATION = "8b7c2a91-51f3-4c7e-8f1d-6a4e0c9d3328"
PASSWORD, CLIENT, KEY_ID = "et-langt-passord", "0b1c-klient", "nokkel-1"
PRINTED = ["MOTTATT", "AKSEPTERT", "SENDT_PRINT", "PRINTET"]
DIGITAL_THEN_PRINTED = ["MOTTATT", "AKSEPTERT", "SENDT_DIGITALT", "SENDT_PRINT", "PRINTET"]
NOT_DELIVERED = ["MOTTATT", "AKSEPTERT", "SENDT_PRINT", "IKKE_LEVERT"]
REJECTED = ["MOTTATT", "AVVIST"]
NEVER_IN_NAMES = set('*:"\\/<>|?')
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


class Wrong(Exception):
    """What was sent is not what the interface takes."""


def _need(holds, code):
    if not holds:
        raise Wrong(code)


def _text(told, name, longest, *, needed=False, pattern=r"(?s).*"):
    value = told.get(name)
    if value is None:
        return _need(not needed, f"{name.upper()}_MANGLER")
    right = isinstance(value, str) and 1 <= len(value) <= longest and re.fullmatch(pattern, value)
    return _need(right, f"{name.upper()}_UGYLDIG")


KNOWN = {
    "tittel", "mottaker", "avgivendeSystem", "avgivendeSystemAktor", "konteringskode", "kryptert",
    "utskriftskonfigurasjon", "svarSendesTil", "svarPaForsendelseId", "dokumenter", "eksternReferanse",
    "korrelasjonsid",
}  # fmt: skip
KNOWN_OF_PERSON = KNOWN | {
    "eksponertFor", "kunDigitalLevering", "sikkerhetsniva", "lenker", "kanSvareViaEdialog", "signering",
}  # fmt: skip


def judge(kind, told, files):
    """Raises Wrong for whatever `PersonForsendelse` or `PrintForsendelse` doesn't allow."""
    known = KNOWN_OF_PERSON if kind == "person" else KNOWN
    _need(isinstance(told, dict) and set(told) <= known, "UKJENT_FELT")
    _text(told, "tittel", 1000, needed=True)
    for name, longest in {"avgivendeSystem": 100, "eksternReferanse": 100, "korrelasjonsid": 100}.items():
        _text(told, name, longest)
    _text(told, "konteringskode", 20, pattern=r"[a-zA-Z0-9_\-.øæåØÆÅ]*")
    recipient = told.get("mottaker")
    _need(isinstance(recipient, dict), "MOTTAKER_MANGLER")
    _text(recipient, "navn", 100, needed=True)
    if kind == "person":
        _text(recipient, "digitalId", 11, needed=True, pattern=r"\d{11}")
    else:
        _need("digitalId" not in recipient and "adresse" in recipient, "MOTTAKER_UGYLDIG")
    if (address := recipient.get("adresse")) is not None:
        _text(address, "adresselinje1", 70, needed=True)
        _text(address, "adresselinje2", 70)
        _text(address, "adresselinje3", 70)
        _text(address, "poststed", 70, needed=True)
        _text(address, "postnummer", 20)
        _text(address, "landkode", 2, pattern="[A-Z]{2}")
    listed = told.get("dokumenter") or []
    _need(len(listed) == len(files) > 0, "DOKUMENTER_ULIKT_ANTALL")
    names = [one.get("filnavn") for one in listed]
    _need(len(set(names)) == len(names), "FILNAVN_IKKE_UNIKT")
    for one, (name, kind_of, content) in zip(listed, files, strict=True):
        _text(one, "filnavn", 226, needed=True)
        _need(not NEVER_IN_NAMES & set(one["filnavn"]), "FILNAVN_UGYLDIG")
        _need(one["filnavn"] == name, "DOKUMENTER_FEIL_REKKEFOLGE")
        _need(one.get("mimeType") == "application/pdf" == kind_of, "MIMETYPE_UGYLDIG")
        _need(content.startswith(b"%PDF-"), "DOKUMENT_UGYLDIG")


class Double(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.accepted = Counter()  # reference → how often
        self.shipments = {}  # id → {"reference", "kind", "told", "content", "states"}
        self.faults, self.progress = [], PRINTED
        self.asked = Counter()  # what → how often
        self.lets_in, self.gives_tokens, self.answers_questions = True, True, True
        self.forgets_to_find = 0  # So many look-ups find nothing: the letter is still at work.
        self.slow_seconds, self.pause = 0.3, "7"
        self.jtis, self.tokens = set(), set()
        self.lock = threading.Lock()
        self.gone = threading.Event()
        self.hung = threading.Event()  # Somebody waits for an answer that never comes.

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def place(self):
        return f"127.0.0.1:{self.server_port}"

    def take(self, kind, told, content):
        with self.lock:
            number = str(uuid.uuid4())
            reference = told.get("eksternReferanse", "")
            self.accepted[reference] += 1
            self.shipments[number] = {
                "reference": reference, "kind": kind, "told": told, "content": content,
                "states": list(self.progress),
            }  # fmt: skip
            return number

    def handle_error(self, *_):
        pass  # Whoever asked has left.


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        parts = urlsplit(self.path)
        match = re.fullmatch(r"/api/v2/kontoer/([^/]+)/forsendelser", parts.path)
        if not match:
            return self._fail(404, "FINNES_IKKE")
        if not self._is_let_in(match[1]):
            return None
        self.server.asked["find"] += 1
        if not self.server.answers_questions:
            return self._fail(503, "UTILGJENGELIG")
        reference = parse_qs(parts.query).get("eksternRef", [""])[0]
        if not reference:
            return self._fail(400, "EKSTERNREF_MANGLER")
        if self.server.forgets_to_find:
            self.server.forgets_to_find -= 1
            return self._say({"forsendelseIds": []})
        found = [n for n, one in self.server.shipments.items() if one["reference"] == reference]
        return self._say({"forsendelseIds": found})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/token":
            return self._token(body)
        match = re.fullmatch(r"/api/v3/kontoer/([^/]+)/forsendelser/(person|print|status/sok)", self.path)
        if not match:
            return self._fail(404, "FINNES_IKKE")
        if not self._is_let_in(match[1]):
            return None
        return self._statuses(body) if match[2] == "status/sok" else self._letter(match[2], body)

    def _token(self, body):
        """RFC 7523, as Maskinporten narrows it."""
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.server.asked["token"] += 1
        try:
            _need(form.get("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer", "grant")
            said = jwt.decode(
                form["assertion"], KEY.public_key(), ["RS256"], audience=f"{self.server.url}/", issuer=CLIENT
            )
            _need(jwt.get_unverified_header(form["assertion"])["kid"] == KEY_ID, "kid")
            _need(said["scope"] == "ks:fiks" and said["exp"] - said["iat"] <= 120, "claims")
            _need(said["jti"] not in self.server.jtis and self.server.gives_tokens, "jti")
        except (jwt.PyJWTError, KeyError, Wrong):
            return self._say({"error": "invalid_grant", "error_description": "…"}, 400)
        self.server.jtis.add(said["jti"])
        token = uuid.uuid4().hex
        self.server.tokens.add(token)
        return self._say({"access_token": token, "token_type": "Bearer", "expires_in": 119})

    def _is_let_in(self, account):
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.server.tokens:
            self._fail(401, "UGYLDIG_TOKEN")
        elif (self.headers.get("IntegrasjonId"), self.headers.get("IntegrasjonPassord")) != (
            INTEGRATION,
            PASSWORD,
        ) or not self.server.lets_in:
            self._fail(403, "INGEN_TILGANG")
        elif account != ACCOUNT:
            self._fail(404, "KONTO_FINNES_IKKE")
        else:
            return True
        return False

    def _letter(self, kind, body):
        self.server.asked["send"] += 1
        try:
            told, files = self._parts(body)
            judge(kind, told, files)
        except (Wrong, ValueError, KeyError) as error:
            return self._fail(400, str(error) if isinstance(error, Wrong) else "UGYLDIG_MULTIPART")
        fault = self.server.faults.pop(0) if self.server.faults else ""
        if fault == "429":
            return self._fail(429, "FOR_MANGE", Retry_After=self.server.pause)
        if fault in {"409", "500 before"}:
            return self._fail(int(fault[:3]), "FEIL")
        if fault == "reject":
            return self._fail(400, "UGYLDIG_MOTTAKER")
        number = self.server.take(kind, told, files[0][2])
        if fault == "hang":
            self.server.hung.set()
            self.server.gone.wait(30)
            self.close_connection = True
            return None
        if fault == "cut":
            self.close_connection = True
            return None
        if fault == "500 after":
            return self._fail(500, "FEIL")
        if fault == "nonsense":
            return self._body(b"<html>OK</html>", 200)
        if fault == "slow":
            time.sleep(self.server.slow_seconds)
        return self._say({"id": number})

    def _parts(self, body):
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = message_from_bytes(head + body, policy=HTTP)
        _need(message.get_content_type() == "multipart/form-data", "IKKE_MULTIPART")
        first, *rest = message.iter_parts()
        name = first.get_param("name", header="content-disposition")
        _need(name == "forsendelse" and first.get_content_type() == "application/json", "FORSENDELSE_FORST")
        told = json.loads(first.get_payload(decode=True))
        files = [(one.get_filename(), one.get_content_type(), one.get_payload(decode=True)) for one in rest]
        return told, files

    def _statuses(self, body):
        self.server.asked["statuses"] += 1
        if not self.server.answers_questions:
            return self._fail(503, "UTILGJENGELIG")
        rows = []
        for number in json.loads(body)["id"]:
            if shipment := self.server.shipments.get(number):
                states = shipment["states"]
                rows.append({
                    "id": number, "status": states[0],
                    "sisteStatusEndring": datetime.datetime.now(datetime.UTC).isoformat(),
                })  # fmt: skip
                if len(states) > 1:
                    states.pop(0)
        return self._say({"statuser": rows})

    def _fail(self, status, code, **headers):
        # As the service's own words may: they tell what was sent.
        message = "Adressen Øvre Ålsgata 12 B er ugyldig"
        told = {"status": status, "error": "Feil", "errorCode": code, "message": message}
        self._say(told, status, **headers)

    def _say(self, told, status=200, **headers):
        self._body(json.dumps(told).encode(), status, **headers)

    def _body(self, content, status, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serve():
    server = Double()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.gone.set()
        server.shutdown()
        server.server_close()
