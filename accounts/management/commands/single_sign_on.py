"""The way back in when an organization's provider is broken."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import turn_off_by_operator
from accounts.models import Organization
from operations import clock


class Command(BaseCommand):
    """Codes and passwords open the door again; what is configured stays, and an owner turns it on again."""

    help = "Turn an organization's single sign-on off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG", help="as in the address: /o/SLUG/")
        parser.add_argument("--off", action="store_true", required=True, help="let codes and passwords in again")

    def handle(self, *args: Any, organization: str, **options: Any) -> None:
        found = Organization.objects.filter(slug=organization).first()
        if found is None:
            raise CommandError(f"There is no organization with the address {organization}.")
        was_on = turn_off_by_operator(organization=found, at=clock.now())
        self.stdout.write("Single sign-on is off." if was_on else "Single sign-on was off already.")
