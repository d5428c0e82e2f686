"""The groups that sign."""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actions.authority import refuse_foreign, refuse_group, refuse_overtaken, refuse_without
from accounts.actions.keys import free_key
from accounts.actions.locks import lock_organization, lock_sign_off_group
from accounts.models import GroupPeriod, Membership, Organization, SignOffGroup
from accounts.rights import Right
from audit import actions as audit
from operations.errors import ActionRefused


@transaction.atomic
def add_sign_off_group(*, name: str, by: Membership, at: dt.datetime) -> SignOffGroup:
    """A further group that signs, after those there are.

    :raises ActionRefused: there is one of that name, or ``by`` may not edit settings.
    """
    organization = lock_organization(by.organization_id)
    refuse_without(Right.SETTINGS_EDIT, by)
    _refuse_taken_name(organization, name)
    groups = organization.sign_off_groups
    last = groups.aggregate(last=Max("position"))["last"] or 0
    key = free_key(name, taken=set(groups.values_list("key", flat=True)))
    group = SignOffGroup.objects.create(organization=organization, key=key, name=name, position=last + 1)
    _record("sign-off-group.added", group, by=by, at=at)
    return group


@transaction.atomic
def rename_sign_off_group(*, group: SignOffGroup, name: str, by: Membership, at: dt.datetime) -> SignOffGroup:
    """Call a group something else, Security and Legal too. What was submitted before keeps the name it was frozen with.

    :raises ActionRefused: there is another of that name; it is archived; or ``by`` may not edit settings.
    """
    organization = lock_organization(by.organization_id)
    group = lock_sign_off_group(group)
    refuse_without(Right.SETTINGS_EDIT, by)
    refuse_foreign(by, group)
    if group.name == name:
        return group
    _refuse_taken_name(organization, name, but=group)
    group.name = name
    group.save(update_fields=["name"])
    _record("sign-off-group.renamed", group, by=by, at=at)
    return group


@transaction.atomic
def archive_sign_off_group(*, group: SignOffGroup, by: Membership, at: dt.datetime) -> SignOffGroup:
    """Ask a group for no further signature; whoever belongs to it stops belonging. What it was asked before, it still signs.

    :raises ActionRefused: it has to sign; it is archived; or ``by`` may not decide who signs.
    """
    lock_organization(by.organization_id)
    group = lock_sign_off_group(group)
    refuse_group(refuse_without(Right.SETTINGS_EDIT, by))
    refuse_foreign(by, group)
    if group.must_sign:
        raise ActionRefused(_("%(group)s has to sign whatever is submitted: it can't be archived.") % {"group": group})
    refuse_overtaken(at, group.group_periods.all())
    ended = GroupPeriod.objects.open().filter(group=group).update(ended_at=at, ended_by=by.user_id)
    group.archived_at = at
    group.save(update_fields=["archived_at"])
    _record("sign-off-group.archived", group, by=by, at=at, ended=ended)
    return group


def _refuse_taken_name(organization: Organization, name: str, *, but: SignOffGroup | None = None) -> None:
    namesakes = organization.sign_off_groups.filter(name__iexact=name, archived_at__isnull=True)
    if (namesakes.exclude(pk=but.pk) if but else namesakes).exists():
        raise ActionRefused(_("There is a sign-off group of that name already."))


def _record(action: str, group: SignOffGroup, *, by: Membership, at: dt.datetime, **data: object) -> None:
    audit.record(
        action, by=by.user_id, organization_id=group.organization_id, at=at, target=f"sign-off-group:{group.pk}", **data
    )
