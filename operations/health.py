"""Is each part well? Read by ``/readyz`` and, through it, by whatever supervises."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from operations.models import Heartbeat, SweepRun

SWEEP_IS_LATE_AFTER_TURNS = 3
SWEEP_IS_NEVER_LATE_BEFORE = dt.timedelta(minutes=10)
SWEEP_KEEPS_FAILING_AFTER = 3  # runs in a row; what fails once is often mended by the next turn
BROKER_ANSWERS_WITHIN = 2  # seconds


@dataclass(frozen=True)
class Health:
    """How one part is.

    :param restart: processes that whoever supervises should restart to mend it.
    """

    part: str
    is_well: bool
    says: str
    restart: tuple[str, ...] = ()


def check_all(*, at: dt.datetime) -> list[Health]:
    """Every part in the order in which one rests on the other; without a database nothing further is asked of it."""
    broker = _broker()
    database = _database()
    if not database.is_well:
        return [database, broker]
    parts: list[Callable[[], Health]] = [_migrations, lambda: _worker(at), lambda: _sweeps(at)]
    found = [database, broker]
    for part in parts:
        health = part()
        found.append(health)
        if health.part == "migrations" and not health.is_well:
            return found  # the tables the others read may not be there yet
    of_apps = (import_string(path)(at) for path in settings.HEALTH_PARTS)
    return found + [health for health in of_apps if health is not None]


def _database() -> Health:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Health("database", False, "does not answer")
    return Health("database", True, "answers")


def _broker() -> Health:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=BROKER_ANSWERS_WITHIN, socket_connect_timeout=BROKER_ANSWERS_WITHIN
        ) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return Health("redis", False, "does not answer")
    return Health("redis", True, "answers")


def _migrations() -> Health:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        return Health("migrations", False, f"{waiting} waiting: run `manage.py prepare`")
    return Health("migrations", True, "all applied")


def _worker(at: dt.datetime) -> Health:
    restart = ("worker", "beat")
    last = Heartbeat.objects.filter(name="worker").values_list("at", flat=True).first()
    if last is None:
        return Health("worker", False, "no heartbeat yet", restart)
    age = at - last
    if abs(age) <= settings.HEARTBEAT_IS_STALE_AFTER or _is_busy(at):
        return Health("worker", True, f"heartbeat {_seconds(age)} ago")
    return Health("worker", False, f"last heartbeat {_seconds(age)} ago", restart)


def _is_busy(at: dt.datetime) -> bool:
    """A sweep is at work within its time limit: the heartbeat waits its turn behind it."""
    limit = at - dt.timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    runs = SweepRun.objects.filter(started_at__gt=limit, started_at__lte=at)
    return any(max(run.finished_at or limit, run.failed_at or limit) < run.started_at for run in runs)


def _sweeps(at: dt.datetime) -> Health:
    turns = {str(entry["task"]): _turn(entry["schedule"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    late, failing, failed, ages = [], [], [], []
    for run in SweepRun.objects.filter(name__in=turns).order_by("name"):
        since = at - (run.finished_at or run.started_at)
        ages.append(since)
        named = f"{run.name} ({run.error})" if run.error else run.name
        if run.failures >= SWEEP_KEEPS_FAILING_AFTER:
            failing.append(named)
        elif since > max(turns[run.name] * SWEEP_IS_LATE_AFTER_TURNS, SWEEP_IS_NEVER_LATE_BEFORE):
            late.append(named)
        elif run.error and turns[run.name] > SWEEP_IS_NEVER_LATE_BEFORE:
            failed.append(named)  # its next turn is too far away to wait for
    found = {"keeps failing": failing, "late": late, "failed": failed}
    says = [f"{what}: {', '.join(names)}" for what, names in found.items() if names]
    if says:
        return Health("sweeps", False, "; ".join(says))
    return Health("sweeps", True, f"last one {_seconds(min(ages))} ago" if ages else "none has run yet")


def _turn(schedule: object) -> dt.timedelta:
    """How long a sweep's turn is; a calendar schedule counts as daily."""
    if isinstance(schedule, dt.timedelta):
        return schedule
    return dt.timedelta(seconds=float(schedule)) if isinstance(schedule, int | float) else dt.timedelta(days=1)


def _seconds(age: dt.timedelta) -> str:
    return f"{max(0, round(age.total_seconds()))} s"
