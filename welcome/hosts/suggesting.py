"""The page on which staff see whom the portal suggests to all who wait, choose, and see what needs them. Choosing asks
both by mail; nothing is given to anybody before they have said yes."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from municipalities.audit.recording import look_at
from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.hosts import actions, matching
from welcome.hosts.figures import figures_of
from welcome.hosts.kinds import Side
from welcome.hosts.mailing import can_mail
from welcome.hosts.models import Host, HostAssignment
from welcome.households.models import Household

A_PAGE = 25


@never_cache
def suggestions(request: HttpRequest) -> HttpResponse:
    """POST with `pair` (household:host), as many as are ticked: both of each are asked."""
    place = _place(request)
    if request.method == "POST":
        for pair in request.POST.getlist("pair")[:A_PAGE]:
            _propose(request, place, pair)
        return redirect(f"{reverse('admin:welcome_host_suggestions')}?place={place.pk}")
    suggested = matching.suggest(place)
    shown = Paginator(suggested.pairs, A_PAGE).get_page(request.GET.get("page"))
    late = HostAssignment.objects.of(place).overdue(timezone.localdate()).usable()
    needs = Paginator(
        late.select_related("household", "host")
        .prefetch_related("household__people")
        .order_by("since", "pk"),
        A_PAGE,
    ).get_page(request.GET.get("needs"))
    homes = Household.objects.of(place).with_people().in_bulk([pair.household_id for pair in shown])
    hosts = Host.objects.of(place).with_load().in_bulk([pair.host_id for pair in shown])
    _seen([*homes.values(), *(row.household for row in needs)])
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "opts": Host._meta,
        "title": _("Suggested hosts"),
        "place": place,
        "places": access_of(request).municipalities(Right.WRITE_PEOPLE) if access_of(request).several else [],
        "page": shown,
        "rows": [(pair, homes[pair.household_id], hosts[pair.host_id]) for pair in shown],
        "left": len(suggested.left),
        "needs": needs,
        "figures": figures_of(place),
    }
    return render(request, "hosts/suggestions.html", context)


def _place(request: HttpRequest) -> Municipality:
    """The one in `place`, else the first in which the user may give households a host."""
    access = access_of(request)
    if not access.may(Right.WRITE_PEOPLE):
        raise PermissionDenied
    places = access.municipalities(Right.WRITE_PEOPLE).order_by("name", "pk")
    wanted = request.GET.get("place", "")
    if wanted:
        places = places.filter(pk=wanted) if wanted.isdecimal() and len(wanted) < 19 else places.none()
    found = places.first()
    if found is None:
        raise Http404
    return found


def _propose(request: HttpRequest, place: Municipality, pair: str) -> None:
    """Each is said: a colleague may have been first with one of them."""
    household, _colon, host = pair.partition(":")
    numbers = household.isdecimal() and host.isdecimal() and len(pair) < 38
    home = Household.objects.of(place).open_to_all().filter(pk=household).first() if numbers else None
    chosen = Host.objects.of(place).filter(pk=host).first() if numbers else None
    if home is None or chosen is None:
        raise Http404
    try:
        made = actions.assign(household=home, host=chosen, by=access_of(request).user)
    except ValidationError as error:
        messages.error(request, f"{home}: {error.messages[0]}")
        return
    told = {"household": home, "name": chosen.name}
    if not all(can_mail(made, side) for side in Side):
        words = _("%(household)s: %(name)s is proposed. Call those who have no e-mail address.")
        messages.warning(request, words % told)
    else:
        messages.success(
            request, _("%(household)s: %(name)s is proposed, and both are asked by mail.") % told
        )


def _seen(households: list[Household]) -> None:
    look_at(model=Household, places={home.pk: home.municipality_id for home in households}, note="host")
