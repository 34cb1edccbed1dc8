"""A mailbox on this machine that speaks as much IMAP as the portal asks for, over TLS with a certificate of its own,
and can be told to fail."""

import datetime
import ipaddress
import re
import socketserver
import ssl
import threading
import time
from contextlib import contextmanager

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "tilflytter", 'hemmelig "å\\'


class Server(socketserver.ThreadingTCPServer):
    """`fails` is what happens at the next such command: `("FETCH", "cut")`, "slow", or the bytes to answer with."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, context):
        super().__init__(("127.0.0.1", 0), _Talk)
        self._context = context
        self.validity, self.mails, self.seen, self.heard, self.fails = 7, {}, set(), [], []

    def get_request(self):
        plain, address = super().get_request()
        plain.settimeout(5)
        return self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    @property
    def port(self):
        return self.server_address[1]

    @property
    def place(self):
        return f"127.0.0.1:{self.port}"

    def put(self, raw, uid=None):
        uid = uid or max(self.mails, default=0) + 1
        self.mails[uid] = bytes(raw)
        return uid

    def handle_error(self, *_):
        pass


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self._say(b"* OK ready")
        for line in self.rfile:
            tag, rest = line.strip().split(b" ", 1)
            words = rest.split(b" ", 2)
            verb = b" ".join(words[:2] if words[0] == b"UID" else words[:1]).decode()
            self.server.heard.append(rest.decode())
            if self.server.fails and self.server.fails[0][0] == verb.removeprefix("UID "):
                _verb, what = self.server.fails.pop(0)
                if what == "cut":
                    return
                if what == "slow":
                    time.sleep(1)
                else:
                    self._say(what.replace(b"TAG", tag))
                    continue
            getattr(self, "do_" + verb.replace(" ", "_").lower())(tag, rest)
            if verb == "LOGOUT":
                return

    def _say(self, *lines):
        self.wfile.write(b"".join(line + b"\r\n" for line in lines))

    def do_capability(self, tag, rest):
        self._say(b"* CAPABILITY IMAP4rev1", tag + b" OK done")

    def do_login(self, tag, rest):
        quoted = [re.sub(r"\\(.)", r"\1", each) for each in re.findall(r'"((?:\\.|[^"\\])*)"', rest.decode())]
        right = quoted == [USER, PASSWORD]
        self._say(tag + (b" OK in" if right else b" NO [AUTHENTICATIONFAILED] no"))

    def do_select(self, tag, rest):
        if rest.split(b" ", 1)[1] not in (b'"INBOX"', b'"Sp&APg-rsm&AOU-l"'):
            return self._say(tag + b" NO there is none")
        valid = f"* OK [UIDVALIDITY {self.server.validity}] valid".encode()
        return self._say(f"* {len(self.server.mails)} EXISTS".encode(), valid, tag + b" OK [READ-WRITE] open")

    do_examine = do_select

    def do_uid_search(self, tag, rest):
        first = int(re.search(rb"UID (\d+):\*", rest)[1])
        uids = sorted(self.server.mails)
        found = [uid for uid in uids if uid >= first] or uids[-1:]
        self._say(b" ".join([b"* SEARCH", *(str(uid).encode() for uid in found)]), tag + b" OK done")

    def do_uid_fetch(self, tag, rest):
        uid, most = (
            int(each) for each in re.search(rb"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest).groups()
        )
        if uid in self.server.mails:
            raw = self.server.mails[uid][:most]
            self.wfile.write(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        self._say(tag + b" OK done")

    def do_uid_store(self, tag, rest):
        self.server.seen.add(int(rest.split()[2]))
        self._say(tag + b" OK done")

    def do_logout(self, tag, rest):
        self._say(b"* BYE", tag + b" OK bye")


def certificate(folder, *, address="127.0.0.1"):
    """One that vouches for itself; (path of the certificate, path of both it and its key)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "imap double")])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=400))
        .not_valid_after(today + datetime.timedelta(days=400))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "imap.pem").write_bytes(public)
    (folder / "imap-both.pem").write_bytes(public + private)
    return folder / "imap.pem", folder / "imap-both.pem"


@contextmanager
def mail_server(settings, monkeypatch, folder, *, address="127.0.0.1"):
    public, both = certificate(folder, address=address)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with Server(context) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.FETCH_PRIVATE_HOSTS = [server.place]
        try:
            yield server
        finally:
            server.shutdown()
