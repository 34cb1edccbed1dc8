"""The pictures of shared pages, for whoever shows a link to them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from municipalities.municipality.models import Municipality
from welcome.portal import share
from welcome.portal.tags import OWN_ACCENT, OWN_NUMBER


@require_safe
def picture(request: HttpRequest, token: str) -> HttpResponse:
    found = share.read(token)
    if found is None:
        raise Http404
    number, title, language = found
    here = get_object_or_404(Municipality.objects.published(), number=number) if number else None
    drawn = share.picture(
        title, language, here=here, accent=here.accent if here else OWN_ACCENT, number=number or OWN_NUMBER
    )
    answer = HttpResponse(drawn, content_type="image/png")
    answer["Cache-Control"] = "public, max-age=2592000, immutable"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"  # It is shown on other people's pages.
    return answer
