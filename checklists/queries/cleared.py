"""Who may have access: per route who is cleared, and who was since a day, is no longer, and why."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import AccessPeriod, Organization
from catalog.models import AccessRoute
from checklists.queries.state import state_of
from checklists.queries.tasks import AGAIN
from governance.models import RouteDecision
from governance.queries.decisions import DECIDED
from operations.templatetags.dates import day

DAYS_BACK = 90
PAGE = 50
_LAST = 2**62

_CLEARED = """
SELECT clearance.membership_id, person.name, person.email, team.name, NULL::timestamptz, true
FROM checklists_clearance clearance
JOIN accounts_membership membership ON membership.id = clearance.membership_id
JOIN accounts_user person ON person.id = membership.user_id
LEFT JOIN accounts_team team ON team.id = clearance.team_id
WHERE clearance.organization_id = %(organization)s AND clearance.route_id = %(route)s AND clearance.is_cleared
  AND clearance.membership_id < %(before)s
ORDER BY 1 DESC LIMIT %(limit)s
"""
# Where settling kept it: with the clearance while the route is allowed to them, else apart.
_NO_LONGER = """
SELECT lost.membership_id, person.name, CASE WHEN person.erased_at IS NULL THEN person.email ELSE '' END, team.name, max(lost.lost_at), bool_or(clearance.id IS NOT NULL)
FROM (SELECT membership_id, lost_at FROM checklists_clearancelost
      WHERE organization_id = %(organization)s AND route_id = %(route)s
      UNION ALL
      SELECT membership_id, lost_at FROM checklists_clearance
      WHERE organization_id = %(organization)s AND route_id = %(route)s AND lost_at IS NOT NULL) lost
JOIN accounts_membership membership ON membership.id = lost.membership_id
JOIN accounts_user person ON person.id = membership.user_id
LEFT JOIN checklists_clearance clearance ON clearance.organization_id = %(organization)s
     AND clearance.route_id = %(route)s AND clearance.membership_id = lost.membership_id
LEFT JOIN accounts_placement place ON place.membership_id = lost.membership_id AND place.ended_at IS NULL
LEFT JOIN accounts_team team ON team.id = place.team_id
WHERE lost.lost_at >= %(since)s AND NOT coalesce(clearance.is_cleared, false) AND lost.membership_id < %(before)s
GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Access:
    """One person who may have access to a route, or may no longer since ``lost_at``, because of ``why``."""

    membership_id: int
    name: str
    email: str
    team: str
    lost_at: dt.datetime | None = None
    why: str = ""


def cleared_for(
    organization: Organization, route: AccessRoute, *, before: int = _LAST, limit: int = PAGE
) -> list[Access]:
    """Who is cleared for a route as settled, by falling number; one query.

    :param before: only those whose number lies below: the last of the page before.
    """
    rows = _rows(_CLEARED, organization, route, before=before, limit=limit)
    return [Access(pk, name, email, team or "") for pk, name, email, team, _lost, _allowed in rows]


def no_longer_cleared_for(
    organization: Organization,
    route: AccessRoute,
    *,
    since: dt.datetime,
    at: dt.datetime,
    before: int = _LAST,
    limit: int = PAGE,
) -> list[Access]:
    """Who was cleared for it at some time since ``since`` and is not now, each with why; four queries.

    Who has left is among them; who was cleared and lost it before ``since`` is not.
    """
    rows = _rows(_NO_LONGER, organization, route, before=before, limit=limit, since=since)
    why = _Reasons(organization, route, [row[0] for row in rows], at=at) if rows else None
    return [
        Access(pk, name, email, team or "", lost_at, why.of(pk, is_allowed=is_allowed) if why else "")
        for pk, name, email, team, lost_at, is_allowed in rows
    ]


def everybody_who_had_access(
    organization: Organization, route: AccessRoute, *, since: dt.datetime, at: dt.datetime
) -> Iterator[Access]:
    """All of both, page by page: first who is cleared, then who no longer is."""
    before = _LAST
    while page := cleared_for(organization, route, before=before, limit=1000):
        yield from page
        before = page[-1].membership_id
    before = _LAST
    while page := no_longer_cleared_for(organization, route, since=since, at=at, before=before, limit=1000):
        yield from page
        before = page[-1].membership_id


class _Reasons:
    """Why these people are no longer cleared for a route."""

    def __init__(self, organization: Organization, route: AccessRoute, members: list[int], *, at: dt.datetime) -> None:
        left = AccessPeriod.objects.filter(membership__in=members).order_by("started_at")
        self.left = dict(left.values_list("membership_id", "ended_at"))
        decisions = RouteDecision.objects.filter(organization=organization, route=route, status__in=DECIDED)
        self.decision = decisions.order_by("-number").first()
        self.states: dict[int, list[Any]] = {}
        for state in state_of(organization.pk, members, at=at):
            if not state.is_current and (state.route_ids is None or route.pk in state.route_ids):
                self.states.setdefault(state.membership_id, []).append(state)

    def of(self, member: int, *, is_allowed: bool) -> str:
        if self.left.get(member):
            return _("Left on %(day)s.") % {"day": day(self.left[member])}
        if not is_allowed:
            return self._of_decision()
        said = [str(AGAIN.get(state.reason, state.because)) for state in self.states.get(member, [])]
        return next(filter(None, said), _("A question that the route needs is not answered."))

    def _of_decision(self) -> str:
        status = self.decision.status if self.decision else ""
        return {
            RouteDecision.Status.SUSPENDED.value: _("The decision on the route is suspended."),
            RouteDecision.Status.RETIRED.value: _("The decision on the route was ended."),
            RouteDecision.Status.EXPIRED.value: _("The decision on the route has run out."),
        }.get(status, _("No decision covers their team and job role any more."))


def _rows(sql: str, organization: Organization, route: AccessRoute, **bounds: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"organization": organization.pk, "route": route.pk, **bounds})
        return cursor.fetchall()
