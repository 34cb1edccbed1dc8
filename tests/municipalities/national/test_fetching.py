"""Nothing that somebody typed in as an address makes the portal read what only the portal reaches."""

import ast
import time

import pytest
import requests
from django.utils import translation

from municipalities.national import fetching
from municipalities.national.fetching import FetchError, allowed, session
from tests.municipalities.national import servers

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")


@pytest.fixture
def server():
    with servers.serve() as running:
        yield running


@pytest.fixture
def named(server, settings):
    """The server, on the list of those in our own network that may be asked."""
    settings.FETCH_PRIVATE_HOSTS = [server.place]
    return server


@pytest.fixture
def refused():
    """refused(url, …): the words with which it was refused."""

    def fetch(url, **limits):
        with translation.override("en"), pytest.raises(FetchError) as refusal:
            session(**limits).get(url)
        return str(refusal.value)

    return fetch


@pytest.fixture
def names(monkeypatch):
    """names["feed.example"] = [["93.184.215.14"], …]: what the name is said to be, the first time, the second."""
    known = {}

    def resolve(host, port):
        answers = known[host]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    monkeypatch.setattr(fetching, "resolve", resolve)
    return known


def test_a_named_host_is_fetched(named):
    answer = session().get(f"{named.url}/hello")
    assert (answer.status_code, answer.text) == (200, "hei, verden: æøå")
    assert answer.url == f"{named.url}/hello"
    assert "".join(answer.iter_content(3, decode_unicode=True)) == answer.text


def test_an_answer_that_says_no_is_an_answer(named):
    assert session().get(f"{named.url}/gone").status_code == 410


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "100::1", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_addresses_that_are_not_the_open_internet_are_refused(address):
    assert not allowed(address, named=False)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "158.39.1.1", "2a02:20c8::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_the_open_internet_is_allowed(address):
    assert allowed(address, named=False)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fe80::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
    ],
)
def test_no_list_opens_the_machines_own_keys(address):
    assert not allowed(address, named=True)


@pytest.mark.parametrize("host", ["10.0.0.5", "127.0.0.1", "fc00::5"])
def test_a_named_host_may_lie_in_our_own_network(host):
    assert allowed(host, named=True)


@pytest.mark.parametrize("spelling", ["127.0.0.1", "localhost", "[::1]", "localhost."])
def test_this_machine_is_refused_however_it_is_spelt(spelling, refused, settings):
    settings.FETCH_PRIVATE_HOSTS = []
    assert "private network" in refused(f"https://{spelling}:8443/")


def test_a_host_is_named_with_its_port_or_for_all(server, refused, settings):
    settings.FETCH_PRIVATE_HOSTS = ["127.0.0.1:9"]
    assert "https://" in refused(f"{server.url}/hello")
    settings.FETCH_PRIVATE_HOSTS = ["127.0.0.1"]
    assert session().get(f"{server.url}/hello").ok


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://feed.example/", "https://"),
        ("https://feed.example:22/", "22"),
        ("https://feed.example:6379/", "6379"),
        ("https://portal:geheim@feed.example/", "password"),
        ("https://portal@feed.example/", "password"),
        ("file:///etc/passwd", "no address"),
        ("ftp://feed.example/", "no address"),
        ("gopher://feed.example/", "no address"),
        ("feed.example", "no address"),
        ("https://", "no address"),
        ("https://[::1", "no address"),
        ("https://feed example/", "no address"),
    ],
)
def test_addresses_that_are_not_fetched(url, word, refused, names):
    names["feed.example"] = [["93.184.215.14"]]
    words = refused(url)
    assert word in words
    assert "geheim" not in words


def test_a_name_that_changes_its_mind_gains_nothing(refused, names, monkeypatch):
    """DNS rebinding: judged as an open address, connected to as ours. The second answer is never asked for."""
    names["feed.example"] = [["93.184.215.14"], ["127.0.0.1"]]
    reached = []

    def connect(place, timeout):
        reached.append(place)
        raise OSError("no network in tests")

    monkeypatch.setattr(fetching.socket, "create_connection", connect)
    with pytest.raises(FetchError):
        session().get("https://feed.example/")
    assert reached == [("93.184.215.14", 443)]
    assert "private network" in refused("https://feed.example/")
    assert reached == [("93.184.215.14", 443)]


