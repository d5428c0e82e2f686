"""Founding an organization, its name and its time zone."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.authority import refuse_without
from accounts.actions.locks import lock_organization
from accounts.models import AccessPeriod, JobRole, Membership, Organization, Placement, SignOffGroup, User
from accounts.rights import Right
from accounts.shipped import job_roles, sign_off_groups
from audit import actions as audit
from operations import clock
from operations.errors import ActionRefused


@transaction.atomic
def found_organization(
    *, name: str, slug: str, timezone: str, owner: User, at: dt.datetime, is_demo: bool = False
) -> Membership:
    """A new organization with the job roles and sign-off groups that ship; ``owner`` is its first member.

    :returns: the owner's membership.
    :raises ActionRefused: the address is taken, or the time zone is none.
    """
    _refuse_unknown_zone(timezone)
    organization, is_new = Organization.objects.get_or_create(
        slug=slug, defaults={"name": name, "timezone": timezone, "created_at": at, "is_demo": is_demo}
    )
    if not is_new:
        raise ActionRefused(_("The address “%(slug)s” is taken: choose another.") % {"slug": slug})
    JobRole.objects.bulk_create(JobRole(organization=organization, **role) for role in job_roles())
    SignOffGroup.objects.bulk_create(SignOffGroup(organization=organization, **group) for group in sign_off_groups())
    membership = Membership.objects.create(organization=organization, user=owner, created_at=at)
    starts = {"organization": organization, "membership": membership, "started_at": at, "started_by": owner}
    AccessPeriod.objects.create(level=AccessPeriod.Level.OWNER, **starts)
    Placement.objects.create(**starts)
    audit.record(
        "organization.founded",
        by=owner.pk,
        organization_id=organization.pk,
        at=at,
        target=f"membership:{membership.pk}",
    )
    return membership


@transaction.atomic
def change_organization(
    *, organization: Organization, name: str, timezone: str, by: Membership, at: dt.datetime
) -> None:
    """Give the organization another name or time zone. Its address stays: links keep working.

    :raises ActionRefused: the time zone is none, or ``by`` may not edit settings.
    """
    organization = lock_organization(organization.pk)
    refuse_without(Right.SETTINGS_EDIT, by)
    _refuse_unknown_zone(timezone)
    changed = [
        field for field, value in (("name", name), ("timezone", timezone)) if getattr(organization, field) != value
    ]
    if not changed:
        return
    organization.name, organization.timezone = name, timezone
    organization.save(update_fields=["name", "timezone"])
    audit.record(
        "organization.changed",
        by=by.user_id,
        organization_id=organization.pk,
        at=at,
        target=f"organization:{organization.pk}",
        changed=changed,
    )


def _refuse_unknown_zone(timezone: str) -> None:
    if timezone not in clock.time_zones():
        raise ActionRefused(_("“%(zone)s” is not the name of a time zone.") % {"zone": timezone})
