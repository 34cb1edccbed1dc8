"""Every public page as people meet it: three languages, light and dark, a phone and a desk."""

import gzip

import pytest

from tests.browser import county
from tests.browser.conftest import LANGUAGES, sweep

PAGES = [
    "",
    "?q=nowhere",
    "al/",
    "rollag/",
    "nore-og-uvdal/",
    "al/live/",
    "al/practical/",
    "al/meet/",
    "rollag/learn/",
    "al/topics/",
    "al/topics/doctor/",
    "al/topics/doctor/?text=ar",
    "al/topics/waste/",
    "al/topics/unwritten/",
    "nore-og-uvdal/topics/doctor/",
    "al/search/",
    "al/search/?q=skular",
    "al/search/?q=qwertyuiop",
    f"al/search/?q={'x' * 101}",
    "compare/?m=al&m=gol&m=nore-og-uvdal",
    "topics/doctor/",
    "al/schools/?postcode=3570&street=Sundrevegen",
    "rollag/schools/",
    "al/stories/",
    "privacy/",
    "al/privacy/",
    "al/accessibility/",
]
BUDGET = 100_000  # Bytes of a first view, compressed, fonts and all.


@pytest.fixture(autouse=True)
def buskerud(page):
    county.build()


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(page, language):
    sweep(page, PAGES, language)


def test_the_menu_of_a_phone_is_accessible_when_open(page, accessible):
    page.goto("/nb/al/practical/")
    page.locator("details.menu summary").click()
    accessible(page)


def test_a_page_that_is_not_there_is_accessible(browser, live_server, accessible):
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    answer = page.goto("/nn/al/topics/nope/")
    assert answer is not None
    assert answer.status == 404
    accessible(page)
    context.close()


def test_nothing_is_wider_than_the_narrowest_screen(page):
    """320 px is 1280 px at 400 %: WCAG 2.2, 1.4.10."""
    page.set_viewport_size({"width": 320, "height": 640})
    wide = []
    for address in PAGES:
        page.goto(f"/en/{address}")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide.append(f"{page.url}: {over} px")
    assert not wide, "\n".join(wide)


@pytest.mark.parametrize("address", ["/nb/", "/nb/al/", "/nb/al/topics/doctor/"])
def test_the_first_view_is_light(page, address):
    sent = {}

    def weigh(response):
        body = response.body()
        packed = response.url.endswith(".woff2")  # Compressed in itself.
        sent[response.url] = len(body) if packed else len(gzip.compress(body, 9))

    page.on("response", weigh)
    page.goto(address, wait_until="networkidle")
    assert len([url for url in sent if url.endswith(".woff2")]) == 1, "the font is fetched once, and only one"
    assert sum(sent.values()) <= BUDGET, "\n".join(f"{size:7} {url}" for url, size in sent.items())
