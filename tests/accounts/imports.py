"""A list brought and checked, as the tests of importing need it."""

import datetime as dt

from accounts.actions import importing
from accounts.models import ImportLine, Membership, PeopleImport
from accounts.queries.imports import first_lines, guessed_columns
from tests.cast import EPOCH, Company

LATER = EPOCH + dt.timedelta(days=60)


def brought(text: str, *, by: Membership, at: dt.datetime = LATER) -> PeopleImport:
    """The list of this text, with its columns as they are guessed."""
    people_import = importing.bring(lines=importing.read_text(text), by=by, at=at)
    columns, has_headings = guessed_columns(first_lines(people_import, 5))
    return importing.name_columns(people_import=people_import, columns=columns, has_headings=has_headings, by=by, at=at)


def outcomes(people_import: PeopleImport) -> dict[int, str]:
    """Line → what would come of it; of an error what is wrong."""
    lines = ImportLine.objects.filter(people_import=people_import).exclude(outcome="").order_by("number")
    return {line.number: " ".join(line.problems) or line.outcome for line in lines}


def imported(text: str, *, acme: Company, at: dt.datetime = LATER) -> PeopleImport:
    """The list of this text, asked for by Mara and imported."""
    people_import = brought(text, by=acme.mara, at=at)
    importing.ask_for_import(people_import=people_import, by=acme.mara, at=at, makes_teams=True)
    importing.run_import(people_import.pk)
    people_import.refresh_from_db()
    return people_import
