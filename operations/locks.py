"""Advisory locks by name, held to the end of the transaction: for what has no row of its own to lock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, connections

SPACE = 0x574C4F43  # "WLOC": apart from the locks of audit


def hold(name: str) -> None:
    """Wait until nobody else holds this name, then hold it; inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [SPACE, name])


@contextmanager
def held_apart(name: str, *, alias: str, say_waiting: Callable[[], object]) -> Iterator[None]:
    """Hold this name on a connection of its own, while the work inside opens and commits as many transactions as it likes.

    Who dies lets go. The lock belongs to a transaction, so that it holds behind a pooler of transactions too.

    :param alias: the database.
    :param say_waiting: called once where somebody else holds it.
    """
    apart = connections.create_connection(alias)
    try:
        apart.set_autocommit(False)
        with apart.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [SPACE, name])
            if not cursor.fetchone()[0]:
                say_waiting()
                cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [SPACE, name])
        yield
    finally:
        apart.close()
