"""What the migrations guard the tables with is what verify_audit expects to find."""

import pytest
from django.db import connection

from audit import guards

pytestmark = pytest.mark.django_db


def test_every_trigger_of_the_migrations_is_expected() -> None:
    with connection.cursor() as cursor:
        cursor.execute(guards.ENABLED)
        shipped = sorted(f"{table}.{trigger}" for table, trigger in cursor.fetchall())

    assert "\n".join(guards.SHIPPED) == "\n".join(shipped)


def test_whichever_guard_is_missing_is_named() -> None:
    for guard in guards.SHIPPED:
        table, trigger = guard.split(".")
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER {trigger} ON {table}")

    assert guards.missing() == list(guards.SHIPPED)


def test_switched_off_guard_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditanchor DISABLE TRIGGER audit_auditanchor_is_append_only")

    assert guards.missing() == ["audit_auditanchor.audit_auditanchor_is_append_only"]
