"""What memberships hold now, and which people a right reaches."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import (
    AccessPeriod,
    GroupPeriod,
    LeadPeriod,
    Membership,
    Organization,
    Placement,
    SignOffGroup,
    User,
)
from accounts.queries.among import IsAmong
from accounts.queries.names import name_of
from accounts.rights import Right, rights_of


def active_memberships(organization: Organization, *, at: dt.datetime | None = None) -> QuerySet[Membership]:
    """The people who belong to the organization now, or did at ``at``."""
    periods = AccessPeriod.objects.filter(membership=OuterRef("pk"))
    running = periods.open() if at is None else periods.at(at)
    return organization.memberships.filter(Exists(running))


def asked_memberships(organization: Organization) -> QuerySet[Membership]:
    """The people of today who are asked anything: not whoever comes from outside to sign."""
    here = AccessPeriod.objects.open().filter(membership=OuterRef("pk")).exclude(level=AccessPeriod.Level.GUEST)
    return organization.memberships.filter(Exists(here))


def placed(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """The same people, with ``team_id``, ``job_role_id`` and ``level`` of now as columns."""
    placement = Placement.objects.open().filter(membership=OuterRef("pk"))
    level = AccessPeriod.objects.open().filter(membership=OuterRef("pk"))
    return memberships.annotate(
        team_id=Subquery(placement.values("team_id")[:1]),
        job_role_id=Subquery(placement.values("job_role_id")[:1]),
        level=Subquery(level.values("level")[:1]),
    )


@dataclass(frozen=True)
class Standing:
    """What one membership holds now: read once per request."""

    level: str | None
    leads: frozenset[int] = field(default_factory=frozenset)
    groups: frozenset[int] = field(default_factory=frozenset)
    team_id: int | None = None
    job_role_id: int | None = None

    @property
    def rights(self) -> frozenset[Right]:
        return rights_of(level=self.level, is_lead=bool(self.leads), is_signer=bool(self.groups))


def with_standing(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """The same memberships carrying what they hold now, so that :func:`standing_of` asks nothing more."""
    led = LeadPeriod.objects.open().filter(membership=OuterRef("pk")).values("team_id")
    groups = GroupPeriod.objects.open().filter(membership=OuterRef("pk")).values("group_id")
    return placed(memberships).annotate(led_team_ids=ArraySubquery(led), group_ids=ArraySubquery(groups))


def standing_of(membership: Any) -> Standing:
    """Level, teams led, sign-off groups and placement of a membership from :func:`with_standing`."""
    return Standing(
        level=membership.level,
        leads=frozenset(membership.led_team_ids),
        groups=frozenset(membership.group_ids),
        team_id=membership.team_id,
        job_role_id=membership.job_role_id,
    )


def active_membership(pk: int) -> Membership | None:
    """This membership, while the person belongs to an organization that is there."""
    people = Membership.objects.select_related("organization", "user")
    here = Q(user__is_active=True, organization__locked_at=None)
    active = AccessPeriod.objects.open().filter(membership=OuterRef("pk"))
    return people.filter(here, Exists(active), pk=pk).first()


def people_visible_to(membership: Membership, standing: Standing) -> QuerySet[Membership]:
    """Which people a membership's rights reach: everyone, the teams they lead, or only themselves."""
    everyone = active_memberships(membership.organization)
    if standing.level in {AccessPeriod.Level.OWNER, AccessPeriod.Level.MANAGER, AccessPeriod.Level.AUDITOR}:
        return everyone
    if not standing.leads:
        return everyone.filter(pk=membership.pk)
    led = Placement.objects.open().filter(organization=membership.organization_id, team_id__in=standing.leads)
    return everyone.filter(Q(pk=membership.pk) | Q(IsAmong(led.values("membership_id"))))


def is_last_owner(membership: Membership, level: str | None) -> bool:
    """Whether nobody else owns the organization: then they stay, and stay its owner."""
    owners = AccessPeriod.objects.open().filter(
        organization_id=membership.organization_id, level=AccessPeriod.Level.OWNER
    )
    return level == AccessPeriod.Level.OWNER and not owners.exclude(membership=membership).exists()


def members_of_group(group_id: int, *, organization: Organization) -> QuerySet[User]:
    """The users who may act for a sign-off group now."""
    member = GroupPeriod.objects.open().filter(
        group_id=group_id, membership__user=OuterRef("pk"), organization=organization
    )
    active = AccessPeriod.objects.open().filter(membership__user=OuterRef("pk"), organization=organization)
    return User.objects.filter(Exists(member), Exists(active))


def groups_with_people(organization: Organization) -> QuerySet[SignOffGroup]:
    """The sign-off groups in the order in which they sign, each with ``people``: who belongs to it, by name or address."""
    members = GroupPeriod.objects.open().filter(group=OuterRef("pk"))
    called = members.annotate(called=name_of("membership__user"))
    return organization.sign_off_groups.filter(archived_at__isnull=True).annotate(
        people=ArraySubquery(called.order_by("called").values("called"))
    )


def owners_of(organization: Organization) -> list[str]:
    """The names of those who own it, whom everybody may ask."""
    owning = AccessPeriod.objects.open().filter(organization=organization, level=AccessPeriod.Level.OWNER)
    return list(owning.annotate(called=name_of("membership__user")).order_by("called").values_list("called", flat=True))


def lead_of(team_id: int, *, organization: Organization) -> Membership | None:
    """Who leads the team now."""
    period = (
        LeadPeriod.objects.open()
        .filter(team_id=team_id, organization=organization)
        .select_related("membership__user")
        .first()
    )
    return period.membership if period else None


def organization_ids_of(user: User) -> list[UUID]:
    """The organizations the user belongs to now, in a fixed order."""
    periods = AccessPeriod.objects.open().filter(membership__user=user, organization__locked_at__isnull=True)
    return sorted(periods.values_list("organization_id", flat=True))


def is_in_one_organization(user: User) -> bool:
    """Whether the user belongs to a single organization now, and runs nothing else here."""
    return not user.is_staff and len(organization_ids_of(user)) == 1
