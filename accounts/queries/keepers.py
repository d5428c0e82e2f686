"""Who looks after something now: whoever was named, or who stands in for them (``accounts_keeper``)."""

from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Exists, Func, Manager, OuterRef, QuerySet, TextField, Value

from accounts.models import AccessPeriod, Membership, Organization

# Who may be named: looking after things takes the rights of a manager.
LEVELS = (AccessPeriod.Level.MANAGER, AccessPeriod.Level.OWNER)


class KeeperNow(Func):
    """The membership that keeps a thing now, of the columns of its organization and of whoever was named."""

    function = "accounts_keeper"
    output_field = BigIntegerField()


class KeeperName(Func):
    """The name of whoever keeps it now, of the same columns."""

    function = "accounts_keeper_name"
    output_field = TextField()


def with_keepers(rows: QuerySet[Any] | Manager[Any], *, named: str = "keeper_id") -> QuerySet[Any]:
    """The same rows, each with ``keeper_now_id`` and ``keeper_name``: who keeps it now.

    :param named: the column with the membership that was named.
    """
    columns = ("organization_id", named)
    return rows.annotate(keeper_now_id=KeeperNow(*columns), keeper_name=KeeperName(*columns))


def keeper_now(organization: Organization, named_id: int | None) -> Membership | None:
    """Who keeps what this membership, or nobody, was named for; None only where nobody manages at all."""
    people = Membership.objects.filter(organization=organization).select_related("user")
    return people.filter(pk=KeeperNow(Value(organization.pk), Value(named_id, BigIntegerField()))).first()


def here_or_stand_in(organization: Organization, user_id: UUID, *, named_id: int | None = None) -> Membership | None:
    """Who is told what concerns this person: themselves, and whoever keeps it now once they have left.

    :param named_id: the membership that was named as keeper.
    """
    there = organization.memberships.filter(user=user_id, access_periods__ended_at__isnull=True)
    return there.select_related("user").first() or keeper_now(organization, named_id)


def somebody_else(membership: Membership) -> Membership | None:
    """Who would stand in besides this person."""
    others = AccessPeriod.objects.open().filter(organization=membership.organization_id, level__in=LEVELS)
    first = others.exclude(membership=membership).order_by("level", "membership").select_related("membership__user")
    return next((period.membership for period in first[:1]), None)


def may_keep(organization: Organization) -> QuerySet[Membership]:
    """Everybody who can be named as keeper now."""
    manages = AccessPeriod.objects.open().filter(membership=OuterRef("pk"), level__in=LEVELS)
    return organization.memberships.filter(Exists(manages)).select_related("user").order_by("user__name", "pk")
