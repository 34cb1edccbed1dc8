"""Letters looked at as they are laid out, before anybody approves them: nothing of it is kept."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from municipalities.tenancy.logs import where
from welcome.letters.embedding import Glyphs
from welcome.letters.layout import LayoutError
from welcome.letters.models import Letter
from welcome.letters.rendering import WORTH_SHARING, one_at_a_time
from welcome.letters.shapes import Fitted, Shape
from welcome.letters.shaping import Unset
from welcome.letters.stock import Stock

logger = logging.getLogger(__name__)


def look_at(
    stock: Stock, letters: Sequence[Letter], on_letter: Callable[[Letter], None]
) -> Iterator[tuple[Letter, int | LayoutError]]:
    """Of each letter how many pages it takes before its enclosure, or why it can't be made: found on the same way as a
    print file takes with these letters. `on_letter` hears of each before anything is done with it."""
    fitted: dict[int, Fitted | LayoutError | None] = {}
    for letter in letters:
        on_letter(letter)
        fitted[letter.pk] = _fitted(stock, letter)
    found = list(fitted.values())
    shared = Counter(one.shape for one in found if isinstance(one, Fitted))
    for letter in letters:
        on_letter(letter)
        one = fitted[letter.pk]
        yield letter, one if isinstance(one, LayoutError) else _pages(stock, letter, one, shared)
    stock.forget_letters()


def _fitted(stock: Stock, letter: Letter) -> Fitted | LayoutError | None:
    try:
        with one_at_a_time:
            return stock.fitted(letter)
    except Unset:
        return None  # It is laid out by itself.
    except Exception as error:
        return _fault(letter, error)


def _pages(stock: Stock, letter: Letter, fitted: Fitted | None, shared: Counter[Shape]) -> int | LayoutError:
    try:
        with one_at_a_time:
            if fitted and (shared[fitted.shape] >= WORTH_SHARING or fitted.shape in stock):
                try:
                    stock.drawn(fitted, Glyphs())
                    return stock.pages_of(fitted.shape)
                except Unset:
                    pass
            return len(stock.press.personal(letter).pages)
    except Exception as error:
        return _fault(letter, error)


def _fault(letter: Letter, error: Exception) -> LayoutError:
    """What goes wrong with one letter is that letter's; what the machine lacks is nobody's, and is tried again."""
    if isinstance(error, LayoutError):
        return error
    if isinstance(error, OSError | MemoryError):
        raise error
    logger.error("Letter %s of %s could not be laid out: %s", letter.number, letter.run_id, where(error))
    return LayoutError("unexpected", name=type(error).__name__)
