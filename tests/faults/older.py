"""A database as an earlier release left it: its migrations, and the rows of its own ``tests/world.py``.

``tests/data/earlier_release.json.xz`` was written by :func:`keep`, called in a test of that release after ``build()``. For a later
one, do so again: the file names the migrations it stands behind, so nothing here has to be changed.
"""

import json
import lzma
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.faults.installation import ROOT

EARLIER = ROOT / "tests" / "data" / "earlier_release.json.xz"
MIGRATIONS = "django_migrations"
MIGRATE = """
import json, sys
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
executor.migrate([tuple(target) for target in json.load(sys.stdin)])
"""
COUNTED_ON = """
SELECT setval(pg_get_serial_sequence(table_name, column_name), 1000000)
FROM information_schema.columns WHERE table_schema = 'public' AND is_identity = 'YES'
"""


def keep(connection: psycopg.Connection, path: Path) -> None:
    """Write every row there is, and how far the migrations have come."""
    kept: dict[str, Any] = {"migrations": {}, "tables": {}}
    for app, name in connection.execute("SELECT app, name FROM django_migrations ORDER BY id"):
        kept["migrations"][app] = name
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    for (table,) in tables:
        columns = _columns(connection, table)
        with connection.cursor().copy(_copy(table, columns, "TO STDOUT")) as out:
            rows = b"".join(bytes(part) for part in out).decode()
        if rows and table != MIGRATIONS:
            kept["tables"][table] = {"columns": columns, "rows": rows}
    path.write_bytes(lzma.compress(json.dumps(kept).encode(), preset=9))


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """The address of a new database on this server; gone at the end."""
    name = f"upgrade_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def fill(database: str, env: dict[str, str]) -> dict[str, int]:
    """Bring an empty database to where that release was, with its rows; returns how many each table holds."""
    kept = json.loads(lzma.decompress(EARLIER.read_bytes()))
    targets = json.dumps(list(kept["migrations"].items()))
    subprocess.run(
        [sys.executable, "-c", MIGRATE], input=targets, text=True, env=env, cwd=ROOT, check=True, timeout=300
    )
    held = {}
    with psycopg.connect(database) as connection:
        connection.execute("SET session_replication_role = replica")
        for table, rows in kept["tables"].items():
            connection.execute(
                sql.SQL("DELETE FROM {}").format(sql.Identifier(table))
            )  # what migrations themselves put there
            with connection.cursor().copy(_copy(table, rows["columns"], "FROM STDIN")) as into:
                into.write(rows["rows"])
            held[table] = rows["rows"].count("\n")
        connection.execute(COUNTED_ON)
    return held


def count(database: str, tables: list[str]) -> dict[str, int]:
    """How many rows each of these tables holds."""
    with psycopg.connect(database) as connection:
        asked = {table: sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)) for table in tables}
        return {table: connection.execute(query).fetchone()[0] for table, query in asked.items()}


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        " AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in rows]


def _copy(table: str, columns: list[str], which: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) " + which).format(sql.Identifier(table), names)
