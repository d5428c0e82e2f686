"""What a world costs to build is paid once: its rows are kept, and put back for each transactional test."""

from django.db import connection

IN_USE = """
SELECT format('SELECT setval(%L, %s)', format('%I.%I', schemaname, sequencename), last_value)
FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL
"""


class KeptRows:
    """Every row there is now, byte for byte, and how far each sequence has counted."""

    def __init__(self) -> None:
        self.tables: dict[str, bytes] = {}
        with connection.cursor() as cursor:
            for name in connection.introspection.django_table_names(only_existing=True):
                with cursor.copy(f"COPY {connection.ops.quote_name(name)} TO STDOUT") as out:
                    self.tables[name] = b"".join(out)
            cursor.execute(IN_USE)
            self.sequences = [statement for (statement,) in cursor.fetchall()]

    def put_back(self) -> None:
        """In place of what is there; no trigger sees it, as when the tables are emptied (conftest.py)."""
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for name, rows in self.tables.items():
                table = connection.ops.quote_name(name)
                cursor.execute(f"DELETE FROM {table}")
                if rows:
                    with cursor.copy(f"COPY {table} FROM STDIN") as into:
                        into.write(rows)
            for statement in self.sequences:
                cursor.execute(statement)
            cursor.execute("SET session_replication_role = origin")
