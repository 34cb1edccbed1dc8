"""That something visitors may read was changed: so a page that is kept for them is known to be old."""

import datetime

from django.db import connection, models, transaction
from django.db.models import Count
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Longer than any page is kept.
KEPT = datetime.timedelta(minutes=10)


def version(slug: str = "") -> str:
    """Of the municipality at `slug`, or of all: another after every change that is committed. Read it before what is to
    be kept under it: a change that comes between the two makes what is kept newer than its name, never older. The
    highest number alone would not do: a long transaction commits a lower one late."""
    # By hand: every reader of a kept page waits for this alone, and the ORM would take longer than the database.
    with connection.cursor() as cursor:
        cursor.execute(_OF_ONE if slug else _OF_ALL, [slug] if slug else [])
        last, many, numbers = cursor.fetchone()
    return f"{last}.{many}.{numbers}"


_OF_ALL = 'SELECT max("id"), count(*), sum("id") FROM "municipalities_publicchange"'
_OF_ONE = """SELECT max("id"), count(*), sum("id") FROM "municipalities_publicchange"
WHERE "place" IN (SELECT "id" FROM "municipalities_municipality" WHERE "slug" = %s)"""


class PublicChange(models.Model):
    """Written by the database itself, one for each statement that changes such rows (`watching.py`)."""

    # No foreign key: the last change of a municipality is that it goes.
    place = models.BigIntegerField(editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("change of public pages")
        verbose_name_plural = _("changes of public pages")
        indexes = [models.Index(fields=["place", "id"], name="publicchange_of_a_place")]

    def __str__(self) -> str:
        return f"{self.place} {self.at}"


def forget_old() -> int:
    """Keeps one row a municipality, a new one, so that no version comes a second time. How many went."""
    old = PublicChange.objects.filter(at__lt=timezone.now() - KEPT)
    several = (
        old.values("place").annotate(rows=Count("pk")).filter(rows__gt=1).values_list("place", flat=True)
    )
    gone = 0
    for place in list(several):
        with transaction.atomic():
            PublicChange.objects.create(place=place)
            gone += old.filter(place=place).delete()[0]
    return gone
