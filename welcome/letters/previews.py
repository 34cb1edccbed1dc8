"""One letter as PDF and as pictures of its pages, for whoever looks before approving.

Pictures, because a phone's browser shows no PDF inside a page.
"""

import io
import threading
from dataclasses import dataclass

import pypdfium2
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe
from PIL import Image

from welcome.letters import showing
from welcome.letters.layout import LayoutError
from welcome.letters.models import Letter
from welcome.letters.run_lists import letters_of
from welcome.letters.run_page import find_run, note_look

DPI = 110  # An A4 page of 909 × 1286 pixels: sharp on a phone, 60–120 kB.
# PDFium is not safe for threads, and the web server has several.
pdfium_alone = threading.Lock()


@dataclass(frozen=True)
class PageOfLetter:
    number: int
    url: str


def pages_of(letter: Letter) -> tuple[list[PageOfLetter], str]:
    """The letter's pages, or none and the reason why it can't be made."""
    try:
        content = showing.pdf(letter)
    except LayoutError as error:
        return [], str(error)
    with pdfium_alone:
        document = pypdfium2.PdfDocument(content)
        count = len(document)
        document.close()
    return [
        PageOfLetter(
            number,
            reverse("admin:welcome_letterrun_letter_page", args=[letter.run_id, letter.number, number]),
        )
        for number in range(1, count + 1)
    ], ""


def picture(content: bytes, page: int) -> bytes:
    """Page `page` (from 1) of a PDF as PNG; IndexError where there is no such page."""
    with pdfium_alone:
        document = pypdfium2.PdfDocument(content)
        try:
            if not 1 <= page <= len(document):
                raise IndexError(page)
            image = document[page - 1].render(scale=DPI / 72).to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    # Few colours are used on paper: a palette makes the file a third as large.
    image.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@require_safe
@xframe_options_sameorigin  # The letter's page shows it in a frame.
def letter_pdf(request: HttpRequest, object_id: int, number: int) -> HttpResponse:
    return _served(request, object_id, number, None)


@require_safe
def letter_page(request: HttpRequest, object_id: int, number: int, page: int) -> HttpResponse:
    return _served(request, object_id, number, page)


def _served(request: HttpRequest, object_id: int, number: int, page: int | None) -> HttpResponse:
    run = find_run(request, object_id)
    letter = get_object_or_404(letters_of(run).select_related("run"), number=number)
    note_look(letter, "pdf" if page is None else f"page={page}")
    etag = f'"{showing.version(letter)}-{page}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            content = showing.pdf(letter)
            content = content if page is None else picture(content, page)
        except LayoutError as error:
            raise Http404(_("This letter can’t be made: %(reason)s") % {"reason": error}) from error
        except IndexError as error:
            raise Http404 from error
        response = HttpResponse(content, content_type="application/pdf" if page is None else "image/png")
        response["Content-Disposition"] = "inline"
    response["ETag"] = etag
    # Asked for anew each time, so that who has lost the right, or has got protection, is seen no more.
    response["Cache-Control"] = "private, no-cache"
    return response
