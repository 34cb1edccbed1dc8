"""The page behind the link in an e-mail: the household's welcome letter, to read and to keep.

Behind a link of the purpose LETTER. Nothing but the log tells that it was opened, and nobody asks why it was not.
"""

import hashlib
import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from municipalities.audit.recording import look
from municipalities.links import actions as links
from municipalities.links import grants
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from welcome.letters import showing
from welcome.letters.channels import Channel
from welcome.letters.layout import LayoutError
from welcome.letters.links import LETTER
from welcome.letters.models import Letter
from welcome.portal.page import Page, page

logger = logging.getLogger(__name__)


@require_safe
@behind(LETTER)
def letter(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    look(of=opened.obj, note="own")
    return _show(request, opened, "letter", slot=slot)


@require_safe
@behind(LETTER)
def letter_pdf(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """`?save`: to keep, instead of to read."""
    look(of=opened.obj, note="own pdf")
    return served(request, opened.obj)


@require_POST
@behind(LETTER)
def not_mine(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """Somebody else's mail: the link opens nothing any more, for anybody."""
    if opened.link is not None:
        links.revoke(link=opened.link, by=None)
    grants.close(request, slot)
    return _show(request, opened, "letter_left")


def served(request: HttpRequest, letter: Letter) -> HttpResponse:
    """The PDF, the same bytes each time; 503 where it can't be laid out any more."""
    try:
        content = showing.pdf(letter)
    except LayoutError:
        logger.error("Letter %s of run %s can't be shown to its household.", letter.number, letter.run_id)
        about = _about(request, letter)
        return render(request, "portal/letter/not_now.html", _context(about, letter), status=503)
    _compare(letter, content)
    answer = HttpResponse(content, content_type="application/pdf")
    way = "attachment" if "save" in request.GET else "inline"
    answer["Content-Disposition"] = f'{way}; filename="{letter.municipality.slug}-{letter.run.quarter}.pdf"'
    return answer


def _compare(letter: Letter, content: bytes) -> None:
    """What was frozen is the same, or the link would be over: other bytes are another engine's. That is told to
    whoever runs the portal, and kept from nobody."""
    linked = letter.deliveries.filter(channel=Channel.EMAIL, as_link=True).exclude(sha256="")
    kept = linked.order_by("-pk").values_list("sha256", flat=True).first()
    if kept and kept != hashlib.sha256(content).hexdigest():
        logger.warning(
            "Letter %s of run %s is laid out otherwise than when its link was sent.",
            letter.number,
            letter.run_id,
        )


def _show(request: HttpRequest, opened: Opened, template: str, **more: object) -> HttpResponse:
    about = _about(request, opened.obj)
    shown = {"until": opened.link.expires_at if opened.link else None, **more}
    return render(request, f"portal/letter/{template}.html", _context(about, opened.obj) | shown)


def _about(request: HttpRequest, letter: Letter) -> Page:
    return page(
        request,
        title=_("Your welcome letter"),
        description=_("Your own page, behind a link that is yours alone."),
        municipality=letter.municipality,
        indexed=False,
    )


def _context(about: Page, letter: Letter) -> dict[str, object]:
    return {"page": about, "municipality": letter.municipality, "letter": letter}
