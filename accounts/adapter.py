"""What differs from django-allauth's own way."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.shortcuts import resolve_url


class AccountAdapter(DefaultAccountAdapter):
    """Users are made by invitations and the set-up link only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: nobody signs themselves up."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the start, not to the form that was just sent."""
        return resolve_url("home:start")
