"""What every sweep is wrapped in: a row that says how it is doing, and a log line; and doing many things apart."""

import datetime as dt
import functools
from collections import Counter
from collections.abc import Callable, Iterable
from typing import ParamSpec

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.db.models import F

from operations import clock
from operations.models import SweepRun

log = structlog.get_logger("sweeps")
P = ParamSpec("P")


class SomeFailed(Exception):
    """Of the many things a sweep did apart, some failed: each stands in the log, and the rest are done."""

    def __init__(self, kinds: Counter[str]) -> None:
        self.kinds = kinds
        super().__init__(", ".join(f"{kind} × {count}" for kind, count in sorted(kinds.items())))


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


def each(things: Iterable[tuple[str, Callable[[], int]]]) -> int:
    """Do many things apart, such as one for each organization: one that fails does not stop the rest.

    Not inside a transaction that has to hold the rest: what fails is raised once all were tried.

    :param things: what each is about (an id, never a name: it goes to the log), and what does it and returns how many
        it did; in a transaction of its own.
    :returns: how many all of them did.
    :raises SomeFailed: in the end, where one failed; each was logged with its traceback.
    """
    done, kinds = 0, Counter[str]()
    for about, work in things:
        try:
            done += work()
        except SoftTimeLimitExceeded:
            raise  # about the run, not about this one
        except SomeFailed as some:
            kinds += some.kinds
        except Exception as error:
            if not connection.is_usable():
                raise  # without a database the rest would fail alike
            log.exception("sweep.one_failed", about=about)
            kinds[type(error).__name__] += 1
    if kinds:
        raise SomeFailed(kinds)
    return done


def has_run_since(name: str, since: dt.datetime) -> bool:
    """Whether a sweep has got through since then: for what is rung more often than it has to run."""
    return SweepRun.objects.filter(name=name, finished_at__gte=since).exists()


def _note_start(name: str) -> None:
    SweepRun.objects.update_or_create(name=name, defaults={"started_at": clock.now()})


def _note_end(name: str, done: int) -> None:
    SweepRun.objects.filter(name=name).update(finished_at=clock.now(), error="", failures=0, done=done)
    if done:
        log.info("sweep.finished", sweep=name, done=done)


def _note_failure(name: str, error: Exception) -> None:
    # Only the kind of error: its text may quote a row, and a row may hold what a person wrote. The log has the rest.
    kind = str(error) if isinstance(error, SomeFailed) else type(error).__name__
    if not connection.needs_rollback:
        SweepRun.objects.filter(name=name).update(failed_at=clock.now(), error=kind[:200], failures=F("failures") + 1)
    log.exception("sweep.failed", sweep=name)
