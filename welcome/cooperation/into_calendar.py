"""A measure that is an activity becomes a draft of the calendar, which staff complete and publish there."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from municipalities.activities import changes
from municipalities.activities.models import Activity, State
from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.tenancy.models import User
from welcome.cooperation.measure_models import Measure

IN_WEEKS = 4  # When nobody has said when: staff set the day before they publish it.


def draft(*, measure: Measure, by: User) -> Activity:
    """Raises ValidationError for a measure that has ended, or whose activity is there already."""
    with transaction.atomic():
        its = (
            Measure.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=measure.pk)
        )
        if not its.is_open:
            raise ValidationError(_("This measure has ended."))
        if its.activity_id is not None:
            raise ValidationError(_("It is in the calendar already."))
        day = timezone.localdate() + datetime.timedelta(weeks=IN_WEEKS)
        starts = timezone.make_aware(datetime.datetime.combine(day, datetime.time(18)))
        activity = Activity(
            municipality=its.municipality,
            state=State.DRAFT,
            starts_at=starts,
            ends_at=starts + datetime.timedelta(hours=2),
        )
        changes.save(activity=activity)
        changes.write_text(
            activity=activity,
            language=its.municipality.home_language,
            title=its.title,
            body=linebreaks(its.what, autoescape=True) if its.what else "",
        )
        its.activity = activity
        its.save(update_fields=["activity"])
        record(action=Action.ADDED, of=activity, note=f"measure={its.pk}", by_id=by.pk)
        record(action=Action.CHANGED, of=its, fields=["activity"], by_id=by.pk)
    return activity
