"""Settling: writing what lists, counts and notices read, set-wise, from the one predicate.

Work is found in the database (``SettleRequest``, ``SettleJob``, ``Lapse``), so that nothing is lost when a worker dies
and nothing happens twice when two run.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Greatest

from accounts.models import Organization
from audit.actions import LOCK_SPACE
from checklists.models import Lapse, ReadinessDelta, SettleJob, SettleRequest
from operations import clock
from operations.sweeps import each

BATCH = 5000
Now = Callable[[], dt.datetime]

_LOCK_PEOPLE = """
SELECT FROM accounts_membership WHERE organization_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE;
"""
# Never as of a moment before what another has settled: that one had seen more. Nor, once the clock was set back, before it
# was asked for, which the clock of the database says: what was asked for would be settled away, and nobody asks again. What
# lies more than a day ahead is no clock set back, but one that once ran ahead: nothing is judged as of such a day.
_SETTLE = """
SELECT checklists_settle(%(organization)s, %(members)s, greatest(
    %(at)s,
    (SELECT max(settled_at) FROM checklists_assignment
     WHERE organization_id = %(organization)s AND membership_id = ANY(%(members)s)
       AND settled_at <= %(at)s + interval '1 day'),
    (SELECT max(settled_at) FROM checklists_clearance
     WHERE organization_id = %(organization)s AND membership_id = ANY(%(members)s)
       AND settled_at <= %(at)s + interval '1 day'),
    CASE WHEN %(asked_at)s BETWEEN clock_timestamp() AND %(at)s + interval '1 day' THEN %(asked_at)s END))
"""

_TAKE_LAPSED = """
WITH gone AS (
    DELETE FROM checklists_lapse lapse USING accounts_organization organization
    WHERE organization.id = %s AND lapse.organization_id = organization.id
      AND lapse."on" <= (%s::timestamptz AT TIME ZONE organization.timezone)::date
    RETURNING lapse.organization_id, lapse.membership_id
)
INSERT INTO checklists_settlerequest (organization_id, membership_id, requested_at)
SELECT DISTINCT organization_id, membership_id, %s::timestamptz FROM gone
"""

_FOLD = """
WITH folded AS (DELETE FROM checklists_readinessdelta WHERE organization_id = %s RETURNING *), summed AS (
    SELECT organization_id, subject, team_id, job_role_id, due_on, status, sum(n) AS n FROM folded
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) <> 0
), emptied AS (
    DELETE FROM checklists_readinesscell cell USING summed
    WHERE (cell.organization_id, cell.subject, cell.team_id, cell.job_role_id, cell.due_on, cell.status)
        = (summed.organization_id, summed.subject, summed.team_id, summed.job_role_id, summed.due_on, summed.status)
      AND cell.n + summed.n = 0
    RETURNING summed.*
), moved AS (
    INSERT INTO checklists_readinesscell (organization_id, subject, team_id, job_role_id, due_on, status, n)
    TABLE summed EXCEPT TABLE emptied
    ON CONFLICT (organization_id, subject, team_id, job_role_id, due_on, status)
    DO UPDATE SET n = checklists_readinesscell.n + excluded.n
)
SELECT count(*) FROM folded
"""


def settle_due(*, at: dt.datetime) -> int:
    """Settle everybody somebody asked for, organization by organization; returns how many people were looked at.

    :param at: when the run began. Each batch counts as of when it holds its people, by so much later: what they said
        and what was changed while the run was at it, or waited for them, belongs to it.
    :raises SomeFailed: an organization could not be settled; the others are.
    """
    began = clock.now()

    def now() -> dt.datetime:
        return at + (clock.now() - began)

    organizations = set(SettleRequest.objects.values_list("organization_id", flat=True).distinct())
    organizations |= set(SettleJob.objects.filter(done_at__isnull=True).values_list("organization_id", flat=True))
    return each((f"organization:{pk}", partial(_settle_organization, pk, now)) for pk in organizations)


@transaction.atomic
def settle_people(*, organization: Organization, members: list[int], at: dt.datetime) -> None:
    """Settle these members now, in the transaction of what they did."""
    _settle(organization.pk, members, lambda: at, asked_at=at)


def take_lapsed(*, at: dt.datetime) -> int:
    """Ask for settling of everybody of whom something runs out by today (their organization's today).

    :raises SomeFailed: nobody could be asked for in an organization; in the others they are.
    """
    tomorrow = at.astimezone(dt.UTC).date() + dt.timedelta(days=1)
    organizations = Lapse.objects.filter(on__lte=tomorrow).values_list("organization_id", flat=True).distinct()
    return each((f"organization:{pk}", partial(_take_lapsed, pk, at)) for pk in organizations)


def fold_counts() -> int:
    """Fold the deltas into the cells, organization by organization; returns how many deltas.

    A cell that comes to nothing goes: its day has passed, and nobody will be counted there again.

    :raises SomeFailed: an organization's could not be folded; the others' are.
    """
    organizations = ReadinessDelta.objects.values_list("organization_id", flat=True).distinct()
    return each((f"organization:{pk}", partial(_fold, pk)) for pk in organizations)


def _take_lapsed(organization_id: UUID, at: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_LAPSED, [organization_id, at, at])
        return cursor.rowcount


@transaction.atomic
def _fold(organization_id: UUID) -> int:
    """A second fold at the same time finds the lock taken. Only this writes cells, so each is read as the statement
    found it; a reader sees cells and deltas as committed, before or after.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, f"checklists.fold {organization_id}"]
        )
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_FOLD, [organization_id])
        return cursor.fetchone()[0]


