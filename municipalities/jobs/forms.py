"""What an employer without an account fills in to have a vacancy in the list."""

import datetime
from html import unescape
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import escape, strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from municipalities.jobs.models import Vacancy
from municipalities.jobs.submitting import Said, Sender
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Organisation
from municipalities.tenancy.anybody import AnybodyForm
from municipalities.texts.languages import CHOICES

AHEAD = datetime.timedelta(days=183)
FACTS = [
    "title", "language", "employer", "employer_name", "employer_url", "field", "extent", "percent", "engagement",
    "positions", "postal_code", "postal_place", "due_on", "apply_url", "apply_email",
]  # fmt: skip


class VacancyFields(forms.ModelForm):
    words = forms.CharField(
        label=_("What does one do, and whom do you look for?"),
        help_text=_(
            "An empty line begins a new paragraph. Tell of the place too: who moves here wants to know."
        ),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    class Meta:
        model = Vacancy
        fields = FACTS
        labels = {
            "title": _("What is the job called?"),
            "language": _("In which language have you written this?"),
            "employer": _("Who is the employer?"),
            "employer_name": _("Its name, if it is not in the list"),
            "field": _("Field of work"),
            "due_on": _("Apply by"),
        }
        help_texts = {
            "title": _("For instance “Nurse in home care”."),
            "employer": "",
            "due_on": _("Empty: as soon as possible."),
            "apply_url": _("Or an e-mail below; one of the two."),
        }
        widgets = {
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "percent": forms.NumberInput(attrs={"inputmode": "numeric"}),
            "positions": forms.NumberInput(attrs={"inputmode": "numeric"}),
        }

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.municipality = municipality
        language: Any = self.fields["language"]
        language.choices = [(code, name) for code, name in CHOICES if code in municipality.languages]
        screen = get_language() or ""
        if not self.instance.pk:
            self.initial["language"] = (
                screen if screen in municipality.languages else municipality.home_language
            )
        employers: Any = self.fields["employer"]
        employers.queryset = Organisation.objects.of(municipality).filter(published=True).order_by("name")
        employers.empty_label = _("Somebody who is not in the list")
        self.fields["employer_name"].required = False
        field: Any = self.fields["field"]
        field.choices = [("", _("Choose")), *[each for each in field.choices if each[0]]]

    def clean_due_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["due_on"]
        today = timezone.localdate()
        if day and not today <= day <= today + AHEAD:
            raise ValidationError(_("Choose a day from today on, half a year ahead at most."))
        return day

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        employer = said.get("employer")
        if employer is not None:
            said["employer_name"] = employer.name
        elif not said.get("employer_name") and "employer" not in self.errors:
            self.add_error("employer_name", _("Say who the employer is."))
        if (
            not said.get("apply_url")
            and not said.get("apply_email")
            and not {"apply_url", "apply_email"} & set(self.errors)
        ):
            self.add_error("apply_url", _("Say where one applies: an address or an e-mail."))
        return said

    @property
    def said(self) -> Said:
        said = self.cleaned_data
        facts = {name: said[name] for name in FACTS} | {"body": _rich(said["words"])}
        if said["due_on"]:
            facts["expires_on"] = said["due_on"]
        return Said(facts)


def _rich(words: str) -> str:
    return "".join(
        f"<p>{'<br>'.join(escape(line) for line in part.strip().splitlines())}</p>"
        for part in words.replace("\r\n", "\n").split("\n\n")
        if part.strip()
    )


class VacancyForm(VacancyFields, AnybodyForm):
    purpose = "vacancy"

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("For us, if we have a question. It is not shown."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        help_text=_("We send you a link to confirm by. It is not shown."),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = PhoneNumberField(
        label=_("Your phone"),
        help_text=_("For us, if we have a question. It is not shown."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )

    @property
    def sender(self) -> Sender:
        said = self.cleaned_data
        return Sender(name=said["name"], email=said["email"], phone=str(said["phone"] or ""))


class OwnVacancyForm(VacancyFields):
    """By its employer, behind their link."""

    @staticmethod
    def words_of(vacancy: Vacancy) -> dict[str, Any]:
        body = vacancy.body.replace("</p><p>", "\n\n").replace("<br>", "\n")
        return {"words": unescape(strip_tags(body)).strip()}
