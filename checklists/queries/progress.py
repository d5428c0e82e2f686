"""How far everybody is: read from what settling wrote, never evaluated person by person."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Min, Q, QuerySet

from accounts.models import Organization
from checklists.models import Assignment, Clearance, SettleRequest
from operations.paging import EXACT_UP_TO


@dataclass(frozen=True)
class Counts:
    """How many people stand where; ``overdue`` are among ``open``."""

    done: int = 0
    open: int = 0
    overdue: int = 0

    @property
    def total(self) -> int:
        return self.done + self.open


def readiness(organization: Organization, *, on: dt.date, by_team: bool = False) -> dict[tuple[str, int], Counts]:
    """Exact counts from cells and deltas, by (subject, team id); team 0 is everybody, or nobody's team with ``by_team``.

    Subjects: ``checklist:<id>`` (done: complete) and ``route:<id>`` (done: cleared). One query.
    """
    team = "team_id" if by_team else "0"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT subject, {team}, coalesce(sum(n) FILTER (WHERE status IN ('complete', 'cleared')), 0),
                   coalesce(sum(n) FILTER (WHERE status = 'open'), 0),
                   coalesce(sum(n) FILTER (WHERE status = 'open' AND due_on <> '0001-01-01' AND due_on < %s), 0)
            FROM (SELECT subject, team_id, due_on, status, n FROM checklists_readinesscell WHERE organization_id = %s
                  UNION ALL
                  SELECT subject, team_id, due_on, status, n FROM checklists_readinessdelta WHERE organization_id = %s) AS counted
            WHERE subject NOT LIKE 'cleared:%%'
            GROUP BY 1, 2
            """,  # noqa: S608 -- one of two constants
            [on, organization.pk, organization.pk],
        )
        return {
            (subject, team_id): Counts(int(done), int(open_), int(overdue))
            for subject, team_id, done, open_, overdue in cursor.fetchall()
            if done or open_  # what has come to nothing waits as a delta until it is folded away
        }


def assignments(organization: Organization) -> QuerySet[Assignment]:
    """Who has to answer what, and how far they are, as settled."""
    return organization.assignments.exclude(status=Assignment.Status.ENDED).select_related(
        "membership__user", "checklist"
    )


def clearances(organization: Organization) -> QuerySet[Clearance]:
    """Whom which route is allowed, and whether they are cleared for it, as settled."""
    return organization.clearances.select_related("membership__user", "route")


def with_status(
    rows: QuerySet[Assignment], status: str, *, counts: dict[tuple[str, int], Counts], on: dt.date
) -> QuerySet[Assignment]:
    """Those of ``rows`` that are open, overdue or complete.

    No index holds what settling moves; so where few are, only the teams that the counts say have any are looked through.

    :param counts: of :func:`readiness`, by team.
    """
    counted = {"open": "open", "overdue": "overdue", "complete": "done"}[status]
    in_team: dict[int | None, int] = {}
    for (subject, team_id), count in counts.items():
        if subject.startswith("checklist:") and getattr(count, counted):
            in_team[team_id or None] = in_team.get(team_id or None, 0) + getattr(count, counted)
    if sum(in_team.values()) <= EXACT_UP_TO:
        teams = Q(team_id__in=[pk for pk in in_team if pk])
        rows = rows.filter(teams | Q(team_id=None) if None in in_team else teams)
    if status == "overdue":
        return rows.filter(status=Assignment.Status.OPEN, due_on__lt=on)
    return rows.filter(status=status)


def unsettled_since(organization: Organization) -> dt.datetime | None:
    """Since when lists and counts wait to catch up with somebody; nothing where they hold as of this moment."""
    return SettleRequest.objects.filter(organization=organization).aggregate(at=Min("requested_at"))["at"]
