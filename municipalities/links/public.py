"""Where every link leads first."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_safe

from municipalities.links import actions, grants
from municipalities.links.purposes import known


@require_safe
def open_link(request: HttpRequest, purpose: str, token: str) -> HttpResponse:
    """Looks, and leads on to the page's own address. Mail filters look too: nothing is changed by it, and
    a HEAD gets no grant."""
    its = known(purpose)
    opened = actions.open_link(token, its) if its else None
    if its is None or opened is None:
        return grants.over(request, its)
    slot = grants.grant(request, opened) if request.method == "GET" else "0"
    language = its.language(opened.obj)
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language() or settings.LANGUAGE_CODE
    with translation.override(language):
        return grants.private(redirect(its.page, slot=slot), referrer="no-referrer")
