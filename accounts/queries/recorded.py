# ruff: noqa: S608 -- put together from constants
"""What is recorded about a person, from the register that every app has its part in (``operations/personal.py``)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Membership, Organization
from operations.personal import Held, register


@dataclass(frozen=True)
class Recorded:
    """One kind of thing, with how many of it there are of one person; None: they can't be counted."""

    held: Held
    count: int | None


# Who could sign at any time is kept for longer; who signed alone was in no group. Signatures stand above this app and
# are read by name.
COULD_SIGN = """
EXISTS (SELECT FROM accounts_groupperiod signs WHERE signs.membership_id = {membership})
OR EXISTS (SELECT FROM governance_signature signed WHERE signed.membership_id = {membership})
"""
# Whoever has left, with the moment; a row each. {some} narrows them.
HAS_LEFT = f"""
SELECT membership.id, membership.organization_id, left_at, left_at + make_interval(years => CASE
           WHEN {COULD_SIGN.format(membership="membership.id")}
           THEN organization.keep_signers_for_years ELSE organization.keep_people_for_years END::int) AS due_at
FROM accounts_membership membership
JOIN accounts_organization organization ON organization.id = membership.organization_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN bool_and(ended_at IS NOT NULL) THEN max(ended_at) END AS left_at
    FROM accounts_accessperiod access WHERE access.membership_id = membership.id
) gone
WHERE left_at IS NOT NULL AND (membership.erased_at IS NULL OR membership.erased_at < left_at) AND {{some}}
"""
# Narrowed by an index to those who left before the shortest period there is ended.
DUE = f"""
SELECT gone.id FROM ({
    HAS_LEFT.format(
        some="membership.held_at IS NULL AND NOT organization.is_solo AND membership.id IN ("
        "SELECT membership_id FROM accounts_accessperiod WHERE ended_at <= %(at)s - interval '1 year')"
    )
}) gone
JOIN accounts_membership belongs ON belongs.id = gone.id JOIN accounts_user person ON person.id = belongs.user_id
WHERE due_at <= %(at)s AND NOT person.is_staff
ORDER BY gone.id LIMIT %(many)s
"""


def ids_of(membership: Membership) -> dict[str, UUID | int]:
    """What the SQL of the register asks for."""
    return {"organization": membership.organization_id, "membership": membership.pk, "user": membership.user_id}


def recorded(membership: Membership) -> list[Recorded]:
    """Everything that may be recorded about a person, and how much of it there is; one query."""
    counted = [held for held in register() if held.select]
    counts = ", ".join(f"(SELECT count(*) FROM ({held.select}) counted)" for held in counted)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", ids_of(membership))
        found = dict(zip((held.key for held in counted), cursor.fetchone(), strict=True))
    return [Recorded(held, found.get(held.key)) for held in register()]


def rows_of(held: Held, membership: Membership) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The columns and the rows of one kind of thing, as the person may read them."""
    with connection.cursor() as cursor:
        cursor.execute(held.select, ids_of(membership))
        return [column.name for column in cursor.description], iter(cursor.fetchall())


def files_of(held: Held, membership: Membership) -> list[tuple[str, str]]:
    """The path and the name of each file of one kind of thing."""
    with connection.cursor() as cursor:
        cursor.execute(held.files, ids_of(membership))
        return cursor.fetchall()


def is_kept_as_signer(membership: Membership) -> bool:
    """Whether the longer period holds for this person."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COULD_SIGN.format(membership='%(membership)s')}", {"membership": membership.pk})
        return cursor.fetchone()[0]


def years_kept(membership: Membership, organization: Organization) -> int:
    """For how many years after leaving this person is kept."""
    longer = is_kept_as_signer(membership)
    return organization.keep_signers_for_years if longer else organization.keep_people_for_years


def has_left(membership: Membership) -> tuple[dt.datetime, dt.datetime] | None:
    """When the person left, and when they are erased by themselves; None while they belong here, or have been erased."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT left_at, due_at FROM ({HAS_LEFT.format(some='membership.id = %s')}) gone", [membership.pk]
        )
        return cursor.fetchone()


def due_to_be_erased(*, at: dt.datetime, many: int) -> list[int]:
    """The memberships of whoever left so long ago that nothing keeps them."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"at": at, "many": many})
        return [pk for (pk,) in cursor.fetchall()]
