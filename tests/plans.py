"""What statements read, from their plans as they were executed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def rows_read(about: str) -> Iterator[list[int]]:
    """The rows that each statement naming a table ``<about>…`` reads, thrown away or not."""
    counts: list[int] = []

    def explained(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if about in sql and not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            with connection.connection.cursor() as cursor:
                cursor.execute("SAVEPOINT explained")
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                plan = cursor.fetchone()[0]
                cursor.execute("ROLLBACK TO explained")
            counts.append(_rows(plan[0]["Plan"] if isinstance(plan, list) else json.loads(plan)[0]["Plan"]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        yield counts


def _rows(node: dict[str, Any]) -> int:
    scanned = 0
    if "Relation Name" in node:
        seen = (
            node["Actual Rows"] + node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        )
        scanned = seen * node["Actual Loops"]
    return int(scanned) + sum(_rows(child) for child in node.get("Plans", []))
