"""The words that people agree to, written by the municipality; and who is held without having agreed."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from municipalities.audit.recording import look_at
from municipalities.municipality.models import Municipality
from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from municipalities.texts.languages import LANGUAGES
from welcome.club.models import Member
from welcome.hosts.offers import HostOffer
from welcome.households import consents
from welcome.households.consents import Consent, ConsentPurpose, ConsentText
from welcome.households.models import Household
from welcome.privacy.cleanings import RetentionRun
from welcome.privacy.forms import WordsForm
from welcome.privacy.retention_pages import chosen

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Version:
    text: ConsentText
    agreed: int


@dataclass(frozen=True)
class Words:
    """One purpose in one language. `versions` begins with the newest; there is none where the municipality has
    written nothing in it, and then `shown` is what a reader of that language gets instead."""

    purpose: ConsentPurpose
    language: str
    name: str
    shown: ConsentText
    versions: list[Version]


def _words(place: Municipality, purpose: ConsentPurpose, language: str) -> Words:
    agreed = Counter(Consent.objects.of(place).running().values_list("text", flat=True))
    agreed += Counter(Member.objects.of(place).confirmed().values_list("text", flat=True))
    agreed += Counter(HostOffer.objects.of(place).confirmed().values_list("text", flat=True))
    texts = ConsentText.objects.of(place).filter(purpose=purpose, language=language).order_by("-version")
    return Words(
        purpose=purpose,
        language=language,
        name=LANGUAGES[language].own_name,
        shown=consents.shown_words(place, purpose.value, language),
        versions=[Version(text, agreed[text.pk]) for text in texts],
    )


def _show(
    request: HttpRequest, template: str, place: Municipality, status: int = 200, **more: object
) -> HttpResponse:
    request.current_app = admin.site.name
    frame = {
        **admin.site.each_context(request),
        "opts": RetentionRun._meta,
        "place": place,
        "may_manage": access_of(request).may(Right.MANAGE, place.pk),
    }
    return render(request, f"privacy/{template}.html", frame | more, status=status)


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    place, offered = chosen(request, Right.WRITE_PEOPLE)
    found = [(p, [_words(place, p, language) for language in place.languages]) for p in ConsentPurpose]
    return _show(
        request, "consent_words", place, title=_("Words of consents"), offered=offered, purposes=found,
        missing=consents.planning_without(place).count(),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Those of `?purpose=` in `?language=`. POST with `preview` shows the words as a newcomer sees them; with
    `save` they are a new version."""
    place, _offered = chosen(request, Right.WRITE_PEOPLE)
    purpose, language = (request.GET.get(name, "") for name in ("purpose", "language"))
    if purpose not in ConsentPurpose.values or language not in place.languages:
        raise Http404
    words = _words(place, ConsentPurpose(purpose), language)
    form = WordsForm(request.POST if request.method == "POST" else None, initial={"words": words.shown.words})
    preview = words.shown.words if not form.is_bound else ""
    if request.method == "POST":
        if not access_of(request).may(Right.MANAGE, place.pk):
            raise PermissionDenied
        if form.is_valid() and "save" in request.POST:
            said, by = form.cleaned_data["words"], access_of(request).user
            text = consents.reword(municipality=place, purpose=purpose, language=language, words=said, by=by)
            if text is None:
                messages.info(request, _("These are the words as they were: no new version was made."))
            else:
                told = _("Version %(number)s is what people agree to from now on.")
                messages.success(request, told % {"number": text.version})
            return redirect(reverse("admin:welcome_retentionrun_consent_words") + f"?municipality={place.pk}")
        preview = form.cleaned_data.get("words", "")
    return _show(
        request, "consent_write", place, 422 if form.errors else 200,
        title=words.purpose.label, words=words, form=form, preview=preview,
    )  # fmt: skip


@require_safe
def missing(request: HttpRequest) -> HttpResponse:
    """Households that plan to move and have agreed to nothing; the first whose time is over first."""
    place, offered = chosen(request, Right.WRITE_PEOPLE)
    rows = consents.planning_without(place).with_people().order_by("consent_until", "pk")
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    homes = list(page.object_list)
    look_at(model=Household, places={home.pk: home.municipality_id for home in homes}, note="no_consent")
    return _show(
        request, "no_consent", place,
        title=_("Planning without a consent"), offered=offered, homes=homes, page=page,
    )  # fmt: skip
