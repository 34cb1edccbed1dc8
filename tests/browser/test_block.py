"""The block on somebody else's page, under a policy as strict as they come."""

from playwright.sync_api import expect

from tests.browser import county
from tests.factories.housing import ListingFactory, ListingTextFactory
from tests.factories.municipalities import VacancyFactory

HOST = """<!doctype html><html lang="nb"><head><meta charset="utf-8"><title>Avisa</title></head>
<body><main><h1>Avisa</h1>
<script src="{home}/embed/v1.js" async></script>
<tilflytter-block municipality="{slug}" show="topics" language="nn" count="3">
<a href="{home}/nn/al/">Ål</a>
</tilflytter-block>
</main></body></html>"""


def test_the_block_works_on_another_site_under_a_strict_policy(browser, live_server, page, accessible):
    al = county.everything()
    home, troubles, slug = live_server.url, [], "al"
    context = browser.new_context(viewport={"width": 390, "height": 844})
    # Another origin of this machine: from the open net Chromium lets no page ask a test server.
    context.grant_permissions(["local-network-access"], origin="http://127.0.0.1:9999")
    elsewhere = context.new_page()
    elsewhere.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    elsewhere.on("pageerror", lambda error: troubles.append(str(error)))
    policy = f"default-src 'none'; script-src {home}; connect-src {home}; require-trusted-types-for 'script'"
    elsewhere.route(
        "http://127.0.0.1:9999/**",
        lambda route: route.fulfill(
            body=HOST.format(home=home, slug=slug),
            headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy},
        ),
    )
    elsewhere.goto("http://127.0.0.1:9999/")
    links = elsewhere.get_by_role("region", name="For deg som flyttar hit").get_by_role("link")
    expect(links).to_have_count(4)
    elsewhere.keyboard.press("Tab")
    expect(links.first).to_be_focused()
    assert links.first.get_attribute("href").endswith("/nn/al/topics/about/")
    ListingTextFactory(
        listing=ListingFactory(municipality=al, price=9500), language="nn", title="Lyst husvære"
    )
    VacancyFactory(municipality=al, title="Kokk", employer_name="Fjellstua")
    for show, name, words in (
        ("homes", "Bustader", "9\u00a0500 kr i månaden"),
        ("jobs", "Ledige stillingar", "Fjellstua"),
    ):
        elsewhere.evaluate(
            "show => document.querySelector('tilflytter-block').setAttribute('show', show)", show
        )
        block = elsewhere.get_by_role("region", name=name)
        expect(block).to_contain_text(words)
        assert block.get_by_role("link").last.get_attribute("href").endswith(f"/nn/al/{show}/")
    assert troubles == []
    assert context.cookies() == []
    slug = "nowhere"
    elsewhere.reload()
    expect(elsewhere.get_by_role("link", name="Ål")).to_be_visible()
    context.close()

    page.goto("/nb/open-data/")
    accessible(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
