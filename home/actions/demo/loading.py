"""Making the demo company, and taking it out of sight."""

import datetime as dt

from django.db import transaction

from accounts.models import Organization
from audit.actions import record
from checklists.actions import settle_people
from governance.actions import ship_data_classes, ship_uses
from home.actions.demo import adopting, checklists, decisions, people, policies, reviewing, sign_ins, usage
from home.actions.demo.story import story
from operations.errors import ActionRefused


def demo_organization() -> Organization | None:
    """The demo company, whether it is locked or not."""
    return Organization.objects.filter(slug=story()["organization"]["slug"], is_demo=True).first()


def load_demo(*, now: dt.datetime) -> Organization:
    """The demo company: made on first call, found afterwards. Its sign-ins can be printed either way.

    :raises ActionRefused: it was removed.
    """
    there = demo_organization()
    if there is None:
        there = _make(now=now)
    if there.locked_at is not None:
        raise ActionRefused("The demo company was removed.")
    if not sign_ins.file().exists():
        sign_ins.renew()
    return there


@transaction.atomic
def remove_demo(*, at: dt.datetime) -> Organization:
    """Lock the demo company and hide it. Nothing of it is deleted: the chain stays and still verifies.

    :raises ActionRefused: there is none, or it was removed before.
    """
    there = demo_organization()
    if there is None or there.locked_at is not None:
        raise ActionRefused("There is no demo company.")
    there = Organization.objects.select_for_update().get(pk=there.pk)
    there.locked_at = at
    there.save(update_fields=["locked_at"])
    record("organization.locked", by=None, organization_id=there.pk, at=at, target=f"organization:{there.pk}")
    sign_ins.file().unlink(missing_ok=True)
    return there


@transaction.atomic
def _make(*, now: dt.datetime) -> Organization:
    """All of it or nothing, in the order of time."""
    passwords = sign_ins.new_passwords()
    company = people.found(now=now, passwords=passwords)
    ship_data_classes(organization=company.organization)
    ship_uses(organization=company.organization)
    happens = [
        *people.events(company, passwords=passwords),
        *decisions.events(company),
        *checklists.events(company),
        *reviewing.events(company),
        *policies.events(company),
        *adopting.events(company),
        *usage.events(company),
    ]
    for _at, happen in sorted(happens, key=lambda event: event[0]):
        happen()
    members = list(company.organization.memberships.values_list("pk", flat=True))
    settle_people(organization=company.organization, members=members, at=now)
    sign_ins.keep(passwords)
    return company.organization
