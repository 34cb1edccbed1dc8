"""The form by which one orders: a page a question. What was typed on the other pages travels along in hidden fields,
so nothing is kept here before it is sent, and going back loses nothing; a script is not needed."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from welcome.households.consents import ConsentPurpose, ConsentText, Reworded
from welcome.households.recognition import name_key
from welcome.meetings.models import WelcomeMeeting
from welcome.orders import actions
from welcome.orders.forms import AboutForm, ContactForm, MovedForm, PeopleForm, PlanningForm, WishesForm
from welcome.orders.models import Order, Situation
from welcome.portal import meet
from welcome.portal.around import municipality_at

STEPS = ("wishes", "move", "people", "about", "contact")
_FORMS = (WishesForm, MovedForm, PlanningForm, PeopleForm, AboutForm, ContactForm)
# The stamp is that of the last page; all else that is typed somewhere travels along.
CARRIED = [name for form in _FORMS for name in form.base_fields if name != "stamp"]


class Ordering:
    """One request's answers so far."""

    def __init__(self, here: Municipality, data: QueryDict) -> None:
        self.here, self.data = here, data

    @cached_property
    def meeting(self) -> WelcomeMeeting | None:
        return meet.next_meeting(self.here)

    @property
    def plans(self) -> bool:
        return self.data.get("situation") == Situation.PLANNING

    def _words(self, purpose: ConsentPurpose) -> ConsentText:
        return meet.words(self.here, purpose)

    def form(self, step: str, *, bound: bool) -> Any:
        """Of a step: with what was typed and its faults, or only with what was typed."""
        typed = [self.data] if bound else []
        initial = {} if bound else self._initial()
        if step == "wishes":
            return WishesForm(*typed, initial=initial, has_meeting=self.meeting is not None)
        if step == "move":
            of_move: Any = PlanningForm if self.plans else MovedForm
            return of_move(*typed, initial=initial)
        if step == "people":
            return PeopleForm(*typed, initial=initial, municipality=self.here)
        if step == "about":
            return AboutForm(*typed, initial=initial, words=self._words(ConsentPurpose.NEEDS))
        return ContactForm(
            *typed,
            initial=initial,
            planning=self._words(ConsentPurpose.PLANNING) if self.plans else None,
            club=self._words(ConsentPurpose.CLUB) if "club" in self.data.getlist("wishes") else None,
        )

    def _initial(self) -> dict[str, Any]:
        typed = {name: self.data.get(name) for name in CARRIED if name in self.data}
        return {"language": get_language()} | typed | {"wishes": self.data.getlist("wishes")}

    def carried(self, form: forms.Form) -> list[tuple[str, str]]:
        return [
            (name, value)
            for name in dict.fromkeys(CARRIED)
            if name not in form.fields
            for value in self.data.getlist(name)
        ]

    def first_wrong(self, until: str) -> str:
        """The first of the pages before `until`, that one included, which can't be taken as it is, or ""."""
        for step in STEPS[: STEPS.index(until) + 1]:
            if not self.form(step, bound=True).is_valid():
                return step
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, slug: str) -> HttpResponse:
    """POST with `at`, the page that was filled in, and `go`: `back`, the name of a page, or on."""
    here = municipality_at(slug)
    if request.method != "POST":
        start = QueryDict(mutable=True)
        start.setlist("wishes", request.GET.getlist("wish")[:4])
        return _show(request, Ordering(here, start), "wishes", bound=False)
    ordering = Ordering(here, request.POST)
    at = request.POST.get("at", "")
    at = at if at in STEPS else STEPS[0]
    go = request.POST.get("go", "")
    if go in STEPS or go == "back":
        before = go if go in STEPS else STEPS[max(0, STEPS.index(at) - 1)]
        # Which questions come is decided on the first page.
        return _show(
            request, ordering, before if not ordering.first_wrong("wishes") else "wishes", bound=False
        )
    if wrong := ordering.first_wrong(at):
        return _show(request, ordering, wrong, bound=True)
    if at != STEPS[-1]:
        return _show(request, ordering, STEPS[STEPS.index(at) + 1], bound=False)
    last = meet.taken(request, lambda: ordering.form(at, bound=True), lambda form: _send(ordering, form))
    if last is None:
        return meet.sent(here, by_mail=bool(request.POST.get("email")))
    return _show(request, ordering, ordering.first_wrong(at) or at, bound=True, last=last)


def _send(ordering: Ordering, last: ContactForm) -> None:
    """Raises Reworded where something was agreed to in other words than those of now."""
    here = ordering.here
    said: dict[str, Any] = {}
    for step in STEPS[:-1]:
        form = ordering.form(step, bound=True)
        if not form.is_valid():
            raise Reworded  # Its words were others a moment ago.
        said |= form.cleaned_data
    said |= last.cleaned_data
    wishes = said["wishes"]
    with scope.of(here.pk):
        order = Order(
            municipality=here,
            sent_as=last.sending,
            screen=get_language() or "nb",
            situation=said["situation"],
            meeting=ordering.meeting if "meeting" in wishes else None,
            name_key=name_key(said["given_name"], said["family_name"]),
            adults=1 + len(said["others"]),
            planned_for=said.get("month"),
            planning_text=meet.agreed(here, ConsentPurpose.PLANNING, said) if ordering.plans else None,
            needs_text=(
                meet.agreed(here, ConsentPurpose.NEEDS, said) if said["needs"] or said["interests"] else None
            ),
            club_text=meet.agreed(here, ConsentPurpose.CLUB, said) if "club" in wishes else None,
            **{f"wants_{wish}": True for wish in wishes},
            **{name: said[name] for name in _AS_SAID if name in said},
        )
        actions.receive(order=order)


_AS_SAID = (
    "given_name", "family_name", "birth_year", "others", "children", "language", "email", "phone", "street",
    "postal_code", "postal_place", "moved_on", "would_help", "interests", "needs",
)  # fmt: skip


def _show(
    request: HttpRequest, ordering: Ordering, step: str, *, bound: bool, last: ContactForm | None = None
) -> HttpResponse:
    """`last`: the last page as it was judged, if it is that which is shown."""
    form = last if last is not None and step == STEPS[-1] else ordering.form(step, bound=bound)
    number = STEPS.index(step) + 1
    titles = {
        "wishes": _("What would you like?"),
        "move": _("When do you plan to move?") if ordering.plans else _("Where do you live now?"),
        "people": _("Who are you?"),
        "about": _("What do you like, and what do you need?"),
        "contact": _("How do we reach you?"),
    }
    return meet.show(
        request, ordering.here, "order", titles[step], form,
        step=step, number=number, steps=len(STEPS), carried=ordering.carried(form),
        summary=_summary(ordering, titles) if step == STEPS[-1] else [],
    )  # fmt: skip


def _summary(ordering: Ordering, titles: dict[str, str]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Of each page before the last: its name, its title, and what was written there."""
    found = []
    for step in STEPS[:-1]:
        form = ordering.form(step, bound=True)
        lines = [
            (str(field.label), _as_read(field, ordering.data.getlist(field.name)))
            for field in form
            if not field.is_hidden and not field.name.startswith("agree_")
        ]
        found.append((step, titles[step], [(label, text) for label, text in lines if text]))
    return found


def _as_read(field: forms.BoundField, typed: list[str]) -> str:
    choices = {str(code): str(name) for code, name in getattr(field.field, "choices", ())}
    return "\n".join(choices.get(value, value) for value in typed if value)
