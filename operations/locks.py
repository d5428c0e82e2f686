"""Advisory locks by name, held to the end of the transaction: for what has no row of its own to lock."""

from django.db import connection

SPACE = 0x574C4F43  # "WLOC": apart from the locks of audit


def hold(name: str) -> None:
    """Wait until nobody else holds this name, then hold it; inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [SPACE, name])
