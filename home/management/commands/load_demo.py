"""Make the demo company, or find it, and print how to sign in."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from home.actions.demo import load_demo, sign_ins_of
from home.queries.demo import is_demo_on_its_way, was_demo_removed
from operations import clock


class Command(BaseCommand):
    """Idempotent: the second time only the address and the sign-ins are printed; once it was removed, what is without it."""

    help = "Create the demo company once, and print its address and sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        if was_demo_removed():
            call_command("setup_link", stdout=self.stdout)
            return
        if is_demo_on_its_way():
            self.stdout.write("The demo company is being made: its sign-ins follow within a minute.")
        organization = load_demo(now=clock.now())
        rows = sign_ins_of()
        self.stdout.write(f"{organization.name} (a demo, everything in it is made up)  {settings.PUBLIC.address}/\n")
        widths = [max(len(text) for text in column) for column in zip(*((r.role, r.email) for r in rows), strict=True)]
        for row in rows:
            self.stdout.write(f"  {row.role:<{widths[0]}}  {row.email:<{widths[1]}}  {row.password}")
