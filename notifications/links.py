"""The link with which somebody turns reminders off without signing in: signed, never stored, good for as long as mail is kept."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

_signer = signing.Signer(salt="notifications.reminders")


def token_of(membership_id: int) -> str:
    """The signed token of a membership."""
    return _signer.sign_object(membership_id)


def read_token(token: str) -> int | None:
    """Whose it is; None when it isn't ours."""
    try:
        return int(_signer.unsign_object(token))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def unsubscribe_link(membership_id: int) -> str:
    """The whole address: opened it shows a page with a button; a mail program may post to it by itself (RFC 8058)."""
    return settings.PUBLIC_URL + reverse("notifications:unsubscribe", args=[token_of(membership_id)])
