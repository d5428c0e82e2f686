"""What the database refuses on every table alike, read from its own list of triggers."""

import pytest
from django.db import IntegrityError, connection, transaction

pytestmark = pytest.mark.django_db

DELETES, TRUNCATES = 8, 32  # bits of pg_trigger.tgtype


def tables_with(event: int) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgtype & 2 = 2 AND tgtype & %s = %s AND tgenabled <> 'D'",
            [event, event],
        )
        return {table for (table,) in cursor.fetchall()}


def test_whatever_may_not_be_deleted_may_not_be_truncated() -> None:
    assert tables_with(DELETES) - tables_with(TRUNCATES) == set()


@pytest.mark.parametrize("table", ["catalog_fact", "catalog_hop", "catalog_procedure", "accounts_placement"])
def test_rows_that_only_close_are_not_truncated(table: str) -> None:
    with pytest.raises(IntegrityError, match="closed once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
