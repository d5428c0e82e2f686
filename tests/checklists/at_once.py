"""Two at the same moment: threads, real transactions."""

import threading
import time
from collections.abc import Callable

from django.db import connection, transaction


def while_it_waits(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Do ``first``, and commit it only once ``second``, begun before, waits for it; gives how ``second`` ended."""
    ends: list[object] = []

    def run() -> None:
        try:
            ends.append(second())
        except Exception as error:
            ends.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        while thread.is_alive() and not somebody_waits():
            time.sleep(0.01)
        assert thread.is_alive(), f"never waited: {ends}"
    thread.join()
    return ends


def somebody_waits() -> bool:
    """Whether anybody waits for this very transaction: tests beside it wait too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]
