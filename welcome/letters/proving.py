"""The work on a proof: claimed with a lease, every letter of the run laid out, samples written to storage, and only
then called done.

A worker may die at any point. What it leaves is a lease that runs out, and perhaps PDFs that no row names, which
`printing.tidy` finds; the next worker begins anew. What it may not do is come back later and write: every write asks
for its own token.
"""

import datetime
import hashlib
import io
import logging
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.tenancy.logs import where
from welcome.letters import fingerprint, nudges, problems, rendering, sampling, stock
from welcome.letters.layout import LayoutError
from welcome.letters.looking import look_at
from welcome.letters.models import LETTERS_A_FILE, Letter, LetterRun, RunState
from welcome.letters.problems import Problem
from welcome.letters.proof_models import Proof, ProofProblem, ProofSample, ProofState
from welcome.letters.stock import Stock
from welcome.letters.withdrawal import withdraw_changed

# As for print files: signs of life come each second, and no layout may take longer than 30.
LEASE = datetime.timedelta(seconds=90)
ATTEMPTS = 3
SECONDS_BETWEEN_SIGNS = 1.0
FATAL = "fatal"  # The code of the problem of a letter on which workers have died.
FREE = {"lease_token": None, "lease_expires_at": None, "at_number": None}

logger = logging.getLogger(__name__)


class LeaseLost(BaseException):
    """Another has the proof now, or nobody wants it any more. Not an `Exception`: no library may swallow it."""


def prove(proof_id: int) -> bool:
    """Make one proof, if it is free. Says whether this call finished it."""
    run = LetterRun.objects.filter(proofs=proof_id).select_related("municipality").first()
    if run is None:
        return False  # Thawed or cancelled since the message was sent.
    withdraw_changed(run)
    proof = _claim(proof_id)
    if proof is None:
        return False
    looking = _Looking(proof, run)
    try:
        return looking.done()
    except LeaseLost:
        logger.warning("%s: another worker has it, or nobody wants it; this one steps back.", proof)
        looking.forget()
    except Exception as error:
        logger.error("%s could not be made: %s", proof, where(error))
        # The words of a database's error can be a whole row, and this is shown and kept.
        words = "" if isinstance(error, DatabaseError) else f": {error}"
        # What was written to storage stays: a commit whose answer got lost may have named it.
        _release(proof, f"{type(error).__name__}{words}")
    return False


def _claim(proof_id: int) -> Proof | None:
    now, token = timezone.now(), uuid.uuid4()
    with transaction.atomic():
        # The run before what is its, as every step of a run locks them.
        LetterRun.objects.select_for_update(of=("self",)).filter(proofs=proof_id).first()
        _give_up_expired(proof_id, now)
        taken = (
            Proof.objects.claimable(now)
            .filter(pk=proof_id)
            .update(
                state=ProofState.CLAIMED,
                lease_token=token,
                lease_expires_at=now + LEASE,
                attempts=F("attempts") + 1,
                at_number=None,
                counted=0,
            )
        )
    return Proof.objects.get(pk=proof_id) if taken else None


def _give_up_expired(proof_id: int, now: datetime.datetime) -> None:
    """Where three workers have died on this proof: the letter they died on is a problem and is not tried again; where
    none is known, the proof is set aside."""
    proof = (
        Proof.objects.select_for_update()
        .filter(pk=proof_id, state=ProofState.CLAIMED, lease_expires_at__lt=now, attempts__gte=ATTEMPTS)
        .first()
    )
    if proof is None:
        return
    at = proof.at_number
    blamed = Letter.objects.filter(run=proof.run_id, number=at).first() if at is not None else None
    if blamed is not None:
        problem = problems.of_one(blamed, FATAL, count=proof.attempts)
        _rows(proof, [problem])[0].save()
        Proof.objects.filter(pk=proof.pk).update(**FREE, state=ProofState.WAITING, attempts=0)
        return
    error = _("%(count)d workers died while they made it.") % {"count": proof.attempts}
    Proof.objects.filter(pk=proof.pk).update(**FREE, state=ProofState.SET_ASIDE, error=error)


