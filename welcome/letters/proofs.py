"""Asking for the proof of a run, and whether what is frozen is proved: the pages and the approval ask here."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from municipalities.audit.models import Action
from municipalities.tenancy.models import User
from welcome.letters import fingerprint, nudges, run_lists
from welcome.letters.locking import locked, note
from welcome.letters.models import LetterRun, LetterRunQuerySet, RunState
from welcome.letters.proof_models import Proof, ProofProblem, ProofProblemQuerySet, ProofState
from welcome.letters.withdrawal import Refused


class Unproved(Refused):
    """What is frozen can't be approved as it is proved. `again`: a new proof would help."""

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


def ask(*, run: LetterRun, by: User | None) -> Proof:
    """A new proof of what is frozen, or the one that is not done yet. `by` is None for the portal itself."""
    with locked(run, [RunState.FROZEN]) as run:
        return begin(run, by)


def begin(run: LetterRun, by: User | None) -> Proof:
    """As `ask`; the caller holds the run's lock."""
    if (there := run.proofs.open().first()) is not None:
        return there
    proof = Proof.objects.create(
        municipality_id=run.municipality_id, run=run, asked_by=by, total=run.letters.count()
    )
    if by is not None:
        note(Action.ADDED, run, by, "proof")
    nudges.after_commit(nudges.PROVE, [proof.pk])
    return proof


def ask_for_missing(run: LetterRun) -> None:
    """By the clock: a run that was frozen before there were proofs has none."""
    if run.state == RunState.FROZEN and not run.proofs.exists():
        try:
            ask(run=run, by=None)
        except (Refused, IntegrityError):
            return  # Another was faster.


@dataclass(frozen=True)
class Standing:
    """The newest proof of a run, and what it is worth."""

    proof: Proof | None
    is_current: bool = False  # Done, and of exactly what is frozen now.
    blocking: int = 0

    @property
    def missing(self) -> Unproved | None:
        """What the approval still waits for; None where nothing does."""
        proof = self.proof
        if proof is None:
            return Unproved(_("The letters are not proved yet."), again=True)
        if proof.is_open:
            words = _("The letters are still being proved: %(counted)d of %(total)d are looked at.")
            return Unproved(words % {"counted": proof.counted, "total": proof.total})
        if proof.state == ProofState.SET_ASIDE:
            return Unproved(_("The letters could not be proved: %(error)s") % {"error": proof.error})
        if not self.is_current:
            return Unproved(
                _("What is frozen has changed since it was proved. It is proved anew now."), again=True
            )
        if self.blocking:
            # Nothing is told of a letter that may not be shown.
            mentionable = Q(letter=None) | Q(letter__in=run_lists.letters_of(proof.run))
            first = _stopping(proof).filter(mentionable).select_related("letter").in_order().first()
            words = ngettext(
                "%(count)d problem is to be solved first: %(first)s",
                "%(count)d problems are to be solved first, such as: %(first)s",
                self.blocking,
            )
            return Unproved(words % {"count": self.blocking, "first": first.message if first else ""})
        return None


def _stopping(proof: Proof) -> ProofProblemQuerySet:
    found: ProofProblemQuerySet = ProofProblem.objects.filter(proof=proof).blocking()
    return found


def standing(run: LetterRun) -> Standing:
    proof = run.proofs.order_by("-pk").first()
    if proof is None or proof.state != ProofState.DONE:
        return Standing(proof)
    return Standing(proof, proof.made_from == fingerprint.of_run(run), _stopping(proof).count())


def approvable(run: LetterRun) -> LetterRunQuerySet:
    """The run, if its newest proof is of exactly what is frozen and nothing stands against it; the caller holds its
    lock. What is written through this is written of proved letters or not at all."""
    newest = run.proofs.order_by("-pk").values("pk")[:1]
    exact = Proof.objects.filter(
        pk__in=newest, run=OuterRef("pk"), state=ProofState.DONE, made_from=fingerprint.of_run(run)
    )
    stopped = ProofProblem.objects.filter(proof__in=newest).blocking()
    runs: LetterRunQuerySet = LetterRun.objects.filter(pk=run.pk, state=RunState.FROZEN)
    return runs.filter(Exists(exact), ~Exists(stopped))


def ask_again(run: LetterRun, refusal: Unproved) -> None:
    """After a refusal, outside of what was undone by it."""
    if refusal.again:
        with transaction.atomic():
            ask(run=run, by=None)
