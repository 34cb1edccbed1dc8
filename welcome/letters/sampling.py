"""The letters of a run that are kept to be looked at: which they are, and how they go."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from welcome.letters import fingerprint
from welcome.letters.models import Letter, LetterRun, RunState
from welcome.letters.proof_models import Proof, ProofProblem, ProofSample, ProofState


@dataclass(frozen=True)
class Sample:
    letter_id: int
    is_longest: bool  # Of its language.


def chosen(run: LetterRun) -> list[Sample]:
    """The longest name of each language and the longest address of all, and of each variant in each language the
    first: how many adults, with children, with host, gifts and meeting or without. By the letters' numbers."""
    longest: dict[str, tuple[int, int]] = {}
    widest = (-1, 0)
    variants: dict[tuple[object, ...], int] = {}
    places: dict[int, int] = {}
    rows = Letter.objects.filter(run=run).order_by("number")
    columns = ("pk", "number", "language", "address", "salutation", "people", "children", "host", "gifts")
    for pk, number, language, address, salutation, people, children, host, gifts in rows.values_list(
        *columns
    ).iterator(chunk_size=2000):
        name = len(salutation) + max((len(line) for line in address), default=0)
        # A couple of two family names has a line more in the window than one that shares it.
        variant = (language, min(people - children, 3), children > 0, bool(host), bool(gifts), len(address))
        places[pk] = number
        if name > longest.get(language, (-1, 0))[0]:
            longest[language] = (name, pk)
        if sum(map(len, address)) > widest[0]:
            widest = (sum(map(len, address)), pk)
        variants.setdefault(variant, pk)
    of_language = {pk for _length, pk in longest.values()}
    found = of_language | set(variants.values()) | ({widest[1]} if places else set())
    return [Sample(pk, pk in of_language) for pk in sorted(found, key=places.__getitem__)]


def content_of(sample: ProofSample) -> bytes | None:
    """Its PDF, if that is still what was made."""
    try:
        with sample.file.open("rb") as opened:
            content: bytes = opened.read()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sample.sha256 else None


def take_out(run: LetterRun, letter: Letter) -> None:
    """This letter is about to go from its run: what is kept of it goes, and what is left of the run stays as proved as
    it was. The caller holds the run's lock."""
    drop([letter.pk])
    done = list(Proof.objects.filter(run=run, state=ProofState.DONE))
    if run.state == RunState.FROZEN and done:
        number = fingerprint.of_letters(run, pk=letter.pk)[letter.pk]
        for proof in done:
            made_from = fingerprint.without(proof.made_from, number)
            Proof.objects.filter(pk=proof.pk).update(made_from=made_from)


def drop(letters: Iterable[int]) -> None:
    """What is kept of these letters by their ids: samples, and the problems that may quote them."""
    ids = list(letters)
    drop_rows(ProofSample.objects.filter(letter__in=ids))
    ProofProblem.objects.filter(letter__in=ids).delete()


def drop_of(run: LetterRun) -> None:
    """All samples of a run, which is over or is to be made anew."""
    drop_rows(ProofSample.objects.filter(proof__run=run))


def drop_rows(samples: QuerySet[ProofSample]) -> None:
    paths = list(samples.values_list("file", flat=True))
    samples.delete()
    transaction.on_commit(lambda: forget(paths), robust=True)


def forget(paths: Iterable[str]) -> None:
    for path in paths:
        default_storage.delete(path)
