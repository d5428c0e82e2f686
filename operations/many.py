"""What becomes due for very many people at once, of which the statistics that PostgreSQL plans by hear only later."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# From here on the wrong way to join takes longer than reading whole tables.
MANY = 1000


@contextmanager
def planned_for_many() -> Iterator[None]:
    """Statements inside join by hashing, whatever the planner expects to find.

    Expecting a handful it joins each with each: for a hundred thousand people that took a quarter of an hour where hashing
    takes four seconds. Only for statements that are known to concern ``MANY`` rows: of a few, the whole tables are read.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on")
