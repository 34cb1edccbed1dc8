"""Issuing, opening and revoking links."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from municipalities.audit.recording import record_each
from municipalities.audit.vocabulary import Action
from municipalities.links import tokens
from municipalities.links.models import Link, LinkQuerySet
from municipalities.links.purposes import Purpose
from municipalities.links.purposes import purpose as found_purpose
from municipalities.municipality import scope
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import rights_of

BATCH = 500


@dataclass(frozen=True)
class Opened:
    """A link that holds, and what it opens; or what a login has opened without one. Work with it under
    `scope.of(municipality_id)`."""

    link: Link | None
    obj: Any
    login: Any = None

    @property
    def municipality_id(self) -> int:
        return int((self.link or self.login).municipality_id)


def issue(*, purpose: Purpose, of: models.Model, by: User | None) -> Link:
    """A new link; the one there was is revoked. `by` is None when the program itself writes to somebody.

    Raises PermissionDenied if `by` may not, and the model's DoesNotExist if `of` is gone.
    """
    municipality_id = purpose.municipality_id(of)
    _check(purpose, municipality_id, by)
    with transaction.atomic():
        # Two who issue at once come one after the other here, and the later one's link is the one that holds.
        obj = type(of)._default_manager.select_for_update(of=("self",)).get(pk=of.pk)
        revoke_all(of=obj, by=by, purpose=purpose)
        by_id = by.pk if by else None
        _record_each(Action.ISSUED, type(obj), [obj.pk], municipality_id, purpose.code, by_id)
        link = _made(purpose, obj, municipality_id, timezone.now(), by)
        link.save(force_insert=True)
    return link


def issue_each(*, purpose: Purpose, of: Sequence[models.Model]) -> dict[int, Link]:
    """A new link to each of these objects of one municipality, by its number, in a constant number of statements
    for five hundred; the ones there were are revoked. By the program itself, as when a run of letters is frozen."""
    issued: dict[int, Link] = {}
    with transaction.atomic():
        for start in range(0, len(of), BATCH):
            issued |= _issue_batch(purpose, of[start : start + BATCH])
    return issued


def _issue_batch(purpose: Purpose, of: Sequence[models.Model]) -> dict[int, Link]:
    [municipality_id] = {purpose.municipality_id(obj) for obj in of}
    ids = [obj.pk for obj in of]
    # In one order, so that two who issue at once wait for each other instead of both.
    rows = purpose.model._default_manager.select_for_update(of=("self",)).filter(pk__in=ids)
    list(rows.order_by("pk").values_list("pk", flat=True))
    revoke_each(purpose=purpose, ids=ids, by_id=None)
    now = timezone.now()
    links = [_made(purpose, obj, municipality_id, now, None) for obj in of]
    _record_each(Action.ISSUED, purpose.model, ids, municipality_id, purpose.code, None)
    return {link.object_id: link for link in Link.objects.bulk_create(links)}


def _made(
    purpose: Purpose, obj: models.Model, municipality_id: int, now: datetime.datetime, by: User | None
) -> Link:
    nonce = tokens.new_nonce()
    return Link(
        municipality_id=municipality_id,
        purpose=purpose.code,
        model=purpose.label,
        object_id=obj.pk,
        state=tokens.fingerprint(purpose.state(obj), nonce=nonce),
        nonce=nonce,
        created_at=now,
        created_by=by,
        expires_at=now + purpose.lifetime,
    )


def _check(purpose: Purpose, municipality_id: int, by: User | None) -> None:
    if by is None:
        return
    rights = rights_of(by, Municipality(pk=municipality_id))
    if purpose.right is None or purpose.right not in rights:
        raise PermissionDenied


def active(*, purpose: Purpose, of: models.Model) -> Link | None:
    """The link that opens `of` now, to print it again or to say until when it works."""
    link = Link.objects.to(of).running().filter(purpose=purpose.code).first()
    return link if link and link.opens(of) else None


def open_link(token: str, purpose: Purpose) -> Opened | None:
    """Nothing for a token that is forged, too old, revoked, of another purpose, or whose object is gone,
    has moved to another municipality or has changed: the caller can't tell which. Changes nothing."""
    given = tokens.read(token, purpose=purpose.code)
    if given is None:
        return None
    with scope.everywhere():
        link = Link.objects.filter(nonce=given.nonce).first()
        if link and given.fits(purpose=link.purpose, nonce=link.nonce, bound_to=link.bound_to):
            return _opened(link, purpose)
    return None


def reopen(link_id: int, purpose: Purpose) -> Opened | None:
    """As `open_link`, for one whose token was right a moment ago."""
    with scope.everywhere():
        link = Link.objects.filter(pk=link_id).first()
        return _opened(link, purpose) if link else None


def reopen_by_login(login_id: int, purpose: Purpose, stood_on: str) -> Opened | None:
    """As `reopen`, for one who has logged in, by what was offered then."""
    if purpose.by_login is None or not stood_on:
        return None
    with scope.everywhere():
        found = purpose.by_login(login_id)
        if found is None or purpose.stands_on(found[0]) != stood_on:
            return None
    return Opened(None, found[0], found[1])


def _opened(link: Link, purpose: Purpose) -> Opened | None:
    if link.purpose != purpose.code or link.model != purpose.label or not link.is_running:
        return None
    with scope.of(link.municipality_id):
        obj = purpose.object_of(link.object_id)
        return Opened(link, obj) if obj is not None and link.opens(obj) else None


def revoke(*, link: Link, by: User | None) -> bool:
    """False if it was revoked before. Pages that it has opened are closed too, at their next request."""
    return bool(_revoke(Link.objects.filter(pk=link.pk), by.pk if by else None))


def revoke_all(*, of: models.Model, by: User | None, purpose: Purpose | None = None) -> int:
    """Every link to `of`, or those of one purpose."""
    links = Link.objects.to(of)
    return _revoke(links.filter(purpose=purpose.code) if purpose else links, by.pk if by else None)


def revoke_each(
    *, purpose: Purpose, ids: Iterable[int], by_id: int | None, as_what: Action = Action.REVOKED
) -> int:
    """Those of one purpose to many objects at once. `as_what` is what the log calls it."""
    links = Link.objects.filter(purpose=purpose.code, model=purpose.label, object_id__in=list(ids))
    return _revoke(links, by_id, as_what)


def _revoke(links: LinkQuerySet, by_id: int | None, as_what: Action = Action.REVOKED) -> int:
    with transaction.atomic():
        found = list(links.unrevoked().select_for_update(of=("self",)))
        told: dict[tuple[str, int], list[int]] = {}
        for link in found:
            told.setdefault((link.purpose, link.municipality_id), []).append(link.object_id)
        for (code, municipality_id), ids in told.items():
            model = found_purpose(code).model
            _record_each(as_what, model, ids, municipality_id, code, by_id)
        now = timezone.now()
        return Link.objects.filter(pk__in=[link.pk for link in found]).update(
            revoked_at=now, revoked_by_id=by_id
        )


def _record_each(
    action: Action,
    model: type[models.Model],
    ids: Iterable[int],
    municipality_id: int,
    code: str,
    by_id: int | None,
) -> None:
    record_each(
        action=action,
        model=model,
        ids=ids,
        municipality_id=municipality_id,
        note=f"purpose={code}",
        by_id=by_id,
    )


def forget(*, of: models.Model) -> int:
    """Deletes the rows of what is itself being deleted. They hold no names, only that there was a link."""
    return Link.objects.to(of).delete()[0]
