"""Erase what a person typed, by the digest that the log shows of it."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit import actions
from audit.models import FreeText
from operations import clock


class Command(BaseCommand):
    """The words go for good; the row, its digest and the event that names it stay, and the chain still verifies."""

    help = (
        "Erase one text, named by the digest that the CSV of the audit page shows (as text_sha256, reason, comment …)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("digest", help="64 hexadecimal digits")

    @transaction.atomic
    def handle(self, *args: object, digest: str, **options: object) -> None:
        text = FreeText.objects.select_for_update().filter(sha256=digest, erased_at__isnull=True).first()
        if text is None:
            raise CommandError("no text that still has its words has this digest")
        actions.erase_text(text=text, by=None, at=clock.now())
        self.stdout.write(f"text {text.pk} is erased")
