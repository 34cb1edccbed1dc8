from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    """Sent in the address, so that a search can be shared and the back button works."""

    q = forms.CharField(
        label=_("What are you wondering about?"),
        max_length=100,
        required=False,
        error_messages={"max_length": _("Search with at most 100 characters.")},
    )
