"""Raw SQL that migrations share: what the database guarantees about tenants and about rows that only close."""

from collections.abc import Iterable

from django.db import migrations

NOBODY = "00000000-0000-0000-0000-000000000000"


def tenant_foreign_keys(*references: tuple[str, str, str]) -> migrations.RunSQL:
    """Composite foreign keys: a row and what it points to belong to the same organization.

    :param references: (table, column, parent table); the parent has a unique (organization_id, id).
    """
    name = "{table}_{column}_same_tenant"
    add = "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (organization_id, {column}) REFERENCES {parent} (organization_id, id) DEFERRABLE INITIALLY DEFERRED;"
    drop = "ALTER TABLE {table} DROP CONSTRAINT {name};"

    def statements(pattern: str) -> str:
        return "\n".join(
            pattern.format(
                table=table, column=column, parent=parent, name=name.format(table=table, column=column)[-63:]
            )
            for table, column, parent in references
        )

    return migrations.RunSQL(statements(add), statements(drop))


def only_closes(table: str, *columns: str) -> migrations.RunSQL:
    """Rows of ``table`` are never deleted, and change only where ``columns`` go from null to a value, once."""
    refused = f"Rows of {table} are closed once, never changed or removed"
    kept = " AND ".join(
        f"(OLD.{column} IS NULL OR NEW.{column} IS NOT DISTINCT FROM OLD.{column})" for column in columns
    )
    blank = ", ".join(f"'{column}', null" for column in columns)
    return migrations.RunSQL(
        f"""
CREATE FUNCTION {table}_only_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND {kept}
       AND to_jsonb(OLD) || jsonb_build_object({blank}) = to_jsonb(NEW) || jsonb_build_object({blank}) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{refused}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER {table}_only_closes BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_only_closes();
CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_closes();
""",
        f"DROP FUNCTION {table}_only_closes() CASCADE;",
    )


def ours_or_shipped(*references: tuple[str, str, str]) -> migrations.RunSQL:
    """A row of ours points to ours or to what ships, what ships only to what ships; for tables that hold both.

    :param references: (table, column, parent table); both tables have a nullable ``organization_id``.
    """
    return migrations.RunSQL(
        "\n".join(
            f"""
CREATE FUNCTION {table}_{column}_ours_or_shipped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM {parent} WHERE id = NEW.{column} AND organization_id <> coalesce(NEW.organization_id, '{NOBODY}')) THEN
        RAISE EXCEPTION 'a row of {table} points to another organization''s {parent}'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_{column}_ours_or_shipped BEFORE INSERT OR UPDATE OF organization_id, {column} ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_{column}_ours_or_shipped();
"""
            for table, column, parent in references
        ),
        "\n".join(f"DROP FUNCTION {table}_{column}_ours_or_shipped() CASCADE;" for table, column, _ in references),
    )


def append_only(*tables: str) -> migrations.RunSQL:
    """Rows of ``tables`` are never changed or removed, neither one by one nor by TRUNCATE."""
    return migrations.RunSQL(
        _refused(tables, "is_append_only", "UPDATE OR DELETE", "ROW")
        + _refused(tables, "is_not_truncated", "TRUNCATE", "STATEMENT"),
        _allowed(tables, "is_append_only") + _allowed(tables, "is_not_truncated"),
    )


def not_truncated(*tables: str) -> migrations.RunSQL:
    """TRUNCATE, which row triggers don't see, is refused on ``tables``."""
    return migrations.RunSQL(
        _refused(tables, "is_not_truncated", "TRUNCATE", "STATEMENT"), _allowed(tables, "is_not_truncated")
    )


def _refused(tables: Iterable[str], name: str, event: str, each: str) -> str:
    return "".join(
        f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION audit_refuse();\n"
        for table in tables
    )


def _allowed(tables: Iterable[str], name: str) -> str:
    return "".join(f"DROP TRIGGER {table}_{name} ON {table};\n" for table in tables)
