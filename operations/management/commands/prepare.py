"""Everything between new code and the first request: static files, the database's shape, what ships."""

from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command, get_commands
from django.db import DEFAULT_DB_ALIAS, connections

from operations.locks import held_apart

AWAIT_DATABASE = "await_database"


class Command(BaseCommand):
    """Run ``settings.START_COMMANDS`` in one process. Each is idempotent; the second time they find nothing to do.

    From when the database answers, one at a time: whoever upgrades another machine at the same moment waits, and then
    finds it done.
    """

    help = "Collect static files, migrate and load what ships."

    def handle(self, *args: Any, **options: Any) -> None:
        known = get_commands()
        with ExitStack() as held:
            for name, *arguments in settings.START_COMMANDS:
                if name in known:
                    call_command(name, *arguments, verbosity=0)
                if name == AWAIT_DATABASE:
                    alias = "owner" if "owner" in connections else DEFAULT_DB_ALIAS
                    held.enter_context(held_apart("prepare", alias=alias, say_waiting=self._say_waiting))

    def _say_waiting(self) -> None:
        self.stderr.write("Another `manage.py prepare` is at work on this database: waiting for it.")
