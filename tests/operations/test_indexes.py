"""No index of a foreign key costs every write and spares no read, because another index begins with the same column."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

# One column, not unique, without a condition, beside an index over more columns that begins with it.
REDUNDANT = """
SELECT single.indrelid::regclass::text || '.' || attname FROM pg_index single
JOIN pg_attribute ON attrelid = single.indrelid AND attnum = single.indkey[0]
JOIN pg_class named ON named.oid = single.indexrelid AND relnamespace = current_schema()::regnamespace
WHERE single.indnkeyatts = 1 AND NOT single.indisunique AND single.indpred IS NULL
  AND single.indrelid::regclass::text ~ '^(accounts|audit|catalog|checklists|governance|home|notifications|reviews)_'
  AND EXISTS (SELECT FROM pg_index wide JOIN pg_class other ON other.oid = wide.indexrelid AND other.relam = named.relam
              WHERE wide.indrelid = single.indrelid AND wide.indkey[0] = single.indkey[0] AND wide.indnkeyatts > 1
                AND wide.indpred IS NULL)
"""
# Django makes the tables of these two itself.
OF_DJANGO = {"catalog_accessroute_profiles.accessroute_id", "catalog_accessroute_requires.from_accessroute_id"}
# One field for all periods, and that of placements has no other index to stand in.
OF_PERIODS = {f"accounts_{kind}period.organization_id" for kind in ("access", "group", "lead")}


def test_no_index_is_the_beginning_of_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute(REDUNDANT)
        found = {column for (column,) in cursor.fetchall()}

    assert found == OF_DJANGO | OF_PERIODS
