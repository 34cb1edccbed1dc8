from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone


def end(apps, schema_editor):
    """Of what has ended it is said that a colleague did it; what still runs for a protected household is ended."""
    assignments = apps.get_model("welcome", "HostAssignment").objects
    assignments.filter(state="ended").update(ended_why="hand")
    running = assignments.exclude(state="ended").exclude(household__protection="")
    running.update(
        state="ended",
        ended_why="household",
        until=Greatest(F("since"), Value(timezone.localdate()), output_field=models.DateField()),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('municipalities', '0008_the_logs_checks_and_time'),
        ('welcome', '0012_protected_went_nowhere'),
    ]

    operations = [
        migrations.AddField(
            model_name='hostassignment',
            name='ended_why',
            field=models.CharField(blank=True, choices=[('hand', 'Ended by a colleague'), ('household', 'Something has changed with the household')], db_default='', editable=False, max_length=9, verbose_name='why it ended'),
        ),
        migrations.RunPython(end, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='hostassignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_why__in', ['hand', 'household']), ('state', 'ended')), models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_why', '')), _connector='OR'), name='hostassignment_ended_says_why', violation_error_message='What has ended says why, and nothing else.'),
        ),
    ]
