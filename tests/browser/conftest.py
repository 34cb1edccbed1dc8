"""A Chromium without a network, and pages that tell what went wrong in them.  `make test-browser`"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

# Playwright's own event loop runs in this thread; Django's database calls here are still plain ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))
from prepare import chromium

from municipalities.tenancy.models import User
from tests.browser.snapshots import _put_back_after_each
from tests.staff_client import StaffClient

__all__ = ["_put_back_after_each"]

# A page that asks anybody else for anything gets nothing, and its test fails.
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
STANDARD = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # Fetching every stylesheet again serves only experimental rules.
}
# A scheme changes nothing but colours, so the second look at each width asks only about those.
COLOURS = STANDARD | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
FULL = [("light", 1280, STANDARD), ("dark", 1280, COLOURS), ("dark", 390, STANDARD), ("light", 390, COLOURS)]
# A language changes nothing but words, and how long they are: the looks are shared out among the three.
LOOKS = {
    "nb": FULL[:2],
    "nn": FULL[2:3],
    "en": [("light", 390, STANDARD)],
}
if os.environ.get("LOOKS") == "all":
    LOOKS = dict.fromkeys(LOOKS, FULL)
LANGUAGES = list(LOOKS)
KEEP = os.environ.get("SCREENSHOTS")  # A folder: each look as a picture, to be looked at.
_AXE = Axe()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    arguments = [ONLY_HERE] + (["--no-sandbox"] if os.geteuid() == 0 else [])
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A phone's page on the portal. At its end: no script failed, nothing was blocked, nobody else asked."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="nb-NO"
    )
    context.set_default_timeout(15_000)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(f"script: {error}"))
    opened.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    opened.on(
        "request",
        lambda asked: (
            troubles.append(f"asked {asked.url}")
            if not asked.url.startswith((live_server.url, "data:", "blob:"))
            else None
        ),
    )
    yield opened
    context.close()
    assert not troubles, "\n".join(troubles)


def _found(page: Page, options: dict, part: str | None = None) -> list[str]:
    """axe on the page as it stands, or on a part of it; axe itself is put in once a page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.axe_script)
    report = AxeResults(
        page.evaluate("([part, options]) => axe.run(part || document, options)", [part, options])
    )
    return [f"{page.url}\n{report.generate_report()}"] if report.response["violations"] else []


def faults(page: Page, looks: list[tuple], part: str | None = None, *, asked: bool = True) -> list[str]:
    """What is wrong with the page as it stands in these looks: what axe finds, where it is `asked`, and that it
    scrolls sideways. It is not asked for again."""
    found = []
    for scheme, width, options in looks:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        wrong = _found(page, options, part) if asked else []
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{page.url} scrolls sideways")
        found += [f"{scheme} {width}: {what}" for what in wrong]
        if KEEP:
            name = re.sub(r"\W+", "-", page.url.split("/", 3)[3])
            page.screenshot(path=f"{KEEP}/{name}{scheme}-{width}.png", full_page=True)
    return found


def reads_well(page: Page, language: str) -> None:
    """The page as it stands, in this language's looks."""
    found = faults(page, LOOKS[language])
    assert not found, "\n".join(found)


def sweep(page: Page, addresses: Iterable[str], language: str) -> None:
    """Each address below /<language>/, by axe and by whether it scrolls sideways. In light and dark, on a phone
    (390 px) and at a desk (1280 px): at the desk in Bokmål, all rules in light, those about colours in dark; on the
    phone all rules, in dark in Nynorsk for every other page and in light in English for those between.
    `LOOKS=all`: each language in all four looks."""
    found = []
    for place, address in enumerate(addresses):
        page.goto(f"/{language}/{address}")
        asked = len(LOOKS[language]) > 1 or place % 2 == ["nn", "en"].index(language)
        found += faults(page, LOOKS[language], asked=asked)
    assert not found, "\n".join(found)


def staff_sweep(page: Page, addresses: Iterable[str], part: str) -> None:
    """`part` of each of the staff's pages, as theirs is the theme's frame around it, in all four looks as above.
    The theme asks for the scheme only while a page loads, so each is asked for once a scheme."""
    found = []
    for address in addresses:
        for looks in (FULL[:1] + FULL[3:], FULL[2:3] + FULL[1:2]):
            page.emulate_media(color_scheme=looks[0][0])
            page.goto(address)
            page.locator(part).wait_for()
            found += faults(page, looks, part)
    assert not found, "\n".join(found)


def log_in(context: BrowserContext, user: User, live_server: LiveServer) -> None:
    """With the second step taken, where logging in is not what the test is about."""
    client = StaffClient()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


@pytest.fixture(scope="session")
def accessible():
    """accessible(page) fails with what axe finds on it as it stands."""

    def check(page: Page) -> None:
        found = _found(page, STANDARD)
        assert not found, found[0]

    return check


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """In a file, as it is in use: a page that notes a look writes while the next one reads, and a database
    in memory, which all threads share, refuses that instead of waiting."""
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")
