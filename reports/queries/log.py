"""What the log and the counts say."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import Membership, Organization, User
from accounts.queries import IsAmong, users_called
from audit.models import AuditAnchor, AuditEvent, AuditLink


def audit_events(
    organization: Organization,
    *,
    actors: Collection[UUID] | None = None,
    action: str = "",
    target: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[AuditEvent]:
    """The organization's log, filtered; days are days in its time zone, both included."""
    zone = ZoneInfo(organization.timezone)
    events = AuditEvent.objects.filter(organization_id=organization.pk).select_related("link")
    if actors is not None:
        events = events.filter(actor_id__in=actors)
    if action:
        # A family ends in a dot, a single action doesn't.
        events = events.filter(action__startswith=action) if action.endswith(".") else events.filter(action=action)
    if target:
        is_kind = target.endswith(":") or ":" not in target
        events = events.filter(target__startswith=target) if is_kind else events.filter(target=target)
    if since:
        events = events.filter(at__gte=dt.datetime.combine(since, dt.time(), zone))
    if until:
        events = events.filter(at__lt=dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), zone))
    return events


def people_called(organization: Organization, text: str) -> list[UUID]:
    """The users of the organization, past ones included, each word of ``text`` begins a part of whose name or address."""
    if not re.search(r"[^\W_]", text):
        return []
    called = IsAmong(users_called(text).values("pk"), column="user_id")
    return list(Membership.objects.filter(called, organization=organization).values_list("user_id", flat=True)[:100])


def names_of(user_ids: set[UUID]) -> dict[UUID, str]:
    """The names of users as they are known now; the chain itself holds ids only."""
    return {user.pk: str(user) for user in User.objects.filter(pk__in=user_ids)}


@dataclass(frozen=True)
class Head:
    """The end of an organization's chain, and the newest head published outside the database."""

    position: int
    hash: str
    anchored_position: int
    anchored_at: dt.datetime | None


def chain_head(organization: Organization) -> Head:
    """Where the chain stands now, and up to where it is anchored."""
    link = AuditLink.objects.filter(chain=organization.pk).order_by("-position").first()
    anchor = AuditAnchor.objects.filter(chain=organization.pk).order_by("-position").first()
    return Head(
        position=link.position if link else 0,
        hash=bytes(link.hash).hex() if link else "",
        anchored_position=anchor.position if anchor else 0,
        anchored_at=anchor.at if anchor else None,
    )


def names_of_everybody(organization: Organization) -> dict[UUID, str]:
    """The names of all who ever belonged to the organization, for an export that streams."""
    users = User.objects.filter(memberships__organization=organization)
    return {user.pk: str(user) for user in users.iterator(2000)}
