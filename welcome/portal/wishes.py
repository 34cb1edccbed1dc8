"""What somebody looks for: the form, and the page behind their link with what fits today."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from housing.wishes import actions, matching, stopping
from housing.wishes.forms import WishFields, WishForm
from housing.wishes.links import WISH
from housing.wishes.models import Wish
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from municipalities.municipality import scope
from welcome.portal import together_forms
from welcome.portal.around import municipality_at, people_of
from welcome.portal.home_owner import OFTEN, too_often
from welcome.portal.home_reading import show_home
from welcome.portal.homes import door_crumb
from welcome.portal.job_reading import ShownJob
from welcome.portal.page import page

FITTING = 12
DONE = {
    "confirmed": gettext_lazy("Thank you! We write when something fits. This is what fits today."),
    "changed": gettext_lazy("It is kept. This is what fits today."),
    "stopped": gettext_lazy("It is stopped: we don't write any more. You can begin again whenever you like."),
    "late": gettext_lazy("It was so already."),
}
# What a list that was narrowed hands over.
HANDED = ("offer", "kind", "village", "bedrooms", "area", "price", "pets", "step_free", "animals", "extent")


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    handed: dict[str, Any] = {name: request.GET[name] for name in HANDED if request.GET.get(name)}
    package = together_forms.read(request.GET.get("package", ""))
    if fields := [field for field in request.GET.getlist("field") if field]:
        handed |= {"fields_of_work": fields, "wants_home": bool(package)}
    form = WishForm(request.POST if request.method == "POST" else None, initial=handed)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"]
        if too_often(request, "wishes", email):
            form.add_error(None, OFTEN)
        else:
            with scope.of(here.pk):
                actions.look_for(
                    municipality=here, sending=form.sending, name=form.cleaned_data["name"], email=email,
                    language=get_language() or "nb", package=package.query if package else "", **form.said,
                )  # fmt: skip
            return redirect(f"{request.path}?sent=1")
    about = page(
        request,
        title=_("Tell us what you look for"),
        description=_("We write to you when a home or a job in %(name)s fits.") % {"name": here.name},
        municipality=here,
        crumbs=[door_crumb(here)],
        indexed=not request.GET,
    )
    context = {
        "page": about,
        "municipality": here,
        "form": form,
        "sent": "sent" in request.GET and not form.is_bound,
        "people": people_of(here),
    }
    return render(request, "portal/wishes/look.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@behind(WISH)
def own(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST is the form with what they look for now."""
    wish: Wish = opened.obj
    form = WishFields(request.POST if request.method == "POST" else None, initial=WishFields.as_it_is(wish))
    if form.is_bound and form.is_valid():
        actions.confirm(
            wish=wish
        )  # Whoever opens their own link and writes has shown that the address is theirs.
        # The search for all of it together is of what they looked for before.
        kept = wish.package if set(form.changed_data) <= {"often", "text"} else ""
        actions.change(wish=wish, package=kept, **form.said)
        return _back(slot, "changed")
    about = page(
        request,
        title=_("What you look for"),
        description=_("Your own page, behind a link that is yours alone."),
        municipality=wish.municipality,
        indexed=False,
    )
    homes = matching.homes_for(wish).with_content()[:FITTING]  # type: ignore[attr-defined]
    context = {
        "page": about,
        "municipality": wish.municipality,
        "slot": slot,
        "wish": wish,
        "homes": [show_home(row) for row in homes],
        "jobs": [
            ShownJob(row) for row in matching.vacancies_for(wish).select_related("municipality")[:FITTING]
        ],
        "looks_for_jobs": bool(wish.fields.all()),
        "form": form,
        "done": DONE.get(request.GET.get("done", "")) if not form.is_bound else None,
    }
    return render(request, "portal/wishes/own.html", context, status=422 if form.errors else 200)


@require_POST
@behind(WISH)
def confirm(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _back(slot, "confirmed" if actions.confirm(wish=opened.obj) else "late")


@require_POST
@behind(WISH)
def stop(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _back(slot, "stopped" if stopping.stop(wish=opened.obj) else "late")


def _back(slot: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('portal:own-wish', args=[slot])}?done={done}")
