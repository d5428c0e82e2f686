"""Read reports of mail that came back, and mark whom it didn't reach."""

import email
import mailbox
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from notifications import actions
from notifications.delivery_status import read_report
from notifications.models import OutgoingMail
from operations import clock


class Command(BaseCommand):
    """Idempotent: the same reports may be read again. A mail server may pipe each report in as it comes."""

    help = "Read delivery reports (RFC 3464) from a maildir, an mbox file, or one from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", nargs="?", default="-", help="a maildir, an mbox file, or - for one message on stdin"
        )

    def handle(self, *args: object, path: str = "-", **options: object) -> None:
        read = reports = marked = 0
        for message in _messages(path):
            read += 1
            returned = read_report(message)
            mail = (
                returned and OutgoingMail.objects.select_related("user").filter(message_id=returned.message_id).first()
            )
            if not returned or not mail:
                continue
            reports += 1
            marked += actions.note_returned(mail, says=returned.says, at=clock.now())
        self.stdout.write(f"Read {read}, of which {reports} are about mail of ours; {marked} people marked.")


def _messages(path: str) -> Iterator[Message]:
    if path == "-":
        yield email.message_from_binary_file(sys.stdin.buffer)
        return
    box = Path(path)
    if not box.exists():
        raise CommandError(f"There is no {path}.")
    yield from mailbox.Maildir(box, create=False) if box.is_dir() else mailbox.mbox(box, create=False)
