"""Secrets that have to be read again: kept encrypted, under a key that follows from SECRET_KEY."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class UnreadableSecret(Exception):
    """It was encrypted under a SECRET_KEY that is neither today's nor among SECRET_KEY_FALLBACKS, or was changed since."""


def encrypt(text: str) -> str:
    """``text``, readable with SECRET_KEY only."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """What was encrypted with the SECRET_KEY of today, or one of the SECRET_KEY_FALLBACKS.

    :raises UnreadableSecret: with another one.
    """
    try:
        return _keys().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret from error


def _keys() -> MultiFernet:
    """The first encrypts; each may decrypt."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("operations.secrets", "", secret=secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
