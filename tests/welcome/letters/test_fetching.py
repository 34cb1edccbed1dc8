"""I4: a letter's words make the layout engine fetch nothing, and hold no worker for long."""

from contextlib import suppress

import pytest

from tests.municipalities.national import servers
from tests.welcome.letters.conftest import arrive, frozen
from welcome.letters import layout, rendering
from welcome.letters.layout import LayoutError

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")

WAYS_OUT = [
    '<img src="{url}/hello">',
    '<img src="{url}/to">',  # leads on to the cloud's metadata
    '<img srcset="{url}/hello 2x" src="">',
    '<p style="background: url({url}/hello)">x</p>',
    '<p style="list-style: url({url}/hello); content: url({url}/hello)">x</p>',
    "<style>@import url({url}/hello);</style><p>x</p>",
    "<style>@font-face {{ font-family: x; src: url({url}/hello) }} p {{ font-family: x }}</style><p>x</p>",
    '<link rel="stylesheet" href="{url}/hello">',
    '<link rel="attachment" href="{url}/hello">',
    '<a rel="attachment" href="{url}/hello">x</a>',
    '<object data="{url}/hello"></object>',
    '<embed src="{url}/hello">',
    '<svg><image href="{url}/hello"/><use href="{url}/hello#a"/></svg>',
    "<svg><style>@import url({url}/hello);</style></svg>",
    '<iframe src="{url}/hello"></iframe>',
    '<base href="{url}/"><img src="hello">',
    '<img src="file:///etc/passwd">',
    '<img src="//169.254.169.254/latest/">',
]


@pytest.fixture
def letter(place):
    """letter(words): a letter with these words, as if they had passed the sanitiser."""

    def made(body):
        arrive(place)
        run = frozen(place)
        text = run.texts.get()
        text.greeting["body"] = body
        text.save()
        return run.letters.get()

    return made


@pytest.mark.parametrize("words", WAYS_OUT)
def test_no_words_of_a_letter_fetch_anything(words, letter):
    with servers.serve() as server:
        server.leads_to = "http://169.254.169.254/latest/meta-data/"
        try:
            rendering.render_letter(letter(words.format(url=server.url)))
        except LayoutError:
            pass  # Refused by name, or passed over: either way nobody was asked.
        assert server.asked == []


HEAVY = {
    "deep flex": '<div style="display: flex">' * 150 + "x" + "</div>" * 150,
    "variables that mean each other": "<p style='--a: var(--b); --b: var(--a); color: var(--a)'>x</p>",
    "a variable that means itself twice": "<p style='--a: var(--a) var(--a); width: var(--a)'>x</p>",
    "doubling variables": "<p style='--a: 1px 1px; "
    + "".join(f"--v{n}: var(--v{n - 1}, 1px) var(--v{n - 1}, 1px);" for n in range(1, 30))
    + " margin: var(--v29)'>x</p>",
    "a huge drawing": '<svg width="1e9" height="1e9" viewBox="0 0 1e9 1e9"><rect width="1e9" height="1e9"/></svg>',
    "many tables": "<table><tr><td>" * 40 + "x" + "</td></tr></table>" * 40,
    "many words": "<p>" + "<b>ord </b>" * 20_000 + "</p>",
}


@pytest.mark.parametrize("words", HEAVY.values(), ids=HEAVY.keys())
def test_no_words_of_a_letter_hold_a_worker_for_long(words, letter, monkeypatch):
    """The limit is 30 seconds; here 2. Without one, this would hang."""
    monkeypatch.setattr(layout, "SECONDS_A_LAYOUT", 2)
    with suppress(LayoutError):  # Named by its letter, which is set aside.
        assert rendering.render_letter(letter(words))


def _rung(seconds):
    with layout._time_limit(seconds):
        with suppress(layout.TooSlow):
            while True:
                pass
        while True:
            pass


def test_an_alarm_that_is_swallowed_rings_again():
    """As in a callback of a foreign library, from which no exception comes back."""
    with pytest.raises(layout.TooSlow):
        _rung(0.05)
