import re
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from municipalities.municipality.models import Municipality
from municipalities.tenancy.forms import ScopedForm
from municipalities.texts.languages import CHOICES
from welcome.hosts.models import MOST_CHILDREN, Host, HostAssignment
from welcome.households.models import Household, HouseholdState

MOST_OFFERED = 300  # A list that one still looks through; the others are found from their own page.


class HostForm(ScopedForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=CHOICES,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )

    children = forms.CharField(
        label=_("children at home"),
        required=False,
        max_length=80,
        help_text=_("The year in which each was born, such as 2017, 2020. Their names are not asked for."),
        widget=UnfoldAdminTextInputWidget(),
    )

    class Meta:
        model = Host
        fields = (
            "municipality", "name", "phone", "email", "place", "languages", "interests", "about",
            "about_language", "story", "moved_for", "children", "capacity", "active", "references", "trained_on",
            "certificate_seen_on", "named_since",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "children" in self.fields:
            self.initial["children"] = ", ".join(map(str, self.instance.children))

    def clean_children(self) -> list[int]:
        years = re.findall(r"[^\s,;./]+", self.cleaned_data["children"])
        if not all(year.isdecimal() and len(year) == 4 for year in years) or len(years) > MOST_CHILDREN:
            raise forms.ValidationError(_("Give the year in which each child was born."))
        return sorted(map(int, years))

    def clean_capacity(self) -> Any:
        """Under the host's lock, until it is saved: nobody gives them one more meanwhile."""
        capacity = self.cleaned_data["capacity"]
        Host.objects.select_for_update().filter(pk=self.instance.pk).first()
        load = HostAssignment.objects.running().of_host(self.instance).count() if self.instance.pk else 0
        if capacity < load:
            raise forms.ValidationError(
                ngettext(
                    "The host has %(n)s household now; end that first.",
                    "The host has %(n)s households now; end some first.",
                    load,
                )
                % {"n": load}
            )
        return capacity


class ChooseHostForm(forms.Form):
    """For one household: the hosts of its municipality who have room."""

    host = forms.ModelChoiceField(Host.objects.none(), label=_("Host"))
    agreed = forms.BooleanField(
        label=_("Both have said yes"),
        required=False,
        help_text=_("Only then does a letter tell of the host."),
    )

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        host: Any = self.fields["host"]
        host.queryset = Host.objects.of(municipality).with_room()
        host.label_from_instance = host_in_a_line


class ChooseHouseholdForm(forms.Form):
    """For one host: the households that have none, the newest first."""

    household = forms.ModelChoiceField(Household.objects.none(), label=_("Household"))
    agreed = forms.BooleanField(
        label=_("Both have said yes"),
        required=False,
        help_text=_("Only then does a letter tell of the host."),
    )

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_host = HostAssignment.objects.of(municipality).running().values("household")
        open_ones = Household.objects.of(municipality).open_to_all().not_held()
        homes = open_ones.exclude(state=HouseholdState.LEFT)
        newest = homes.exclude(pk__in=with_host).order_by("-moved_in", "-pk").values("pk")[:MOST_OFFERED]
        household: Any = self.fields["household"]
        household.queryset = Household.objects.filter(
            pk__in=list(newest.values_list("pk", flat=True))
        ).with_people()
        household.label_from_instance = household_in_a_line


def host_in_a_line(host: Any) -> str:
    load = _("%(load)s of %(capacity)s households") % {"load": host.load, "capacity": host.capacity}
    return " · ".join(part for part in (host.name, host.place, host.spoken, str(load)) if part)


def household_in_a_line(home: Household) -> str:
    names = ", ".join(person.full_name for person in home.people.all()) or str(home)
    day = date_format(home.moved_in, "DATE_FORMAT") if home.moved_in else ""
    return " · ".join(part for part in (names, home.postal_place, day) if part)
