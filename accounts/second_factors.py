"""What differs from django-allauth's own way with second factors. Loaded where one is used: no worker needs cryptography."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.devices import device_of
from accounts.models import User
from operations import secrets


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted with a key made from ``SECRET_KEY``; a passkey belongs to the host of ``PUBLIC_URL``."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not the code, or it has been used already. Wait for the next one."),
        "cannot_generate_recovery_codes": _("Recovery codes replace a passkey or an app: add one of these first."),
    }

    def encrypt(self, text: str) -> str:
        """What is kept in the database of the secret of an app, and of the seed of recovery codes."""
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again.

        :raises ValidationError: it was kept under a ``SECRET_KEY`` that is neither this one nor among the former ones.
        """
        try:
            return secrets.decrypt(encrypted_text)
        except secrets.UnreadableSecret as lost:
            raise ValidationError(
                gettext("What is kept of your codes can't be read any more. Whoever runs Wayleave can reset them.")
            ) from lost

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The same whatever name the page was reached by."""
        return {"id": settings.PUBLIC.host, "name": "Wayleave"}

    def get_totp_label(self, user: User) -> str:  # type: ignore[override]
        """What the app calls the account; whoever works alone has no address."""
        return user.address or str(user)

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:  # type: ignore[override]
        """The same for a passkey."""
        return {**super().get_public_key_credential_user_entity(user), "name": self.get_totp_label(user)}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # type: ignore[override]
        """After the device it is made on, by which people know it again."""
        return device_of(context.request.headers.get("User-Agent", ""))
