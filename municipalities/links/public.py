"""Where every link leads first."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from municipalities.audit import context
from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links import actions, grants
from municipalities.links.actions import Opened
from municipalities.links.purposes import Purpose, known
from municipalities.municipality import scope


@csrf_exempt  # A mail program has no cookie to steal; the token is all there is.
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, purpose: str, token: str) -> HttpResponse:
    """Looks, and leads on to the page's own address. Mail filters look too: nothing is changed by it, and
    a HEAD gets no grant."""
    its = known(purpose)
    if request.method == "POST":
        return _one_click(request, its, token)
    opened = actions.open_link(token, its) if its else None
    if its is None or opened is None:
        return grants.over(request, its)
    slot = _let_in(request, opened, its) if request.method == "GET" else "0"
    language = its.language(opened.obj)
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(language):
        return grants.private(redirect(its.page, slot=slot), referrer="no-referrer")


def _one_click(request: HttpRequest, purpose: Purpose | None, token: str) -> HttpResponse:
    """https://www.rfc-editor.org/rfc/rfc8058: the button “unsubscribe” of a mail program. Nothing else is posted
    here."""
    if purpose is None or purpose.one_click is None or request.POST.get("List-Unsubscribe") != "One-Click":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    opened = actions.open_link(token, purpose)
    if opened is None:
        return grants.over(request, purpose)
    with scope.of(opened.municipality_id):
        purpose.one_click(opened.obj)
    return grants.private(HttpResponse(content_type="text/plain"), referrer="no-referrer")


def _let_in(request: HttpRequest, opened: Opened, purpose: Purpose) -> str:
    """That a link was opened stands in the audit trail, which is where one counts; not in its row."""
    context.link(purpose.code)
    record(
        action=Action.LOOKED,
        of=opened.obj,
        municipality_id=opened.municipality_id,
        note=f"purpose={purpose.code}",
    )
    return grants.grant(request, opened, purpose)
