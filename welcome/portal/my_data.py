"""What is held about a household, taken out by itself: to read (PDF) or to move elsewhere (JSON)."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.links.actions import Opened
from municipalities.links.grants import behind
from welcome.households.links import NEWCOMER
from welcome.households.models import Household
from welcome.privacy import paper
from welcome.privacy.report import Report, report_of

KINDS = ("pdf", "json")
# They tell that an address was protected, and whoever finds a letter holds its link. Staff hand them out to
# somebody they know.
NOT_BY_LINK = {"admin.LogEntry", "municipalities.AuditEntry", "welcome.LeftOut"}
# Found by an e-mail, a phone or a name as well: whoever holds the link may write a stranger's there.
NOT_BY_LINK |= {
    "municipalities.Enquiry", "municipalities.EnquiryMessage", "municipalities.AnswerMail", "housing.Wish",
    "housing.WishField", "welcome.Order", "welcome.Member", "welcome.Story", "welcome.StoryText", "welcome.Storyteller",
}  # fmt: skip
# Where somebody will be, and with whom: of a protected household that is for them alone, as on the page itself.
NOT_OF_PROTECTED = {"welcome.HostAssignment", "welcome.Invitation", "welcome.SignUp"}


def by_link(report: Report, household: Household) -> Report:
    """Without the logs, and without what a letter may hold of a protected household until the sweep has been there."""
    hidden = {"address", "host"} if household.is_protected else set()
    left_out = NOT_BY_LINK | (NOT_OF_PROTECTED if household.is_protected else set())
    return replace(
        report,
        sections=[
            replace(part, rows=[[value for value in row if value.key not in hidden] for row in part.rows])
            for part in report.sections
            if part.key not in left_out
        ],
    )


@require_safe
@behind(NEWCOMER)
def take_out(request: HttpRequest, opened: Opened, slot: str, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    record(action=Action.EXPORTED, of=opened.obj, note=f"report={kind}")
    report = by_link(report_of(opened.obj, get_language() or ""), opened.obj)
    answer: HttpResponse
    if kind == "json":
        answer = JsonResponse(report.as_json(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    else:
        place, context = report.municipality, {"report": report}
        content = paper.pdf(
            "print/access_report.html", place=place, language=report.language, context=context
        )
        answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="tilflytter.{kind}"'
    return answer
