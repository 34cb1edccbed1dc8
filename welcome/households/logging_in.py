"""Setting up, using and ending the logins by which people come to their own page."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from municipalities.audit.recording import record
from municipalities.audit.vocabulary import Action
from municipalities.login.providers import IdentityProvider
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from welcome.households.models import Household
from welcome.households.own_logins import OwnLogin, OwnLoginQuerySet, bound_to, fingerprints, states


def set_up(*, household: Household, issuer: str, subject: str) -> OwnLogin | None:
    """From now on this person comes to this household's page by logging in; to another one's no longer.
    Setting up again is no other login than before. None if the household is gone, or is not any more as it was
    when its page was opened: protection that comes this very moment must not be outlived by a login. Raises
    IntegrityError if the person does so in another window this very moment."""
    place = household.municipality
    with transaction.atomic():
        home = Household.objects.select_for_update(of=("self",)).filter(pk=household.pk).first()
        if home is None or bound_to(home) != bound_to(household):
            return None
        known = OwnLogin.objects.of_person(place, issuer=issuer, subject=subject)
        already = next((login for login in known if login.household_id == home.pk and login.opens), None)
        if already is not None:
            return already
        _end(known, by_id=None)
        fingerprint = fingerprints(place, issuer=issuer, subject=subject)[0]
        login = OwnLogin.objects.create(
            municipality_id=home.municipality_id,
            household=home,
            fingerprint=fingerprint,
            state=states(home, fingerprint=fingerprint)[0],
        )
        record(action=Action.ADDED, of=login, note=f"household={home.pk}")
    return login


def enter(*, municipality: Municipality, issuer: str, subject: str) -> OwnLogin | None:
    """The login of this person, if there is one that opens; then it is noted that it was used."""
    with transaction.atomic():
        found = OwnLogin.objects.of_person(municipality, issuer=issuer, subject=subject)
        login = found.select_related("household").select_for_update(of=("self",)).first()
        if login is None or not login.opens:
            return None
        # Written with today's key each time, so that yesterday's can be taken away one day.
        login.fingerprint = fingerprints(municipality, issuer=issuer, subject=subject)[0]
        login.state = states(login.household, fingerprint=login.fingerprint)[0]
        login.used_at = timezone.now()
        login.save(update_fields=["fingerprint", "state", "used_at"])
        record(action=Action.LOGGED_IN, of=login.household, note=f"login={login.pk}")
    return login


def opened_by(login_id: int) -> tuple[Household, OwnLogin] | None:
    """What this login opens now; asked at each request of a page that it has opened."""
    login = OwnLogin.objects.filter(pk=login_id).first()
    homes = Household.objects.select_related("municipality").with_people()
    home = homes.filter(pk=login.household_id).first() if login else None
    if login is None or home is None:
        return None
    login.household = home
    return (home, login) if login.opens else None


def stands_on(household: Household) -> str:
    """The mark of the ID-porten that their municipality offers now, "" where it offers none: whoever was let in
    by what is switched off, or was another one, is out at the next request."""
    provider = IdentityProvider.objects.of(household.municipality).for_newcomers().first()
    return provider.mark if provider else ""


def end(*, login: OwnLogin, by: User | None) -> bool:
    """False if it was ended before. Pages that it has opened are closed too, at their next request."""
    return bool(_end(OwnLogin.objects.filter(pk=login.pk), by_id=by.pk if by else None))


def end_all(*, of: Iterable[int], by_id: int | None, as_what: Action = Action.DELETED) -> int:
    """Every login to the pages of these households. `as_what` is what the log calls it."""
    return _end(OwnLogin.objects.filter(household__in=list(of)), by_id=by_id, as_what=as_what)


def _end(logins: OwnLoginQuerySet, *, by_id: int | None, as_what: Action = Action.DELETED) -> int:
    with transaction.atomic():
        found = list(logins.select_for_update(of=("self",)))
        for login in found:
            record(
                action=as_what,
                of=login,
                note=f"household={login.household_id}",
                by_id=by_id,
            )
        OwnLogin.objects.filter(pk__in=[login.pk for login in found]).delete()
    return len(found)
