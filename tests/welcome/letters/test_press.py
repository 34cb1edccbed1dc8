from types import SimpleNamespace

import pytest
from django.utils.translation import override

from welcome.letters.layout import LayoutError
from welcome.letters.press import settled

pytestmark = pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database")


def laid_out(pages):
    """Guessing 1 gives 3 pages and so on, as text flows with the width of the printed number."""
    return lambda guessed: SimpleNamespace(pages=["page"] * pages[guessed], guessed=guessed)


@pytest.mark.parametrize(("pages", "right"), [({1: 1}, 1), ({1: 3, 3: 3}, 3), ({1: 3, 3: 2, 2: 2}, 2)])
def test_the_printed_number_is_the_number_of_pages(pages, right):
    document = settled(laid_out(pages))
    assert (document.guessed, len(document.pages)) == (right, right)


def test_a_number_that_never_comes_true_is_an_error_with_a_name():
    with override("en"), pytest.raises(LayoutError, match="number of its pages"):
        settled(laid_out({1: 2, 2: 1}))
