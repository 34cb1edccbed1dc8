"""What people have agreed to, and in which words. Words are never changed: other words are a new version."""

import datetime
import hashlib
from typing import Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.municipality.models import Municipality, MunicipalityOwned, OwnedQuerySet
from municipalities.tenancy.models import User
from municipalities.texts.languages import CHOICES, fallback_order
from welcome.households.models import Household, HouseholdQuerySet, HouseholdState


class ConsentPurpose(models.TextChoices):
    PLANNING = "planning", _("To be helped while planning to move here")
    NEEDS = "needs", _("To have needs and wishes written down")
    EMAIL = "email", _("To get letters by e-mail")
    CLUB = "club", _("To be on the list of the newcomers' club")
    HOST = "host", _("To be asked as a host")


# What a household agrees to; the others are people who come as themselves.
OF_HOUSEHOLDS = (ConsentPurpose.PLANNING, ConsentPurpose.NEEDS, ConsentPurpose.EMAIL)


class How(models.TextChoices):
    PAGE = "page", _("On the person's own page")
    FORM = "form", _("In a form")
    PHONE = "phone", _("By phone or in conversation")
    PAPER = "paper", _("On paper or by e-mail")


class ConsentText(MunicipalityOwned):
    append_only = True

    purpose = models.CharField(_("what for"), max_length=10, choices=ConsentPurpose)
    language = models.CharField(_("language"), max_length=5, choices=CHOICES)
    version = models.PositiveIntegerField(_("version"), editable=False)
    words = models.TextField(_("words"), max_length=2000)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    objects = OwnedQuerySet["ConsentText"].as_manager()

    class Meta:
        verbose_name = _("words of a consent")
        verbose_name_plural = _("words of consents")
        ordering = ["purpose", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "purpose", "language", "version"],
                name="consenttext_once_per_purpose_language_and_version",
                violation_error_message=_("This version is written already."),
            ),
            models.CheckConstraint(
                condition=~Q(words=""),
                name="consenttext_has_words",
                violation_error_message=_("A consent is given to words."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.get_language_display()} · {self.version}"

    @property
    def mark(self) -> str:
        """What a page sends back of the words that it has shown: of the words themselves, as those that nobody
        has written down yet have no number, and one number stands for other words in another language."""
        return hashlib.sha256(f"{self.language}\0{self.words}".encode()).hexdigest()[:32]


class Reworded(Exception):
    """The words are others than those that the person has read; nothing was noted."""


class ConsentQuerySet(OwnedQuerySet["Consent"]):
    def running(self) -> Self:
        """Those that count: one for a household and purpose."""
        return self.filter(withdrawn_at=None, merged=False)


class Consent(MunicipalityOwned):
    household = models.ForeignKey(
        Household, models.CASCADE, related_name="consents", verbose_name=_("household")
    )
    purpose = models.CharField(_("what for"), max_length=10, choices=ConsentPurpose)
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+", verbose_name=_("words"))
    how = models.CharField(_("how it was given"), max_length=5, choices=How)
    given_at = models.DateTimeField(_("given"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    # Two households that were one had agreed to the same: the other one's counts, and is taken back for both.
    merged = models.BooleanField(_("merged"), default=False, db_default=False, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "purpose"],
                condition=Q(withdrawn_at=None, merged=False),
                name="consent_one_running_per_household_and_purpose",
                violation_error_message=_("They have agreed to this already."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_taken_back_after_it_was_given",
                violation_error_message=_("A consent can't be taken back before it was given."),
            ),
        ]

    def __str__(self) -> str:
        return _("Consent %(number)s") % {"number": self.pk}


# --- words ---------------------------------------------------------------------------------------


def words_for(municipality: Municipality, purpose: str, language: str) -> ConsentText:
    """The newest words in `language`, or in the nearest there is; the portal's own where the municipality
    has written none at all, in the reader's language if the site speaks it, kept as their first version."""
    if (text := _newest(municipality, purpose, language)) is not None:
        return text
    spoken = _spoken(municipality, language)
    words = _standard(municipality, ConsentPurpose(purpose), spoken)
    try:
        with transaction.atomic():
            return write(municipality=municipality, purpose=purpose, language=spoken, words=words)
    except IntegrityError:
        # Another was the first to agree, at the same moment.
        return ConsentText.objects.get(municipality=municipality, purpose=purpose, language=spoken, version=1)


def words_read(municipality: Municipality, purpose: str, language: str, seen: str) -> ConsentText:
    """As `words_for`, for who has read the words whose mark is `seen`: raises Reworded where they are others now."""
    with transaction.atomic():
        text = words_for(municipality, purpose, language)
        if text.mark != seen:
            raise Reworded
    return text


def shown_words(municipality: Municipality, purpose: str, language: str) -> ConsentText:
    """As `words_for`, for a page that is only looked at: nothing is kept."""
    if (text := _newest(municipality, purpose, language)) is not None:
        return text
    spoken = _spoken(municipality, language)
    words = _standard(municipality, ConsentPurpose(purpose), spoken)
    return ConsentText(purpose=purpose, language=spoken, words=words)


def _spoken(municipality: Municipality, language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else municipality.home_language


def _newest(municipality: Municipality, purpose: str, language: str) -> ConsentText | None:
    newest: dict[str, ConsentText] = {}
    for text in ConsentText.objects.of(municipality).filter(purpose=purpose).order_by("version"):
        newest[text.language] = text
    order = fallback_order(language, municipality.home_language)
    found = next((newest[code] for code in order if code in newest), None)
    if found is None or found.language == language or language not in dict(settings.LANGUAGES):
        return found
    # Nobody can agree to what they can't read: the portal's own words, which another reader was the first to agree
    # to in theirs, stand in no other reader's way.
    asked = ConsentPurpose(purpose)
    own = any(text.words != _standard(municipality, asked, code) for code, text in newest.items())
    return found if own else None


def _standard(municipality: Municipality, purpose: ConsentPurpose, language: str) -> str:
    with override(language):
        sentences = {
            ConsentPurpose.PLANNING: gettext(
                "%(place)s municipality may keep our names, how to reach us and what we have told about our plans,"
                " to help us while we plan to move there. We can take this back at any time; then it is deleted."
            ),
            ConsentPurpose.NEEDS: gettext(
                "%(place)s municipality may write down the needs and wishes that we have told of, also where they"
                " tell of health or belief, to meet them. We can take this back at any time; then it is deleted."
            ),
            ConsentPurpose.EMAIL: gettext(
                "%(place)s municipality may send us its letters by e-mail instead of on paper. We know that e-mail"
                " can be read by others on its way. We can take this back at any time; then letters come on paper."
            ),
            ConsentPurpose.CLUB: gettext(
                "%(place)s municipality may have my name and e-mail on the list of its newcomers' club and write to"
                " me about what happens there. I can leave the list at any time; then both are deleted."
            ),
            ConsentPurpose.HOST: gettext(
                "%(place)s municipality may keep what I have written here to ask me whether I will be a host for"
                " somebody who moves here. I can take this back at any time; then it is deleted."
            ),
        }
        return sentences[purpose] % {"place": municipality.name}


def write(*, municipality: Municipality, purpose: str, language: str, words: str) -> ConsentText:
    """A new version; consents given to earlier ones stay with the words they were given to."""
    texts = ConsentText.objects.of(municipality).filter(purpose=purpose, language=language)
    last = texts.aggregate(last=models.Max("version"))["last"] or 0
    return ConsentText.objects.create(
        municipality=municipality, purpose=purpose, language=language, version=last + 1, words=words
    )


def reword(
    *, municipality: Municipality, purpose: str, language: str, words: str, by: User
) -> ConsentText | None:
    """As `write`, by hand: the same words as the newest are no new version, and None is answered."""
    with transaction.atomic():
        # One after the other: two who write at once make two versions.
        Municipality.objects.select_for_update().get(pk=municipality.pk)
        texts = ConsentText.objects.of(municipality).filter(purpose=purpose, language=language)
        last = texts.order_by("-version").first()
        if last is not None and last.words == words:
            return None
        text = write(municipality=municipality, purpose=purpose, language=language, words=words)
        record(action=Action.ADDED, of=text, fields=["words"], by_id=by.pk)
    return text


# --- given and taken back ------------------------------------------------------------------------


def give(
    *, household: Household, purpose: str, how: str, by: User | None, seen: str | None = None
) -> Consent:
    """Once is enough: who has agreed already keeps that consent, with its words. `seen` is the mark of the words
    that were shown: raises Reworded where the consent would be to others."""
    with transaction.atomic():
        home = Household.objects.select_for_update().select_related("municipality").get(pk=household.pk)
        running = Consent.objects.of(home.municipality).running().filter(household=home, purpose=purpose)
        if (found := running.first()) is not None:
            return found
        text = words_for(home.municipality, purpose, home.language)
        # Of the very row that is kept: words written since are a row of their own.
        if seen is not None and seen != text.mark:
            raise Reworded
        consent = Consent.objects.create(
            municipality=home.municipality,
            household=home,
            purpose=purpose,
            text=text,
            how=how,
        )
        tell(home, "given", purpose, by)
    return consent


def bring(
    *, household: Household, text: ConsentText, given_at: datetime.datetime, by: User | None
) -> Consent:
    """A consent that was given in a form before its household was known, with the words that were read there."""
    with transaction.atomic():
        home = Household.objects.select_for_update().get(pk=household.pk)
        running = Consent.objects.running().filter(household=home, purpose=text.purpose)
        if (found := running.first()) is not None:
            return found
        consent = Consent.objects.create(
            municipality_id=home.municipality_id,
            household=home,
            purpose=text.purpose,
            text=text,
            how=How.FORM,
            given_at=given_at,
        )
        tell(home, "given", text.purpose, by)
    return consent


def withdraw(*, consent: Consent, by: User | None) -> None:
    """Who takes back the consent to be held while planning is deleted on the next night; needs and wishes
    are emptied at once. Twice is once."""
    with transaction.atomic():
        home = Household.objects.select_for_update().get(pk=consent.household_id)
        holding = Consent.objects.filter(household=home, purpose=consent.purpose, withdrawn_at=None)
        if not holding.filter(pk=consent.pk).exists():
            return
        holding.update(withdrawn_at=timezone.now())
        if consent.purpose == ConsentPurpose.PLANNING and home.consent_until is not None:
            yesterday = timezone.localdate() - datetime.timedelta(days=1)
            home.consent_until = min(home.consent_until, yesterday)
        if consent.purpose == ConsentPurpose.NEEDS:
            home.needs = home.interests = ""
        home.save(update_fields=["consent_until", "needs", "interests"])
        tell(home, "withdrawn", consent.purpose, by)
    consent.refresh_from_db()


def planning_without(municipality: Municipality) -> HouseholdQuerySet:
    """Who is held while planning, from before consents were kept or by hand, and has agreed to nothing that counts."""
    running = Consent.objects.of(municipality).running().filter(purpose=ConsentPurpose.PLANNING)
    planning: HouseholdQuerySet = Household.objects.of(municipality)
    return planning.filter(state=HouseholdState.PLANNING).exclude(pk__in=running.values("household"))


def tell(home: Household, what: str, purpose: str, by: User | None) -> None:
    record(action=Action.CONSENTED, of=home, note=f"{what} {purpose}", by_id=by.pk if by else None)
