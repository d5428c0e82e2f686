"""``manage.py clause_fingerprints FILE…``: anchors and SHA-256 of a file's normalized clauses, and no text.

Catalog data carries them for the version that its facts were taken from; the first fetch is compared with them.
"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from catalog.management.commands.policy_diff import read
from catalog.policy_diff.documents import Document, Unreadable, document_of


class Command(BaseCommand):
    """Exit status: 0, or 2 for unreadable input, which stops it before anything is printed."""

    help = (__doc__ or "").partition("\n")[0]
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="in Markdown, HTML or plain text")
        parser.add_argument(
            "--yaml",
            type=dt.date.fromisoformat,
            metavar="DAY",
            help="print what a source in catalog/data/ carries, for a text as it read on DAY (2026-08-22)",
        )

    def handle(self, *, files: list[Path], yaml: dt.date | None, **options: Any) -> None:
        try:
            documents = [(path, document_of(read(path))) for path in files]
        except Unreadable as error:
            self.stderr.write(str(error))
            sys.exit(2)
        for path, document in documents:
            self.stdout.write(f"# {path.name}")
            for line in _pasteable(document, yaml) if yaml else _lines(document):
                self.stdout.write(line)


def _lines(document: Document) -> Iterator[str]:
    for clause in document.clauses:
        yield f"{clause.sha256}  {clause.anchor}"


def _pasteable(document: Document, day: dt.date) -> Iterator[str]:
    """Beneath ``- key: …`` of a source; quoted, because an anchor may look like anything."""
    yield "    fingerprints:"
    yield f"      as_of: {day}"
    yield "      clauses:"
    for clause in document.clauses:
        yield f'        {json.dumps(clause.anchor, ensure_ascii=False)}: "{clause.sha256}"'
