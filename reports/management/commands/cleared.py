"""Who may have access to a route, for whoever gives and takes seats; from the same rows as the page."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from accounts.models import Organization
from catalog.models import AccessRoute
from checklists.queries import unsettled_since
from checklists.queries.cleared import DAYS_BACK
from operations import clock
from reports import queries
from reports.csv import named_lines


class Command(BaseCommand):
    """One line a person: who is cleared, then who was since a day and is no longer, with why."""

    help = "List who is cleared for a route, and who no longer is and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--route", required=True, help="The route's number or key.")
        parser.add_argument("--organization", default="", help="The organization's address; the only one by itself.")
        parser.add_argument("--since", default="", help="List who is no longer cleared since this day (YYYY-MM-DD).")
        parser.add_argument("--format", choices=["csv", "text"], default="text")

    def handle(self, *args: object, **options: Any) -> None:
        at = clock.now()
        organization = _organization(options["organization"])
        route = _route(options["route"], organization)
        since = _since(options["since"], organization, at=at)
        as_of = unsettled_since(organization)
        rows = queries.cleared_rows(organization, route, since=since, at=at)
        if options["format"] == "text":
            # Apart from the lines, which a script may read.
            self.stderr.write(f"As of {(as_of or at):%Y-%m-%d %H:%M:%S} UTC.")
            for row in rows:
                self.stdout.write("\t".join(row))
            return
        lines = named_lines(
            title="Who may have access",
            organization=organization,
            made_by="manage.py cleared",
            at=at,
            filters=queries.cleared_filters(route, organization, since=since),
            total="all of them",
            columns=queries.cleared_columns(),
            rows=rows,
            as_of=as_of,
        )
        for line in lines:
            self.stdout.write(line, ending="")


def _organization(slug: str) -> Organization:
    present = Organization.objects.filter(locked_at=None, **({"slug": slug} if slug else {}))
    found = list(present[:2])
    if len(found) != 1:
        raise CommandError("Name the organization: --organization ADDRESS.")
    return found[0]


def _route(named: str, organization: Organization) -> AccessRoute:
    wanted = Q(key=named) | Q(pk=int(named)) if named.isdecimal() else Q(key=named)
    found = list(AccessRoute.objects.visible_to(organization).filter(wanted)[:2])
    if len(found) != 1:
        raise CommandError(f"There is no single route {named!r}; give its number.")
    return found[0]


def _since(day: str, organization: Organization, *, at: dt.datetime) -> dt.datetime:
    try:
        chosen = dt.date.fromisoformat(day) if day else None
    except ValueError as error:
        raise CommandError("--since takes a day as YYYY-MM-DD.") from error
    chosen = chosen or clock.day_of(at, organization.timezone) - dt.timedelta(days=DAYS_BACK)
    return dt.datetime.combine(chosen, dt.time(), ZoneInfo(organization.timezone))
