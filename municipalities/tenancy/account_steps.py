"""What an administrator may do with a colleague's account, each step asked about before it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from municipalities.audit.vocabulary import Action
from municipalities.tenancy import invitations, leaving
from municipalities.tenancy.access import Access
from municipalities.tenancy.models import User
from municipalities.tenancy.roles import Right

Words = str | Promise


@dataclass(frozen=True)
class Step:
    """`ask` and `done` have a place for the name. `shared`: also for whoever works elsewhere too."""

    verb: str
    title: Words
    ask: Words
    done: Words
    fits: Callable[[User], bool]
    do: Callable[[Access, User], None]
    shared: bool = False


def _here(access: Access) -> list[int] | None:
    return None if access.everywhere else access.with_right(Right.MANAGE)


def _lock(access: Access, user: User) -> None:
    leaving.lock_out(user=user, by=access.user, municipality_ids=_here(access))


def _let_in(access: Access, user: User) -> None:
    leaving.let_in(user=user, by=access.user)


def _invite(access: Access, user: User) -> None:
    invitations.send(user=user, by=access.user)


def _take_back(access: Access, user: User) -> None:
    invitations.take_back(user=user, by=access.user)


def _forget(access: Access, user: User) -> None:
    leaving.note(Action.CHANGED, user, ["second_factor"])
    Authenticator.objects.filter(user=user).delete()
    leaving.end_sessions(user)


STEPS = [
    Step(
        "lock",
        _("Lock out"),
        _("%(name)s is logged out everywhere at once and reaches nothing here any more. Lock them out?"),
        _("%(name)s is locked out."),
        lambda user: user.is_active,
        _lock,
        shared=True,
    ),
    Step(
        "open",
        _("Let in again"),
        _("%(name)s can log in again, with the roles they have. Let them in?"),
        _("%(name)s can log in again."),
        lambda user: not user.is_active,
        _let_in,
    ),
    Step(
        "invite",
        _("Send the invitation again"),
        _("%(name)s gets a new link by e-mail; the one sent before stops working. Send it?"),
        _("%(name)s gets an e-mail with a link."),
        invitations.is_open,
        _invite,
    ),
    Step(
        "recall",
        _("Take the invitation back"),
        _("The link that %(name)s got stops working, and the account is closed. Take it back?"),
        _("The invitation of %(name)s is taken back."),
        invitations.is_open,
        _take_back,
    ),
    Step(
        "forget",
        _("Forget the second step"),
        _("For somebody who lost both phone and codes: %(name)s is logged out everywhere and sets up a new"
          " second step at the next login. Be sure that it is really they who ask. Forget it?"),
        _("%(name)s sets up a new second step at the next login."),
        lambda user: user.is_active and user.last_login is not None,
        _forget,
    ),
]  # fmt: skip


def find(verb: str) -> Step | None:
    return next((step for step in STEPS if step.verb == verb), None)


def may(access: Access, user: User, step: Step) -> bool:
    if access.everywhere:
        return user != access.user and step.fits(user)
    elsewhere = leaving.works_outside(user, access.with_right(Right.MANAGE))
    return (
        access.may(Right.MANAGE)
        and user != access.user
        and not user.is_superuser
        and step.fits(user)
        and (step.shared or not elsewhere)
    )
