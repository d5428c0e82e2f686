"""Make somebody the operator of this installation."""

import getpass
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.models import User
from home.actions import make_operator
from operations import clock
from operations.errors import ActionRefused


class Command(BaseCommand):
    """Asks for a password at a terminal; without one, makes one up and prints it once."""

    help = "Let EMAIL open the pages of the operator. It gives no right in any organization."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        has_account = User.objects.filter(email=email.strip().lower()).exists()
        typed = getpass.getpass("Password: ") if sys.stdin.isatty() and not has_account else ""
        password = typed or secrets.token_urlsafe(15)
        try:
            validate_password(password)
            make_operator(email=email, password=password, at=clock.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        pages = [settings.PUBLIC_URL + reverse(page) for page in ("catalog:operate-sources", "notifications:outbox")]
        self.stdout.write(f"{email} may open {' and '.join(pages)}.")
        if not typed and not has_account:
            self.stdout.write(f"Their password, printed this once: {password}")
