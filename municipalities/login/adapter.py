"""What allauth asks of the house: no self sign-up, plain words, secrets encrypted, who may come in."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from municipalities.audit.vocabulary import Action
from municipalities.login.factors import FACTORS, demanded
from municipalities.login.openness import may_come_in
from municipalities.privacy import encryption
from municipalities.tenancy import leaving
from municipalities.tenancy.models import User

FRESH = 10 * 60  # Seconds after the password in which a first factor may be set up without it.


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address and the password don't belong together."),
        "enter_current_password": _("This is not your password. Type the one you have now."),
        "incorrect_code": _("This code is not right, or it has been used. Wait for the next one."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse | None:
        refused = super().pre_login(request, user, **more)
        if refused is None and not may_come_in(user):
            # Before the second factor is asked for: whoever left is told so, and gets no session.
            return self.respond_user_inactive(request, user)
        return refused

    def post_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse:
        leaving.note(Action.LOGGED_IN, user)
        return super().post_login(request, user, **more)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            leaving.note(Action.LOGGED_OUT, request.user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        user = User.objects.filter(email=str(credentials.get("email", "")).lower()).first()
        # As much work for an address without an account, or the time would tell. What was typed is not
        # kept: it may be a password.
        leaving.note(Action.LOGIN_FAILED, user)

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Not for somebody's very first factor, minutes after they typed their password."""
        user = self.request.user
        if app == "allauth.mfa" and not Authenticator.objects.filter(user_id=user.pk).exists():
            records = get_authentication_records(self.request, user)
            if records and time.time() - records[-1]["at"] < FRESH:
                return False
        return super().is_reauthentication_required(app=app, **more)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def add_message(self, *args: Any, **more: Any) -> None:
        """The pages say themselves what happened; allauth's own words exist in no Nynorsk."""


class MFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("This is your only second step. Set up another one first."),
        "cannot_generate_recovery_codes": _("Set up a second step first."),
        "incorrect_code": _("This code is not right, or it has been used. Wait for the next one."),
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return f"Tilflytter {self._get_site_name()}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
        return not demanded() or others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: AbstractUser, type: Any) -> str:
        return str(_("Passkey"))
