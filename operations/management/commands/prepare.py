"""Everything between new code and the first request: the database's shape, and what ships."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command, get_commands


class Command(BaseCommand):
    """Run ``settings.START_COMMANDS`` quietly and ``settings.GREETING_COMMAND`` aloud, in one process.

    Each is idempotent; on a second start they find nothing to do.
    """

    help = "Migrate, load what ships and say how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        known = get_commands()
        for name, *arguments in settings.START_COMMANDS:
            if name in known:
                call_command(name, *arguments, verbosity=0)
        if settings.GREETING_COMMAND in known:
            call_command(settings.GREETING_COMMAND, stdout=self.stdout)
