"""The end of the mail: by the button on the page behind the link, or by the mail program's own."""

from django.utils import timezone

from housing.wishes.models import Wish


def stop(*, wish: Wish) -> bool:
    """No more mail. False if it was stopped before."""
    return bool(Wish.objects.filter(pk=wish.pk, stopped_at=None).update(stopped_at=timezone.now()))
