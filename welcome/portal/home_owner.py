"""Offering a home, the page behind the owner's link, and what is written to an owner and answered. Looking changes
nothing; each change is a form that is sent."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from housing.holdings import actions as holdings
from housing.holdings.forms import NoticeForm
from housing.listings import messages, submitting
from housing.listings.forms import AltForm, AnswerForm, MessageForm, OfferForm, OwnForm, PictureForm
from housing.listings.links import HOME, MESSAGE
from housing.listings.models import ListingPhoto, ListingSubmission, OwnerMessage
from housing.shown.models import MOST_PHOTOS
from housing.shown.pictures import WIDTHS
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from municipalities.moderation import actions
from municipalities.moderation.models import State
from municipalities.municipality import scope
from municipalities.tenancy import limits
from welcome.portal.around import municipality_at, people_of
from welcome.portal.home_reading import show_home
from welcome.portal.homes import answer as picture_answer
from welcome.portal.homes import door_crumb, homes_crumb, rows_of
from welcome.portal.page import page

# One address, and one client, may have mail sent so many times an hour.
AN_HOUR_BY_ADDRESS, AN_HOUR_BY_CLIENT = 5, 20

DONE = {
    "confirmed": gettext_lazy("Thank you! It is sent in. You get an e-mail when somebody has looked at it."),
    "changed": gettext_lazy("It is changed and sent in. You get an e-mail when somebody has looked at it."),
    "picture": gettext_lazy("The picture is added."),
    "alt": gettext_lazy("What the picture shows is changed."),
    "first": gettext_lazy("The picture stands first now."),
    "drop": gettext_lazy("The picture is taken away."),
    "reserve": gettext_lazy("It is shown as reserved."),
    "free": gettext_lazy("It is free again."),
    "extend": gettext_lazy("It is shown longer."),
    "take_out": gettext_lazy("It is taken out. Thank you for telling us!"),
    "late": gettext_lazy("It has been decided about meanwhile; this is how it stands now."),
}
VERBS = {
    "reserve": actions.reserve, "free": actions.free, "extend": actions.extend, "take_out": actions.take_out,
}  # fmt: skip


def too_often(request: HttpRequest, what: str, email: str) -> bool:
    by_client = limits.is_over(request, f"{what}.client", key="ip", rate=(AN_HOUR_BY_CLIENT, 3600))
    by_address = limits.is_over(
        request, f"{what}.address", key=lambda _g, _r: email.casefold(), rate=(AN_HOUR_BY_ADDRESS, 3600)
    )
    return by_client or by_address


OFTEN = gettext_lazy("Much has been sent from here in the last hour. Wait a while, or call us instead.")


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    form = OfferForm(request.POST if request.method == "POST" else None, municipality=here)
    if form.is_bound and form.is_valid():
        if too_often(request, "homes", form.cleaned_data["email"]):
            form.add_error(None, OFTEN)
        else:
            with scope.of(here.pk):
                submitting.submit(municipality=here, said=form.said, sender=form.sender)
            return redirect(f"{request.path}?sent=1")
    about = page(
        request,
        title=_("Offer a home"),
        description=_("Let or sell a home in %(name)s to somebody who wants to live there.")
        % {"name": here.name},
        municipality=here,
        crumbs=[door_crumb(here), homes_crumb(here)],
        indexed="sent" not in request.GET,
    )
    context = {
        "page": about,
        "municipality": here,
        "form": form,
        "sent": "sent" in request.GET and not form.is_bound,
        "people": people_of(here),
    }
    return render(request, "portal/homes/offer.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str, home: int) -> HttpResponse:
    """To the owner of a home, whose address nobody sees before they answer."""
    here = municipality_at(slug)
    row = get_object_or_404(rows_of(here).with_content().filter(from_owner=True), pk=home)
    shown = show_home(row)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if too_often(request, "home-messages", said["email"]):
            form.add_error(None, OFTEN)
        else:
            with scope.of(here.pk):
                messages.write(
                    listing=row, name=said["name"], email=said["email"], phone=str(said["phone"] or ""),
                    text=said["text"], language=get_language() or "nb", sending=form.sending,
                )  # fmt: skip
            return redirect(f"{request.path}?sent=1")
    about = page(
        request,
        title=_("Write to the owner"),
        description=_("Write to who offers this home."),
        municipality=here,
        crumbs=[door_crumb(here), homes_crumb(here)],
        indexed=False,
    )
    context = {
        "page": about,
        "municipality": here,
        "shown": shown,
        "form": form,
        "sent": "sent" in request.GET and not form.is_bound,
        "people": people_of(here),
    }
    return render(request, "portal/homes/write.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def come_forward(request: HttpRequest, slug: str) -> HttpResponse:
    """The owner of an empty farm or house who would like to talk."""
    here = municipality_at(slug)
    form = NoticeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if limits.is_over(request, "owner-notices", key="ip", rate=(AN_HOUR_BY_CLIENT, 3600)):
            form.add_error(None, OFTEN)
        else:
            with scope.of(here.pk):
                holdings.come_forward(municipality=here, sending=form.sending, **form.said)
            return redirect(f"{request.path}?sent=1")
    about = page(
        request,
        title=_("Is there a house that stands empty?"),
        description=_("Tell %(name)s of a farm or house where nobody lives. We call you.")
        % {"name": here.name},
        municipality=here,
        crumbs=[door_crumb(here), homes_crumb(here)],
        indexed="sent" not in request.GET,
    )
    context = {
        "page": about,
        "municipality": here,
        "form": form,
        "sent": "sent" in request.GET and not form.is_bound,
        "people": people_of(here),
    }
    return render(request, "portal/homes/come_forward.html", context, status=422 if form.errors else 200)


# --- behind the owner's link -----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@behind(HOME)
def own(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """POST is the form with what the owner has changed."""
    row: ListingSubmission = opened.obj
    can_change = row.listing.state != State.GONE
    form = OwnForm(
        request.POST if request.method == "POST" and can_change else None,
        municipality=row.municipality,
        instance=row.listing,
        initial=OwnForm.words_of(row),
    )
    if request.method == "POST" and not can_change:
        return _back(slot, "late")
    if form.is_bound and form.is_valid():
        return _back(slot, "changed" if submitting.correct(submission=row, said=form.said) else "late")
    return _show(request, row, slot, form=form)


@require_POST
@behind(HOME)
def confirm(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    return _back(slot, "confirmed" if actions.confirm(sender=opened.obj) else "late")


@require_POST
@behind(HOME)
def move(request: HttpRequest, opened: Opened, slot: str, verb: str) -> HttpResponse:
    if verb not in VERBS:
        raise Http404
    return _back(slot, verb if VERBS[verb](row=opened.obj.listing, by=None) else "late")


@require_POST
@behind(HOME)
def add_picture(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    row: ListingSubmission = opened.obj
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        added = submitting.add_picture(submission=row, picture=form.cleaned_data["picture"])
        return _back(slot, "picture" if added else "late")
    return _show(request, row, slot, picture_form=form)


@require_POST
@behind(HOME)
def change_picture(request: HttpRequest, opened: Opened, slot: str, photo: int, verb: str) -> HttpResponse:
    row: ListingSubmission = opened.obj
    found: ListingPhoto = get_object_or_404(ListingPhoto.objects.filter(listing=row.listing), pk=photo)
    if verb == "alt":
        form = AltForm(request.POST)
        done = form.is_valid() and submitting.say_what_it_shows(
            submission=row, photo=found, alt=form.cleaned_data["alt"]
        )
    elif verb == "first":
        done = submitting.put_first(submission=row, photo=found)
    elif verb == "drop":
        done = submitting.drop_picture(submission=row, photo=found)
    else:
        raise Http404
    return _back(slot, verb if done else "late")


@require_safe
@behind(HOME)
def own_picture(request: HttpRequest, opened: Opened, slot: str, photo: int) -> HttpResponse:
    rows = ListingPhoto.objects.filter(listing=opened.obj.listing)
    return picture_answer(get_object_or_404(rows, pk=photo), WIDTHS[0])


def _back(slot: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('portal:own-home', args=[slot])}?done={done}")


def _show(
    request: HttpRequest, row: ListingSubmission, slot: str, *, form: Any = None, picture_form: Any = None
) -> HttpResponse:
    # What a bound form has written into the object is not how it stands.
    row.listing.refresh_from_db()
    listing = row.listing
    shown = show_home(listing, chosen=row.language)
    if form is None:
        form = OwnForm(municipality=row.municipality, instance=listing, initial=OwnForm.words_of(row))
    picture_form = picture_form or PictureForm()
    photos = list(listing.photos.all())
    about = page(
        request,
        title=_("Your home"),
        description=_("Your own page, behind a link that is yours alone."),
        municipality=row.municipality,
        indexed=False,
    )
    context = {
        "page": about,
        "municipality": row.municipality,
        "slot": slot,
        "submission": row,
        "listing": listing,
        "shown": shown,
        "photos": photos,
        "may_add": len(photos) < MOST_PHOTOS,
        "form": form,
        "picture_form": picture_form,
        "can_change": listing.state != State.GONE,
        "waiting_messages": OwnerMessage.objects.filter(listing=listing, answer="").count(),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
    }
    failed = form.errors or picture_form.errors
    return render(request, "portal/homes/own.html", context, status=422 if failed else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@behind(MESSAGE)
def message(request: HttpRequest, opened: Opened, slot: str) -> HttpResponse:
    """What a seeker wrote, and the owner's answer."""
    row: OwnerMessage = opened.obj
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        messages.answer(message=row, text=form.cleaned_data["text"])
        return redirect(f"{reverse('portal:home-message', args=[slot])}?done=1")
    about = page(
        request,
        title=_("A message about your home"),
        description=_("Your own page, behind a link that is yours alone."),
        municipality=row.municipality,
        indexed=False,
    )
    context = {
        "page": about,
        "municipality": row.municipality,
        "slot": slot,
        "message": row,
        "shown": show_home(row.listing),
        "form": form,
        "done": "done" in request.GET and bool(row.answer),
    }
    return render(request, "portal/homes/message.html", context, status=422 if form.errors else 200)