def test_one_private_address_among_open_ones_is_enough_to_refuse(names, refused, monkeypatch):
    names["feed.example"] = [["93.184.215.14", "10.0.0.1"]]
    monkeypatch.setattr(fetching.socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    assert "private network" in refused("https://feed.example/")


def test_redirects_are_followed_and_judged(named):
    assert session().get(f"{named.url}/to").url == f"{named.url}/hello"


@pytest.mark.parametrize(
    "target",
    [
        "https://169.254.169.254:443/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1:8443/",
        "http://localhost:{port}/hello",
        "//10.0.0.1/",
        "file:///etc/passwd",
        "https://user:word@127.0.0.1/",
    ],
)
def test_a_redirect_into_our_own_network_is_not_followed(named, refused, target):
    named.leads_to = target.format(port=named.server_port)
    refused(f"{named.url}/to")
    assert named.asked == ["/to"]


def test_a_named_host_may_not_be_a_name_for_the_machines_keys(names, refused, settings):
    settings.FETCH_PRIVATE_HOSTS = ["calendar.lan"]
    names["calendar.lan"] = [["169.254.169.254"]]
    assert "private network" in refused("http://calendar.lan/")


def test_redirects_end(named, refused):
    assert "too often" in refused(f"{named.url}/loop")
    assert len(named.asked) == 1 + fetching.REDIRECTS


@pytest.mark.parametrize("kind", ["drip", "dripping_head"])
def test_a_server_that_drips_is_left_when_its_time_is_over(kind, named, refused):
    began = time.monotonic()
    assert "too long" in refused(f"{named.url}/{kind}", seconds=0.4)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("kind", ["endless", "bomb"])
def test_no_more_is_taken_than_the_limit(kind, named, refused):
    assert "more than" in refused(f"{named.url}/{kind}", largest=1_000_000)


@pytest.mark.parametrize("kind", ["half", "brotli", "short", "nonsense", "many_headers"])
def test_an_answer_that_is_not_whole_is_an_error(kind, named, refused):
    assert refused(f"{named.url}/{kind}")


def test_a_packed_answer_is_unpacked(named):
    assert session().get(f"{named.url}/gzip").content == b"packed"


def test_streaming_gets_round_no_limit(named):
    with pytest.raises(FetchError):
        session(largest=1000).get(f"{named.url}/endless", stream=True)


def test_proxies_and_passwords_of_the_machine_are_not_used(named, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login portal password geheim\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert session().get(f"{named.url}/hello").ok
    assert "Authorization" not in named.heard[0]
    with pytest.raises(FetchError):
        session().get(f"{named.url}/hello", proxies={"http": "http://127.0.0.1:9"})


def test_a_certificate_is_looked_at_whatever_the_caller_says(settings, refused, tmp_path):
    context, path = servers.speaking_tls(tmp_path, "127.0.0.1")
    with servers.serve(context) as server:
        settings.FETCH_PRIVATE_HOSTS = [server.place]
        assert "certificate" in refused(f"{server.url}/hello")
        with pytest.raises(FetchError):
            session().get(f"{server.url}/hello", verify=False)
        assert server.asked == []
        assert session().get(f"{server.url}/hello", verify=str(path)).ok


def test_the_certificate_must_be_for_the_host_and_not_for_the_address(settings, names, tmp_path):
    context, path = servers.speaking_tls(tmp_path, "login.example")
    with servers.serve(context) as server:
        settings.FETCH_PRIVATE_HOSTS = ["login.example", "other.example"]
        names["login.example"] = names["other.example"] = [["127.0.0.1"]]
        port = server.server_port
        assert session().get(f"https://login.example:{port}/hello", verify=str(path)).ok
        with pytest.raises(FetchError):
            session().get(f"https://other.example:{port}/hello", verify=str(path))


def test_words_and_traceback_of_an_error_hold_no_query(settings):
    settings.FETCH_PRIVATE_HOSTS = ["127.0.0.1"]
    with pytest.raises(FetchError) as refusal:
        session().get("http://127.0.0.1:9/feed?token=geheim")
    assert isinstance(refusal.value, requests.RequestException)
    assert "geheim" not in str(refusal.value)
    assert refusal.value.__suppress_context__


FETCHERS = {"requests", "urllib3", "http", "httpx", "aiohttp", "socket", "urllib", "ftplib"}
HARMLESS = {"urllib.parse"}


def test_no_other_code_of_ours_fetches(repository):
    """Whoever needs something from outside takes `fetching.session()`."""
    found = set()
    for app in ("municipalities", "housing", "welcome"):
        for path in (repository / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module]
                for name in names:
                    if name.split(".")[0] in FETCHERS and name not in HARMLESS:
                        found.add(str(path.relative_to(repository)))
    assert found == {"municipalities/national/fetching.py"}


def test_a_failure_says_whether_what_was_sent_may_have_arrived(named, settings):
    with pytest.raises(FetchError) as failure:
        session().get(f"{named.url}/short")
    assert failure.value.reached
    settings.FETCH_PRIVATE_HOSTS = ["127.0.0.1"]
    for never in ("http://127.0.0.1:9/", "https://no-such-host.invalid/", "http://feed.example/"):
        with pytest.raises(FetchError) as failure:
            session().get(never)
        assert not failure.value.reached
