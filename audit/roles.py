"""Two database roles: the owner of the tables migrates; web, worker and beat use one that gets only what it needs.

What an application role may not do is read off the guards in the database itself, so that a new table needs no line here.
"""

from collections.abc import Iterator

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

# Written by nobody but the chain's own trigger and the migrations, which act as the owner.
READ_ONLY = ("audit_auditlink", "django_migrations")
OWNER_ONLY = ("audit_chain()",)
DELETES, UPDATES = 8, 16  # bits of pg_trigger.tgtype

REFUSED = """
    SELECT class.relname, CASE WHEN proname = 'audit_refuse' THEN bit_or(tgtype::int) ELSE %(deletes)s END
    FROM pg_trigger JOIN pg_class class ON class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE class.relnamespace = current_schema()::regnamespace
      AND (proname = 'audit_refuse' OR proname LIKE '%%\\_only\\_erased' OR proname LIKE '%%\\_only\\_closes')
    GROUP BY class.relname, proname
"""
IN_CHARGE = """
    SELECT current_user::text, rolsuper OR EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
          AND pg_has_role(current_user, relowner, 'MEMBER'))
    FROM pg_roles WHERE rolname = current_user
"""


def is_in_charge(connection: BaseDatabaseWrapper) -> tuple[str, bool]:
    """The connection's role, and whether it could switch the guards off: a superuser, or who owns tables."""
    with connection.cursor() as cursor:
        cursor.execute(IN_CHARGE)
        return cursor.fetchone()


def has_role(connection: BaseDatabaseWrapper, role: str) -> bool:
    """Whether the server knows this role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
        return cursor.fetchone() is not None


def create_role(connection: BaseDatabaseWrapper, role: str, password: str) -> None:
    """A role that may sign in; the server and its log get only the digest of the password."""
    connection.ensure_connection()
    clause = sql.Composed([])
    if password:
        digest = connection.connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
        clause = sql.SQL("PASSWORD {}").format(digest.decode())
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN {}").format(sql.Identifier(role), clause))


def grant(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give ``role`` what the application needs and take what it has beyond that; the second time nothing changes.

    :param connection: the owner's.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema(), current_database()")
        schema, database = map(sql.Identifier, cursor.fetchone())
        cursor.execute(REFUSED, {"deletes": DELETES})
        refused = dict(cursor.fetchall())
        for statement in _statements(refused):
            cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role), schema=schema, database=database))


def _statements(refused: dict[str, int]) -> Iterator[str]:
    # Who can make a table, for a moment or for good, can lay it over one that a guard reads.
    yield "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {role}"
    yield "REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}"
    yield "GRANT CONNECT ON DATABASE {database} TO {role}"
    yield "GRANT USAGE ON SCHEMA {schema} TO {role}"
    for kind, wanted in (
        ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
        ("SEQUENCES", "USAGE, SELECT"),
        ("FUNCTIONS", "EXECUTE"),
    ):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA {{schema}} FROM {{role}}"
        yield f"GRANT {wanted} ON ALL {kind} IN SCHEMA {{schema}} TO {{role}}"
        yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA {{schema}} GRANT {wanted} ON {kind} TO {{role}}"
    for table in READ_ONLY:
        yield f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {{role}}"
    for function in OWNER_ONLY:
        yield f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC, {{role}}"
    for table, events in sorted(refused.items()):
        for event, verb in ((UPDATES, "UPDATE"), (DELETES, "DELETE")):
            if events & event:
                yield f'REVOKE {verb} ON "{table}" FROM {{role}}'
