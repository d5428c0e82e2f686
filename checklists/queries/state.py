"""``current(at=)``: the SQL functions of ``migrations/0002_current_and_settling.py``, as rows of Python."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from accounts.models import Membership

COLUMNS = "membership_id, checklist_id, item_id, revision_id, answer_id, is_current, reason, because, due_on"


@dataclass(frozen=True)
class ItemState:
    """One item that one checklist asks of one person, at one moment.

    :ivar reason: why it is not current: ``unanswered``, ``unsure``, ``waiting``, ``mend``, ``reopened``, ``lapsed``,
        ``newly_covered``; empty when it is.
    :ivar route_ids: the routes for which it is asked; None: for all.
    """

    membership_id: int
    checklist_id: int
    item_id: int
    revision_id: int
    answer_id: int | None
    is_current: bool
    reason: str
    because: str
    due_on: dt.date | None
    route_ids: list[int] | None


@dataclass(frozen=True)
class SharedState:
    """The same for a shared checklist; the answerer is a team, or with none the organization.

    :ivar answers_itself: where from the product itself knows the answer (``queries.proofs``); empty when people say it.
        It is ``unsettled`` then as long as it is not so.
    """

    team_id: int | None
    checklist_id: int
    item_id: int
    revision_id: int
    answer_id: int | None
    is_current: bool
    reason: str
    because: str
    due_on: dt.date | None
    answers_itself: str


def state_of(organization_id: UUID, members: Sequence[int] | None, *, at: dt.datetime) -> list[ItemState]:
    """Everything asked of these members (all of them for None) at a moment, with whether it is current."""
    return _states(
        "checklists_state(%s, %s::bigint[], %s)", organization_id, None if members is None else list(members), at
    )


def state_of_one(membership: Membership, *, at: dt.datetime) -> list[ItemState]:
    """The same for one person, planned once per connection: what pages call."""
    return _states("checklists_state_of(%s, %s, %s)", membership.organization_id, membership.pk, at)


def _states(function: str, *args: UUID | int | list[int] | dt.datetime | None) -> list[ItemState]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS}, route_ids FROM {function} ORDER BY checklist_id, item_id", args)  # noqa: S608 -- constants
        return [ItemState(*row) for row in cursor.fetchall()]


def current_items(organization_id: UUID, *, at: dt.datetime) -> set[tuple[int, int]]:
    """The (membership, item) pairs that are asked and current at a moment."""
    return {(row.membership_id, row.item_id) for row in state_of(organization_id, None, at=at) if row.is_current}


def shared_state(organization_id: UUID, *, at: dt.datetime) -> list[SharedState]:
    """Everything asked once for the organization or for a team, with whether it is current."""
    columns = COLUMNS.replace("membership_id", "team_id") + ", answers_itself"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM checklists_shared_state(%s, %s) ORDER BY checklist_id, team_id, item_id",  # noqa: S608 -- constant columns
            [organization_id, at],
        )
        return [SharedState(*row) for row in cursor.fetchall()]


def asked_of(membership: Membership, *, at: dt.datetime) -> set[int]:
    """The items that are asked of one person where they are placed, answered or not (``settings.ASKED_OF``)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item_id FROM checklists_required(%s, ARRAY[%s]::bigint[], %s)",
            [membership.organization_id, membership.pk, at],
        )
        return {item for (item,) in cursor.fetchall()}
