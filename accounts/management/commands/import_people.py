"""Import a list of people from the command line: the same check, the same transaction as the page."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import importing
from accounts.actions.importing import run_import
from accounts.models import AccessPeriod, ImportLine, Membership, Organization, PeopleImport
from accounts.queries.import_problems import FIELD_NAMES, problems_of
from accounts.queries.imports import first_lines, guessed_columns, lines_of, teams_changed
from operations import clock
from operations.errors import ActionRefused

DONE = {"new": "new", "back": "back", "moved": "moved", "renamed": "renamed", "invited": "invited", "same": "unchanged"}


class Command(BaseCommand):
    """Says what the list would bring, line by line what is wrong, and imports it unless that was all that was asked."""

    help = "Import people from a CSV or Excel file: all of them, or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV or .xlsx; - reads from standard input.")
        parser.add_argument("--organization", default="", help="The organization's address; the only one by itself.")
        parser.add_argument("--by", default="", help="The address of whoever imports; the only owner by themselves.")
        parser.add_argument("--dry-run", action="store_true", help="Say what it would bring, and import nobody.")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="WHAT=HEADING",
            help=f"Which column is which, by its heading or its number: {', '.join(FIELD_NAMES)}. Else guessed.",
        )
        parser.add_argument("--without-errors", action="store_true", help="Import the lines that have no error.")

    def handle(self, *args: object, **options: Any) -> None:
        by = _importer(_organization(options["organization"]), options["by"])
        try:
            people_import = self._checked(options["file"], options["column"], by=by)
            self._say(people_import)
            if options["dry_run"]:
                importing.cancel_import(people_import=people_import, by=by, at=clock.now())
                return
            self._import(people_import, skips_errors=options["without_errors"], by=by)
        except ActionRefused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _checked(self, file: str, columns: list[str], *, by: Membership) -> PeopleImport:
        at = clock.now()
        try:
            with sys.stdin.buffer if file == "-" else open(file, "rb") as opened:
                people_import = importing.bring(lines=importing.read_file(opened), by=by, at=at)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        lines = first_lines(people_import, 5)
        guessed, has_headings = guessed_columns(lines)
        named = dict(_column(said, lines[0].cells) for said in columns)
        return importing.name_columns(
            people_import=people_import,
            columns={**{what: place for what, place in guessed.items() if place not in named.values()}, **named},
            has_headings=has_headings or (bool(columns) and not any("@" in cell for cell in lines[0].cells)),
            by=by,
            at=at,
        )

    def _import(self, people_import: PeopleImport, *, skips_errors: bool, by: Membership) -> None:
        try:
            importing.ask_for_import(
                people_import=people_import,
                by=by,
                at=clock.now(),
                makes_teams=True,
                skips_errors=skips_errors,
                rings=False,
            )
        except ActionRefused:
            importing.cancel_import(people_import=people_import, by=by, at=clock.now())
            raise
        run_import(people_import.pk)
        people_import.refresh_from_db()
        if people_import.status != PeopleImport.Status.DONE:
            raise CommandError(people_import.refusal or "Another worker is at it.")
        self.stdout.write("Imported.")

    def _say(self, people_import: PeopleImport) -> None:
        counts = people_import.counts
        columns = ", ".join(f"{what} is column {place}" for what, place in people_import.columns.items())
        self.stdout.write(f"{people_import.lines_in_all} lines; {columns}.")
        self.stdout.write(", ".join(f"{counts.get(outcome, 0)} {word}" for outcome, word in DONE.items()) + ".")
        if teams := [name for name, is_new, _gets_lead in teams_changed(people_import) if is_new]:
            self.stdout.write(f"New teams: {', '.join(teams)}.")
        job_roles = list(people_import.organization.job_roles.filter(archived_at=None).values_list("name", flat=True))
        for line in lines_of(people_import, ImportLine.Outcome.ERROR).iterator():
            for problem in problems_of(line, people_import, job_roles=job_roles):
                self.stderr.write(f"line {problem.line}, {problem.column}, “{problem.value}”: {problem.how_to_mend}")


def _organization(slug: str) -> Organization:
    present = Organization.objects.filter(locked_at=None, **({"slug": slug} if slug else {}))
    found = list(present[:2])
    if len(found) != 1:
        raise CommandError("Name the organization: --organization ADDRESS.")
    return found[0]


def _importer(organization: Organization, email: str) -> Membership:
    """In whose name: somebody's, or the only owner's."""
    here = AccessPeriod.objects.open().filter(organization=organization).select_related("membership__user")
    who = {"membership__user__email": email.lower()} if email else {"level": AccessPeriod.Level.OWNER}
    found = list(here.filter(**who)[:2])
    if len(found) != 1:
        raise CommandError("Say who imports: --by E-MAIL of a manager or an owner.")
    return found[0].membership


def _column(said: str, headings: list[str]) -> tuple[str, int]:
    what, _equals, named = said.partition("=")
    if what not in FIELD_NAMES or not named:
        raise CommandError(f"--column takes WHAT=HEADING, where WHAT is one of {', '.join(FIELD_NAMES)}.")
    if named in headings:
        return what, headings.index(named) + 1
    if named.isdecimal() and 0 < int(named) <= len(headings):
        return what, int(named)
    raise CommandError(f"No column is called “{named}”. There are: {', '.join(headings)}.")
