"""Give the role in DATABASE_URL what web, worker and beat need, and no more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection, connections

from audit import roles


class Command(BaseCommand):
    """Idempotent; `manage.py prepare` runs it after every migration. Acts as the role in MIGRATION_DATABASE_URL."""

    help = "Grant the role in DATABASE_URL what the application needs; make the role where it is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in connections:
            raise CommandError("Set MIGRATION_DATABASE_URL to the address of the role that owns the tables.")
        owner, role = connections["owner"], connection.settings_dict["USER"]
        if not role or role == owner.settings_dict["USER"]:
            raise CommandError("DATABASE_URL must name another role than MIGRATION_DATABASE_URL.")
        try:
            if not roles.has_role(owner, role):
                roles.create_role(owner, role, connection.settings_dict["PASSWORD"])
            roles.grant(owner, role)
        except ProgrammingError as error:
            raise CommandError(
                f"{owner.settings_dict['USER']} may not make or grant the role {role} ({str(error).strip()}): as a"
                f" superuser, say CREATE ROLE {role} LOGIN PASSWORD '…', and let MIGRATION_DATABASE_URL own the tables."
            ) from error
