"""Load what ships: routes, facts, hops, procedures and their sources."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from catalog.loading import ContentError
from catalog.loading.catalog import DATA, load, read
from operations import clock


class Command(BaseCommand):
    """Idempotent; says what was added, changed, retired; every error with file and line, and then nothing is loaded."""

    help = "Load the shipped catalog."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--folder", type=Path, default=DATA, help="read these files instead of the shipped ones")

    def handle(self, *args: object, dry_run: bool = False, folder: Path = DATA, **options: object) -> None:
        try:
            content = read(folder)
        except ContentError as error:
            raise CommandError("\n".join(["Nothing was loaded. Mend these lines:", *error.messages])) from error
        with transaction.atomic():
            report = load(content, at=clock.now())
            if dry_run:
                transaction.set_rollback(True)
        if report.is_empty:
            self.stdout.write("The catalog is up to date.")
        for verb, counts in (("added", report.added), ("changed", report.changed), ("retired", report.retired)):
            if counts:
                self.stdout.write(f"{verb}: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
