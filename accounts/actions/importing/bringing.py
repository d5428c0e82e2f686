"""A list is brought, its columns are named, somebody asks for it to be imported, or cancels it."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.actions.authority import refuse_foreign, refuse_without
from accounts.actions.importing.applying import refuse_unfit
from accounts.actions.importing.checking import check
from accounts.actions.importing.reading import Line
from accounts.models import ImportLine, Membership, Organization, PeopleImport
from accounts.queries.imports import first_lines
from accounts.rights import Right
from operations.bell import ring
from operations.errors import ActionRefused

TASK = "accounts.import_people"
Status = PeopleImport.Status
COPY = "COPY accounts_importline (organization_id, people_import_id, number, cells) FROM STDIN"


@transaction.atomic
def bring(*, lines: Iterable[Line], by: Membership, at: dt.datetime) -> PeopleImport:
    """Keep a list as it came, until its columns are named and somebody has looked at what would come of it.

    :param lines: of ``read_text`` or ``read_file``; read while they are written down.
    :raises ActionRefused: there is nothing in it, it can't be read, or ``by`` may not manage people.
    """
    refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_unfit(Organization.objects.get(pk=by.organization_id))
    people_import = PeopleImport.objects.create(organization_id=by.organization_id, brought_by=by, brought_at=at)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for number, cells in lines:
            copy.write_row((people_import.organization_id, people_import.pk, number, cells))
            people_import.lines_in_all += 1
            people_import.width = max(people_import.width, len(cells))
    if not people_import.lines_in_all:
        raise ActionRefused(_("There is nothing in this list."))
    people_import.save(update_fields=["lines_in_all", "width"])
    return people_import


@transaction.atomic
def name_columns(
    *,
    people_import: PeopleImport,
    columns: Mapping[str, int | None],
    has_headings: bool,
    by: Membership,
    at: dt.datetime,
) -> PeopleImport:
    """Say what the columns are, and check what would come of each line; no person is touched.

    :param columns: what (email, name, team, job_role, lead) → which column, counted from 1.
    :raises ActionRefused: there is no column of addresses, two are the same, there is nobody in it, it is being imported, or
        ``by`` may not manage people.
    """
    people_import = _lock(people_import)
    refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_foreign(by, people_import)
    said = {what: column for what, column in columns.items() if column}
    if "email" not in said:
        raise ActionRefused(_("Say which column holds the e-mail addresses: people are known by them."))
    if len(set(said.values())) < len(said):
        raise ActionRefused(_("Two answers name the same column: each column says one thing."))
    if has_headings and people_import.lines_in_all == 1:
        raise ActionRefused(_("Beneath its headings this list is empty. Bring it again with the people in it."))
    _move(people_import, Status.CHECKED)
    people_import.columns = said
    people_import.headings_line = first_lines(people_import, 1)[0].number if has_headings else 0
    people_import.counts = check(people_import, at=at)
    people_import.refusal = ""
    people_import.save(update_fields=["status", "columns", "headings_line", "counts", "refusal"])
    return people_import


@transaction.atomic
def ask_for_import(
    *,
    people_import: PeopleImport,
    by: Membership,
    at: dt.datetime,
    makes_teams: bool = False,
    skips_errors: bool = False,
    ends_missing: bool = False,
    rings: bool = True,
) -> PeopleImport:
    """Let the list be imported, all of it at once, by whoever comes first: the sweep, or the command.

    :param makes_teams: whoever asks has seen that teams would be made.
    :param skips_errors: leave lines with errors out; else a single one keeps all out.
    :param ends_missing: who is not in the list leaves (``who_would_leave``).
    :raises ActionRefused: lines have errors, or are left out while who is missing is to leave, teams would be made unseen, it was
        asked for already, or ``by`` may not manage people.
    """
    people_import = _lock(people_import)
    refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_foreign(by, people_import)
    refuse_unfit(people_import.organization)
    counts = people_import.counts
    if people_import.status == Status.CHECKED and counts.get(ImportLine.Outcome.ERROR) and not skips_errors:
        raise ActionRefused(_("Some lines have errors. Mend them and bring the list again, or leave those lines out."))
    if skips_errors and ends_missing:
        raise ActionRefused(
            _("Mend every line first: an address with an error looks as if somebody were not in the list.")
        )
    if people_import.status == Status.CHECKED and counts.get("teams") and not makes_teams:
        raise ActionRefused(_("Confirm first that these teams are to be made."))
    _move(people_import, Status.DUE)
    people_import.asked_by, people_import.asked_at = by, at
    people_import.skips_errors, people_import.refusal, people_import.attempts = skips_errors, "", 0
    people_import.started_at, people_import.ends_missing = None, ends_missing
    people_import.save(
        update_fields=[
            "status",
            "asked_by",
            "asked_at",
            "skips_errors",
            "ends_missing",
            "refusal",
            "attempts",
            "started_at",
        ]
    )
    if rings:
        ring(TASK)
    return people_import


@transaction.atomic
def cancel_import(*, people_import: PeopleImport, by: Membership, at: dt.datetime) -> PeopleImport:
    """Import nobody, and forget the list.

    :raises ActionRefused: it is being imported, or was; or ``by`` may not manage people.
    """
    people_import = _lock(people_import)
    refuse_without(Right.PEOPLE_MANAGE, by)
    refuse_foreign(by, people_import)
    _move(people_import, Status.CANCELLED)
    people_import.finished_at = at
    people_import.save(update_fields=["status", "finished_at"])
    people_import.lines.all().delete()
    return people_import


def _lock(people_import: PeopleImport) -> PeopleImport:
    return (
        PeopleImport.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organization")
        .get(pk=people_import.pk)
    )


def _move(people_import: PeopleImport, status: PeopleImport.Status) -> None:
    """:raises ActionRefused: it can't become that from what it is."""
    if status not in PeopleImport.MOVES.get(Status(people_import.status), set()):
        raise ActionRefused(
            _("This list is in another state by now: %(status)s.") % {"status": people_import.get_status_display()}
        )
    people_import.status = status
