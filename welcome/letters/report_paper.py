"""The report of a run on paper: its numbers, for whoever must prove that each household got its one letter."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from municipalities.tenancy.roles import Right
from welcome.letters import figures, run_lists
from welcome.letters.channels import Channel
from welcome.letters.downloads import attachment, stem
from welcome.letters.labels import print_page
from welcome.letters.run_lists import cohort_of
from welcome.letters.run_page import find_run
from welcome.letters.staff import printed


@require_safe
def report_pdf(request: HttpRequest, object_id: int) -> HttpResponse:
    run = find_run(request, object_id, Right.RUN_LETTERS)
    context = {
        "title": _("Report of the letters of %(run)s") % {"run": run},
        "run": run,
        "cohort": cohort_of(run, tells_protected=True),
        **printed(run),
        "ways": [(Channel(channel).label, n) for channel, n in run_lists.elsewhere(run).items()],
        "deliveries": figures.sending(run).rows,
        "files": figures.report(run)["files"],
    }
    content = print_page("print/run_report.html", context)
    return attachment(content, "application/pdf", f"{stem(run)}-report.pdf")
