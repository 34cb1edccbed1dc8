"""What stands behind the door *Get to know us*: what one can order or join there, and the pages on which one does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.tenancy import limits
from municipalities.tenancy.anybody import AnybodyForm
from municipalities.topics.catalogue import Door
from welcome.club import actions as club
from welcome.club.forms import JoinForm
from welcome.club.models import Member
from welcome.hosts import offering
from welcome.hosts.offer_forms import OfferForm
from welcome.hosts.offers import HostOffer
from welcome.households import consents
from welcome.households.consents import ConsentPurpose, ConsentText
from welcome.households.recognition import name_key
from welcome.meetings.models import WelcomeMeeting
from welcome.orders import actions as orders
from welcome.orders.forms import MeetingForm
from welcome.orders.models import Order
from welcome.portal.around import municipality_at, people_of
from welcome.portal.page import Crumb, page

F = TypeVar("F", bound=AnybodyForm)
# Of these forms: whoever orders for a class of newcomers is helped by a call.
AN_HOUR_BY_CLIENT = 20


def next_meeting(here: Municipality) -> WelcomeMeeting | None:
    """The first one that can be signed up for now."""
    with scope.of(here.pk):
        rows = WelcomeMeeting.objects.of(here).upcoming().filter(deadline__gt=timezone.now())
        return rows.prefetch_related("texts").order_by("starts_at", "pk").first()


def words(here: Municipality, purpose: ConsentPurpose) -> ConsentText:
    """As they are read on the page: nothing is kept of a look."""
    with scope.of(here.pk):
        return consents.shown_words(here, purpose.value, get_language() or "nb")


# --- the ways ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """One thing one can do: what it gives, how long it takes, and who answers."""

    icon: str
    title: str
    gives: str
    takes: str
    url: str


def ways(here: Municipality) -> list[Way]:
    return list(_ways(here, next_meeting(here)))


def _ways(here: Municipality, meeting: WelcomeMeeting | None) -> Iterator[Way]:
    order = reverse("portal:meet-order", args=[here.slug])
    yield Way(
        "Package",
        _("Order the welcome package"),
        _(
            "Tickets, a newspaper, a year in a club: gifts from those who live here. For who has moved here, and who"
            " plans to."
        ),
        _("Takes three minutes."),
        f"{order}?wish=package",
    )
    yield Way(
        "Handshake",
        _("Get a host"),
        _("Somebody who lives here, shows you around and answers what nobody writes down."),
        _("Takes three minutes."),
        f"{order}?wish=host",
    )
    if meeting is not None:
        yield Way(
            "Calendar",
            _("Come to the welcome meeting"),
            str(meeting),
            _("Takes one minute."),
            reverse("portal:meet-meeting", args=[here.slug]),
        )
    yield Way(
        "PersonGroup",
        _("Join the newcomers' club"),
        _(
            "Trips, coffee and baking evenings with others who have come from elsewhere. You get a mail when"
            " something happens."
        ),
        _("Takes one minute."),
        reverse("portal:meet-club", args=[here.slug]),
    )
    yield Way(
        "HandHeart",
        _("Offer yourself as a host"),
        _("Do you live here, and remember what it was like to be new? Be the one somebody calls."),
        _("Takes two minutes."),
        reverse("portal:meet-offer", args=[here.slug]),
    )


# --- one page, one form ------------------------------------------------------------------------------


def taken(request: HttpRequest, build: Callable[[], F], take: Callable[[F], None]) -> F | None:
    """The form as it is to be shown, or None once `take` has kept what it says."""
    form = build()
    if not form.is_bound or not form.is_valid() or is_too_often(request, form):
        return form
    try:
        take(form)
    except consents.Reworded:
        form = build()
        form.is_valid()  # Says so at the box.
        return form
    return None


def is_too_often(request: HttpRequest, form: AnybodyForm) -> bool:
    """Each is a mail, perhaps to somebody who has not asked for it, or somebody's work."""
    over = limits.is_over(request, "meet", key="ip", rate=(AN_HOUR_BY_CLIENT, 3600))
    if over:
        form.add_error(
            None, _("Much has been sent from here in the last hour. Wait a while, or call us instead.")
        )
    return over


def agreed(here: Municipality, purpose: ConsentPurpose, said: dict[str, Any]) -> ConsentText:
    """The words that were read, kept as their version. Raises Reworded where they are others by now."""
    what = purpose.value
    return consents.words_read(here, what, get_language() or "nb", said[f"seen_{what}"])


