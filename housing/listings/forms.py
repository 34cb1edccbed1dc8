"""What an owner without an account fills in to offer a home, and what seekers and owners write to each other."""

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

from housing.listings.models import Listing, ListingSubmission, Offer
from housing.listings.submitting import Picture, Said, Sender
from housing.shown.models import LONGEST_ALT, HomeKind
from housing.shown.pictures import take
from municipalities.municipality.models import Municipality
from municipalities.tenancy.anybody import AnybodyForm
from municipalities.texts.languages import CHOICES

LONGEST_BODY = 4000
AHEAD = datetime.timedelta(days=730)
NUMBER = {"inputmode": "numeric"}
FACTS = [
    "offer", "kind", "price", "deposit", "shared_costs", "includes_power", "includes_internet", "free_from",
    "lease_months", "bedrooms", "area", "floor", "built_year", "energy", "furnished", "pets", "step_free", "parking",
    "land", "animals", "must_live_there", "street_address", "postal_code", "postal_place", "village",
    "shows_address", "website",
]  # fmt: skip


class HomeFields(forms.ModelForm):
    """The home itself; who offers it is asked for where that is not known."""

    title = forms.CharField(
        label=_("What would you call it in a list?"),
        help_text=_("For instance “Light flat with two bedrooms in Sundre”."),
        max_length=100,
    )
    body = forms.CharField(
        label=_("What is it like to live there?"),
        help_text=_("Rooms, neighbours, the way to school and shop. An empty line begins a new paragraph."),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    text_language = forms.ChoiceField(label=_("In which language have you written this?"))

    class Meta:
        model = Listing
        fields = FACTS
        labels = {
            "offer": _("What do you want to do?"),
            "kind": _("What kind of home is it?"),
            "price": _("What does it cost, in kroner?"),
            "free_from": _("From when is it free?"),
            "street_address": _("Address"),
            "village": _("Village or part of town"),
            "shows_address": _("Show the address to everybody"),
            "land": _("Land in decares"),
            "energy": _("Energy label"),
        }
        help_texts = {
            "price": _("A month if you let it. Leave it empty if you would rather talk about it."),
            "land": _("Only of a farm. One decare is 1,000 square metres."),
            "deposit": _("Six months' rent at most."),
            "shows_address": _("Otherwise we show the village only. We need the address in any case."),
            "website": _("If it is advertised elsewhere too."),
            "village": "",
        }
        widgets = {
            **{name: forms.NumberInput(attrs=NUMBER) for name in
               ("price", "deposit", "shared_costs", "bedrooms", "area", "built_year", "lease_months")},
            "free_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "postal_code": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
            "street_address": forms.TextInput(attrs={"autocomplete": "street-address"}),
        }  # fmt: skip

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.municipality = municipality
        language: Any = self.fields["text_language"]
        language.choices = [(code, name) for code, name in CHOICES if code in municipality.languages]
        screen = get_language() or ""
        self.initial.setdefault(
            "text_language", screen if screen in municipality.languages else municipality.home_language
        )
        for name, words in (("offer", [(Offer.RENT, _("Let it")), (Offer.SALE, _("Sell it"))]),
                            ("kind", HomeKind.choices)):  # fmt: skip
            field: Any = self.fields[name]
            field.choices = [("", _("Choose")), *words]
        for name in ("street_address", "postal_code", "postal_place"):
            self.fields[name].required = True

    def clean_free_from(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["free_from"]
        if day and day > timezone.localdate() + AHEAD:
            raise ValidationError(_("Choose a day within two years."))
        return day

    def clean_area(self) -> int | None:
        area: int | None = self.cleaned_data["area"]
        if area is not None and area < 5:
            raise ValidationError(_("A home has at least 5 square metres."))
        return area

    @property
    def said(self) -> Said:
        said = self.cleaned_data
        return Said(
            title=said["title"],
            body=_rich(said["body"]),
            language=said["text_language"],
            facts={name: said[name] for name in FACTS},
        )


def _rich(words: str) -> str:
    paragraphs = words.replace("\r\n", "\n").split("\n\n")
    return "".join(
        f"<p>{'<br>'.join(escape(line) for line in part.strip().splitlines())}</p>"
        for part in paragraphs
        if part.strip()
    )


class OfferForm(HomeFields, AnybodyForm):
    purpose = "home"

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("For us, if we have a question. It is not shown."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        help_text=_("We send you a link to confirm by, and what people write to you. It is not shown."),
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


class OwnForm(HomeFields):
    """By its owner, behind their link."""

    @staticmethod
    def words_of(submission: ListingSubmission) -> dict[str, Any]:
        texts = submission.listing.texts
        text = texts.filter(language=submission.language).first() or texts.first()
        return {
            "title": text.title if text else "",
            "body": _plain(text.body) if text else "",
            "text_language": text.language if text else submission.language,
        }


def _plain(body: str) -> str:
    """Paragraphs as they were typed."""
    return unescape(strip_tags(body.replace("</p><p>", "\n\n").replace("<br>", "\n"))).strip()


class PictureForm(forms.Form):
    file = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG, JPEG or WebP, at most 8 MB. Where and when it was taken is removed."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    alt = forms.CharField(
        label=_("What does it show?"),
        help_text=_("For those who don't see it: “Kitchen with a window to the fjord”."),
        max_length=LONGEST_ALT,
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("file") and said.get("alt"):
            try:
                drawn, width, height = take(said["file"])
            except ValidationError as error:
                self.add_error("file", error)
            else:
                said["picture"] = Picture(drawn, width, height, said["alt"])
        return said


class AltForm(forms.Form):
    alt = forms.CharField(label=_("What does it show?"), max_length=LONGEST_ALT)


class MessageForm(AnybodyForm):
    purpose = "home-message"

    text = forms.CharField(
        label=_("What would you like to say or ask?"),
        help_text=_("Who you are, when you would like to move in, how many you are."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        help_text=_("The owner's answer is sent there. The owner sees it once they answer."),
        max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = PhoneNumberField(
        label=_("Your phone"),
        help_text=_("Only if the owner may call you: it stands in the message."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Your answer"),
        help_text=_(
            "It is sent by e-mail with your address as reply address: from now on you write directly."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
