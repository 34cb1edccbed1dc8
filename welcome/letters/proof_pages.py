"""The proof in the staff site: how far it is, what stands against the run, and the letters to look at."""

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from welcome.letters import links, previews, proofs, run_lists, since
from welcome.letters.forms import WithdrawForm
from welcome.letters.models import LetterRun, RunState
from welcome.letters.proof_models import Proof, ProofProblem, ProofSample, ProofState
from welcome.letters.run_page import is_live, note_list, note_look, on_step, show

SECONDS_BEFORE_WORRY = 20  # A worker that runs takes its work within a second or two.
SAMPLES_A_PAGE = 12


@on_step("proof")
def proof(request: HttpRequest, run: LetterRun) -> HttpResponse:
    """The page, or for the script that asks each second only what moves in it."""
    if asked := request.GET.get("letter", "").strip():
        return _search(request, run, asked)
    standing = standing_of(run)
    at_work = run.state == RunState.FROZEN and standing.proof is not None and standing.proof.is_open
    if is_live(request):
        response = show(
            request, run, "proof", template="_proving", proof=standing.proof, at_work=at_work,
            nobody_took_it=at_work and _nobody_took_it(standing.proof),
        )  # fmt: skip
        if not at_work:
            response["HX-Refresh"] = "true"  # What was found is there to be read.
        return response
    problems = page_of_problems(run, standing.proof, request.GET.get("page"))
    samples = page_of_samples(run, standing.proof, request.GET.get("samples"))
    note_list(run, len(samples) + sum(problem.letter is not None for problem in problems), "samples")
    return show(
        request, run, "proof", proof=standing.proof, standing=standing, problems=problems, samples=samples,
        since=since.of(run),
        at_work=at_work, nobody_took_it=at_work and _nobody_took_it(standing.proof),
    )  # fmt: skip


def _search(request: HttpRequest, run: LetterRun, asked: str) -> HttpResponse:
    if asked.isascii() and asked.isdecimal() and run_lists.letters_of(run).filter(number=asked).exists():
        return redirect("admin:welcome_letterrun_letter", run.pk, asked)
    letters = run_lists.page_of_letters(run, asked, None)
    if letters.paginator.count == 1:
        return redirect("admin:welcome_letterrun_letter", run.pk, letters[0].number)
    note_list(run, len(letters.object_list), "search")
    return show(request, run, "proof", template="letter_search", q=asked, letters=letters)


def standing_of(run: LetterRun) -> proofs.Standing:
    """Once a run is approved, its proof is what it was: nothing is compared any more."""
    if run.state == RunState.FROZEN:
        return proofs.standing(run)
    return proofs.Standing(run.proofs.order_by("-pk").first(), is_current=True)


def page_of_problems(run: LetterRun, proof: Proof | None, number: str | None) -> Page[ProofProblem]:
    """What blocks comes first. Of a letter that may not be shown nothing is told."""
    found = ProofProblem.objects.of(run.municipality).filter(proof=proof, proof__state=ProofState.DONE)
    shown = found.filter(Q(letter=None) | Q(letter__in=run_lists.letters_of(run)))
    return Paginator(shown.select_related("letter").in_order(), run_lists.ROWS_A_PAGE).get_page(number)


def page_of_samples(run: LetterRun, proof: Proof | None, number: str | None) -> Page[ProofSample]:
    found = ProofSample.objects.of(run.municipality).filter(proof=proof, proof__state=ProofState.DONE)
    shown = found.filter(letter__in=run_lists.letters_of(run)).select_related("letter")
    return Paginator(shown.order_by("letter__number"), SAMPLES_A_PAGE).get_page(number)


def _nobody_took_it(proof: Proof | None) -> bool:
    waited = timezone.now() - proof.asked_at if proof and proof.attempts == 0 else None
    return waited is not None and waited.total_seconds() > SECONDS_BEFORE_WORRY


@on_step("proof")
def letter(request: HttpRequest, run: LetterRun, number: int) -> HttpResponse:
    letters = run_lists.letters_of(run)
    shown = get_object_or_404(letters.select_related("household", "run"), number=number)
    note_look(shown)
    pages, refused = previews.pages_of(shown)
    before = letters.filter(number__lt=number).order_by("-number").first()
    after = letters.filter(number__gt=number).order_by("number").first()
    return show(
        request, run, "proof", template="letter", letter=shown, pages=pages, refused=refused,
        before=before, after=after, link=links.of(shown),
        withdraw_form=WithdrawForm() if letters.filter(pk=shown.pk).recallable().exists() else None,
    )  # fmt: skip
