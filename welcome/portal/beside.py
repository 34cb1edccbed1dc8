"""What a search leads to beside the answers: the lists of homes, plots and vacancies, where its words ask for them.

Homes are found by what they are (a flat, to rent), which is a filter of their list; vacancies by the words of their
title and employer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import ngettext

from municipalities.municipality.models import Municipality
from welcome.portal.home_forms import HomesForm, counts_of
from welcome.portal.homes import rows_of as homes_of
from welcome.portal.jobs import JobsForm
from welcome.portal.jobs import rows_of as jobs_of
from welcome.portal.words import STOP_WORDS, stem, words

# Which filter a word stands for; the words are folded and without their endings.
_HOMES = {
    "": "bolig bustad hjem heim home housing bo bu",
    "kind=flat": "leilighet leilegheit husvære flat apartment",
    "kind=house": "hus house enebolig einebustad",
    "kind=room": "hybel bedsit room rom",
    "kind=farm": "småbruk gård gard gardsbruk gårdsbruk farm smallholding",
    "offer=rent": "leie leige utleie utleige rent rental",
    "offer=sale": "kjøpe buy salg sal sale",
}
_PLOTS = "tomt tomter plot plots"
_JOBS = "jobb arbeid stilling job work vacancy vacancies"


def _stems(line: str) -> set[str]:
    return {stem(word) for word in words(line)}


def _ask(asked: set[str], stems: set[str]) -> bool:
    """Endings are taken off once: `leiligheter` leaves more than `leilighet` does."""
    return any(
        one == other or (min(len(one), len(other)) >= 5 and (one.startswith(other) or other.startswith(one)))
        for one in asked
        for other in stems
    )


_FILTERS = {found: _stems(line) for found, line in _HOMES.items()}
_PLOT_STEMS, _JOB_STEMS = _stems(_PLOTS), _stems(_JOBS)


@dataclass(frozen=True)
class Beside:
    words: str
    path: str


def beside(here: Municipality, query: str) -> list[Beside]:
    """At most one way to each list, with how many there are; none that would lead to an empty one."""
    return [*_homes(here, query), *_jobs(here, query)]


def _homes(here: Municipality, query: str) -> Iterator[Beside]:
    asked = {stem(word) for word in words(query)}
    chosen = [found for found, stems in _FILTERS.items() if _ask(asked, stems)]
    if chosen:
        # The first of each: a flat or a house is neither alone.
        said: dict[str, str] = {}
        for name, value in (found.split("=") for found in chosen if found):
            said.setdefault(name, value)
        filters = urlencode(said)
        form = HomesForm(said, villages=[])
        form.is_valid()
        if count := form.narrow(homes_of(here)).count():
            told = ngettext("%(count)s home", "%(count)s homes", count) % {"count": count}
            path = reverse("portal:homes", args=[here.slug])
            yield Beside(told, f"{path}?{filters}" if filters else path)
    if _ask(asked, _PLOT_STEMS) and (count := counts_of(here)["plots"]):
        told = ngettext("%(count)s free plot", "%(count)s free plots", count) % {"count": count}
        yield Beside(told, reverse("portal:plots", args=[here.slug]))


def _jobs(here: Municipality, query: str) -> Iterator[Beside]:
    """`Kokk`, `jobb som kokk`: what is left of the query without the word for a job."""
    path = reverse("portal:jobs", args=[here.slug])
    kept = [word for word in query.split()[:6] if word.casefold() not in STOP_WORDS]
    left = [word for word in kept if not _ask({stem(each) for each in words(word)}, _JOB_STEMS)]
    if not left and not kept:
        return
    form = JobsForm({"q": " ".join(left)[:80]})
    form.is_valid()
    if count := form.narrow(jobs_of(here)).count():
        told = ngettext("%(count)s vacancy", "%(count)s vacancies", count) % {"count": count}
        yield Beside(told, f"{path}?{urlencode({'q': form.cleaned_data['q']})}" if left else path)
