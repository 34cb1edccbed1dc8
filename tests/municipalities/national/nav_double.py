"""NAV's public feed of vacancies as its documents tell of it: pages that overlap by one, marks, withdrawn
advertisements without content, and whatever can go wrong on the way."""

import datetime
import email.utils
import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "eyJhbGciOiJIUzI1NiJ9.nav.double"
START = datetime.datetime(2026, 11, 1, 8, tzinfo=datetime.UTC)


class Double(ThreadingHTTPServer):
    """`faults` are given out once each, in order, to the requests they fit: (part of the path, status or a way to
    break, headers)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.lines: list[dict] = []
        self.ads: dict[str, dict | None] = {}
        self.size = 3
        self.asked: list[str] = []
        self.faults: list[tuple[str, object, dict]] = []
        self.circle = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def advertise(self, *, number: str = "", municipal: str = "ÅL", status: str = "ACTIVE", **content) -> str:
        """A new state of an advertisement, which is another line at the end."""
        number = number or str(uuid.uuid4())
        changed = (START + datetime.timedelta(minutes=len(self.lines))).isoformat()
        told = _ad(number, municipal) | content
        self.ads[number] = told if status == "ACTIVE" else None
        employer = (told["employer"] or {}).get("name", "?")
        title = told["title"] if status == "ACTIVE" else "..."
        self.lines.append(
            {
                "id": number, "url": f"/api/v1/feedentry/{number}", "title": title,
                "content_text": "Stillingsannonse", "date_modified": changed, "entry": str(uuid.uuid4()),
                "_feed_entry": {
                    "uuid": number, "status": status, "title": title, "municipal": municipal,
                    "businessName": employer if status == "ACTIVE" else "", "sistEndret": changed,
                },
            }
        )  # fmt: skip
        return number

    def withdraw(self, number: str, municipal: str = "ÅL") -> None:
        self.advertise(number=number, municipal=municipal, status="INACTIVE")

    def handle_error(self, *_) -> None:
        pass  # Who hangs up means to.


def _ad(number: str, municipal: str) -> dict:
    """As ad_content of the service's own example."""
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    return {
        "uuid": number,
        "published": "2026-10-28T00:00:00+01:00",
        "expires": ends.isoformat(),
        "updated": "2026-10-28T09:12:00+01:00",
        "workLocations": [
            {"country": "NORGE", "address": None, "city": municipal, "postalCode": "3570", "county": "BUSKERUD",
             "municipal": municipal}
        ],
        "contactList": [{"name": "Kari Leiar", "email": "kari@ål.example", "phone": "32085000", "role": None,
                         "title": "Avdelingsleder"}],
        "title": "Sykepleier i hjemmetjenesten",
        "description": "<p>Vi søker en sykepleier.</p>",
        "sourceurl": "",
        "source": "Stillingsregistrering",
        "applicationUrl": "https://soknad.example/1",
        "applicationDue": "2026-12-20",
        "occupationCategories": [{"level1": "Helse og sosial", "level2": "Sykepleier"}],
        "categoryList": [{"categoryType": "STYRK08NAV", "code": "2223.00", "name": "Sykepleier",
                          "description": None, "score": 0.0}],
        "jobtitle": "Sykepleier",
        "link": f"https://arbeidsplassen.nav.no/stillinger/stilling/{number}",
        "employer": {"name": "Ål kommune", "orgnr": "864952992", "description": "", "homepage": "https://ål.example"},
        "engagementtype": "Fast",
        "extent": "Heltid",
        "starttime": None,
        "positioncount": "2",
        "sector": "Offentlig",
    }  # fmt: skip


class _Answers(BaseHTTPRequestHandler):
    server: Double

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append(parts.path)
        for fault in list(self.server.faults):
            if fault[0] in parts.path:
                self.server.faults.remove(fault)
                return self._fail(fault[1], fault[2])
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._say({}, 401)
        if parts.path.startswith("/api/v1/feedentry/"):
            return self._entry(parts.path.rpartition("/")[2])
        if parts.path == "/api/v1/feed" or parts.path.startswith("/api/v1/feed/"):
            return self._page(parts.path.removeprefix("/api/v1/feed").strip("/"), parse_qs(parts.query))
        return self._say({}, 404)

    def _entry(self, number: str) -> None:
        if number not in self.server.ads:
            return self._say({}, 404)
        content = self.server.ads[number]
        told = {
            "uuid": number,
            "status": "ACTIVE" if content else "INACTIVE",
            "sistEndret": START.isoformat(),
        }
        return self._say(told | ({"ad_content": content} if content else {}))

    def _page(self, name: str, query: dict) -> None:
        size, lines = self.server.size, self.server.lines
        assert int(query["pageSize"][0]) <= 10000
        starts = range(0, max(1, len(lines) - 1), size)
        start = 0
        if name:
            start = next((i for i in starts if lines[i]["entry"] == name), -1)
            if start < 0:
                return self._say({}, 404)
        elif since := self.headers.get("If-Modified-Since"):
            wanted = email.utils.parsedate_to_datetime(since)
            modified = [datetime.datetime.fromisoformat(line["date_modified"]) for line in lines]
            start = next((i for i in starts if any(each > wanted for each in modified[i : i + size])), 0)
        items = lines[start : start + size + 1]
        following = lines[start + size]["entry"] if start + size < len(lines) - 1 else None
        if self.server.circle:
            following = lines[start]["entry"]
        mark = items[-1]["id"] if items else str(uuid.UUID(int=0))
        changed = items[-1]["date_modified"] if items else START.isoformat()
        since = self.headers.get("If-Modified-Since")
        if since:
            asked, last = email.utils.parsedate_to_datetime(since), datetime.datetime.fromisoformat(changed)
            if self.headers.get("If-None-Match") == mark and last < asked:
                return self._say(None, 304)
            if name:
                later = [
                    item
                    for item in items[1:]
                    if datetime.datetime.fromisoformat(item["date_modified"]) >= asked
                ]
                items = [*items[:1], *later]
        own = lines[start]["entry"] if lines else ""
        page = {
            "version": "1.0", "title": "Stillingsfeeden fra arbeidsplassen.no", "feed_url": f"/api/v1/feed/{own}",
            "next_url": f"/api/v1/feed/{following}" if following else None, "id": own, "next_id": following,
            "items": [{key: value for key, value in item.items() if key != "entry"} for item in items],
        }  # fmt: skip
        when = email.utils.format_datetime(datetime.datetime.fromisoformat(changed))
        return self._say(page, 200, {"ETag": mark, "Last-Modified": when})

    def _fail(self, how: object, headers: dict) -> None:
        if how == "half":
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b'{"items": [')
            return
        if isinstance(how, bytes):
            self.send_response(200)
            self.send_header("Content-Length", str(len(how)))
            self.end_headers()
            self.wfile.write(how)
            return
        assert isinstance(how, int)
        self._say({}, how, headers)

    def _say(self, told: object, status: int = 200, headers: dict | None = None) -> None:
        body = b"" if told is None else json.dumps(told).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve() -> Iterator[Double]:
    double = Double()
    thread = threading.Thread(target=double.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        double.shutdown()
        double.server_close()
        thread.join()
