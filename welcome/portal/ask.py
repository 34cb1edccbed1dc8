"""Asking the municipality something: from below any page, or on a page of its own. Without cookie or script."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from municipalities.enquiries import actions
from municipalities.enquiries.forms import QuestionForm
from municipalities.enquiries.models import Source
from municipalities.municipality.models import Municipality
from welcome.portal import asking, counting, together_forms, together_pages
from welcome.portal.around import municipality_at
from welcome.portal.asking import About
from welcome.portal.page import page

FOUND, WORDS, EMAIL, PHONE = "found", "words", "email", "phone"


@csrf_exempt  # It stands on pages without cookies; asking.py tells what stands in the token's place.
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """POST: `found=yes` is counted and thanked for; else words, and perhaps where the answer shall go."""
    here = municipality_at(slug)
    own = reverse("portal:ask", args=[here.slug])
    if request.method != "POST":
        return _page(request, here, QuestionForm(initial=_handed_over(request, here)), About(own))
    about = asking.read(request.POST.get("about", ""))
    about = about if _is_of(about.path, here) else About(own)
    if request.POST.get(asking.TRAP):
        return _thanks(here, about, WORDS)  # As if: a machine learns nothing from it.
    if request.POST.get("found") == "yes":
        return _found(request, here, about)
    form = QuestionForm(request.POST)
    is_ours = about.fresh and not asking.comes_from_elsewhere(request)
    if not is_ours:
        form.is_valid()
        # Refused, with all that was typed and a new stamp: a person presses once more.
        return _page(request, here, form, about, again=True, status=403)
    if request.POST.get("found") == "no" and not request.POST.get("words", "").strip():
        if not request.POST.get("contact", "").strip():
            _count(request, here, about, counting.MISSED)
            return _thanks(here, about, "no")
    if not form.is_valid():
        return _page(request, here, form, about, status=422)
    return _received(request, here, form, about)


def _handed_over(request: HttpRequest, here: Municipality) -> dict[str, str]:
    """A search for home and jobs together, in words that the reader may change before they send it."""
    form = together_forms.read(request.GET.get("package", ""))
    if form is None:
        return {}
    begun = _("Can you help us find this?")
    return {"words": f"{begun}\n{form.in_words()}\n{together_pages.address_of(here, form.query)}"}


def _found(request: HttpRequest, here: Municipality, about: About) -> HttpResponse:
    """Pressed on a page that was open for a week, it is as true."""
    if not asking.comes_from_elsewhere(request):
        _count(request, here, about, counting.FOUND)
    return _thanks(here, about, FOUND)


def _received(request: HttpRequest, here: Municipality, form: QuestionForm, about: About) -> HttpResponse:
    email, phone = form.cleaned_data["contact"]
    own = reverse("portal:ask", args=[here.slug])
    language, bare = counting.in_language(about.path)
    actions.receive(
        municipality=here,
        source=Source.FORM if about.path == own else Source.PAGE,
        page="" if about.path == own else bare,
        language=get_language() or language,
        text=form.cleaned_data["words"],
        email=email,
        phone=phone,
    )
    _count(request, here, about, counting.ASKED if email or phone else counting.MISSED)
    return _thanks(here, about, EMAIL if email else PHONE if phone else WORDS)


def _count(request: HttpRequest, here: Municipality, about: About, what: str) -> None:
    """Of the page it was said below; nobody asks on this one."""
    if about.path != reverse("portal:ask", args=[here.slug]) and counting.is_person(request):
        counting.count(about.path, what)


def _is_of(path: str, here: Municipality) -> bool:
    return counting.in_language(path)[1].startswith(f"/{here.slug}/")


def _thanks(here: Municipality, about: About, what: str) -> HttpResponse:
    query = urlencode({"for": what, "about": asking.stamp(about.path)})
    return redirect(f"{reverse('portal:thanks', args=[here.slug])}?{query}")


def _page(
    request: HttpRequest,
    here: Municipality,
    form: QuestionForm,
    about: About,
    *,
    again: bool = False,
    status: int = 200,
) -> HttpResponse:
    head = page(
        request,
        title=_("Ask us"),
        description=_("Ask %(name)s municipality something, and get an answer.") % {"name": here.name},
        municipality=here,
    )
    context = {
        "page": head,
        "municipality": here,
        "form": form,
        "again": again,
        "about": asking.stamp(about.path),
        "trap": asking.TRAP,
        "day": actions.due_day(here),
    }
    return render(request, "portal/ask.html", context, status=status)


@require_safe
def thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next, and by when. Reading it does nothing."""
    here = municipality_at(slug)
    what = request.GET.get("for", "")
    about = asking.read(request.GET.get("about", ""))
    own = reverse("portal:ask", args=[here.slug])
    context: dict[str, Any] = {
        "page": page(
            request,
            title=_("Thank you"),
            description=_("What happens next."),
            municipality=here,
            indexed=False,
        ),
        "municipality": here,
        "what": what if what in {FOUND, WORDS, EMAIL, PHONE, "no"} else WORDS,
        "back": about.path if _is_of(about.path, here) and about.path != own else "",
        "day": actions.due_day(here),
    }
    return render(request, "portal/thanks.html", context)
