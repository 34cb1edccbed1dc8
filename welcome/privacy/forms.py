from django import forms
from django.utils.translation import gettext_lazy as _


class EraseForm(forms.Form):
    sure = forms.BooleanField(label=_("I know that this can't be undone"))
