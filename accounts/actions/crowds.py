"""The same change for several people: set-wise, one event, everybody or nobody."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actions.authority import refuse_foreign, refuse_overtaken, refuse_without
from accounts.actions.locks import lock_job_role, lock_organization, lock_team
from accounts.models import AccessPeriod, GroupPeriod, LeadPeriod, Membership, Placement
from accounts.queries.crowds import Crowd, NewPlace, to_be_placed, to_leave
from accounts.rights import Right
from audit import actions as audit
from operations.errors import ActionRefused

Kind = type[LeadPeriod] | type[GroupPeriod] | type[Placement] | type[AccessPeriod]
# Who has no open placement gets their first one; what is not changed is taken from the one that ends.
_PLACE = """
WITH ended AS (
    UPDATE accounts_placement SET ended_at = %(at)s, ended_by_id = %(by)s
    WHERE membership_id = ANY(%(ids)s) AND ended_at IS NULL
    RETURNING membership_id, team_id, job_role_id
)
INSERT INTO accounts_placement (organization_id, membership_id, team_id, job_role_id, started_at, started_by_id)
SELECT %(organization)s, moved.id,
       CASE WHEN %(changes_team)s THEN %(team)s ELSE ended.team_id END,
       CASE WHEN %(changes_job_role)s THEN %(job_role)s ELSE ended.job_role_id END, %(at)s, %(by)s
FROM unnest(%(ids)s::bigint[]) AS moved (id) LEFT JOIN ended ON ended.membership_id = moved.id
"""


@transaction.atomic
def place_many(*, people: QuerySet[Membership], place: NewPlace, seen: str, by: Membership, at: dt.datetime) -> int:
    """Move several people; what is required of them follows by itself.

    :param people: those chosen; whoever is there already, has left or belongs to another organization is left alone.
    :param seen: the digest of those whom the page named; when it would be others by now, nobody moves.
    :returns: how many were moved.
    :raises ActionRefused: it concerns others by now; the team or role is archived; ``by`` may not manage people.
    """
    people = _locked(people, by)
    team = lock_team(place.team) if place.team else None
    job_role = lock_job_role(place.job_role) if place.job_role else None
    refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_foreign(by, team, job_role)
    crowd = _as_seen(to_be_placed(people, place), seen)
    _refuse_overtaken(crowd, at, [Placement])
    params: dict[str, Any] = {
        "ids": crowd.ids,
        "organization": by.organization_id,
        "changes_team": place.changes_team,
        "team": team.pk if team else None,
        "changes_job_role": place.changes_job_role,
        "job_role": job_role.pk if job_role else None,
        "by": by.user_id,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, params)
    changed = [name for name in ("team", "job_role") if params[f"changes_{name}"]]
    _record("person.many_placed", crowd, by=by, at=at, **{name: params[name] for name in changed})
    return len(crowd.ids)


@transaction.atomic
def end_memberships(*, people: QuerySet[Membership], seen: str, by: Membership, at: dt.datetime) -> int:
    """Several people leave: every period they hold ends. What they answered and signed stays.

    :param people: as for :func:`place_many`; oneself, owners and whoever holds more than ``by`` stay.
    :param seen: the digest of those whom the page named; when it would be others by now, nobody leaves.
    :returns: how many have left.
    :raises ActionRefused: it concerns others by now; ``by`` may not manage people.
    """
    lock_organization(by.organization_id)
    people = _locked(people, by)
    held = refuse_without(Right.PEOPLE_MANAGE, by)
    crowd = _as_seen(to_leave(people, by=by, held=held), seen)
    kinds: list[Kind] = [LeadPeriod, GroupPeriod, Placement, AccessPeriod]
    _refuse_overtaken(crowd, at, kinds)
    for kind in kinds:
        kind.objects.open().filter(membership__in=crowd.ids).update(ended_at=at, ended_by=by.user_id)
    _record("person.many_left", crowd, by=by, at=at)
    return len(crowd.ids)


def _locked(people: QuerySet[Membership], by: Membership) -> QuerySet[Membership]:
    """Those of one's own organization; one change of each person's periods at a time, in the order of their numbers."""
    mine = people.filter(organization=by.organization_id)
    list(mine.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk"))
    return mine


def _as_seen(crowd: Crowd, seen: str) -> Crowd:
    if not crowd.ids:
        raise ActionRefused(_("There is nobody left whom this would change."))
    if crowd.digest != seen:
        raise ActionRefused(_("Whom this concerns has changed since you looked. Look again, then confirm."))
    return crowd


def _refuse_overtaken(crowd: Crowd, at: dt.datetime, kinds: Iterable[Kind]) -> None:
    refuse_overtaken(at, *(kind.objects.filter(membership__in=crowd.ids) for kind in kinds))


def _record(action: str, crowd: Crowd, *, by: Membership, at: dt.datetime, **data: object) -> None:
    audit.record(
        action,
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"organization:{by.organization_id}",
        count=len(crowd.ids),
        people=crowd.digest,
        **data,
    )
