"""Invitations: those of an organization, and the one behind a link."""

from django.db.models import Q, QuerySet

from accounts.links import read_token
from accounts.models import Invitation, Organization, User


def invitations_of(organization: Organization, *, is_settled: bool = False) -> QuerySet[Invitation]:
    """The invitations that somebody has to see to (open or expired), or those that are settled; with what a row shows."""
    settled = Q(accepted_at__isnull=False) | Q(withdrawn_at__isnull=False)
    return Invitation.objects.filter(settled if is_settled else ~settled, organization=organization).select_related(
        "team", "job_role", "group", "invited_by"
    )


def invitation_by_token(token: str) -> tuple[Invitation, int] | None:
    """The invitation a link names and the round the link carries; None for a link that isn't ours."""
    read = read_token(token)
    if read is None:
        return None
    invitation = Invitation.objects.select_related("organization", "group").filter(pk=read.invitation_id).first()
    return (invitation, read.round) if invitation else None


def account_exists(email: str) -> bool:
    """Whether somebody has an account under this address."""
    return User.objects.filter(email=email).exists()
