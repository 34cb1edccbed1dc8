"""The proof of a frozen run: every letter laid out by a worker before anybody approves, what stood against it, and
the letters that are kept to be looked at. The row is the work: it is claimed with a lease (`proving.py`)."""

import datetime
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet
from welcome.letters import problem_words
from welcome.letters.models import Letter, LetterRun, RunState


class ProofState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    CLAIMED = "claimed", _("Being proved")
    DONE = "done", _("Done")
    SET_ASIDE = "set_aside", _("Set aside")


OPEN = [ProofState.WAITING, ProofState.CLAIMED]


class ProofQuerySet(OwnedQuerySet["Proof"]):
    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def claimable(self, now: datetime.datetime) -> Self:
        """Nobody has it, or who had it let the lease run out; the run still waits for it."""
        free = Q(state=ProofState.WAITING) | Q(state=ProofState.CLAIMED, lease_expires_at__lt=now)
        return self.filter(free, run__state=RunState.FROZEN)

    def held(self, token: uuid.UUID) -> Self:
        """The proof, as long as this worker's lease on it was not given to another."""
        return self.filter(state=ProofState.CLAIMED, lease_token=token)


class Proof(MunicipalityOwned):
    run = models.ForeignKey(LetterRun, models.CASCADE, related_name="proofs", verbose_name=_("letter run"))
    state = models.CharField(_("state"), max_length=9, choices=ProofState, default=ProofState.WAITING)
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,  # The portal itself, at freezing.
        editable=False,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    # Of all that was frozen, as it was when it was found as good as `problems` tell (`fingerprint.py`).
    made_from = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    # Letters and, after them, those that are kept as samples.
    total = models.PositiveIntegerField(_("letters to look at"), default=0, editable=False)
    counted = models.PositiveIntegerField(_("letters looked at"), default=0, editable=False)
    finished_at = models.DateTimeField(_("done"), null=True, editable=False)
    error = models.TextField(_("error"), blank=True, editable=False)

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, editable=False)
    # The letter that is being laid out: who dies on a letter leaves its number behind.
    at_number = models.PositiveIntegerField(null=True, editable=False)

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of a run")
        verbose_name_plural = _("proofs of a run")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=Q(state__in=OPEN),
                name="proof_one_at_a_time_of_a_run",
                violation_error_message=_("This run is being proved already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ProofState.CLAIMED, lease_token__isnull=False, lease_expires_at__isnull=False
                )
                | (~Q(state=ProofState.CLAIMED) & Q(lease_token=None, lease_expires_at=None, at_number=None)),
                name="proof_claimed_has_its_lease",
                violation_error_message=_("A proof that is being made has a lease, and no other has one."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ProofState.DONE,
                    finished_at__isnull=False,
                    made_from__regex=r"^[0-9a-f]{64}$",
                    counted=F("total"),
                )
                | (~Q(state=ProofState.DONE) & Q(finished_at=None, made_from="")),
                name="proof_done_says_of_what",
                violation_error_message=_("A finished proof says when it was made, and of exactly what."),
            ),
            models.CheckConstraint(
                condition=Q(counted__lte=F("total")),
                name="proof_counts_no_more_than_there_is",
                violation_error_message=_("More letters were looked at than there are."),
            ),
            models.CheckConstraint(
                condition=~Q(state=ProofState.SET_ASIDE) | ~Q(error=""),
                name="proof_set_aside_has_its_error",
                violation_error_message=_("A proof that is set aside says why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} · {self._meta.verbose_name}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class ProofProblemQuerySet(OwnedQuerySet["ProofProblem"]):
    def blocking(self) -> Self:
        return self.filter(blocking=True)

    def in_order(self) -> Self:
        """What blocks first, then what is of the whole run, each kind together."""
        return self.order_by("-blocking", F("letter__number").asc(nulls_first=True), "pk")


class ProofProblem(MunicipalityOwned):
    """Something that stands against the run, or that whoever approves it should know; it goes with its letter."""

    proof = models.ForeignKey(Proof, models.CASCADE, related_name="problems", verbose_name=_("proof"))
    letter = models.ForeignKey(
        Letter, models.CASCADE, null=True, related_name="problems", verbose_name=_("letter")
    )
    code = models.CharField(_("code"), max_length=32)
    # What the sentence of this code names, in no language: each reader gets it in their own.
    details = models.JSONField(_("details"), default=dict)
    blocking = models.BooleanField(_("blocks the approval"), default=False)
    language = models.CharField(_("language"), max_length=5, blank=True)

    objects = ProofProblemQuerySet.as_manager()

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering = ["proof", "pk"]

    def __str__(self) -> str:
        return self.code

    @property
    def message(self) -> str:
        return problem_words.said(self.code, self.details, str(self.letter or ""))


def sample_path(instance: Any, filename: str) -> str:
    return f"letters/{instance.proof.run_id}/{filename}"


class ProofSample(MunicipalityOwned):
    """A letter as it will be printed, kept so that nobody waits for it who looks. It goes with its letter, and its
    PDF with it (`sampling.drop`): a row that is deleted otherwise would leave an address behind."""

    proof = models.ForeignKey(Proof, models.CASCADE, related_name="samples", verbose_name=_("proof"))
    letter = models.ForeignKey(Letter, models.CASCADE, related_name="samples", verbose_name=_("letter"))
    file = models.FileField(_("file"), upload_to=sample_path)
    pages = models.PositiveSmallIntegerField(_("pages"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    # Of this letter and of what it shares, as it was laid out: another is not shown in its stead.
    made_from = models.CharField(max_length=64, editable=False)
    is_longest = models.BooleanField(_("longest name of its language"), default=False)

    objects = OwnedQuerySet["ProofSample"].as_manager()

    class Meta:
        verbose_name = _("sample letter")
        verbose_name_plural = _("sample letters")
        ordering = ["proof", "letter"]
        constraints = [
            models.UniqueConstraint(
                fields=["proof", "letter"],
                name="proofsample_once_per_letter",
                violation_error_message=_("This letter is kept as a sample already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter}"
