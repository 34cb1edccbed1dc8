"""What a household says who looks for everything at once, and what an employer says with an offer."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from housing.shown.models import DEAREST, HomeKind
from housing.wishes.models import Wish
from municipalities.jobs.catalogue import Extent, Field
from municipalities.municipality.models import Municipality
from welcome.letters import fonts
from welcome.portal.home_forms import NUMBER, Narrowing, Wanted
from welcome.portal.home_reading import kroner
from welcome.portal.together import FARTHEST, Asked, JobWanted

WITHIN = 30  # Kilometres, where nobody says otherwise.
MOST_CHILDREN = 6
LONGEST = 2_000  # Of a search in an address, where a letter of Ukrainian takes six.
JOBS = (("field", "words", "extent"), ("field2", "words2", "extent2"))
ANY_FIELD = [("", gettext_lazy("Any field")), *Field.choices]
ANY_EXTENT = [("", gettext_lazy("Any extent")), *Extent.choices]


class TogetherForm(Narrowing):
    field = forms.ChoiceField(label=gettext_lazy("Field of work"), choices=ANY_FIELD, required=False)
    words = forms.CharField(
        label=gettext_lazy("Occupation"),
        help_text=gettext_lazy("For instance nurse or electrician."),
        max_length=60,
        required=False,
    )
    extent = forms.ChoiceField(label=gettext_lazy("Extent"), choices=ANY_EXTENT, required=False)
    field2 = forms.ChoiceField(label=gettext_lazy("Field of work"), choices=ANY_FIELD, required=False)
    words2 = forms.CharField(label=gettext_lazy("Occupation"), max_length=60, required=False)
    extent2 = forms.ChoiceField(label=gettext_lazy("Extent"), choices=ANY_EXTENT, required=False)
    offer = forms.ChoiceField(label=gettext_lazy("I want"), choices=Wanted.choices, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind"),
        choices=[("", gettext_lazy("Any kind")), *HomeKind.choices],
        required=False,
    )
    bedrooms = forms.IntegerField(
        label=gettext_lazy("Bedrooms, at least"), min_value=0, max_value=20, required=False,
        widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    price = forms.IntegerField(
        label=gettext_lazy("Kroner, at most"), help_text=gettext_lazy("A month if you rent."), min_value=0,
        max_value=DEAREST, required=False, widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    pets = forms.BooleanField(label=gettext_lazy("We have a pet"), required=False)
    animals = forms.BooleanField(label=gettext_lazy("We need room for animals"), required=False)
    children = forms.IntegerField(
        label=gettext_lazy("Children who need a place in kindergarten"), min_value=0, max_value=MOST_CHILDREN,
        required=False, widget=forms.NumberInput(attrs=NUMBER),
    )  # fmt: skip
    school = forms.BooleanField(label=gettext_lazy("We have children at school"), required=False)
    within = forms.IntegerField(
        label=gettext_lazy("Kilometres to work, at most"), min_value=1, max_value=FARTHEST, required=False,
        widget=forms.NumberInput(attrs=NUMBER | {"placeholder": WITHIN}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not any(said.get(name) for job in JOBS for name in job[:2]) and not self.errors:
            self.add_error("words", _("Say what one of you works as, in a word or by the field."))
        return said

    @property
    def is_asked(self) -> bool:
        return any(name in self.data for name in self.fields)

    def asked(self, here: Municipality) -> Asked:
        """Of a form that is valid. What only the second has said is the first's."""
        said = self.cleaned_data
        home = Wish(
            municipality=here,
            wants_home=True,
            **{name: said[name] for name in ("offer", "kind", "bedrooms", "price", "pets", "animals")},
        )
        jobs = [JobWanted(*(said[name] for name in names)) for names in JOBS]
        return Asked(
            home,
            [job for job in jobs if job],
            said["within"] or WITHIN,
            said["children"] or 0,
            said["school"],
        )

    @property
    def query(self) -> str:
        """What was said, as an address has it; nothing else that stood in the address."""
        return urlencode([(name, _as_text(value)) for name, value in self.cleaned_data.items() if value])

    @property
    def wish_query(self) -> str:
        """What the form of a wish is handed."""
        said = self.cleaned_data
        handed = [
            (name, _as_text(said[name])) for name in ("offer", "kind", "bedrooms", "price", "pets", "animals")
        ]
        fields = [("field", said[names[0]]) for names in JOBS]
        if not (said["field2"] or said["words2"]):
            handed.append(("extent", said["extent"]))
        return urlencode(
            [(name, value) for name, value in [*handed, *fields, ("package", self.query)] if value]
        )

    @property
    def has_field(self) -> bool:
        """Vacancies are told of by their field; a word alone finds none beforehand."""
        return any(self.cleaned_data[names[0]] for names in JOBS)

    def in_words(self) -> str:
        """A line each, as the service office reads it."""
        return "\n".join(f"– {line}" for line in self._lines())

    def _lines(self) -> list[str]:
        said = self.cleaned_data
        lines = []
        for names in JOBS:
            field, words, extent = (said[name] for name in names)
            told = [words, str(dict(Field.choices).get(field, "")), str(dict(Extent.choices).get(extent, ""))]
            if field or words:
                lines.append(_("A job: %(what)s") % {"what": ", ".join(part for part in told if part)})
        home = [str(dict(Wanted.choices)[said["offer"]]), str(dict(HomeKind.choices).get(said["kind"], ""))]
        if said["bedrooms"]:
            home.append(
                ngettext("%(count)s bedroom", "%(count)s bedrooms", said["bedrooms"])
                % {"count": said["bedrooms"]}
            )
        if said["price"] is not None:
            home.append(_("%(price)s at most") % {"price": kroner(said["price"])})
        home += [str(self.fields[name].label) for name in ("pets", "animals") if said[name]]
        lines.append(_("A home: %(what)s") % {"what": ", ".join(part for part in home if part)})
        if said["children"]:
            lines.append(
                ngettext(
                    "Kindergarten for %(count)s child",
                    "Kindergarten for %(count)s children",
                    said["children"],
                )
                % {"count": said["children"]}
            )
        if said["school"]:
            lines.append(_("School"))
        lines.append(_("Within %(km)s km") % {"km": said["within"] or WITHIN})
        return lines


def _as_text(value: Any) -> str:
    return "" if value in (None, False) else "on" if value is True else str(value)


def read(query: str) -> TogetherForm | None:
    """A search that was kept or handed over; None where it is none."""
    if not query or len(query) > LONGEST:
        return None
    try:
        parse_qs(query, max_num_fields=30)
    except ValueError:
        return None
    form = TogetherForm(QueryDict(query))
    return form if form.is_valid() and len(form.query) <= LONGEST else None


class OfferForm(forms.Form):
    """The words of an employer to one applicant: they go into the PDF and are kept nowhere."""

    whom = forms.CharField(label=gettext_lazy("To whom"), max_length=80, required=False)
    greeting = forms.CharField(
        label=gettext_lazy("Your greeting"),
        help_text=gettext_lazy("Three or four sentences: why you want them, and what you help with."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sender = forms.CharField(
        label=gettext_lazy("From whom"), help_text=gettext_lazy("Your name, and how they reach you."),
        max_length=120, required=False,
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for name, text in list(said.items()):
            if lacking := fonts.unprintable(text):
                what = ", ".join(map(fonts.name_of, lacking[:5]))
                self.add_error(name, _("This can’t be printed: %(what)s.") % {"what": what})
        return said