@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    its = next_meeting(here)

    def build() -> MeetingForm:
        return MeetingForm(
            request.POST if request.method == "POST" and its is not None else None,
            municipality=here,
            words=words(here, ConsentPurpose.NEEDS),
            initial={"language": get_language()},
        )

    def take(form: MeetingForm) -> None:
        said = form.cleaned_data
        with scope.of(here.pk):
            order = Order(
                municipality=here,
                sent_as=form.sending,
                screen=get_language() or "nb",
                wants_meeting=True,
                meeting=its,
                given_name=said["name"],
                name_key=name_key(said["name"]),
                needs_text=agreed(here, ConsentPurpose.NEEDS, said) if said["needs"] else None,
                **{
                    name: said[name] for name in ("email", "phone", "adults", "children", "language", "needs")
                },
            )
            orders.receive(order=order)

    if (form := taken(request, build, take)) is None:
        return sent(here, by_mail=bool(request.POST.get("email")))
    text = its.text_set.best(get_language() or "nb") if its else None
    programme = its.programme.all() if its else []
    title = _("Come to the welcome meeting")
    return show(request, here, "meeting", title, form, meeting=its, text=text, programme=programme)


@require_http_methods(["GET", "HEAD", "POST"])
def join_club(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)

    def build() -> JoinForm:
        return JoinForm(
            request.POST if request.method == "POST" else None,
            municipality=here,
            words=words(here, ConsentPurpose.CLUB),
            initial={"language": get_language()},
        )

    def take(form: JoinForm) -> None:
        said = form.cleaned_data
        with scope.of(here.pk):
            member = Member(
                municipality=here,
                sent_as=form.sending,
                screen=get_language() or "nb",
                text=agreed(here, ConsentPurpose.CLUB, said),
                **{name: said[name] for name in ("name", "email", "language")},
            )
            club.ask(member=member)

    if (form := taken(request, build, take)) is None:
        return sent(here, by_mail=True)
    return show(request, here, "club", _("Join the newcomers' club"), form)


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)

    def build() -> OfferForm:
        return OfferForm(
            request.POST if request.method == "POST" else None,
            municipality=here,
            words=words(here, ConsentPurpose.HOST),
        )

    def take(form: OfferForm) -> None:
        said = form.cleaned_data
        names = ("name", "place", "languages", "interests", "about", "email", "phone", "may_be_named")
        with scope.of(here.pk):
            made = HostOffer(
                municipality=here,
                sent_as=form.sending,
                screen=get_language() or "nb",
                text=agreed(here, ConsentPurpose.HOST, said),
                **{name: said[name] for name in names},
            )
            offering.receive(offer=made)

    if (form := taken(request, build, take)) is None:
        return sent(here, by_mail=True)
    return show(request, here, "offer", _("Offer yourself as a host"), form)


# --- afterwards --------------------------------------------------------------------------------------


def sent(here: Municipality, *, by_mail: bool) -> HttpResponse:
    """To a page that says what happens now, the same whoever has sent what."""
    way = "mail" if by_mail else "phone"
    return redirect(f"{reverse('portal:meet-sent', args=[here.slug])}?by={way}")


@require_safe
def after(request: HttpRequest, slug: str) -> HttpResponse:
    here = municipality_at(slug)
    by_mail = request.GET.get("by") != "phone"
    title = _("Look in your mail") if by_mail else _("Thank you, we have got it")
    return show(request, here, "sent", title, None, by_mail=by_mail)


def show(
    request: HttpRequest,
    here: Municipality,
    template: str,
    title: str,
    form: AnybodyForm | None,
    **more: object,
) -> HttpResponse:
    door = Crumb(str(Door.MEET.label), reverse("portal:door", args=[here.slug, Door.MEET]))
    about = page(
        request,
        title=title,
        description=_("%(title)s in %(name)s.") % {"title": title, "name": here.name},
        municipality=here,
        crumbs=[door],
        indexed=template != "sent",
    )
    context = {"page": about, "municipality": here, "people": people_of(here), "form": form} | more
    shown = render(
        request,
        f"portal/meet/{template}.html",
        context,
        status=422 if form is not None and form.errors else 200,
    )
    if request.method == "POST":
        shown["Cache-Control"] = "no-store, private"  # What somebody has typed.
    return shown
