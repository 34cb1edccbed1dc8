from django.core.management.base import CommandError
from django.db import OperationalError, ProgrammingError

from municipalities.municipality import scope
from municipalities.municipality.models import Municipality


def municipality_numbered(number: str, returncode: int = 1) -> Municipality:
    """What a command was asked for; otherwise what to type first. Raises CommandError."""
    try:
        with scope.everywhere():
            return Municipality.objects.get(number=number)
    except Municipality.DoesNotExist:
        hint = "Add it in the staff site, or load the demo's with `manage.py demo --without-people`."
        raise CommandError(f"There is no municipality {number}. {hint}", returncode=returncode) from None
    except (OperationalError, ProgrammingError) as error:
        hint = "If it is new, run `manage.py migrate` first."
        raise CommandError(
            f"The database can't be read ({type(error).__name__}). {hint}", returncode=returncode
        ) from None
