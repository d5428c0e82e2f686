"""What one person has left to do, and what they may use: evaluated live, for this person alone."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import Membership
from accounts.queries import Standing, somebody_else
from checklists.models import AssignmentRule
from checklists.queries.asked import asked_by_name
from checklists.queries.minutes import AskedOnce, minutes_left
from governance.models import RouteDecision
from governance.queries.permission_modes import modes_in_words

# Rows of one person's lists, a few dozen; an item that two lists ask stands in both.
_ITEMS = """
SELECT checklist.id, checklist.name, checklist.minutes, state.item_id, state.is_current, CASE WHEN state.reason = 'unsure' AND (
           SELECT question.answer_id IS NULL FROM governance_question question
           WHERE question.asked_by_id = state.membership_id AND question.about = 'item:' || state.item_id
           ORDER BY question.id DESC LIMIT 1) THEN 'closed' ELSE state.reason END, state.due_on
FROM checklists_state_of(%s, %s, %s) state
JOIN checklists_checklist checklist ON checklist.id = state.checklist_id
ORDER BY checklist.minutes, checklist.name, state.item_id
"""
# One text, like the frame's: put together by the ORM it took longer than it ran, on the page that everybody begins with.
_ROUTES = """
SELECT decision.id, route.short_code, route.name, period.line, decision.outcome, decision.until,
       governance_conditions(decision.sign_off_id, decision.conditions),
       accounts_keeper_name(decision.organization_id, decision.keeper_id),
       coalesce(cleared.required, 0), coalesce(cleared.open, 0), stopped.at, coalesce(stopped.because, ''),
       covering.data_classes, covering.repositories, covering.uses, decision.permission_modes, decision.why, seen.at
FROM governance_routedecision decision
JOIN catalog_accessroute route ON route.id = decision.route_id
LEFT JOIN governance_forceperiod period ON period.organization_id = decision.organization_id
     AND period.route_id = decision.route_id AND period.ended_at IS NULL
LEFT JOIN checklists_cleared_of(%(organization)s, %(member)s, %(at)s) cleared ON cleared.route_id = decision.route_id
LEFT JOIN LATERAL (
    SELECT move.at, reason.body AS because FROM governance_decisionmove move
    LEFT JOIN audit_freetext reason ON reason.id = move.reason_id
    WHERE move.decision_id = decision.id AND move.to_status = 'suspended'
    ORDER BY move.id DESC LIMIT 1) stopped ON decision.status = 'suspended'
LEFT JOIN governance_stopseen seen ON seen.decision_id = decision.id AND seen.suspended_at = stopped.at
     AND seen.membership_id = %(member)s
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS is_any,
           CASE WHEN bool_and(class.id IS NOT NULL)
                THEN (array_agg(DISTINCT class.name) FILTER (WHERE class.id IS NOT NULL))::text[] ELSE '{}' END AS data_classes,
           CASE WHEN bool_and(used.id IS NOT NULL)
                THEN (array_agg(DISTINCT used.name) FILTER (WHERE used.id IS NOT NULL))::text[] ELSE '{}' END AS uses,
           CASE WHEN bool_and(line.repositories <> '')
                THEN string_agg(DISTINCT line.repositories, E'\\n') ELSE '' END AS repositories
    FROM governance_scopeline line
    LEFT JOIN governance_scopelineteam of_team ON of_team.line_id = line.id
    LEFT JOIN governance_scopelinejobrole of_role ON of_role.line_id = line.id
    LEFT JOIN governance_scopelinedataclass of_class ON of_class.line_id = line.id
    LEFT JOIN governance_dataclass class ON class.id = of_class.data_class_id
    LEFT JOIN governance_scopelineuse of_use ON of_use.line_id = line.id
    LEFT JOIN governance_use used ON used.id = of_use.use_id
    WHERE line.decision_id = decision.id AND (of_team.id IS NULL OR of_team.team_id = %(team)s)
      AND (of_role.id IS NULL OR of_role.job_role_id = %(job_role)s)) covering
WHERE decision.organization_id = %(organization)s AND (
    decision.id = ANY (ARRAY(SELECT governance_covering(%(organization)s, %(team)s, %(job_role)s, %(at)s)))
    OR decision.status = 'suspended' AND decision.outcome <> 'not_allowed' AND covering.is_any)
ORDER BY decision.route_id
"""

# Answered once, and asked again.
AGAIN = frozenset({"reopened", "lapsed", "newly_covered"})


@dataclass(frozen=True)
class MyList:
    """One checklist of this person: how many questions are done, of how many, and until when the rest is due."""

    name: str
    done: int
    total: int
    due_on: dt.date | None
    status: str

    @property
    def left(self) -> int:
        return self.total - self.done


@dataclass(frozen=True)
class MyWork:
    """Everything this person is asked: each question counted once, however many lists ask it.

    :ivar waiting: the items about which they have asked somebody who has not answered yet.
    :ivar replied: how many they asked about and were answered; they have yet to settle them.
    """

    lists: tuple[MyList, ...] = ()
    done: int = 0
    total: int = 0
    waiting: tuple[int, ...] = ()
    again: int = 0
    replied: int = 0
    minutes: int = 0
    due_on: dt.date | None = None

    @property
    def left(self) -> int:
        """What is this person's to do now; a question that waits for its answer is not."""
        return self.total - self.done - len(self.waiting)


