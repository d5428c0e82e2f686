"""``manage.py clause_fingerprints FILE…``: anchors and SHA-256 of a file's normalized clauses, and no text.

Catalog data carries them for the version that its facts were taken from; the first fetch is compared with them.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from catalog.management.commands.policy_diff import read
from catalog.policy_diff.documents import Unreadable, document_of


class Command(BaseCommand):
    """Exit status: 0, or 2 for unreadable input, which stops it before anything is printed."""

    help = (__doc__ or "").partition("\n")[0]
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="in Markdown, HTML or plain text")

    def handle(self, *, files: list[Path], **options: Any) -> None:
        try:
            documents = [(path, document_of(read(path))) for path in files]
        except Unreadable as error:
            self.stderr.write(str(error))
            sys.exit(2)
        for path, document in documents:
            self.stdout.write(f"# {path.name}")
            for clause in document.clauses:
                self.stdout.write(f"{clause.sha256}  {clause.anchor}")
