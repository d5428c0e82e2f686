"""Everything of this installation in one file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import OperationalError

from operations import clock
from operations.backups import BackupRefused, write_backup, write_into

STREAM = Path("-")


class Command(BaseCommand):
    """Web, worker and beat may go on meanwhile: what is written is as of one moment."""

    help = (
        "Write the database, the files and the published heads of the audit log to FILE, or with - to standard output;"
        " keep SECRET_KEY apart from it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            if file == STREAM:
                copied = write_into(sys.stdout.buffer, at=clock.now())
            else:
                copied = write_backup(file, at=clock.now())
        except (BackupRefused, OperationalError, OSError) as refused:
            raise CommandError(str(refused)) from refused
        (self.stderr if file == STREAM else self.stdout).write(
            f"{file}: database {copied.database_bytes} bytes, {copied.files} files. Keep SECRET_KEY apart from it."
        )
