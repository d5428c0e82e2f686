"""The cast of the tests: one company and its people, explained once.

Olga owns Acme. Mara manages the roll-out. Sven signs for Security, Lea for Legal. Ann audits. Tom leads Engineering,
where Dev and Mia work as engineers; Sal sells in Sales. Finn has left. Otto belongs to another company.
"""

import datetime as dt
from collections.abc import Mapping
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


@dataclass(frozen=True)
class Place:
    """What somebody is in an organization, and until when."""

    level: str = Level.MEMBER
    team: Team | None = None
    job_role: JobRole | None = None
    groups: tuple[SignOffGroup, ...] = ()
    left_at: dt.datetime | None = None


def people(organization: Organization, places: Mapping[str, Place], *, at: dt.datetime = EPOCH) -> list[Membership]:
    """Members of the organization from ``at``, by name, each placed; table by table, because there are many of them."""
    users = []
    for name in places:
        user = User(email=f"{name.lower()}@{organization.slug}.example", name=name)
        user.set_password(PASSWORD)
        users.append(user)
    User.objects.bulk_create(users)
    here = {"organization": organization}
    made = Membership.objects.bulk_create(Membership(user=user, created_at=at, **here) for user in users)
    placed = [
        (place, {"membership": membership, "started_at": at, "ended_at": place.left_at, **here})
        for membership, place in zip(made, places.values(), strict=True)
    ]
    AccessPeriod.objects.bulk_create(AccessPeriod(level=place.level, **period) for place, period in placed)
    Placement.objects.bulk_create(
        Placement(team=place.team, job_role=place.job_role, **period) for place, period in placed
    )
    GroupPeriod.objects.bulk_create(
        GroupPeriod(group=group, **period) for place, period in placed for group in place.groups
    )
    return made


def person(organization: Organization, name: str, *, at: dt.datetime = EPOCH, **place: Any) -> Membership:
    """A member of the organization from ``at``, placed, and gone again at ``left_at``."""
    return people(organization, {name: Place(**place)}, at=at)[0]


def company(slug: str = "acme", at: dt.datetime = EPOCH) -> Company:
    """Acme (or another company of the same shape under ``slug``), everybody in place from ``at``."""
    organization = Organization.objects.create(slug=slug, name=slug.title(), timezone="Europe/Berlin", created_at=at)
    engineering = Team.objects.create(organization=organization, name="Engineering")
    sales = Team.objects.create(organization=organization, name="Sales")
    engineer = JobRole.objects.create(organization=organization, key="engineering", name="Engineering")
    seller = JobRole.objects.create(organization=organization, key="customer-facing", name="Customer-facing")
    security = SignOffGroup.objects.create(organization=organization, key="security", name="Security", position=1)
    legal = SignOffGroup.objects.create(organization=organization, key="legal", name="Legal", position=2)

    places = {
        "olga": Place(Level.OWNER),
        "mara": Place(Level.MANAGER),
        "sven": Place(groups=(security,)),
        "lea": Place(groups=(legal,)),
        "ann": Place(Level.AUDITOR),
        "tom": Place(team=engineering, job_role=engineer),
        "dev": Place(team=engineering, job_role=engineer),
        "mia": Place(team=engineering, job_role=engineer),
        "sal": Place(team=sales, job_role=seller),
        "finn": Place(team=sales, job_role=seller, left_at=at + dt.timedelta(days=30)),
    }
    members = people(organization, {name.title(): place for name, place in places.items()}, at=at)
    acme = Company(
        organization=organization,
        engineering=engineering,
        sales=sales,
        engineer=engineer,
        seller=seller,
        security=security,
        legal=legal,
        **dict(zip(places, members, strict=True)),
    )
    LeadPeriod.objects.create(organization=organization, team=engineering, membership=acme.tom, started_at=at)
    return acme


def signed_in(membership: Membership) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    return client
