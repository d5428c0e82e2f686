"""The locks that actions on people take first, always in this order: organization, membership, team, job role or group."""

from uuid import UUID

from accounts.models import JobRole, Membership, Organization, SignOffGroup, Team, User


def lock_organization(organization_id: UUID) -> Organization:
    """One at a time: whoever founds, demotes an owner or invites. Rows that point to the organization can still be added."""
    return Organization.objects.select_for_update(no_key=True).get(pk=organization_id)


def lock_membership(membership: Membership) -> Membership:
    """One change of a person's periods at a time."""
    return Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=membership.pk)


def lock_user(user: User) -> User:
    """One change of a person's factors at a time; before any other lock."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def lock_team(team: Team) -> Team:
    """One change of a team at a time."""
    return Team.objects.select_for_update(no_key=True).get(pk=team.pk)


def lock_job_role(job_role: JobRole) -> JobRole:
    """One change of a job role at a time; nobody is placed in it while it is archived."""
    return JobRole.objects.select_for_update(no_key=True).get(pk=job_role.pk)


def lock_sign_off_group(group: SignOffGroup) -> SignOffGroup:
    """One change of a group at a time; nobody joins it while it is archived."""
    return SignOffGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
