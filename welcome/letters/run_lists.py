"""What the letter run's pages list: letters, those left out, frozen texts, warnings."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from municipalities.texts.languages import LANGUAGES
from welcome.households.models import Household, HouseholdQuerySet
from welcome.letters import delivery_models
from welcome.letters.channels import Channel
from welcome.letters.models import (
    LeftOut,
    LeftOutReason,
    Letter,
    LetterQuerySet,
    LetterRun,
    LetterState,
    PrintFile,
    PrintFileQuerySet,
)
from welcome.letters.template_models import BlockKind

ROWS_A_PAGE = 50


def letters_of(run: LetterRun) -> LetterQuerySet:
    """Those that may be shown: who is protected or erased since is shown nowhere, withdrawn yet or not."""
    letters = Letter.objects.of(run.municipality)
    return letters.filter(run=run, purged_at=None).exclude(pk__in=letters.unmentionable().filter(run=run))


def page_of_letters(run: LetterRun, q: str, number: str | None) -> Page[Letter]:
    """The letters in which every word of `q` stands, whatever its case; all of them for none.

    Read here and not in the database: a JSON column holds `Ø` escaped on SQLite, whose LIKE can't
    fold it either.
    """
    letters = letters_of(run).select_related("household").order_by("number")
    if words := q.casefold().split():
        rows = letters.values_list("pk", "number", "address", "salutation", "language").iterator()
        letters = letters.filter(
            pk__in=[
                pk
                for pk, letter_number, address, salutation, language in rows
                if q == str(letter_number)
                or _fits(words, *address, salutation, LANGUAGES[language].own_name, language)
            ]
        )
    return Paginator(letters, ROWS_A_PAGE).get_page(number)


def _fits(words: list[str], *texts: str) -> bool:
    text = " ".join(texts).casefold()
    return all(word in text for word in words)


@dataclass(frozen=True)
class Reason:
    reason: str
    name: str
    count: int
    listed: bool  # Whether the households behind the number may be shown.
    note: str = ""


@dataclass(frozen=True)
class Cohort:
    """Cohort = letters + left out, always."""

    cohort: int
    letters: int
    left_out: int
    reasons: list[Reason]


def cohort_of(run: LetterRun, *, tells_protected: bool) -> Cohort:
    """`tells_protected`: the user may know how many have a protected address. For everybody else they
    count among those without an address, which is what we hold of them; the list behind that number
    is then closed too, or its length would tell."""
    rows = LeftOut.objects.of(run.municipality).filter(run=run)
    counts = {row["reason"]: row["n"] for row in rows.order_by().values("reason").annotate(n=Count("pk"))}
    hidden = set() if tells_protected else {LeftOutReason.NO_ADDRESS.value}
    if not tells_protected and (protected := counts.pop(LeftOutReason.PROTECTED, 0)):
        counts[LeftOutReason.NO_ADDRESS] = counts.get(LeftOutReason.NO_ADDRESS, 0) + protected
    reasons = [
        Reason(
            reason.value,
            str(reason.label),
            counts[reason],
            listed=reason != LeftOutReason.PROTECTED and reason not in hidden,
            note=str(_("Only the number is shown. Who they are stands nowhere here."))
            if reason == LeftOutReason.PROTECTED
            else "",
        )
        for reason in LeftOutReason
        if counts.get(reason)
    ]
    letters = Letter.objects.of(run.municipality).filter(run=run).count()
    return Cohort(run.cohort, letters, sum(counts.values()), reasons)


def households_left_out(run: LetterRun, reason: str) -> HouseholdQuerySet:
    rows = LeftOut.objects.of(run.municipality).filter(run=run, reason=reason)
    households = Household.objects.of(run.municipality).open_to_all().with_people()
    return households.filter(left_out__in=rows).order_by("pk")


@dataclass(frozen=True)
class FrozenText:
    title: str
    html: SafeString
    language: str
    language_name: str
    is_fallback: bool
    contacts: list[str]


@dataclass(frozen=True)
class FrozenTexts:
    language: str
    name: str
    letters: int
    greeting: FrozenText
    introduction: FrozenText | None
    topics: list[FrozenText]
    blocks: list[tuple[str, FrozenText]]  # What each is, and its words with merge fields unfilled.

    @property
    def fallbacks(self) -> int:
        return sum(topic.is_fallback for topic in self.topics)


def texts_of(run: LetterRun) -> list[FrozenTexts]:
    """A language each, the one with the most letters first."""
    rows = Letter.objects.of(run.municipality).filter(run=run).order_by()
    letters = {row["language"]: row["n"] for row in rows.values("language").annotate(n=Count("pk"))}
    texts = [
        FrozenTexts(
            text.language,
            LANGUAGES[text.language].own_name,
            letters.get(text.language, 0),
            _frozen(text.greeting, text.language),
            _frozen(text.introduction, text.language) if text.introduction else None,
            [_frozen(topic, text.language) for topic in text.enclosure],
            [
                (str(BlockKind(block["kind"]).label), _frozen(block, text.language))
                for block in text.blocks
                if block["kind"] != BlockKind.GREETING
            ],
        )
        for text in run.texts.all()
    ]
    return sorted(texts, key=lambda text: -text.letters)


def _frozen(text: dict, wanted: str) -> FrozenText:
    language = text.get("language") or wanted
    return FrozenText(
        text.get("title", ""),
        mark_safe(text.get("body", "")),  # noqa: S308 - sanitised when it was saved, by RichTextField
        language,
        LANGUAGES[language].own_name,
        language != wanted,
        list(text.get("contacts", [])),
    )


def named_languages(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Languages by their own names, the one with the most letters first."""
    return [(LANGUAGES[code].own_name, n) for code, n in sorted(counts.items(), key=lambda item: -item[1])]


