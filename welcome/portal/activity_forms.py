"""What a reader narrows the calendar by. It stands in the address, so that it can be shared."""

import datetime
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.activities.catalogue import Theme
from municipalities.activities.models import OLDEST, Occurrence
from municipalities.municipality.models import Municipality

MOST_PLACES = 60


class Period(models.TextChoices):
    ANY = "", _("Any time")
    TODAY = "today", _("Today")
    WEEKEND = "weekend", _("This weekend")
    WEEK = "week", _("The next seven days")
    MONTH = "month", _("The next thirty days")


def days_of(period: str, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and the last day."""
    if period == Period.WEEKEND:
        # On a Sunday, what is left of it.
        friday = today + datetime.timedelta(days=(4 - today.weekday()) % 7)
        begin = today if today.weekday() >= 4 else friday
        return begin, today + datetime.timedelta(days=6 - today.weekday())
    lasts = {Period.TODAY: 0, Period.WEEK: 6, Period.MONTH: 29}[Period(period)]
    return today, today + datetime.timedelta(days=lasts)


class CalendarForm(forms.Form):
    theme = forms.ChoiceField(
        label=_("What about"), choices=[("", _("Everything")), *Theme.choices], required=False
    )
    period = forms.ChoiceField(label=_("When"), choices=Period.choices, required=False)
    age = forms.IntegerField(
        label=_("For somebody aged"),
        min_value=0,
        max_value=OLDEST,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    place = forms.ChoiceField(label=_("Where"), required=False)
    organisation = forms.SlugField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, places: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where: Any = self.fields["place"]
        where.choices = [("", _("Anywhere")), *((name, name) for name in places)]

    def narrow(self, rows: models.QuerySet[Occurrence]) -> models.QuerySet[Occurrence]:
        """By each filter that makes sense; one that does not is told beside its field, and narrows nothing."""
        said = getattr(self, "cleaned_data", {})
        if theme := said.get("theme"):
            rows = rows.filter(activity__theme=theme)
        if (age := said.get("age")) is not None:
            rows = rows.filter(
                Q(activity__age_from=None) | Q(activity__age_from__lte=age),
                Q(activity__age_to=None) | Q(activity__age_to__gte=age),
            )
        if place := said.get("place"):
            rows = rows.filter(
                Q(activity__contact__name=place) | Q(activity__contact=None, activity__place=place)
            )
        if organisation := said.get("organisation"):
            rows = rows.filter(
                activity__organisation__slug=organisation, activity__organisation__published=True
            )
        if period := said.get("period"):
            first, last = days_of(period, timezone.localdate())
            rows = rows.filter(
                ends_at__gte=_begin(first), starts_at__lt=_begin(last + datetime.timedelta(days=1))
            )
        return rows

    @property
    def chosen(self) -> bool:
        """Whether anything is narrowed."""
        return any(value not in (None, "") for value in getattr(self, "cleaned_data", {}).values())


def _begin(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


def places_of(municipality: Municipality) -> list[str]:
    """Where something is to come, by name."""
    rows = (
        Occurrence.objects.of(municipality)
        .filter(ends_at__gte=timezone.now(), activity__state="published")
        .order_by()
        .values_list("activity__contact__name", "activity__place")
        .distinct()[: 4 * MOST_PLACES]
    )
    return sorted({contact or typed for contact, typed in rows if contact or typed})[:MOST_PLACES]
