"""A Chromium without a network, and pages that tell what went wrong in them.  `make test-browser`"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

# Playwright's own event loop runs in this thread; Django's database calls here are still plain ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bin"))
from prepare import chromium

from tests.browser.snapshots import _put_back_after_each

__all__ = ["_put_back_after_each"]

# A page that asks anybody else for anything gets nothing, and its test fails.
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
STANDARD = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # Fetching every stylesheet again serves only experimental rules.
}


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


@pytest.fixture(scope="session")
def accessible():
    """accessible(page) fails with what axe finds on it."""

    def check(page: Page) -> None:
        found = Axe().run(page, options=STANDARD)
        assert not found.response["violations"], f"{page.url}\n{found.generate_report()}"

    return check


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """In a file, as it is in use: a page that notes a look writes while the next one reads, and a database
    in memory, which all threads share, refuses that instead of waiting."""
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")