def files_of(run: LetterRun) -> PrintFileQuerySet:
    """With how many letters each is to hold (`assigned`) how many it does
    (`printed`), how many could not be made (`failed`) and how many were to go another way (`fallen`)."""
    printed = Count("letters", filter=Q(letters__state=LetterState.PRINTED))
    failed = Count("letters", filter=Q(letters__state=LetterState.FAILED))
    fallen = Count("letters", filter=~Q(letters__channel=Channel.PRINT))
    files = PrintFile.objects.of(run.municipality).filter(run=run)
    return files.annotate(assigned=Count("letters"), printed=printed, failed=failed, fallen=fallen)


def elsewhere(run: LetterRun) -> dict[str, int]:
    """channel → letters that go, or went, another way than in a print file."""
    letters: LetterQuerySet = Letter.objects.of(run.municipality).filter(run=run)
    return dict(letters.elsewhere().order_by("channel").values_list("channel").annotate(Count("pk")))


def deliveries_of(run: LetterRun, state: str) -> list[delivery_models.Delivery]:
    """Those in `state`, a page of them; the letter only where it may be shown."""
    rows = (
        delivery_models.Delivery.objects.of(run.municipality)
        .filter(run=run, state=state)
        .select_related("letter")
    )
    found = list(rows.order_by("letter__number")[:ROWS_A_PAGE])
    shown = set(letters_of(run).filter(deliveries__in=found).values_list("pk", flat=True))
    for delivery in found:
        if delivery.letter_id not in shown:
            delivery.letter = None
    return found


def failures_of(run: LetterRun) -> list[tuple[str, str, str, int]]:
    """Channel, sentence, code and number of letters, for what failed or was taken back."""
    rows = delivery_models.Delivery.objects.of(run.municipality).filter(
        run=run, state__in=delivery_models.OVER
    )
    counted = rows.order_by("channel", "reason", "detail").values("channel", "reason", "detail")
    return [
        (
            str(Channel(row["channel"]).label),
            str(delivery_models.Reason(row["reason"]).label),
            row["detail"],
            row["n"],
        )
        for row in counted.annotate(n=Count("pk"))
    ]
