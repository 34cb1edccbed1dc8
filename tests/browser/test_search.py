"""The search as it is used: with the keyboard and its suggestions, and without a script."""

from playwright.sync_api import expect

from tests.browser import county


def test_suggestions_are_chosen_with_the_keyboard_and_the_search_needs_no_script(page, accessible, browser):
    county.everything()
    page.goto("/nb/al/")
    box = page.get_by_role("combobox", name="Hva lurer du på?")
    box.press_sequentially("bibl")
    options = page.get_by_role("listbox", name="Forslag").get_by_role("option")
    expect(options).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("1 forslag. Velg med piltastene.")).to_be_attached()
    accessible(page)
    box.press("Escape")
    expect(options.first).to_be_hidden()
    box.press("ArrowDown")
    expect(options).to_have_count(1)
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/nb/')[0]}/nb/al/topics/library/")

    page.goto("/nb/al/")
    box.fill("fødselsnummer")
    box.press("Enter")
    expect(page.locator("mark").first).to_have_text("fødselsnummeret")
    accessible(page)

    plain = browser.new_context(base_url=page.url.split("/nb/")[0], java_script_enabled=False, locale="nb-NO")
    bare = plain.new_page()
    bare.goto("/nb/al/")
    bare.get_by_role("searchbox", name="Hva lurer du på?").fill("biblotek")
    bare.get_by_role("button", name="Søk").click()
    expect(bare.get_by_role("link", name="Biblioteket")).to_be_visible()
    expect(bare.get_by_text("Dette er svarene på biblioteket.")).to_be_visible()
    plain.close()
