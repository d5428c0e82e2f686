"""What differs from django-allauth's own way."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest
from django.shortcuts import resolve_url

from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Users are made by invitations and the set-up link only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: nobody signs themselves up."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the start, not to the form that was just sent."""
        return resolve_url("home:start")

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the person's password, under the limits of failed sign-ins; by our own field of the address."""
        return bool(self.authenticate(context.request, email=user.email, password=password) == user)
