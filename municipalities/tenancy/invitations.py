"""Invitations: a mailed link on which a new colleague chooses a password, once, within three days."""

import logging
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from municipalities.audit.vocabulary import Action
from municipalities.tenancy import leaving
from municipalities.tenancy.models import Membership, User

logger = logging.getLogger(__name__)


class InvitationTokens(PasswordResetTokenGenerator):
    """Over as soon as it is sent again, taken back or taken up, or after PASSWORD_RESET_TIMEOUT."""

    key_salt = "municipalities.tenancy.invitations"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.invited_at}"

    def check_token(self, user: Any, token: str | None) -> bool:
        return bool(user and user.invited_at and user.is_active) and super().check_token(user, token)


tokens = InvitationTokens()


def send(*, user: User, by: Any) -> None:
    """Invite, or invite again: an earlier link stops working."""
    user.invited_at = timezone.now().replace(microsecond=0)
    user.save(update_fields=["invited_at"])
    leaving.note(Action.INVITED, user)
    transaction.on_commit(lambda: _mail(user), robust=True)


def begin_anew(*, user: User, by: Any) -> None:
    """After the address was changed: whoever reads the mail there chooses a password and sets up a second
    step. What was chosen before is gone; or somebody could give an account a new address and keep its keys,
    for the day when it works in another municipality."""
    with transaction.atomic():
        user.set_password(secrets.token_urlsafe(32))
        user.save(update_fields=["password"])
        Authenticator.objects.filter(user=user).delete()
        leaving.end_sessions(user)
        if user.is_active:
            send(user=user, by=by)


def take_back(*, user: User, by: Any) -> None:
    """The link stops working. An account that nobody ever used has no role and no way in any more."""
    with transaction.atomic():
        leaving.note(Action.REVOKED, user, ["invited_at"])  # While it is known where they were to work.
        user.invited_at = None
        user.is_active = False
        user.save(update_fields=["invited_at", "is_active"])
        Membership.objects.filter(user=user).delete()


def take_up(*, user: User) -> None:
    """They chose their password."""
    User.objects.filter(pk=user.pk).update(invited_at=None)


def is_open(user: User) -> bool:
    return user.invited_at is not None and user.last_login is None and user.is_active


def link(user: User) -> str:
    parts = {"uidb64": urlsafe_base64_encode(force_bytes(user.pk)), "token": tokens.make_token(user)}
    return settings.SITE_URL + reverse("account_invitation", kwargs=parts)


def _mail(user: User) -> None:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        send_mail(
            subject=_("Welcome as a colleague in Tilflytter"),
            message=render_to_string("account/invitation_mail.txt", {"user": user, "link": link(user)}),
            from_email=None,
            recipient_list=[user.email],
        )
