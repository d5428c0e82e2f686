"""An empty installation made what a backup holds."""

import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connections

from operations.backups import BackupRefused, restore_backup

STREAM = Path("-")


class Command(BaseCommand):
    """Stop web, worker and beat first. Afterwards the database is brought to this version, and the audit log is verified."""

    help = (
        "Make this empty installation what FILE, written by `backup`, or with - standard input, holds; then migrate,"
        " and verify the audit log."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            manifest = _restore_stream() if file == STREAM else restore_backup(file)
        except (BackupRefused, OperationalError, OSError) as refused:
            raise CommandError(str(refused)) from refused
        connections.close_all()  # what they have prepared speaks of tables that are gone
        self.stdout.write(f"Restored what was backed up at {manifest['made_at']} by version {manifest['version']}.")
        self.stdout.write(
            "Mail that waited then is sent once the worker runs: as long as the old installation runs too, both would send it."
        )
        call_command("prepare")
        for name, *arguments in settings.VERIFY_COMMANDS:
            call_command(name, *arguments, stdout=self.stdout)


def _restore_stream() -> dict[str, Any]:
    """All of it has to be there and be looked through before anything is changed: it is put down in the state directory first."""
    with NamedTemporaryFile(dir=settings.STATE_DIR) as whole:
        shutil.copyfileobj(sys.stdin.buffer, whole)
        whole.flush()
        return restore_backup(Path(whole.name))
