"""The page on which a run is delivered: what is sent, what nobody can tell but people, and what came back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from municipalities.tenancy.access import access_of
from municipalities.tenancy.roles import Right
from welcome.letters import deliveries, figures, links, run_lists
from welcome.letters.channels import Channel
from welcome.letters.delivery_models import Delivery, DeliveryState
from welcome.letters.forms import BounceForm, SureForm
from welcome.letters.models import LetterRun, RunState
from welcome.letters.run_page import find_run, is_live, on_step, show, step_url, told_of_protected
from welcome.letters.staff import attempt, printed

SETTLING = {
    "arrived": (deliveries.arrived, _("The letter is noted as delivered.")),
    "on_paper": (deliveries.on_paper, _("The letter is printed: its file is made within a minute.")),
}


@on_step("delivery")
def delivery(request: HttpRequest, run: LetterRun) -> HttpResponse:
    """The page, or for the script that asks each second only what moves in it."""
    sending = figures.sending(run)
    under_way = run.state == RunState.DELIVERING and run.deliveries.under_way().exists()
    response = show(
        request,
        run,
        "delivery",
        template="_sending" if is_live(request) else "delivery",
        **printed(run),
        sending=sending,
        already_out=None if is_live(request) else told_of_protected(request, run),
        under_way=under_way,
        unsure=run_lists.deliveries_of(run, DeliveryState.UNCERTAIN),
        failures=run_lists.failures_of(run),
        unsettled=run.deliveries.unsettled().count() + deliveries.to_gather(run).count(),
        by_svarut=run.deliveries.filter(channel=Channel.SVARUT).exists(),
        send_form=SureForm(auto_id="id_send_%s"),
        paper_form=SureForm(auto_id="id_paper_%s"),
        bounce_form=BounceForm() if run.deliveries.filter(channel=Channel.EMAIL).exists() else None,
    )
    if is_live(request) and not under_way:
        response["HX-Refresh"] = "true"  # What may be done next has changed too.
    return response


@require_POST
def settle(request: HttpRequest, object_id: int, delivery_id: int, settled: str) -> HttpResponse:
    run = find_run(request, object_id, Right.RUN_LETTERS)
    found = get_object_or_404(Delivery.objects.of(run.municipality), run=run, pk=delivery_id)
    do, said = SETTLING[settled]
    return attempt(request, run, str(said), lambda: do(delivery=found, by=access_of(request).user))


@require_POST
def bounce(request: HttpRequest, object_id: int) -> HttpResponse:
    run = find_run(request, object_id, Right.RUN_LETTERS)
    form = BounceForm(request.POST)
    sent = Delivery.objects.of(run.municipality).live().filter(run=run, channel=Channel.EMAIL)
    found = sent.filter(letter__number=form.cleaned_data["number"]).first() if form.is_valid() else None
    if found is not None and deliveries.bounced(delivery=found, by=access_of(request).user):
        messages.success(request, _("The letter is printed: its file is made within a minute."))
    else:
        messages.error(request, _("There is no letter of this number that was sent by e-mail."))
    return redirect(step_url(run, "delivery"))


@require_POST
def end_link(request: HttpRequest, object_id: int, number: int) -> HttpResponse:
    """The link in the e-mail opens the letter for nobody any more, as when it was passed on."""
    run = find_run(request, object_id, Right.RUN_LETTERS)
    letter = get_object_or_404(run_lists.letters_of(run), number=number)
    by = access_of(request).user
    links.end([letter.pk], by_id=by.pk if by else None)
    messages.success(request, _("The link opens nothing any more."))
    return redirect("admin:welcome_letterrun_letter", run.pk, number)
