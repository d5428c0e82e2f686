"""What statements read, from their plans as they were executed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def rows_read(about: str, *, count: Callable[[dict[str, Any]], int] | None = None) -> Iterator[list[int]]:
    """The rows that each statement naming a table ``<about>…`` reads, thrown away or not.

    :param count: what else to count in a plan.
    """
    counts: list[int] = []

    def explained(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if about in sql and not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            with connection.connection.cursor() as cursor:
                cursor.execute("SAVEPOINT explained")
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0]
                cursor.execute("ROLLBACK TO explained")
            counts.append((count or _rows)(plan[0]["Plan"] if isinstance(plan, list) else json.loads(plan)[0]["Plan"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        yield counts


READ = """
SELECT coalesce(owner.relname, relation.relname),
       sum(pg_stat_get_xact_tuples_returned(relation.oid))::bigint
FROM pg_class relation
LEFT JOIN pg_index ON pg_index.indexrelid = relation.oid
LEFT JOIN pg_class owner ON owner.oid = pg_index.indrelid
WHERE relation.relnamespace = 'public'::regnamespace AND relation.relkind IN ('r', 'i')
GROUP BY 1 HAVING sum(pg_stat_get_xact_tuples_returned(relation.oid)) > 0
"""


@contextmanager
def rows_read_by_table() -> Iterator[dict[str, int]]:
    """What PostgreSQL itself counts: rows and index entries looked at in each table, inside functions and triggers too.

    For tests in one transaction. Deferred triggers belong to it: they are fired at the end.
    """
    counts: dict[str, int] = {}
    before = _read_so_far()
    yield counts
    connection.check_constraints()
    after = _read_so_far()
    counts.update({table: rows - before.get(table, 0) for table, rows in after.items() if rows > before.get(table, 0)})


def _read_so_far() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return dict(cursor.fetchall())


def _rows(node: dict[str, Any]) -> int:
    scanned = 0
    if "Relation Name" in node:
        seen = (
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        )
        scanned = seen * node["Actual Loops"]
    return int(scanned) + sum(_rows(child) for child in node.get("Plans", []))


def pairs_thrown_away(node: dict[str, Any]) -> int:
    """How many pairs of rows the joins of a plan held against each other for nothing."""
    removed = node.get("Rows Removed by Join Filter", 0) * node["Actual Loops"]
    return int(removed) + sum(pairs_thrown_away(child) for child in node.get("Plans", []))
