import pytest

from welcome.letters.directions import isolated

pytestmark = pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database")


def held(number):
    return f'<bdi class="ltr nowrap" dir="ltr">{number}</bdi>'


@pytest.mark.parametrize(
    "number",
    [
        "+47 32 08 50 00",
        "32\u00a008\u00a050\u00a000",
        "116 117",
        "3.12.2026",
        "09:00",
        "9–15",
        "1,5",
        "+4732085000",
    ],
)
def test_a_number_of_several_parts_is_held_together(number):
    assert isolated(f"<p>اتصلوا بنا على {number}.</p>") == f"<p>اتصلوا بنا على {held(number)}.</p>"


def test_two_numbers_are_held_each_for_itself():
    assert isolated("من 09:00 إلى 15:00") == f"من {held('09:00')} إلى {held('15:00')}"


@pytest.mark.parametrize(
    "html", ["<p>في عام 2026</p>", '<a href="https://a.no/1-2 3">x</a>', "&#39; 7 &amp; 8"]
)
def test_tags_references_and_whole_numbers_stay(html):
    assert isolated(html) == html
