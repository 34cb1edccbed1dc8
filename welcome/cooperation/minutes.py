"""The minutes of a closed meeting on paper: in the municipality's language, tagged (PDF/UA-1)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from municipalities.audit.models import Action
from municipalities.audit.recording import record
from welcome.cooperation import agenda
from welcome.cooperation.idea_models import Idea
from welcome.cooperation.measure_models import Measure
from welcome.cooperation.meeting_pages import find_meeting
from welcome.cooperation.models import (
    Answer,
    Attendee,
    CooperationMeeting,
    Participant,
    ParticipantQuerySet,
)
from welcome.letters.labels import print_page


@never_cache
@require_safe
def as_pdf(request: HttpRequest, object_id: int) -> HttpResponse:
    its = find_meeting(request, object_id)
    if not its.is_closed:
        raise Http404
    with translation.override(its.municipality.home_language):
        content = pdf(its)
    record(action=Action.DOWNLOADED, of=its, note="minutes")
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = (
        f'attachment; filename="{its.municipality.slug}-{its.day.isoformat()}.pdf"'
    )
    return answer


def pdf(meeting: CooperationMeeting) -> bytes:
    """Without who is protected, or may only be kept: minutes are handed on. How many came tells of all."""
    listed: ParticipantQuerySet = Participant.objects.of(meeting.municipality).for_files()
    coming = Attendee.objects.filter(meeting=meeting).coming()
    measures = Measure.objects.filter(meeting=meeting).order_by("slot").prefetch_related("tasks")
    context = {
        "title": _("Minutes: cooperation on receiving newcomers"),
        "meeting": meeting,
        "place": meeting.municipality,
        "points": agenda.kept(meeting.agenda),
        "coming": coming.filter(participant__in=listed.values("pk")).select_related(
            "participant__organisation"
        ),
        "sends": Answer.SENDS,
        "count": coming.count(),
        "ideas": Idea.objects.filter(meeting=meeting).with_votes(),
        "measures": [(each, _group(each, listed)) for each in measures],
    }
    return print_page("cooperation/minutes.html", context)


def _group(measure: Measure, listed: ParticipantQuerySet) -> list[str]:
    members = measure.members.filter(participant__in=listed.values("pk")).select_related("participant")
    return [member.participant.name for member in members]
