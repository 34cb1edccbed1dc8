from django import forms
from django.utils.translation import gettext_lazy as _

from welcome.households.consents import ConsentPurpose, How


class EraseForm(forms.Form):
    sure = forms.BooleanField(label=_("I know that this can't be undone"))


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(label=_("What for"), choices=ConsentPurpose)
    how = forms.ChoiceField(label=_("How it was given"), choices=How)
