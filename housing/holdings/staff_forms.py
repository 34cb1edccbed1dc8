import datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from housing.holdings.models import FIRST_DAY, LARGEST_NUMBER, Holding, Outcome, Stage
from municipalities.tenancy.forms import ScopedForm


class HoldingForm(ScopedForm):
    class Meta:
        model = Holding
        fields = "__all__"


class MoveForm(forms.Form):
    """To another stage, with the outcome where it is settled."""

    stage = forms.ChoiceField(label=_("stage"), choices=Stage.choices, widget=UnfoldAdminSelectWidget)
    outcome = forms.ChoiceField(
        label=_("outcome"),
        choices=[("", "–"), *Outcome.choices],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    since = forms.DateField(label=_("since"), widget=UnfoldAdminSingleDateWidget)

    def clean_since(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["since"]
        if not FIRST_DAY <= day <= timezone.localdate():
            raise forms.ValidationError(_("Give a day that has been."))
        return day

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("stage") == Stage.SETTLED and not said.get("outcome"):
            self.add_error("outcome", _("Say what came of it."))
        if said.get("stage") != Stage.SETTLED:
            said["outcome"] = ""
        return said


class SettleForm(forms.Form):
    gnr = forms.IntegerField(
        label=_("gårdsnummer"), widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_NUMBER)],
    )  # fmt: skip
    bnr = forms.IntegerField(
        label=_("bruksnummer"), widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_NUMBER)],
    )  # fmt: skip
