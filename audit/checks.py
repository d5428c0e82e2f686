"""What ``manage.py check --database default`` says of the role the application uses."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning
from django.db import connection

from audit.roles import is_in_charge


def application_owns_nothing(
    *, databases: Sequence[str] | None = None, app_configs: Any = None, **kwargs: Any
) -> list[CheckMessage]:
    """The chain proves little to an auditor while whoever writes it can also switch its guards off."""
    if "default" not in (databases or ()):
        return []
    role, in_charge = is_in_charge(connection)
    if not in_charge:
        return []
    return [
        Warning(
            f"Wayleave uses the database as {role}, who owns its tables or is a superuser"
            " and could switch off what keeps the audit log append-only.",
            hint="Name the owner in MIGRATION_DATABASE_URL and another role in DATABASE_URL,"
            " then run `manage.py prepare`: it makes the role and grants what it needs.",
            id="audit.W001",
        )
    ]
