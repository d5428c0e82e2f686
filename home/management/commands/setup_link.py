"""Print the one-time link that founds the first organization."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.models import Organization
from home.actions import make_link
from home.actions.set_up import HOURS_A_LINK_HOLDS
from home.queries.set_up_links import address_of
from home.queries.solo_links import address_for, solo_user
from operations import clock


class Command(BaseCommand):
    """Where an organization exists already, only the address is printed, unless another one is asked for; to somebody who
    works alone, a link that signs them in."""

    help = "Print a one-time link that creates an organization and its owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--another", action="store_true", help="although there is an organization already")

    def handle(self, *args: Any, another: bool = False, **options: Any) -> None:
        if not another and (alone := solo_user()):
            self.stdout.write("Go on here (signs you in, once):")
            self.stdout.write(f"  {address_for(alone)}")
            return
        if not another and Organization.objects.filter(is_demo=False).exists():
            self.stdout.write(f"Wayleave is at {settings.PUBLIC.address}/")
            return
        link = make_link(at=clock.now())
        what = "Four questions, then your page" if settings.SOLO else "Set up your organization here"
        self.stdout.write(f"{what} (works once, for {HOURS_A_LINK_HOLDS} hours):")
        self.stdout.write(f"  {address_of(link, is_solo=settings.SOLO)}")
