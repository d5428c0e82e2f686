"""What people are told of their own account, by mail, in the transaction of what happened."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User


def tell_factor_removed(user: User, *, is_last: bool) -> None:
    """A passkey or the authenticator app was taken off the account."""
    _tell(user, _("A second factor was removed from your account"), "factor_removed", is_last=is_last)


def tell_factors_reset(user: User) -> None:
    """Somebody who runs things has taken every factor off the account."""
    _tell(user, _("Your second factor was reset"), "factors_reset")


def tell_new_browser(user: User, *, device: str) -> None:
    """Somebody has signed in from a browser that has not been seen."""
    _tell(user, _("Somebody signed in to your account from a new browser"), "new_browser", device=device)


def _tell(user: User, subject: str, template: str, **context: object) -> None:
    page = f"{settings.PUBLIC_URL}{reverse('accounts:security')}"
    EmailMessage(
        subject=subject,
        body=render_to_string(f"emails/{template}.txt", {"page": page, **context}),
        to=[user.email],
        headers={"X-Wayleave-Kind": "account"},
    ).send()
