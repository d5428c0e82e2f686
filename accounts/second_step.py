"""When signing in takes a second step."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import LoginStage
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.queries import SECOND_FACTORS


class SecondStep(LoginStage):
    """Stands in for allauth's own, which says the same but loads passkeys whenever anybody signs in (``operations.late``)."""

    key = LoginStageKey.MFA_AUTHENTICATE.value
    urlname = "mfa_authenticate"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Lead there whoever has a second factor, unless a passkey was all they signed in with."""
        user = self.login.user
        if user is None or not is_mfa_enabled(user, SECOND_FACTORS) or _came_by_passkey(self.request, user):
            return None, True
        self.state["authentication_required"] = True
        return redirect(self.urlname), True


def _came_by_passkey(request: HttpRequest, user: User) -> bool:
    return any(record.get("passwordless") for record in get_authentication_records(request, user))
