"""Secrets that have to be read again: kept encrypted, under a key that follows from SECRET_KEY."""

from base64 import urlsafe_b64encode
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from operations.late import late


class UnreadableSecret(Exception):
    """It was encrypted under a SECRET_KEY that is neither today's nor among SECRET_KEY_FALLBACKS, or was changed since."""


def encrypt(text: str) -> str:
    """``text``, readable with SECRET_KEY only."""
    kept: bytes = _keys().encrypt(text.encode())
    return kept.decode()


def decrypt(text: str) -> str:
    """What was encrypted with the SECRET_KEY of today, or one of the SECRET_KEY_FALLBACKS.

    :raises UnreadableSecret: with another one.
    """
    try:
        said: bytes = _keys().decrypt(text.encode())
    except late("cryptography.fernet").InvalidToken as error:
        raise UnreadableSecret from error
    return said.decode()


def _keys() -> Any:
    """The first encrypts; each may decrypt."""
    fernet = late("cryptography.fernet")
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("operations.secrets", "", secret=secret, algorithm="sha256").digest() for secret in secrets]
    return fernet.MultiFernet([fernet.Fernet(urlsafe_b64encode(digest)) for digest in digests])
