"""Mail about somebody's own account. Its links are made of SITE_URL: what a request calls the host is
written by whoever sends it."""

import logging

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import current_app
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from kombu.exceptions import KombuError

from municipalities.privacy import encryption
from municipalities.tenancy.models import User

logger = logging.getLogger(__name__)
MAIL_LINK = "municipalities.login.tasks.mail_password_link"


def ask_for_password_link(email: str) -> None:
    """Somebody typed this address. A worker finds out whose it is; the queue doesn't show it."""
    try:
        current_app.send_task(MAIL_LINK, [encryption.encrypt(email)], retry=False)
    except (KombuError, OSError) as error:
        logger.warning("No worker could be told of a new password's link: %s", error)


def answer_request(sealed_email: str) -> None:
    user = User.objects.filter(email=encryption.decrypt(sealed_email).lower(), is_active=True).first()
    if user is not None:
        mail_password_link(user.pk)


def mail_password_link(user_id: int) -> None:
    """A link on which they choose a new password, once and within three days."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return  # Locked since they asked.
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    with translation.override(user.language or settings.LANGUAGE_CODE):
        link = settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)
        send_mail(
            subject=_("A new password for Tilflytter"),
            message=render_to_string("account/password_mail.txt", {"user": user, "link": link}),
            from_email=None,
            recipient_list=[user.email],
        )
