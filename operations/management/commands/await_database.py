"""Wait until the database answers."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

WITHIN = 60.0  # seconds: a slow machine makes a new database meanwhile
TELL_AFTER = 3.0
PAUSE = 0.05


class Command(BaseCommand):
    """Asks again and again, because a server that has just been started, or is being set up, is no failure yet."""

    help = "Wait until the database answers, a minute at the most."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS)
        parser.add_argument("--within", type=float, default=WITHIN, metavar="SECONDS")

    def handle(self, *args: Any, database: str, within: float, **options: Any) -> None:
        began = time.monotonic()
        is_told = False
        while True:
            try:
                connections[database].ensure_connection()
                return
            except OperationalError as error:
                waited = time.monotonic() - began
                if waited > within:
                    raise CommandError(f"The database does not answer: {error}") from error
                if waited > TELL_AFTER and not is_told:
                    self.stderr.write(f"The database does not answer yet, tried for {within:.0f} s: {_line(error)}")
                    is_told = True
            time.sleep(PAUSE)


def _line(error: OperationalError) -> str:
    return " ".join(str(error).split())
