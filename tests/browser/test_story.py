"""Who tells a story takes it back by the link in the mail, on a phone and without a script."""

import pytest
from playwright.sync_api import expect

from municipalities.links import actions as links
from tests.browser.conftest import LANGUAGES, sweep
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import StoryFactory, StorytellerFactory, StoryTextFactory
from welcome.stories.links import STORY


@pytest.fixture
def link():
    story = StoryFactory(municipality=MunicipalityFactory(number="3328", slug="al", name="Ål"))
    StoryTextFactory(story=story)
    StorytellerFactory(story=story)
    return links.issue(purpose=STORY, of=story, by=None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing(page, link, language):
    page.goto(f"/l/story/{link.token}/")
    sweep(page, [f"confirm/story/{page.url.split('/story/')[1]}"], language)


def test_taken_back_without_a_script(browser, live_server, link):
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        locale="nb-NO",
        viewport={"width": 390, "height": 800},
    )
    page = context.new_page()
    page.goto("/nb/al/stories/")
    expect(page.get_by_text("Jeg kom for jobben og ble for naboene")).to_be_visible()
    page.goto(f"/l/story/{link.token}/")
    page.get_by_role("button", name="Trekk historien min tilbake").click()
    expect(page.get_by_text("Ingen kan lese historien din lenger")).to_be_visible()
    page.goto("/nb/al/stories/")
    expect(page.get_by_text("Jeg kom for jobben og ble for naboene")).to_have_count(0)
    context.close()
