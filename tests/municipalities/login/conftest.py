import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.test import Client

from tests.factories.municipalities import PASSWORD, MembershipFactory


@pytest.fixture
def colleague():
    return MembershipFactory().user


@pytest.fixture
def browser():
    """A browser in which nobody is logged in; nothing in it knows of the staff's shortcut."""
    return Client()


@pytest.fixture
def secret(colleague):
    """The colleague's app is set up."""
    made = auth.generate_totp_secret()
    auth.TOTP.activate(colleague, made)
    RecoveryCodes.activate(colleague)
    return made


@pytest.fixture
def code_of():
    """code_of(secret): what the app shows now."""
    return lambda secret: auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def recovery_codes(colleague, secret):
    return Authenticator.objects.get(user=colleague, type="recovery_codes").wrap().get_unused_codes()


@pytest.fixture
def give_password(browser):
    """give_password(user, …) types e-mail and password on the login page."""

    def give(user, password=PASSWORD, next="", to=None):
        words = {"login": getattr(user, "email", user), "password": password}
        return (to or browser).post("/account/login/", words | ({"next": next} if next else {}))

    return give
