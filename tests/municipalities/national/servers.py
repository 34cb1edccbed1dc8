"""Servers on this machine that behave well, and as badly as a server can."""

import datetime
import gzip
import ipaddress
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Server(ThreadingHTTPServer):
    daemon_threads = True

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    @property
    def place(self):
        return f"127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def say(self, body=b"", status=200, **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.server.asked.append(self.path)
        self.server.heard.append(dict(self.headers))
        kind, _, rest = self.path[1:].partition("/")
        try:
            getattr(self, f"answer_{kind}")(rest)
        except (BrokenPipeError, ConnectionResetError):
            pass  # Whoever asked has left, as they should.

    def answer_hello(self, _):
        self.say("hei, verden: æøå".encode(), Content_Type="text/plain; charset=utf-8")

    def answer_to(self, rest):
        self.say(status=302, Location=self.server.leads_to)

    def answer_loop(self, rest):
        self.say(status=302, Location=f"/loop/{int(rest or 0) + 1}")

    def answer_gone(self, _):
        self.say(b"gone", status=410)

    def answer_gzip(self, _):
        self.say(gzip.compress(b"packed"), Content_Encoding="gzip")

    def answer_bomb(self, _):
        self.say(gzip.compress(b"\0" * 64 * 1024 * 1024), Content_Encoding="gzip")

    def answer_half(self, _):
        self.say(gzip.compress(b"packed and cut off" * 50)[:-20], Content_Encoding="gzip")

    def answer_brotli(self, _):
        self.say(b"whatever", Content_Encoding="br")

    def answer_short(self, _):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"only this")
        self.close_connection = True

    def answer_endless(self, _):
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)

    def answer_drip(self, _):
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b".")
            time.sleep(0.02)

    def answer_dripping_head(self, _):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            self.wfile.write(b".")
            time.sleep(0.02)

    def answer_many_headers(self, _):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000)

    def answer_nonsense(self, _):
        self.wfile.write(b"\0\1\2 this is no HTTP\r\n\r\n")
        self.close_connection = True


@contextmanager
def serve(context=None):
    server = Server(("127.0.0.1", 0), Answers)
    server.asked, server.heard, server.leads_to = [], [], "/hello"
    server.scheme = "https" if context else "http"
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def certificate(folder, *names):
    """Paths of a certificate that vouches for itself, and of its key; for these IP addresses and hosts."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.datetime.now(datetime.UTC)
    alternatives = []
    for name in names:
        try:
            alternatives.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            alternatives.append(x509.DNSName(name))
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def speaking_tls(folder, *names):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    path, key = certificate(folder, *names)
    context.load_cert_chain(path, key)
    return context, path
