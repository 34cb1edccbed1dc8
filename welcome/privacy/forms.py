from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from welcome.households.consents import OF_HOUSEHOLDS, How
from welcome.households.models import HoldReason, Household


class EraseForm(forms.Form):
    sure = forms.BooleanField(label=_("I know that this can't be undone"))


class StrangerForm(forms.Form):
    """`erases`: then they must be sure."""

    words = forms.CharField(
        label=_("Name, phone or e-mail"), max_length=120,
        help_text=_("As they gave it. Other spellings of a name are found too."),
    )  # fmt: skip
    sure = forms.BooleanField(label=_("I know that this can't be undone"), required=False)

    def __init__(self, *args: Any, erases: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sure"].required = erases


class ConsentForm(forms.Form):
    """Offers what the household has not agreed to yet; that is in `open`."""

    purpose = forms.ChoiceField(label=_("What for"))
    how = forms.ChoiceField(label=_("How it was given"), choices=How)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = set(household.consents.filter(withdrawn_at=None).values_list("purpose", flat=True))
        self.open = [purpose for purpose in OF_HOUSEHOLDS if purpose.value not in running]
        purpose: Any = self.fields["purpose"]
        purpose.choices = [(each.value, each.label) for each in self.open]


class WordsForm(forms.Form):
    words = forms.CharField(
        label=_("Words"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Say who keeps what, what for, for how long, and that it can be taken back. No names of the people."
        ),
    )


class HoldForm(forms.Form):
    why = forms.ChoiceField(label=_("Why"), choices=HoldReason)
    sure = forms.BooleanField(label=_("Yes, I am sure"))
