"""Invitations: those of an organization, and the one behind a link."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.links import read_token
from accounts.models import AccessPeriod, Invitation, Organization, User
from accounts.queries.standing import organization_ids_of
from accounts.rights import Right, may_grant_group, may_grant_level


def invitations_of(organization: Organization, *, is_settled: bool = False) -> QuerySet[Invitation]:
    """The invitations that somebody has to see to (open or expired), or those that are settled; with what a row shows."""
    settled = Q(accepted_at__isnull=False) | Q(withdrawn_at__isnull=False)
    return Invitation.objects.filter(settled if is_settled else ~settled, organization=organization).select_related(
        "team", "job_role", "group", "invited_by"
    )


def resendable(organization: Organization, *, held: frozenset[Right]) -> QuerySet[Invitation]:
    """Those of the open and expired invitations whose place somebody with these rights could give."""
    levels = [level for level in AccessPeriod.Level if may_grant_level(held, level)]
    invitations = invitations_of(organization).filter(level__in=levels)
    return invitations if may_grant_group(held) else invitations.filter(group__isnull=True)


def invitation_by_token(token: str) -> tuple[Invitation, int] | None:
    """The invitation a link names and the round the link carries; None for a link that isn't ours."""
    read = read_token(token)
    if read is None:
        return None
    invitation = Invitation.objects.select_related("organization", "group").filter(pk=read.invitation_id).first()
    return (invitation, read.round) if invitation else None


def has_joined_by(invitation: Invitation, user: User | AnonymousUser) -> bool:
    """Whether this person accepted it and belongs to the organization still."""
    if not user.is_authenticated or invitation.accepted_by_id != user.pk:
        return False
    return invitation.organization_id in organization_ids_of(user)


def account_exists(email: str) -> bool:
    """Whether somebody has an account under this address."""
    return User.objects.filter(email=email).exists()
