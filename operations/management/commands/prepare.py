"""Everything between new code and the first request: static files, the database's shape, what ships."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command, get_commands


class Command(BaseCommand):
    """Run ``settings.START_COMMANDS`` in one process. Each is idempotent; the second time they find nothing to do."""

    help = "Collect static files, migrate and load what ships."

    def handle(self, *args: Any, **options: Any) -> None:
        known = get_commands()
        for name, *arguments in settings.START_COMMANDS:
            if name in known:
                call_command(name, *arguments, verbosity=0)
