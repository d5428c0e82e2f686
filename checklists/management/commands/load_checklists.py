"""Check the starter checklists that ship; organizations copy them, nothing is written here."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from catalog.loading import ContentError
from catalog.models import AccessRoute, Topic
from checklists.starters import DATA, Starters, read


class Command(BaseCommand):
    """Every error with file and line; unknown topics, procedures and routes of the catalog are errors too."""

    help = "Check the shipped starter checklists against the catalog."

    def handle(self, *args: object, folder: Path = DATA, **options: object) -> None:
        try:
            starters = read(folder)
        except ContentError as error:
            raise CommandError("\n".join(["Mend these lines:", *error.messages])) from error
        problems = list(self._unknown(starters))
        if problems:
            raise CommandError("\n".join(["The catalog does not know what these name:", *problems]))
        self.stdout.write(
            f"{len(starters.checklists)} starter checklists with {len(starters.items)} items are ready to copy."
        )

    def _unknown(self, starters: Starters) -> list[str]:
        topics = set(Topic.objects.values_list("key", flat=True))
        routes = set(AccessRoute.objects.shipped().filter(retired_at=None).values_list("key", flat=True))
        return [
            *(
                f"item {item.key}: topic {key!r}"
                for item in starters.items.values()
                for key in item.rests_on.facts
                if key not in topics
            ),
            *(
                f"checklist {checklist.key}: route {key!r}"
                for checklist in starters.checklists.values()
                for key in checklist.assign.routes
                if key not in routes
            ),
        ]
