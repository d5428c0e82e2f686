"""Take the demo company out of sight."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from home.actions.demo import remove_demo
from operations import clock
from operations.errors import ActionRefused


class Command(BaseCommand):
    """Nothing is deleted: the organization is locked, and its chain still verifies."""

    help = "Lock and hide the demo company; its chain stays."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization = remove_demo(at=clock.now())
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{organization.name} is locked and hidden. Its log stays and can be verified.")
