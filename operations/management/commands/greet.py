"""What a person at the terminal has to know once everything runs."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command, get_commands


class Command(BaseCommand):
    """Say how to sign in: ``settings.GREETING_COMMAND`` knows."""

    help = "Print the demo company's sign-ins, or with DEMO=0 the one-time set-up link."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.GREETING_COMMAND in get_commands():
            call_command(settings.GREETING_COMMAND, stdout=self.stdout)
