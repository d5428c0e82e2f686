"""Two database sessions, step by step: what one does while the other holds or waits for a lock."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections


class Beside(threading.Thread):
    """Work in a session of its own, beside the test's; ``result()`` waits for it and raises what it raised."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._result: Any = None
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as error:  # handed to the test
            self._error = error
        finally:
            connections.close_all()

    def result(self) -> Any:
        self.join(60)
        assert not self.is_alive(), "it still waits"
        if self._error is not None:
            raise self._error
        return self._result


@contextmanager
def beside(work: Callable[[], Any]) -> Iterator[Beside]:
    """Start ``work`` in another session; at the end it must have come through."""
    other = Beside(work)
    other.start()
    yield other
    other.result()


def until_one_waits(count: int = 1) -> None:
    """Until so many sessions of this database wait for a lock."""
    eventually(lambda: waiting_sessions() >= count)


def waiting_sessions() -> int:
    """How many sessions of this database wait for a lock."""
    return _number("wait_event_type = 'Lock'")


def until_gone(backend: int) -> None:
    """Until the server has let go of the session of a client that was killed."""
    eventually(lambda: _number(f"pid = {backend}") == 0)


def waiting_backend() -> int:
    """The process of the one session that waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        [(backend,)] = cursor.fetchall()
    return backend


def eventually(is_so: Callable[[], bool], *, timeout: float = 60) -> None:
    """Wait until it is so, and fail if it never comes."""
    deadline = time.monotonic() + timeout
    while not is_so():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def _number(condition: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # inside a transaction the view would stay as first seen
        cursor.execute(f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {condition}")
        return cursor.fetchone()[0]
