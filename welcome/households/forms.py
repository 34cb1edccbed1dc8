"""What staff fill in: a household by hand, an upload, and the few words that an action needs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseModelForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import Access
from municipalities.tenancy.forms import ScopedForm, ScopedFormSet
from municipalities.tenancy.roles import Right
from welcome.households import cells
from welcome.households.addresses import Address
from welcome.households.arrivals import Arrival
from welcome.households.models import Household, Person, Protection
from welcome.households.problems import Problem
from welcome.households.reading import MOST_BYTES
from welcome.households.recognition import Likeness, name_key
from welcome.households.register import Register


class HouseholdForm(ScopedForm):
    others = forms.BooleanField(
        label=_("They are other people than those who look alike"),
        required=False,
        help_text=_("Only needed if the portal finds somebody who looks like one of them."),
    )

    class Meta:
        model = Household
        exclude = ("checked_at", "created_at", "address_key")

    def validate_constraints(self) -> None:
        self.instance.address_key = Address.of(self.instance).key
        super().validate_constraints()


class PersonForm(ScopedForm):
    class Meta:
        model = Person
        exclude = ("name_key",)

    def _clean_name(self, field: str) -> str:
        try:
            return cells.name_of(self.cleaned_data[field], limit=80)
        except cells.Wrong as wrong:
            raise ValidationError(Problem(wrong.code, params=wrong.params).sentence) from wrong

    def clean_given_name(self) -> str:
        return self._clean_name("given_name")

    def clean_family_name(self) -> str:
        return self._clean_name("family_name")

    def clean_birth_date(self) -> Any:
        day = self.cleaned_data["birth_date"]
        if day and day > timezone.localdate():
            raise ValidationError(_("The birth date or year can't be right."))
        return day

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("birth_date") and not cleaned.get("birth_year"):
            cleaned["birth_year"] = cleaned["birth_date"].year
        self.instance.name_key = name_key(cleaned.get("given_name", ""), cleaned.get("family_name", ""))
        return cleaned


class PersonFormSet(ScopedFormSet):
    """Asks before somebody is registered a second time."""

    instance: Household

    def clean(self) -> None:
        super().clean()
        if self.data.get("others") or self.instance.municipality_id is None:
            return
        new = [form for form in self._new_forms() if form.instance.given_name]
        register = Register(self.instance.municipality)
        arrivals = [self._arrival(form.instance) for form in new]
        register.load(arrivals)
        for form, arrival in zip(new, arrivals, strict=True):
            found = register.find(arrival)
            if found.person is None or found.person.household.pk == self.instance.pk:
                continue
            sure = found.likeness is Likeness.CERTAIN
            text = (
                _("This person is registered already, in household %(household)s.")
                if sure
                else _("This looks like someone in household %(household)s.")
            )
            form.add_error(
                "given_name", ValidationError(text, params={"household": found.person.household.pk})
            )
            raise ValidationError(
                _("If they are other people all the same, tick that and save again."), code="looks_like"
            )

    def _new_forms(self) -> list[BaseModelForm]:
        return [form for form in self.extra_forms if form.is_valid() and form.has_changed()]

    def _arrival(self, person: Person) -> Arrival:
        home = self.instance
        return Arrival(
            person.given_name,
            person.family_name,
            home.moved_in or timezone.localdate(),
            person.birth_date,
            person.birth_year,
            Address.of(home),
            name_key=person.name_key,
            address_key=home.address_key,
        )


class UploadForm(forms.Form):
    """Which file, and into which municipality of those whose people the user may write."""

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        only = access.only_municipality(Right.WRITE_PEOPLE)
        self.fields["municipality"] = forms.ModelChoiceField(
            access.municipalities(Right.WRITE_PEOPLE),
            label=_("Municipality"),
            initial=only,
            disabled=only is not None,  # What a browser sends for it is then not even read.
            widget=forms.Select if only is None else forms.HiddenInput,
        )
        self.fields["file"] = forms.FileField(
            label=_("File with arrivals"),
            help_text=_("CSV or XLSX, with a header. At most 100 000 rows."),
            widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
            max_length=255,
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(Problem("file_too_big", params={"limit": MOST_BYTES // 1024**2}).sentence)
        return file

    @property
    def chosen(self) -> Municipality:
        return self.cleaned_data["municipality"]


class LeftForm(forms.Form):
    on = forms.DateField(
        label=_("Moved on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    to = forms.CharField(label=_("Moved to"), max_length=60, required=False)
    why = forms.CharField(label=_("Why they moved on"), max_length=200, required=False)

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise ValidationError(_("This day has not come yet."))
        return on


class ProtectForm(forms.Form):
    grade = forms.ChoiceField(label=_("Address protection"), choices=Protection, required=False)
    sure = forms.BooleanField(label=_("I know that this can't be undone"))


class MergeForm(forms.Form):
    """`keep` is one of the two households that the page shows."""

    keep = forms.TypedChoiceField(label=_("Keep"), coerce=int, widget=forms.RadioSelect)
    sure = forms.BooleanField(label=_("They are one household"))

    def __init__(self, *args: Any, households: list[Household], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep: Any = self.fields["keep"]
        keep.choices = [(home.pk, str(home)) for home in households]
        keep.initial = households[0].pk
