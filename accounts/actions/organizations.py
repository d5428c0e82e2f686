"""Founding an organization, its name and its time zone."""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.authority import refuse_without
from accounts.actions.locks import lock_organization
from accounts.models import AccessPeriod, JobRole, Membership, Organization, Placement, SignOffGroup, User
from accounts.queries import SECOND_FACTORS
from accounts.rights import Right
from accounts.shipped import job_roles, sign_off_groups
from audit import actions as audit
from operations import clock
from operations.errors import ActionRefused


@transaction.atomic
def found_organization(
    *,
    name: str,
    slug: str,
    timezone: str,
    owner: User,
    at: dt.datetime,
    is_demo: bool = False,
    is_solo: bool = False,
) -> Membership:
    """A new organization with the job roles and sign-off groups that ship; ``owner`` is its first member.

    :param is_solo: they work alone, until :func:`become_company`.
    :returns: the owner's membership.
    :raises ActionRefused: the address is taken, or the time zone is none.
    """
    _refuse_unknown_zone(timezone)
    organization, is_new = Organization.objects.get_or_create(
        slug=slug,
        defaults={"name": name, "timezone": timezone, "created_at": at, "is_demo": is_demo, "is_solo": is_solo},
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


@transaction.atomic
def require_second_factor(*, of_whom: str, by: Membership, at: dt.datetime) -> None:
    """Say of whom the organization requires a second factor: they set one up before they open anything else of it.

    :param of_whom: an ``Organization.SecondFactor``.
    :raises ActionRefused: ``by`` may not edit settings, or has no second factor of their own; they work alone.
    """
    organization = lock_organization(by.organization_id)
    refuse_without(Right.SETTINGS_EDIT, by)
    if organization.is_solo:
        raise ActionRefused(_("Whoever works alone has nobody to require it of."))
    before = organization.second_factor
    if before == of_whom:
        return
    has_one = Authenticator.objects.filter(user=by.user_id, type__in=SECOND_FACTORS).exists()
    if of_whom != Organization.SecondFactor.NOBODY and not has_one:
        raise ActionRefused(_("Set up a second factor of your own first: you would be the first to need it."))
    organization.second_factor = of_whom
    organization.save(update_fields=["second_factor"])
    audit.record(
        "organization.second_factor_changed",
        by=by.user_id,
        organization_id=organization.pk,
        at=at,
        target=f"organization:{organization.pk}",
        before=before,
        now=of_whom,
    )


@transaction.atomic
def change_retention(
    *,
    organization: Organization,
    keep_people_for_years: int,
    keep_signers_for_years: int,
    by: Membership,
    at: dt.datetime,
) -> None:
    """Say for how many years after leaving people are kept, and those who could sign; the next sweep goes by it.

    :raises ActionRefused: signers would be kept shorter than others, or ``by`` may not edit settings.
    """
    organization = lock_organization(organization.pk)
    refuse_without(Right.SETTINGS_EDIT, by)
    if not 1 <= keep_people_for_years <= keep_signers_for_years:
        raise ActionRefused(_("Whoever could sign is kept at least as long as the others."))
    years = {"keep_people_for_years": keep_people_for_years, "keep_signers_for_years": keep_signers_for_years}
    if all(getattr(organization, field) == value for field, value in years.items()):
        return
    for field, value in years.items():
        setattr(organization, field, value)
    organization.save(update_fields=list(years))
    audit.record(
        "organization.retention_changed",
        by=by.user_id,
        organization_id=organization.pk,
        at=at,
        target=f"organization:{organization.pk}",
        **years,
    )


@transaction.atomic
def become_company(*, name: str, person: str, email: str, by: Membership, at: dt.datetime) -> None:
    """Whoever worked alone does so no more: from here on a password is asked for, and others may join. For good.

    :param name: what the organization is called from now on.
    :param person: the name of whoever worked alone; ``email``, where they are reached and sign in.
    :raises ActionRefused: it is a company already, or the address has an account.
    """
    organization = lock_organization(by.organization_id)
    refuse_without(Right.SETTINGS_EDIT, by)
    if not organization.is_solo:
        raise ActionRefused(_("This is a company already."))
    email = email.strip().lower()
    try:
        with transaction.atomic():
            User.objects.filter(pk=by.user_id).update(name=person.strip(), email=email)
    except IntegrityError as taken:  # also by somebody who joins elsewhere at this moment
        raise ActionRefused(_("There is already an account with the address %(email)s.") % {"email": email}) from taken
    organization.name, organization.is_solo = name.strip(), False
    organization.save(update_fields=["name", "is_solo"])
    audit.record(
        "organization.became_company",
        by=by.user_id,
        organization_id=organization.pk,
        at=at,
        target=f"organization:{organization.pk}",
    )


def _refuse_unknown_zone(timezone: str) -> None:
    if timezone not in clock.time_zones():
        raise ActionRefused(_("“%(zone)s” is not the name of a time zone.") % {"zone": timezone})
