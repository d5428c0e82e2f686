"""What differs from django-allauth's own way."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from accounts.door import to_provider
from accounts.models import User
from accounts.queries import only_way_for, reaches
from accounts.vouched import MEANS

# In the session that asked for a code: whether it left by mail. One that is only kept here proves nothing when typed.
CODE_LEFT = "accounts_code_left"
# The mail of allauth with a code that signs in.
CODE_TO_SIGN_IN = "account/email/login_code"


class AccountAdapter(DefaultAccountAdapter):
    """Users are made by invitations and the set-up link only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: nobody signs themselves up."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse | None:
        """Nobody passes by whatever way but their organization's provider where it is the only way in, and they belong nowhere else."""
        if (how.get("signal_kwargs") or {}).get("means") != MEANS and (sign_on := only_way_for(user)):
            return to_provider(sign_on)
        return super().pre_login(request, user, **how)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose attempts are counted together. Whoever has one address of IPv6 has all of its network (/64), and would come from
        another each time; one of IPv4 that a socket of both writes as IPv6 is the same as without."""
        address = ip_address(super().get_client_ip(request))
        if isinstance(address, IPv6Address):
            return str(address.ipv4_mapped or ip_network((address, 64), strict=False).network_address)
        return str(address)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the start, not to the form that was just sent."""
        return resolve_url("home:start")

    def send_mail(self, template_prefix: str, email: str, context_of_mail: dict[str, Any]) -> None:
        """Send, and remember whether it leaves by mail. No code leaves that would open nothing: the page says the same."""
        user = User.objects.filter(email=email.lower()).first()
        opens_nothing = template_prefix == CODE_TO_SIGN_IN and user is not None and only_way_for(user) is not None
        context.request.session[CODE_LEFT] = user is not None and not opens_nothing and reaches(user)
        if not opens_nothing:
            super().send_mail(template_prefix, email, context_of_mail)

    def get_login_stages(self) -> list[str]:
        """Allauth's, with our second step."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "accounts.second_step.SecondStep"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """One page of ours asks for whatever the person has."""
        return [{"id": "reauthenticate", "url": resolve_url("account_reauthenticate")}]

    def set_password(self, user: User, password: str) -> None:
        """Replace the password alone, and only the one that was read: it may have ended meanwhile.

        :raises PermissionDenied: it has.
        """
        before = user.password
        user.set_password(password)
        if not User.objects.filter(pk=user.pk, password=before).update(password=user.password):
            raise PermissionDenied

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the person's password, under the limits of failed sign-ins; by our own field of the address."""
        return bool(self.authenticate(context.request, email=user.email, password=password) == user)
