"""The page behind a reminder's link: an owner reads one text and answers, without a login."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from municipalities.tenancy.site import theme_policy
from municipalities.texts import actions
from municipalities.topics.forms import ChangeForm
from municipalities.topics.models import TopicText
from municipalities.topics.review import REVIEW


@theme_policy
@require_http_methods(["GET", "HEAD", "POST"])
@behind(REVIEW)
def review_text(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """A look changes nothing: mail filters open links too."""
    text: TopicText = opened.obj
    owner, municipality = text.topic.owner, text.topic.municipality
    with translation.override((owner and owner.language) or municipality.home_language):
        form = ChangeForm(request.POST if "change" in request.POST else None)
        answer = _answer(request, text, form)
        context = {"text": text, "municipality": municipality, "form": form, "answer": answer}
        status = 422 if form.errors else 200
        frame = admin.site.each_context(request)
        return render(request, "topics/review.html", frame | context, status=status)


def _answer(request: HttpRequest, text: TopicText, form: ChangeForm) -> str:
    """What the owner said just now: "right", "change", or nothing yet."""
    if request.method != "POST":
        return ""
    if "right" in request.POST:
        source = text.topic.text_set.source_of(text)
        return "right" if actions.confirm(text=text, source=source) else ""
    if form.is_valid():
        actions.ask_for_change(text=text, what=form.cleaned_data["what"])
        return "change"
    return ""
