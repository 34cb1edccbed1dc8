"""WeasyPrint lays out the pages; what it made is looked over before anybody sees it."""

import hashlib
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from PIL import ImageFile
from weasyprint import CSS, HTML, Document
from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from welcome.letters import geometry, problem_words
from welcome.letters.geometry import MM_TO_PX, Rectangle

# WeasyPrint turns this on for the whole process when it is imported: half a coat of arms would be
# printed with a grey rest, and half an upload be taken for a whole one.
ImageFile.LOAD_TRUNCATED_IMAGES = False

SECONDS_A_LAYOUT = 30  # A page takes hundredths of a second; what takes so long never ends.
SCHEME = "letter:"


class LayoutError(Exception):
    """This letter can't be printed as it stands; `code` and `details` say why, the message in the reader's
    language (`problem_words.py`)."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code, details)
        self.code, self.details = code, details

    def __str__(self) -> str:
        words = problem_words.said(self.code, self.details)
        return words[:1].upper() + words[1:]


class TooSlow(BaseException):
    """Not an `Exception`: the layout engine swallows those."""


class Pictures(URLFetcher):
    """What a page may fetch: the pictures given here, by the hash of their content. Everything else
    stops the letter: no network, no files, and a missing picture is never a white spot."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=[], allow_redirects=False, fail_on_errors=True)
        self._pictures: dict[str, tuple[bytes, str]] = {}

    def add(self, content: bytes, mime_type: str) -> str:
        """The address under which the template names this picture."""
        url = f"{SCHEME}{hashlib.sha256(content).hexdigest()}"
        self._pictures[url] = (content, mime_type)
        return url

    def forget(self, url: str, decoded: dict[str, Any]) -> None:
        """Let go of a picture that no further page wants, and of it in the layout engine's own cache."""
        self._pictures.pop(url, None)
        decoded.pop(url, None)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        if url not in self._pictures:
            raise FatalURLFetchingError(f"The letter wants {url[:80]!r}, which is none of its pictures.")
        content, mime_type = self._pictures[url]
        return URLFetcherResponse(url, content, {"Content-Type": mime_type})


@cache
def fonts() -> FontConfiguration:
    return FontConfiguration()  # One a process: each further one reads all fonts of the machine again.


@cache
def _stylesheet() -> CSS:
    """Once a process: reading it takes as long as laying out half a letter."""
    measures = {name: f"{value:.2f}mm" for name, value in _measures().items()}
    families = ", ".join(f'"{family}"' for family in settings.LETTER_FONTS)
    text = render_to_string(
        "print/letter.css", measures | {"fonts": families, "points": geometry.ADDRESS_POINTS}
    )
    return CSS(string=text, font_config=fonts(), url_fetcher=Pictures())


def _measures() -> dict[str, float]:
    return {
        "margin": geometry.MARGIN,
        "margin_top": MARGIN_TOP,
        "margin_bottom": MARGIN_BOTTOM,
        "address_top": geometry.ADDRESS.top - MARGIN_TOP,
        "address_width": geometry.ADDRESS_WIDTH,
        "address_leading": geometry.ADDRESS_LEADING,
        "text_top": geometry.CLEAR.bottom + 2 - MARGIN_TOP,
        "letterhead_left": geometry.CLEAR.right + 2 - geometry.MARGIN,
        "landscape": LANDSCAPE_HEIGHT,
        "landscape_left": -geometry.MARGIN,
        "landscape_top": geometry.PAGE_HEIGHT - LANDSCAPE_HEIGHT - MARGIN_TOP,
    }


MARGIN_TOP, MARGIN_BOTTOM = 20.0, 27.0
LANDSCAPE_HEIGHT = 15.0


def lay_out(
    template: str, context: Mapping[str, Any], pictures: Pictures, images: dict[str, Any]
) -> Document:
    """Pages of `template`. `images` keeps decoded pictures between the letters of a run. Raises
    LayoutError for what can't be fetched, takes too long or stands where it must not."""
    html = HTML(string=render_to_string(template, dict(context)), base_url=None, url_fetcher=pictures)
    try:
        with _time_limit(SECONDS_A_LAYOUT):
            document = html.render(
                font_config=fonts(), stylesheets=[_stylesheet()], optimize_images=True, cache=images
            )
    except FatalURLFetchingError as error:
        raise LayoutError("fetching", what=str(error)) from error
    except TooSlow as error:
        raise LayoutError("too_slow", seconds=SECONDS_A_LAYOUT) from error
    _look_over(document)
    return document


def _look_over(document: Document) -> None:
    """The address whole in its window, nothing else there, no word near the paper's edge, and no file
    hanging on: those would be fetched when the PDF is written."""
    hung_on = any(kind == "attachment" for page in document.pages for kind, *_ in page.links)
    if hung_on or document.metadata.attachments:
        raise LayoutError("carries_file")
    for number, page in enumerate(document.pages, start=1):
        for box, text, is_address in _texts(page):
            if is_address and not geometry.ADDRESS.holds(box, slack=0.3):
                raise LayoutError("leaves_window", text=text)
            if number == 1 and not is_address and has_window(document) and box.touches(geometry.CLEAR):
                raise LayoutError("in_window", text=text)
            if not geometry.PRINTABLE.holds(box):
                raise LayoutError("off_page", text=text, page=number)


def has_window(document: Document) -> bool:
    return any(is_address for _box, _text, is_address in _texts(document.pages[0]))


def _texts(page: Any) -> Iterator[tuple[Rectangle, str, bool]]:
    for box in page._page_box.descendants(placeholders=True):
        if isinstance(box, TextBox) and box.text.strip():
            left, top = box.position_x / MM_TO_PX, box.position_y / MM_TO_PX
            place = Rectangle(left, top, left + box.width / MM_TO_PX, top + box.height / MM_TO_PX)
            yield place, box.text, box.element is not None and box.element.get("class") == "line"


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Ends what takes longer. Works in a main thread, where a worker's tasks run; no other hears it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    is_over = False

    def ring(*_: object) -> None:
        if not is_over:
            raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    # Again each second: where the first one rings in the middle of a foreign library's callback, it is swallowed.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        is_over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
