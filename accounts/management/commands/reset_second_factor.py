"""Help somebody who lost their phone and their recovery codes back into their account."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import reset_second_factor
from accounts.models import User
from operations import clock
from operations.errors import ActionRefused


class Command(BaseCommand):
    """It is logged and the person is told, so nobody does it unnoticed."""

    help = "Take the second factors off the account EMAIL and sign it out everywhere. Be sure that it is they who ask."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {email}.")
        try:
            reset_second_factor(user=user, by=None, at=clock.now())
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{email} signs in with a password or a code alone now, and was told so by mail.")
