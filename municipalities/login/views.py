"""allauth's pages where the house adds to them: what set-up proves, where a finished step leads."""

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from municipalities.login import factors
from municipalities.tenancy import invitations


class Invitation(PasswordResetConfirmView):
    """The token goes into the session and out of the address, so that no referrer holds it."""

    template_name = "account/invitation.html"
    token_generator = invitations.tokens
    reset_url_token = "choose"  # noqa: S105 - what stands in the address instead of it
    success_url = reverse_lazy("account_login")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        invitations.take_up(user=form.user)
        messages.success(self.request, _("Your password is saved. Log in with it now."))
        return answer


class Security(IndexView):
    """Also the page on which somebody without a second step is told to set one up."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**more) | {"second_factor_demanded": factors.demanded()}


class SetUpApp(ActivateTOTPView):
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        factors.remember(self.request, "totp")
        messages.success(
            self.request, _("From now on you log in with your password and a code from the app.")
        )
        return answer


class SetUpPasskey(AddWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        factors.remember(self.request, "webauthn")
        messages.success(self.request, _("The passkey is ready."))
        return answer


class EditPasskey(EditWebAuthnView):
    success_url = reverse_lazy("mfa_index")


class RemovePasskey(RemoveWebAuthnView):
    """allauth asks whether a factor may go on the page of the app only."""

    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_mfa_adapter().can_delete_authenticator(self.get_object()):
            raise PermissionDenied
        return super().form_valid(form)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        allowed = get_mfa_adapter().can_delete_authenticator(self.object)
        return super().get_context_data(**more) | {"allowed": allowed}


@method_decorator(login_required, name="dispatch")
class ChangePassword(PasswordChangeView):
    def dispatch(self, request: HttpRequest, *parts: Any, **more: Any) -> HttpResponse:
        if not request.user.has_usable_password():  # type: ignore[union-attr]
            return redirect("mfa_index")  # They come by OpenID and have none here.
        return super().dispatch(request, *parts, **more)

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, _("Your password is changed. Other browsers are logged out."))
        return answer


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """One browser of one's own is logged out."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    session.end()
    messages.success(request, _("That browser is logged out."))
    return redirect("usersessions_list")
