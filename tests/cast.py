"""The cast of the tests: one company and its people, explained once.

Olga owns Acme. Mara manages the roll-out. Sven signs for Security, Lea for Legal. Ann audits. Tom leads Engineering,
where Dev and Mia work as engineers; Sal sells in Sales. Finn has left. Otto belongs to another company.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.test import Client

from accounts.models import (
    AccessPeriod,
    GroupPeriod,
    JobRole,
    LeadPeriod,
    Membership,
    Organization,
    Placement,
    SignOffGroup,
    Team,
    User,
)

EPOCH = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
PASSWORD = "correct horse battery staple"
Level = AccessPeriod.Level


@dataclass
class Company:
    """Acme as it stands after :func:`company`."""

    organization: Organization
    engineering: Team
    sales: Team
    engineer: JobRole
    seller: JobRole
    security: SignOffGroup
    legal: SignOffGroup
    olga: Membership
    mara: Membership
    sven: Membership
    lea: Membership
    ann: Membership
    tom: Membership
    dev: Membership
    mia: Membership
    sal: Membership
    finn: Membership


def person(
    organization: Organization,
    name: str,
    *,
    level: str = Level.MEMBER,
    team: Team | None = None,
    job_role: JobRole | None = None,
    at: dt.datetime = EPOCH,
    left_at: dt.datetime | None = None,
) -> Membership:
    """A member of the organization from ``at``, placed, and gone again at ``left_at``."""
    address = f"{name.lower()}@{organization.slug}.example"
    user = User.objects.create_user(address, PASSWORD, name=name)
    membership = Membership.objects.create(organization=organization, user=user, created_at=at)
    period = {"organization": organization, "membership": membership, "started_at": at, "ended_at": left_at}
    AccessPeriod.objects.create(level=level, **period)
    Placement.objects.create(team=team, job_role=job_role, **period)
    return membership


def company(slug: str = "acme", at: dt.datetime = EPOCH) -> Company:
    """Acme (or another company of the same shape under ``slug``), everybody in place from ``at``."""
    organization = Organization.objects.create(slug=slug, name=slug.title(), timezone="Europe/Berlin", created_at=at)
    engineering = Team.objects.create(organization=organization, name="Engineering")
    sales = Team.objects.create(organization=organization, name="Sales")
    engineer = JobRole.objects.create(organization=organization, key="engineering", name="Engineering")
    seller = JobRole.objects.create(organization=organization, key="customer-facing", name="Customer-facing")
    security = SignOffGroup.objects.create(organization=organization, key="security", name="Security", position=1)
    legal = SignOffGroup.objects.create(organization=organization, key="legal", name="Legal", position=2)

    def member(name: str, **place: Any) -> Membership:
        return person(organization, name, at=at, **place)

    acme = Company(
        organization=organization,
        engineering=engineering,
        sales=sales,
        engineer=engineer,
        seller=seller,
        security=security,
        legal=legal,
        olga=member("Olga", level=Level.OWNER),
        mara=member("Mara", level=Level.MANAGER),
        sven=member("Sven"),
        lea=member("Lea"),
        ann=member("Ann", level=Level.AUDITOR),
        tom=member("Tom", team=engineering, job_role=engineer),
        dev=member("Dev", team=engineering, job_role=engineer),
        mia=member("Mia", team=engineering, job_role=engineer),
        sal=member("Sal", team=sales, job_role=seller),
        finn=member("Finn", team=sales, job_role=seller, left_at=at + dt.timedelta(days=30)),
    )
    LeadPeriod.objects.create(organization=organization, team=engineering, membership=acme.tom, started_at=at)
    for group, membership in ((security, acme.sven), (legal, acme.lea)):
        GroupPeriod.objects.create(organization=organization, group=group, membership=membership, started_at=at)
    return acme


def signed_in(membership: Membership) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    return client
