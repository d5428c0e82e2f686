"""``manage.py policy_diff OLD NEW``: what a vendor changed between two versions of a page, without a database."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from catalog.policy_diff.comparing import compare
from catalog.policy_diff.documents import Unreadable, read_bytes
from catalog.policy_diff.rendering import as_html, as_json, as_text


class Command(BaseCommand):
    """Exit status: 0 the same or formatting only, 1 changed, 2 unreadable input."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("old", type=Path, help="a file in Markdown, HTML or plain text")
        parser.add_argument("new", type=Path, help="the later version of it")
        parser.add_argument("--format", choices=["text", "json", "html"], default="text")

    def handle(self, *, old: Path, new: Path, **options: Any) -> None:
        try:
            diff = compare(read(old), read(new))
        except Unreadable as error:
            self.stderr.write(str(error))
            sys.exit(2)
        written = {
            "text": as_text,
            "json": as_json,
            "html": lambda diff: as_html(diff, title=f"{old.name} → {new.name}"),
        }[options["format"]](diff)
        self.stdout.write(written)
        sys.exit(0 if diff.formatting_only else 1)


def read(path: Path) -> str:
    """The text of a file.

    :raises Unreadable: naming the file, and why.
    """
    try:
        text = read_bytes(path.read_bytes())
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from error
    except Unreadable as error:
        raise Unreadable(f"{path}: {error}") from error
    if not text.strip():
        raise Unreadable(f"{path}: there is no text in it")
    return text