def _held(proof: Proof) -> QuerySet[Proof]:
    assert proof.lease_token is not None  # noqa: S101 - the constraint of a claimed proof
    held: QuerySet[Proof] = Proof.objects.filter(pk=proof.pk).held(proof.lease_token)
    return held


def _release(proof: Proof, error: str) -> None:
    """After a fault that isn't one letter's: back to the others, or aside after the third time."""
    free = FREE | {"error": error}
    _held(proof).filter(attempts__gte=ATTEMPTS).update(**free, state=ProofState.SET_ASIDE) or _held(
        proof
    ).update(**free, state=ProofState.WAITING)


def _rows(proof: Proof, found: list[Problem]) -> list[ProofProblem]:
    return [
        ProofProblem(
            municipality_id=proof.municipality_id,
            proof=proof,
            letter=problem.letter,
            code=problem.code,
            details=dict(problem.details),
            blocking=problem.blocking,
            language=problem.language,
        )
        for problem in found
    ]


def _pages_in(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


@dataclass
class _Looking:
    """One worker's look at all of a run."""

    proof: Proof
    run: LetterRun
    found: list[Problem] = field(default_factory=list)
    samples: list[ProofSample] = field(default_factory=list)
    _counted: int = 0
    _total: int = 0
    _next: float = 0.0

    def done(self) -> bool:
        """All of it; says whether what was found is of what is still frozen. Raises LeaseLost."""
        self._shared = fingerprint.shared(self.run)
        self._letters = fingerprint.of_letters(self.run)
        chosen = sampling.chosen(self.run)
        self._total = len(self._letters) + len(chosen)
        self._sign(None, at_once=True)
        self.found += problems.of_run(self.run)
        # What the letters of a run share is kept in this process: its print files are made of the same.
        stock = self._stock()
        try:
            for letters in self._in_chunks():
                self._look_at(letters, stock)
            if stock is not None:
                stock.keep_enclosures()
                self._keep_samples(chosen, stock)
        finally:
            if stock is not None:
                stock.forget()
        self._counted = self._total
        return self._keep()

    def forget(self) -> None:
        """Nobody will name what was written to storage."""
        sampling.forget(sample.file.name or "" for sample in self.samples)
        self.samples = []

    def _stock(self) -> Stock | None:
        try:
            with rendering.one_at_a_time:
                return stock.of(self.run)
        except LayoutError as error:
            self.found.append(Problem(error.code, error.details, blocking=True))
            return None

    def _in_chunks(self) -> Iterator[list[Letter]]:
        """As many at once as a print file holds, in its order: what is shared there is shared here."""
        numbers = list(self.run.letters.order_by("number").values_list("number", flat=True))
        for start in range(0, len(numbers), LETTERS_A_FILE):
            chunk = numbers[start : start + LETTERS_A_FILE]
            letters = self.run.letters.filter(number__range=(chunk[0], chunk[-1])).order_by("number")
            found = list(letters)
            for letter in found:
                letter.run = self.run
            yield found

    def _look_at(self, letters: list[Letter], stock: Stock | None) -> None:
        texts = {text.language: text for text in self.run.texts.all()}
        fatal = ProofProblem.objects.filter(proof=self.proof, code=FATAL)
        stopped = set(fatal.values_list("letter", flat=True))
        for letter in letters:
            bad = problems.of_letter(letter)
            # Of a letter that is stopped already, its page would say the same once more.
            stopped |= {letter.pk} if bad else set()
            self.found += [*bad, *problems.unknown(letter, texts[letter.language])]
        if stock is not None:
            sound = [letter for letter in letters if letter.pk not in stopped]
            for letter, tried in look_at(stock, sound, self._sign):
                self.found += problems.of_pages(letter, tried)
                self._counted += 1
            self._counted -= len(sound)
        self._counted += len(letters)
        self._sign(None)

    def _keep_samples(self, chosen: list[sampling.Sample], stock: Stock) -> None:
        stopped = {problem.letter.pk for problem in self.found if problem.blocking and problem.letter}
        letters = self.run.letters.in_bulk([one.letter_id for one in chosen])
        for one in chosen:
            letter = letters.get(one.letter_id)
            self._counted += 1
            if letter is not None and letter.pk not in stopped:
                letter.run = self.run
                self._sign(letter)
                self._keep_sample(letter, one, stock)

    def _keep_sample(self, letter: Letter, one: sampling.Sample, stock: Stock) -> None:
        try:
            content = rendering.render_letter(letter, stock=stock)
        except LayoutError as error:
            self.found.append(problems.of_one(letter, error.code, **error.details))
            return
        assert self.proof.lease_token is not None  # noqa: S101 - the constraint of a claimed proof
        # The token in the name: a worker that comes back late can't overwrite what another has made.
        name = f"letters/{self.run.pk}/proof-{self.proof.lease_token.hex}-{letter.number}.pdf"
        self.samples.append(
            ProofSample(
                municipality_id=self.proof.municipality_id,
                proof=self.proof,
                letter=letter,
                file=default_storage.save(name, ContentFile(content)),
                pages=_pages_in(content),
                sha256=hashlib.sha256(content).hexdigest(),
                made_from=fingerprint.written(self._shared + self._letters.get(letter.pk, 0)),
                is_longest=one.is_longest,
            )
        )

    def _sign(self, letter: Letter | None, *, at_once: bool = False) -> None:
        """Renews the lease and says how far it is. On the first attempt once a second; later before each letter, so
        that a death can be blamed."""
        if time.monotonic() < self._next and not at_once and (self.proof.attempts <= 1 or letter is None):
            return
        if not _held(self.proof).update(
            lease_expires_at=timezone.now() + LEASE,
            at_number=letter.number if letter else None,
            counted=min(self._counted, self._total),
            total=self._total,
        ):
            raise LeaseLost
        self._next = time.monotonic() + SECONDS_BETWEEN_SIGNS

    def _keep(self) -> bool:
        with transaction.atomic():
            run = LetterRun.objects.select_for_update(of=("self",)).get(pk=self.run.pk)
            if run.state != RunState.FROZEN or not _held(self.proof).exists():
                raise LeaseLost
            withdraw_changed(run)
            now = fingerprint.of_letters(run)
            if fingerprint.shared(run) != self._shared or not now.items() <= self._letters.items():
                # Frozen letters were changed meanwhile, as when a host was taken out of them: once more.
                _held(self.proof).update(**FREE, state=ProofState.WAITING, attempts=0)
                nudges.after_commit(nudges.PROVE, [self.proof.pk])
                transaction.on_commit(self.forget, robust=True)
                return False
            there = [problem for problem in self.found if problem.letter is None or problem.letter.pk in now]
            ProofProblem.objects.bulk_create(_rows(self.proof, there), batch_size=500)
            gone = [sample for sample in self.samples if sample.letter_id not in now]
            ProofSample.objects.bulk_create([one for one in self.samples if one not in gone], batch_size=500)
            paths = [sample.file.name or "" for sample in gone]
            transaction.on_commit(lambda: sampling.forget(paths), robust=True)
            before = Proof.objects.filter(run=run).exclude(pk=self.proof.pk)
            sampling.drop_rows(ProofSample.objects.filter(proof__in=before))
            before.delete()
            if not _held(self.proof).update(
                **FREE,
                state=ProofState.DONE,
                finished_at=timezone.now(),
                error="",
                made_from=fingerprint.written(self._shared + sum(now.values())),
                total=self._total,
                counted=self._total,
            ):
                raise LeaseLost
        return True
