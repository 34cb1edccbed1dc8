"""Why a host is suggested to a household, and what speaks against it, in words. What each likes is told by no word of
theirs: interests are written with consent, for the municipality alone."""

from collections.abc import Collection
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.texts.languages import LANGUAGES
from welcome.hosts.fitting import Fit, Home, Local


class Teller:
    """For one table, in the language that is active: a thousand pairs are told of in the same few sentences."""

    def __init__(self, table: Fit, *, away_soon: Collection[int], silent: Collection[int]) -> None:
        self.table, self.away_soon, self.silent = table, away_soon, silent
        self.said = _sentences()
        self.shared = cache(lambda codes: _("Both speak %(languages)s") % {"languages": _named(codes)})
        self.none_shared = cache(
            lambda codes: _("No language in common: they speak %(languages)s") % {"languages": _named(codes)}
        )
        self.not_spoken = cache(
            lambda code: (
                _("The host does not speak %(language)s, which they get letters in")
                % {"language": _named(frozenset([code]))}
            )
        )
        self.near = cache(_near)
        self.words = cache(_words)
        self.load = cache(_load)

    def reasons(self, home: Home, host: Local, row: int, column: int) -> list[str]:
        table, told = self.table, []
        if shared := home.languages & host.languages:
            told.append(self.shared(shared))
        if near := table.near[row, column]:
            told.append(self.near(int(near)))
        if alike := table.words[row, column]:
            told.append(self.words(int(alike)))
        if table.place[row, column]:
            told.append(self.said["place"])
        if table.same_reason[row, column]:
            told.append(self.said["reason"])
        elif host.reason:
            told.append(self.said["moved"])
        if host.load == 0:
            told.append(self.said["free"])
        return told

    def against(self, home: Home, host: Local, row: int, column: int) -> list[str]:
        table, told = self.table, []
        if not table.shared[row, column]:
            told.append(self.none_shared(home.languages))
        elif not table.letters[row, column]:
            told.append(self.not_spoken(home.language))
        if home.ages and not table.near[row, column]:
            told.append(self.said["no child"])
        if home.place and host.place and not table.place[row, column]:
            told.append(self.said["elsewhere"])
        if host.load:
            told.append(self.load(host.load))
        if host.pk in self.away_soon:
            told.append(self.said["away"])
        if host.pk in self.silent:
            told.append(self.said["silent"])
        return told


def _sentences() -> dict[str, str]:
    return {
        "place": _("Live in the same place"),
        "reason": _("Moved here for the same reason"),
        "moved": _("The host has moved here too"),
        "free": _("The host has nobody now"),
        "no child": _("No child near in age"),
        "elsewhere": _("Do not live in the same place"),
        "away": _("The host is away within three weeks"),
        "silent": _("The host has let a household wait before"),
    }


def _near(count: int) -> str:
    words = ngettext(
        "%(n)d child has one near in age with the host",
        "%(n)d children have one near in age with the host",
        count,
    )
    return words % {"n": count}


def _words(count: int) -> str:
    return ngettext("They like %(n)d thing both", "They like %(n)d things both", count) % {"n": count}


def _load(count: int) -> str:
    words = ngettext("The host has %(n)d household already", "The host has %(n)d households already", count)
    return words % {"n": count}


def _named(codes: frozenset[str]) -> str:
    return ", ".join(LANGUAGES[code].own_name for code in sorted(codes) if code in LANGUAGES)