@dataclass(frozen=True)
class MyRoute:
    """A route that a decision speaks of for this person: in force, or suspended since ``suspended_at``.

    :ivar status: whether they are cleared for it, must not use it, or must stop using it for now.
    :ivar left: how many questions are left until they are cleared.
    :ivar keeper: the name of whoever keeps the decision now.
    :ivar data_classes: what may be entered, by name; empty: every kind. ``repositories``, one per line, and ``uses`` likewise.
    :ivar modes: how far it may act alone, in words; empty: nothing is said.
    :ivar stopped_at: when they said that they have stopped using what is suspended.
    """

    decision_id: int
    code: str
    name: str
    line: int | None
    until: dt.date | None
    conditions: str
    keeper: str
    status: str
    left: int = 0
    suspended_at: dt.datetime | None = None
    suspended_because: str = ""
    data_classes: tuple[str, ...] = ()
    repositories: str = ""
    uses: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    why: str = ""
    stopped_at: dt.datetime | None = None


@dataclass(frozen=True)
class MyRoutes:
    """What this person may use, what was suspended, what they must not use, and whom to ask about anything else."""

    allowed: tuple[MyRoute, ...]
    suspended: tuple[MyRoute, ...]
    not_allowed: tuple[MyRoute, ...]
    contact: str

    @property
    def to_stop(self) -> bool:
        """Whether something was suspended of which this person has not said that they have stopped."""
        return any(one.stopped_at is None for one in self.suspended)


NO_ROUTES = MyRoutes((), (), (), "")


@dataclass(frozen=True)
class Stand:
    """How one person stands, as those who look after them read it."""

    work: MyWork
    routes: MyRoutes
    asked: Sequence[AssignmentRule] = ()

    @property
    def waiting(self) -> int:
        """How many of their questions somebody else has yet to answer."""
        return len(self.work.waiting)


def stand_of(membership: Membership, standing: Standing, *, at: dt.datetime, today: dt.date) -> Stand:
    """The same two evaluations their own home shows them, and what they are asked by name."""
    work, routes = work_of(membership, at=at, today=today), routes_of(membership, standing, at=at)
    return Stand(work, routes, list(asked_by_name(membership)))


def work_of(membership: Membership, *, at: dt.datetime, today: dt.date) -> MyWork:
    """What is left for this person, by list and in all, by the one predicate (``current(at=)``)."""
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, [membership.organization_id, membership.pk, at])
        rows = cursor.fetchall()
    lists: dict[int, list[tuple]] = {}
    for row in rows:
        lists.setdefault(row[0], []).append(row)
    items = {row[3]: row for row in reversed(rows)}
    open_ones = [row for row in items.values() if not row[4] and row[5] != "waiting"]
    return MyWork(
        lists=tuple(_list(of_list, today) for of_list in lists.values()),
        done=sum(row[4] for row in items.values()),
        total=len(items),
        waiting=tuple(item for item, row in items.items() if row[5] == "waiting"),
        again=sum(row[5] in AGAIN for row in open_ones),
        replied=sum(row[5] == "unsure" for row in open_ones),
        minutes=minutes_left(
            AskedOnce(row[0], row[2], row[3], is_open=not row[4] and row[5] != "waiting") for row in rows
        ),
        due_on=_earliest(row[6] for row in open_ones),
    )


def routes_of(membership: Membership, standing: Standing, *, at: dt.datetime) -> MyRoutes:
    """What decisions in force say about this person's team and job role, and what was suspended; one query."""
    who: dict[str, Any] = {"organization": membership.organization_id, "member": membership.pk, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_ROUTES, {**who, "team": standing.team_id, "job_role": standing.job_role_id})
        routes = [_route(*row) for row in cursor.fetchall()]
    suspended = tuple(one for one in routes if one.status == "suspended")
    not_allowed = tuple(one for one in routes if one.status == "not-allowed")
    allowed = tuple(one for one in routes if one.status in {"cleared", "not-cleared"})
    named = allowed or suspended
    return MyRoutes(allowed, suspended, not_allowed, named[0].keeper if named else str(somebody_else(membership) or ""))


def _route(
    decision_id: int,
    code: str,
    name: str,
    line: int | None,
    outcome: str,
    until: dt.date | None,
    conditions: str,
    keeper: str,
    required: int,
    left: int,
    suspended_at: dt.datetime | None,
    because: str,
    data_classes: list[str],
    repositories: str,
    uses: list[str],
    modes: list[str],
    why: str,
    stopped_at: dt.datetime | None,
) -> MyRoute:
    if suspended_at:
        status = "suspended"
    elif outcome == RouteDecision.Outcome.NOT_ALLOWED:
        status = "not-allowed"
    else:
        # Nobody is cleared by being asked nothing.
        status = "cleared" if required and not left else "not-cleared"
    return MyRoute(
        decision_id,
        code,
        name,
        line,
        until,
        conditions,
        keeper,
        status,
        left,
        suspended_at,
        because,
        tuple(data_classes),
        repositories,
        tuple(uses),
        tuple(mode.name for mode in modes_in_words(modes)),
        why,
        stopped_at,
    )


def _list(rows: list[tuple], today: dt.date) -> MyList:
    open_ones = [row for row in rows if not row[4]]
    due_on = _earliest(row[6] for row in open_ones if row[5] != "waiting")
    if not open_ones:
        status = "completed"
    elif all(row[5] == "waiting" for row in open_ones):
        status = "not-sure"
    elif due_on and due_on < today:
        status = "overdue"
    elif any(row[5] in AGAIN for row in open_ones):
        status = "needs-another-look"
    else:
        status = "in-progress" if len(open_ones) < len(rows) else "to-do"
    return MyList(rows[0][1], len(rows) - len(open_ones), len(rows), due_on, status)


def _earliest(days: Iterable[dt.date | None]) -> dt.date | None:
    return min((day for day in days if day), default=None)
