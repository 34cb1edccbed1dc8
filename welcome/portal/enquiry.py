"""The page behind the link in an answer: what was asked and answered, and a form to write back."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from municipalities.audit.recording import look
from municipalities.enquiries import actions
from municipalities.enquiries.forms import BackForm
from municipalities.enquiries.links import ENQUIRY
from municipalities.enquiries.models import Direction, Enquiry
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from welcome.portal.page import page


@require_http_methods(["GET", "HEAD", "POST"])
@behind(ENQUIRY)
def enquiry(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """Looking changes nothing. Notes among colleagues and colleagues' names are not shown."""
    asked: Enquiry = opened.obj
    form = BackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.write_back(enquiry=asked, text=form.cleaned_data["words"])
        except ValidationError as error:
            form.add_error("words", error)
        else:
            return redirect(f"{reverse('portal:enquiry', args=[slot])}?done=1")
    look(of=asked, note="own")
    context = {
        "page": page(
            request,
            title=_("What you asked us"),
            description=_("Your own page, behind a link that is yours alone."),
            municipality=asked.municipality,
            indexed=False,
        ),
        "municipality": asked.municipality,
        "slot": slot,
        "enquiry": asked,
        "thread": asked.messages.exclude(direction=Direction.NOTE),
        "form": form,
        "done": "done" in request.GET and not form.is_bound,
    }
    return render(request, "portal/enquiry.html", context, status=422 if form.errors else 200)
