"""A hundred thousand people on one day: importing them against COPY of the same rows into the same tables."""

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import connection, transaction

from accounts.actions import importing
from accounts.models import JobRole, Membership, Organization, Team
from benchmarks.figures import Figure, seconds
from operations import clock

TEAM_SIZE = 100
HEADINGS = "E-mail,Name,Team,Job role,Lead"
TABLES = {
    "accounts_user": "id, email, name, password, timezone, is_active, is_staff, date_joined",
    "accounts_membership": "id, organization_id, user_id, created_at",
    "accounts_accessperiod": "organization_id, membership_id, level, started_at, started_by_id",
    "accounts_placement": "organization_id, membership_id, team_id, job_role_id, started_at, started_by_id",
}


def figures(organization: Organization, *, people: int) -> Iterator[Figure]:
    """Bring a list, check it, import it; all of which one COPY for each table is measured against."""
    at = clock.now()
    by = Membership.objects.select_related("organization", "user").filter(organization=organization).earliest("pk")
    copied = seconds(lambda: _copied(_rows(organization, by, people=people, at=at)))
    _tidy()
    text = _list(organization, people=people)
    brought: list[int] = []
    dry_run = seconds(lambda: brought.append(_checked(text, by=by, at=at)))
    whole = dry_run + seconds(lambda: _imported(brought[0], by=by, at=at))
    _tidy()
    against = f"{people:,} people, against COPY of the same rows into the same tables"
    yield Figure("looking what a list would bring", dry_run / copied, 1, "×", f"read, kept and checked: {against}")
    yield Figure("importing it", whole / copied, 3, "×", f"that, checked once more and imported: {against}")


def _list(organization: Organization, *, people: int) -> str:
    roles = list(organization.job_roles.values_list("name", flat=True))
    lines = (
        f"imported.{n}@{organization.slug}.example.com,Ada Person{n},Imported {n // TEAM_SIZE},{roles[n % len(roles)]},"
        f"{'yes' if n % TEAM_SIZE == 0 else ''}"
        for n in range(people)
    )
    return "\n".join([HEADINGS, *lines])


def _checked(text: str, *, by: Membership, at: dt.datetime) -> int:
    people_import = importing.bring(lines=importing.read_text(text), by=by, at=at)
    columns = {what: place for place, what in enumerate(("email", "name", "team", "job_role", "lead"), start=1)}
    importing.name_columns(people_import=people_import, columns=columns, has_headings=True, by=by, at=at)
    return people_import.pk


def _imported(pk: int, *, by: Membership, at: dt.datetime) -> None:
    people_import = by.organization.imports.get(pk=pk)
    importing.ask_for_import(people_import=people_import, by=by, at=at, makes_teams=True, rings=False)
    importing.run_import(pk)
    people_import.refresh_from_db()
    assert people_import.status == "done", people_import.refusal


def _rows(organization: Organization, by: Membership, *, people: int, at: dt.datetime) -> dict[str, bytes]:
    """What COPY reads, for each table; ids are taken far above those there are."""
    teams = list(Team.objects.filter(organization=organization).values_list("pk", flat=True))
    roles = list(JobRole.objects.filter(organization=organization).values_list("pk", flat=True))
    first = Membership.objects.latest("pk").pk + 1_000_000_000
    lines: dict[str, list[str]] = {table: [] for table in TABLES}
    for n in range(people):
        user, member = uuid.uuid4(), first + n
        lines["accounts_user"].append(
            f"{user}\tcopied.{n}@{organization.slug}.example.com\tAda Person{n}\t!{user.hex}\t\tt\tf\t{at}"
        )
        lines["accounts_membership"].append(f"{member}\t{organization.pk}\t{user}\t{at}")
        lines["accounts_accessperiod"].append(f"{organization.pk}\t{member}\tmember\t{at}\t{by.user_id}")
        lines["accounts_placement"].append(
            f"{organization.pk}\t{member}\t{teams[n // TEAM_SIZE % len(teams)]}\t{roles[n % len(roles)]}\t{at}\t{by.user_id}"
        )
    return {table: "\n".join(rows).encode() + b"\n" for table, rows in lines.items()}


def _copied(rows: dict[str, bytes]) -> None:
    """Written with every index, key and trigger, and taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns in TABLES.items():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                copy.write(rows[table])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def _tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
