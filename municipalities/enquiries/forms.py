"""What the public and staff type. The public's forms stand on their own feet: no cookie, no token of a session."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.phonenumber import PhoneNumber
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from municipalities.enquiries.models import LONGEST, AnswerTemplate, Enquiry, Outcome
from municipalities.tenancy.forms import ScopedForm
from municipalities.tenancy.models import User
from municipalities.texts.languages import CHOICES


class ContactField(forms.CharField):
    """An e-mail address or a phone number, told apart by the @: ("", "") where nothing is given."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return "", ""
        if "@" in typed:
            try:
                validate_email(typed)
            except ValidationError:
                raise ValidationError(_("This e-mail address lacks something. Look once more.")) from None
            return typed.lower(), ""
        number = _phone(typed)
        if number is None:
            raise ValidationError(
                _("Write a whole e-mail address or phone number, so that we can reach you.")
            )
        return "", number


def _phone(typed: str) -> PhoneNumber | None:
    try:
        number = PhoneNumber.from_string(typed)
    except Exception:  # The library's own, which stands in another package.
        return None
    return number if number.is_valid() else None


class WordsField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)


class QuestionForm(forms.Form):
    """What somebody asks of a municipality."""

    words = WordsField(
        label=gettext_lazy("What would you like to know?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write in a few words what you are wondering about.")},
    )
    contact = ContactField(
        label=gettext_lazy("Your e-mail or phone number, if you want an answer"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )


class BackForm(forms.Form):
    """What somebody who was answered writes back."""

    words = WordsField(
        label=gettext_lazy("Write back"),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write in a few words what you want to say.")},
    )


# --- staff ---------------------------------------------------------------------------------------


class WriteForm(forms.Form):
    """An answer or a note. `version` is that of the enquiry as the page showed it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31)
    text = WordsField(
        label=gettext_lazy("Your answer"),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )
    template = forms.ModelChoiceField(
        label=gettext_lazy("Ready-made answer"), queryset=AnswerTemplate.objects.none(), required=False
    )

    def __init__(self, *args: Any, enquiry: Enquiry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready: Any = self.fields["template"]
        ready.queryset = AnswerTemplate.objects.filter(
            municipality=enquiry.municipality_id, language=enquiry.language
        )


class AssignForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31, required=False)
    to = forms.ModelChoiceField(
        label=gettext_lazy("Who answers"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = colleagues


class CloseForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[("", "—"), *Outcome.choices],
        error_messages={"required": gettext_lazy("Say how it ended.")},
    )


class LanguageForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31)
    language = forms.ChoiceField(label=gettext_lazy("They write in"), choices=CHOICES)


class ByHandForm(ScopedForm):
    """A question that came by phone, at the desk or by post, written down by a colleague."""

    contact = ContactField(
        label=gettext_lazy("E-mail or phone number, if they want an answer"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Enquiry
        fields = ["municipality", "text", "language"]
        widgets = {"text": UnfoldAdminTextareaWidget, "language": UnfoldAdminSelectWidget}

    def _post_clean(self) -> None:
        # The rest of the row is made when it is saved, by the action.
        self.instance.due_on = self.instance.due_on or self.instance.received_at.date()
        super()._post_clean()
