"""Job roles: what somebody's job is called here."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.authority import refuse_foreign, refuse_without
from accounts.actions.keys import free_key
from accounts.actions.locks import lock_job_role, lock_organization
from accounts.models import JobRole, Membership, Organization, Placement
from accounts.rights import Right
from audit import actions as audit
from operations.errors import ActionRefused


@transaction.atomic
def add_job_role(*, name: str, by: Membership, at: dt.datetime) -> JobRole:
    """A job role of the organization's own.

    :raises ActionRefused: there is one of that name, or ``by`` may not edit settings.
    """
    organization = lock_organization(by.organization_id)
    refuse_without(Right.SETTINGS_EDIT, by)
    _refuse_taken_name(organization, name)
    key = free_key(name, taken=set(organization.job_roles.values_list("key", flat=True)))
    role = JobRole.objects.create(organization=organization, key=key, name=name)
    _record("job-role.added", role, by=by, at=at)
    return role


@transaction.atomic
def rename_job_role(*, job_role: JobRole, name: str, by: Membership, at: dt.datetime) -> JobRole:
    """Call a job role something else, one that shipped too. What was frozen with the old name keeps it.

    :raises ActionRefused: there is another of that name; it is archived; or ``by`` may not edit settings.
    """
    organization = lock_organization(by.organization_id)
    role = lock_job_role(job_role)
    refuse_without(Right.SETTINGS_EDIT, by)
    refuse_foreign(by, role)
    if role.name == name:
        return role
    _refuse_taken_name(organization, name, but=role)
    role.name = name
    role.save(update_fields=["name"])
    _record("job-role.renamed", role, by=by, at=at)
    return role


@transaction.atomic
def archive_job_role(*, job_role: JobRole, by: Membership, at: dt.datetime) -> JobRole:
    """Offer a job role no more that nobody has; who had it when stays on record. Checklists have their say above this.

    :raises ActionRefused: somebody has it; it is archived; or ``by`` may not edit settings.
    """
    lock_organization(by.organization_id)
    role = lock_job_role(job_role)
    refuse_without(Right.SETTINGS_EDIT, by)
    refuse_foreign(by, role)
    people = Placement.objects.open().filter(organization_id=role.organization_id, job_role=role).count()
    if people:
        raise ActionRefused(
            ngettext(
                "%(count)d person has the job role %(role)s. Give them another first.",
                "%(count)d people have the job role %(role)s. Give them another first.",
                people,
            )
            % {"count": people, "role": role.name}
        )
    role.archived_at = at
    role.save(update_fields=["archived_at"])
    _record("job-role.archived", role, by=by, at=at)
    return role


def _refuse_taken_name(organization: Organization, name: str, *, but: JobRole | None = None) -> None:
    namesakes = organization.job_roles.filter(name__iexact=name, archived_at__isnull=True)
    if (namesakes.exclude(pk=but.pk) if but else namesakes).exists():
        raise ActionRefused(_("There is a job role of that name already."))


def _record(action: str, role: JobRole, *, by: Membership, at: dt.datetime) -> None:
    audit.record(action, by=by.user_id, organization_id=role.organization_id, at=at, target=f"job-role:{role.pk}")
