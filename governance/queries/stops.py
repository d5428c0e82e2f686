"""Who was told to stop using what is suspended, and who says that they have."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Membership, Placement
from accounts.queries import IsAmong, asked_memberships
from governance.models import DecisionMove, RouteDecision, StopSeen
from governance.queries.decisions import in_scope
from governance.queries.submissions import scope_of


@dataclass(frozen=True)
class TeamStopped:
    """Of one team (or, without a name, of people in none): how many must stop, and how many say they have."""

    team_id: int | None
    team: str
    people: int
    seen: int


def last_suspension(decision: RouteDecision) -> DecisionMove | None:
    """The move that suspended it, while it is suspended."""
    if decision.status != RouteDecision.Status.SUSPENDED:
        return None
    return decision.moves.filter(to_status=RouteDecision.Status.SUSPENDED).order_by("-pk").first()


def must_stop(
    decision: RouteDecision, *, since: dt.datetime, team_ids: Collection[int] | None = None, waits: bool = False
) -> QuerySet[Membership]:
    """Everybody whom it covers (nobody from outside), with ``seen_at``, their ``team_id`` and ``team_name``.

    :param since: when it was suspended.
    :param team_ids: of these teams only; None: of all.
    :param waits: only who has not said yet that they have stopped.
    """
    seen = StopSeen.objects.filter(decision=decision, suspended_at=since, membership=OuterRef("pk"))
    place = Placement.objects.open().filter(membership=OuterRef("pk"))
    people = asked_memberships(decision.organization).filter(in_scope(scope_of(decision)))
    if team_ids is not None:
        placed = Placement.objects.open().filter(organization=decision.organization_id, team__in=team_ids)
        people = people.filter(IsAmong(placed.values("membership_id")))
    if waits:
        people = people.filter(~Exists(seen))
    return people.select_related("user").annotate(
        seen_at=Subquery(seen.values("at")[:1]), team_name=Subquery(place.values("team__name")[:1])
    )


def stopped_by_team(
    decision: RouteDecision, *, since: dt.datetime, team_ids: Collection[int] | None
) -> list[TeamStopped]:
    """How many of each team must stop, and say that they have; one query beside the scope's."""
    said = StopSeen.objects.filter(decision=decision, suspended_at=since).values("membership_id")
    people = asked_memberships(decision.organization).filter(in_scope(scope_of(decision)))
    placed = Placement.objects.open().filter(
        IsAmong(people.values("pk"), column="membership_id"), organization=decision.organization_id
    )
    if team_ids is not None:
        placed = placed.filter(team__in=team_ids)
    rows = placed.values("team_id", name=F("team__name")).annotate(
        people=Count("pk"), seen=Count("pk", filter=Q(membership__in=said))
    )
    return [
        TeamStopped(row["team_id"], row["name"] or "", row["people"], row["seen"])
        for row in rows.order_by(F("team__name").asc(nulls_last=True))
    ]
