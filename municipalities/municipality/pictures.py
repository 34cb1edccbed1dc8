"""The municipality's pictures as files: one that nobody shows any longer is not kept."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from municipalities.municipality.models import Municipality

FIELDS = ("arms", "mayor_portrait", "mayor_signature")


def named_by(municipality: Municipality) -> set[str]:
    """The paths that the database holds of `municipality`, whatever the object in hand says."""
    rows = Municipality.objects.filter(pk=municipality.pk).values_list(*FIELDS)
    return {path for row in rows for path in row if path}


def delete_unused(paths: set[str]) -> None:
    """After the commit, so that one undone has lost nothing. Frozen letters have copies of their own."""

    def delete() -> None:
        for path in paths:
            used = Q(*((field, path) for field in FIELDS), _connector=Q.OR)
            if not Municipality.objects.filter(used).exists():
                default_storage.delete(path)

    transaction.on_commit(delete, robust=True)
