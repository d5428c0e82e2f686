"""The link of an invitation: signed, never stored; sending again makes the older ones worthless."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import Invitation

_signer = signing.Signer(salt="accounts.invitation")


@dataclass(frozen=True)
class InvitationToken:
    """Which invitation, and which time it was sent."""

    invitation_id: int
    round: int


def token_of(invitation: Invitation) -> str:
    """The signed token of the invitation as it was sent last."""
    return _signer.sign_object([invitation.pk, invitation.round])


def read_token(token: str) -> InvitationToken | None:
    """What a token says; None when it isn't ours."""
    try:
        invitation_id, number = _signer.unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    return InvitationToken(invitation_id=invitation_id, round=number)


def link_of(invitation: Invitation) -> str:
    """The whole address to send or copy: it opens a page with a button, and does nothing by itself."""
    return settings.PUBLIC_URL + reverse("accounts:invitation-accept", args=[token_of(invitation)])
