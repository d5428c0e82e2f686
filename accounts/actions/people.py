"""What a person holds in an organization: each move closes one period and opens the next."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.authority import (
    refuse_foreign,
    refuse_group,
    refuse_level_above,
    refuse_outsider,
    refuse_overtaken,
    refuse_unproved,
    refuse_without,
    standing_now,
)
from accounts.actions.locks import (
    lock_job_role,
    lock_membership,
    lock_organization,
    lock_sign_off_group,
    lock_team,
)
from accounts.models import (
    AccessPeriod,
    GroupPeriod,
    JobRole,
    LeadPeriod,
    Membership,
    Placement,
    SignOffGroup,
    Team,
    User,
)
from accounts.queries import Standing, is_last_owner
from accounts.rights import BY_LEVEL, Right, may_grant_level
from audit import actions as audit
from operations import clock
from operations.errors import ActionRefused

Level = AccessPeriod.Level


@transaction.atomic
def change_access_level(*, membership: Membership, level: str, by: Membership, at: dt.datetime) -> None:
    """Give a person another access level.

    :raises ActionRefused: the old or the new level holds more than ``by`` does; it is the last owner; they have left;
        or they would get more and haven't proved their address.
    """
    lock_organization(by.organization_id)
    membership = lock_membership(membership)
    held = refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_foreign(by, membership)
    before = refuse_outsider(standing_now(membership))
    if before == level:
        return
    if AccessPeriod.Level.GUEST in {before, level}:
        raise ActionRefused(_("An outside signer is invited as one, and never becomes anything else."))
    refuse_level_above(held, before)
    refuse_level_above(held, level)
    if not may_grant_level(BY_LEVEL[before], level):
        refuse_unproved(membership)
    _refuse_last_owner(membership, before)
    refuse_overtaken(at, membership.access_periods.all())
    AccessPeriod.objects.open().filter(membership=membership).update(ended_at=at, ended_by=by.user_id)
    AccessPeriod.objects.create(**_starts(membership, by=by, at=at), level=level)
    _record("person.level_changed", membership, by=by, at=at, level=level, before=before)


@transaction.atomic
def place(
    *, membership: Membership, team: Team | None, job_role: JobRole | None, by: Membership, at: dt.datetime
) -> None:
    """Move a person to a team and a job role; what is required of them follows by itself.

    :raises ActionRefused: they have left; the team or role is archived; or ``by`` may not manage people.
    """
    membership = lock_membership(membership)
    team = lock_team(team) if team else None
    job_role = lock_job_role(job_role) if job_role else None
    refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_foreign(by, membership, team, job_role)
    standing = standing_now(membership)
    refuse_outsider(standing)
    if standing.level == AccessPeriod.Level.GUEST and (team or job_role):
        raise ActionRefused(_("An outside signer has neither team nor job role."))
    move(membership=membership, standing=standing, team=team, job_role=job_role, by_id=by.user_id, at=at)


def move(
    *,
    membership: Membership,
    standing: Standing,
    team: Team | None,
    job_role: JobRole | None,
    by_id: UUID | None,
    at: dt.datetime,
    **said: object,
) -> None:
    """End the placement and begin the next, of a person who is locked, and who may be placed.

    :param by_id: whose hand it is; None, the organization's provider, which ``said`` tells the log.
    """
    place_ids = (team.pk if team else None, job_role.pk if job_role else None)
    if (standing.team_id, standing.job_role_id) == place_ids:
        return
    refuse_overtaken(at, membership.placements.all())
    Placement.objects.open().filter(membership=membership).update(ended_at=at, ended_by=by_id)
    Placement.objects.create(
        organization_id=membership.organization_id,
        membership=membership,
        started_at=at,
        started_by_id=by_id,
        team=team,
        job_role=job_role,
    )
    audit.record(
        "person.placed",
        by=by_id,
        organization_id=membership.organization_id,
        at=at,
        target=f"membership:{membership.pk}",
        team=place_ids[0],
        job_role=place_ids[1],
        **said,
    )


@transaction.atomic
def join_group(*, membership: Membership, group: SignOffGroup, by: Membership, at: dt.datetime) -> None:
    """Let a person sign for a group.

    :raises ActionRefused: ``by`` may not decide who signs; the person has left, signs for it already, or hasn't proved their
        address.
    """
    membership = lock_membership(membership)
    group = lock_sign_off_group(group)
    refuse_group(refuse_without(Right.PEOPLE_MANAGE, by))
    refuse_foreign(by, membership, group)
    standing = standing_now(membership)
    refuse_outsider(standing)
    if group.pk in standing.groups:
        raise ActionRefused(
            _("%(person)s signs for %(group)s already.") % {"person": membership.user, "group": group.name}
        )
    refuse_unproved(membership)
    refuse_overtaken(at, membership.group_periods.filter(group=group))
    GroupPeriod.objects.create(**_starts(membership, by=by, at=at), group=group)
    _record("person.joined_group", membership, by=by, at=at, group=group.pk)


@transaction.atomic
def leave_group(*, membership: Membership, group: SignOffGroup, by: Membership, at: dt.datetime) -> None:
    """A person no longer signs for a group; what they have signed stays.

    :raises ActionRefused: ``by`` may not decide who signs; the person doesn't sign for it.
    """
    membership = lock_membership(membership)
    refuse_group(refuse_without(Right.PEOPLE_MANAGE, by))
    refuse_foreign(by, membership)
    refuse_overtaken(at, membership.group_periods.filter(group=group))
    ended = (
        GroupPeriod.objects.open().filter(membership=membership, group=group).update(ended_at=at, ended_by=by.user_id)
    )
    if not ended:
        raise ActionRefused(
            _("%(person)s does not sign for %(group)s.") % {"person": membership.user, "group": group.name}
        )
    _record("person.left_group", membership, by=by, at=at, group=group.pk)


@transaction.atomic
def end_membership(*, membership: Membership, by: Membership, at: dt.datetime) -> None:
    """A person leaves: every period they hold ends. What they answered and signed stays.

    :raises ActionRefused: their level holds more than ``by`` does; it is the last owner; they have left already.
    """
    lock_organization(by.organization_id)
    membership = lock_membership(membership)
    held = refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_foreign(by, membership)
    level = refuse_outsider(standing_now(membership))
    refuse_level_above(held, level)
    _refuse_last_owner(membership, level)
    refuse_overtaken(
        at,
        membership.access_periods.all(),
        membership.placements.all(),
        membership.lead_periods.all(),
        membership.group_periods.all(),
    )
    ended = {
        kind._meta.model_name: kind.objects.open()
        .filter(membership=membership)
        .update(ended_at=at, ended_by=by.user_id)
        for kind in (LeadPeriod, GroupPeriod, Placement, AccessPeriod)
    }
    _record("person.left", membership, by=by, at=at, ended=ended)


@transaction.atomic
def change_profile(*, user: User, name: str, timezone: str, at: dt.datetime) -> None:
    """A person corrects their own name and time zone (empty: the organization's). Signed snapshots hold ids, not names.

    :raises ActionRefused: the time zone is none.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if timezone and timezone not in clock.time_zones():
        raise ActionRefused(_("“%(zone)s” is not the name of a time zone.") % {"zone": timezone})
    changed = [field for field, value in (("name", name), ("timezone", timezone)) if getattr(user, field) != value]
    if not changed:
        return
    user.name, user.timezone = name, timezone
    user.save(update_fields=["name", "timezone"])
    audit.record(
        "person.profile_changed",
        by=user.pk,
        organization_id=None,
        at=at,
        target=f"user:{user.pk}",
        changed=changed,
    )


def _refuse_last_owner(membership: Membership, level: str) -> None:
    """The organization is locked: nobody else can become or stop being an owner meanwhile."""
    if is_last_owner(membership, level):
        raise ActionRefused(_("This is the only owner. Make somebody else an owner first."))


def _starts(membership: Membership, *, by: Membership, at: dt.datetime) -> dict[str, object]:
    return {
        "organization_id": membership.organization_id,
        "membership": membership,
        "started_at": at,
        "started_by_id": by.user_id,
    }


def _record(action: str, membership: Membership, *, by: Membership, at: dt.datetime, **data: object) -> None:
    audit.record(
        action,
        by=by.user_id,
        organization_id=membership.organization_id,
        at=at,
        target=f"membership:{membership.pk}",
        **data,
    )
