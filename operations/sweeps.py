"""What every sweep is wrapped in: a row that says how it is doing, and a log line."""

import datetime as dt
import functools
from collections.abc import Callable
from typing import ParamSpec

import structlog
from django.db import connection

from operations import clock
from operations.models import SweepRun

log = structlog.get_logger("sweeps")
P = ParamSpec("P")


def sweep(name: str) -> Callable[[Callable[P, int]], Callable[P, int]]:
    """Record each run of the decorated function in ``SweepRun`` and in the log; an error is noted and raised again.

    Goes below ``@shared_task(name=…)``. The function returns how many things it did. The row is written outside the
    sweep's own transactions, so that it also tells of one that was rolled back.

    :param name: the task's name, such as ``reviews.open_due``.
    """

    def decorate(work: Callable[P, int]) -> Callable[P, int]:
        @functools.wraps(work)
        def run(*args: P.args, **kwargs: P.kwargs) -> int:
            _note_start(name)
            try:
                done = work(*args, **kwargs)
            except Exception as error:
                _note_failure(name, error)
                raise
            _note_end(name, done)
            return done

        return run

    return decorate


def has_run_since(name: str, since: dt.datetime) -> bool:
    """Whether a sweep has got through since then: for what is rung more often than it has to run."""
    return SweepRun.objects.filter(name=name, finished_at__gte=since).exists()


def _note_start(name: str) -> None:
    SweepRun.objects.update_or_create(name=name, defaults={"started_at": clock.now()})


def _note_end(name: str, done: int) -> None:
    SweepRun.objects.filter(name=name).update(finished_at=clock.now(), error="", done=done)
    if done:
        log.info("sweep.finished", sweep=name, done=done)


def _note_failure(name: str, error: Exception) -> None:
    # Only the kind of error: its text may quote a row, and a row may hold what a person wrote. The log has the rest.
    if not connection.needs_rollback:
        SweepRun.objects.filter(name=name).update(failed_at=clock.now(), error=type(error).__name__[:200])
    log.exception("sweep.failed", sweep=name)