def _settle_organization(organization_id: UUID, now: Now) -> int:
    settled = 0
    while True:
        step = _step(organization_id, now)
        if step is None:
            return settled
        settled += step


@transaction.atomic
def _step(organization_id: UUID, now: Now) -> int | None:
    """One batch of one organization, in a transaction of its own; None when nothing is left or another is at it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SPACE, f"checklists.settle {organization_id}"]
        )
        if not cursor.fetchone()[0]:
            return None
    _begin_job(organization_id, now())
    job = SettleJob.objects.select_for_update().filter(organization_id=organization_id, done_at__isnull=True).first()
    if job is not None:
        return _go_on(job, now)
    return _take_single_requests(organization_id, now)


def _begin_job(organization_id: UUID, at: dt.datetime) -> None:
    """A request for everybody becomes a job; one that comes while a job runs starts it over, so that it is not missed."""
    everybody = SettleRequest.objects.filter(organization_id=organization_id, membership__isnull=True)
    taken = dict(everybody.select_for_update(skip_locked=True).values_list("pk", "requested_at")[:10_000])
    if not taken:
        return
    SettleRequest.objects.filter(pk__in=taken).delete()
    started_at = max(at, *taken.values())
    running = SettleJob.objects.filter(organization_id=organization_id, done_at__isnull=True)
    if not running.update(cursor=0, started_at=Greatest("started_at", started_at)):
        SettleJob.objects.create(organization_id=organization_id, started_at=started_at)


def _go_on(job: SettleJob, now: Now) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM accounts_membership WHERE organization_id = %s AND id > %s ORDER BY id LIMIT %s",
            [job.organization_id, job.cursor, BATCH],
        )
        members = [row[0] for row in cursor.fetchall()]
    if members:
        _settle(job.organization_id, members, now, asked_at=job.started_at)
        job.cursor = members[-1]
        job.save(update_fields=["cursor"])
    else:
        job.done_at = now()
        job.save(update_fields=["done_at"])
    return len(members)


def _take_single_requests(organization_id: UUID, now: Now) -> int | None:
    single = SettleRequest.objects.filter(organization_id=organization_id, membership__isnull=False).order_by("pk")
    taken = list(single.select_for_update(skip_locked=True).values_list("pk", "membership_id", "requested_at")[:BATCH])
    if not taken:
        return None
    members = sorted({membership for _pk, membership, _asked_at in taken})
    SettleRequest.objects.filter(pk__in=[pk for pk, _membership, _asked_at in taken]).delete()
    _settle(organization_id, members, now, asked_at=max(asked_at for _pk, _membership, asked_at in taken))
    return len(members)


def _settle(organization_id: UUID, members: list[int], now: Now, *, asked_at: dt.datetime) -> None:
    # The clock is read once the people are locked: whatever they have committed by then lies before it.
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_PEOPLE, [organization_id, members])
        cursor.execute(
            _SETTLE, {"organization": organization_id, "members": members, "at": now(), "asked_at": asked_at}
        )
