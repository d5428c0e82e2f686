"""Lists of people that were brought: what their columns may be, what would come of them, what is wrong in a line."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import AccessPeriod, ImportLine, Membership, Organization, PeopleImport
from accounts.queries.standing import asked_memberships
from accounts.rights import Right, may_grant_level
from operations.many import MANY, planned_for_many

# What the columns of other people's lists are called, in small letters without signs.
CALLED = {
    "email": "email emailaddress mail mailaddress address useremail workemail userprincipalname upn login primaryemail "
    "emailadresse mailadresse adresse courriel adressemail correo correoelectrónico posta",
    "name": "name fullname displayname person employee employeename username vollername mitarbeiter mitarbeiterin "
    "anzeigename nom nomcomplet nombre nome",
    "team": "team teamname department dept unit group orgunit squad abteilung bereich gruppe équipe service "
    "département equipo departamento reparto",
    "job_role": "jobrole role job function position jobtitle title profession rolle funktion beruf stelle tätigkeit "
    "fonction poste rôle rol puesto ruolo",
    "lead": "lead teamlead teamleader leader manager manageremail supervisor linemanager reportsto leitung teamleitung "
    "vorgesetzter vorgesetzte führungskraft responsable chef jefe",
}
_BY_HEADING = {heading: what for what, headings in CALLED.items() for heading in headings.split()}
# Teams and job roles by what a list may call them, and who leads which team now.
PLACES = """
teams AS (
    SELECT DISTINCT ON (lower(name)) lower(name) AS called, id, archived_at FROM accounts_team
    WHERE organization_id = %(organization)s ORDER BY lower(name), archived_at DESC NULLS FIRST, id
), job_roles AS (
    SELECT DISTINCT ON (called) called, id
    FROM (SELECT lower(name) AS called, id, 1 AS rank FROM accounts_jobrole
          WHERE organization_id = %(organization)s AND archived_at IS NULL
          UNION ALL
          SELECT key, id, 2 FROM accounts_jobrole WHERE organization_id = %(organization)s AND archived_at IS NULL) known
    ORDER BY called, rank, id
), leads_now AS (
    SELECT period.team_id, membership.id AS membership_id, person.email FROM accounts_leadperiod period
    JOIN accounts_membership membership ON membership.id = period.membership_id
    JOIN accounts_user person ON person.id = membership.user_id
    WHERE period.organization_id = %(organization)s AND period.ended_at IS NULL
)"""
OF_THE_LIST = (
    "line.organization_id = %(organization)s AND line.people_import_id = %(import)s"
    " AND line.outcome NOT IN ('', 'error', 'waiting')"
)
# How many teams would be made, and how many would get another lead.
TEAMS = f"""
WITH {PLACES}, named AS (
    SELECT lower(team) AS called, min(team) AS name, max(lead) FILTER (WHERE outcome <> 'invited') AS lead
    FROM accounts_importline line
    WHERE {OF_THE_LIST} AND team <> '' GROUP BY lower(team)
)
SELECT named.name, teams.id IS NULL AS is_new, named.lead <> '' AND named.lead IS DISTINCT FROM leads_now.email AS gets_lead
FROM named LEFT JOIN teams USING (called) LEFT JOIN leads_now ON leads_now.team_id = teams.id
WHERE teams.id IS NULL OR named.lead <> '' AND named.lead IS DISTINCT FROM leads_now.email
ORDER BY named.name
"""  # noqa: S608 -- constants, values apart


# Of what a list would bring, what is worth a number, in this order; and what is done to somebody.
OF_NOTE = ("new", "back", "moved", "renamed", "invited", "waiting", "same", "error")
DOES_SOMETHING = ("new", "back", "moved", "renamed", "invited")


def touched(counts: dict[str, int]) -> int:
    """How many people the import does something to."""
    return sum(counts.get(outcome, 0) for outcome in DOES_SOMETHING)


def planned(people_import: PeopleImport) -> AbstractContextManager[None]:
    """Around whatever joins a list with people: a list has come a moment ago, and PostgreSQL has no idea how long it is."""
    return planned_for_many() if people_import.lines_in_all > MANY else nullcontext()


def imports_of(organization: Organization) -> QuerySet[PeopleImport]:
    """The lists of the organization, newest first."""
    return (
        PeopleImport.objects.filter(organization=organization)
        .select_related("organization", "brought_by__user", "asked_by__user")
        .order_by("-pk")
    )


def first_lines(people_import: PeopleImport, count: int) -> list[ImportLine]:
    """The first lines as they came."""
    return list(_lines(people_import).order_by("number")[:count])


def lines_of(people_import: PeopleImport, outcome: str) -> QuerySet[ImportLine]:
    """The lines of one outcome, in the order of the list."""
    return _lines(people_import).filter(outcome=outcome).order_by("number")


def guessed_columns(lines: list[ImportLine]) -> tuple[dict[str, int], bool]:
    """Which column says what (counted from 1), by what is written above it, and whether anything is: of the first lines."""
    if not lines:
        return {}, False
    columns: dict[str, int] = {}
    for place, heading in enumerate(lines[0].cells, start=1):
        what = _BY_HEADING.get("".join(letter for letter in heading.lower() if letter.isalnum()))
        if what and what not in columns:
            columns[what] = place
    has_headings = bool(columns) and not any("@" in cell for cell in lines[0].cells)
    if not has_headings:
        columns = {}
    if "email" not in columns:
        columns |= _column_of_addresses(lines[1:] if has_headings else lines)
    return columns, has_headings


def _column_of_addresses(lines: list[ImportLine]) -> dict[str, int]:
    addresses = [place for line in lines for place, cell in enumerate(line.cells, start=1) if "@" in cell]
    return {"email": max(set(addresses), key=addresses.count)} if addresses else {}


def counts_of(people_import: PeopleImport) -> dict[str, int]:
    """How many lines of each outcome, and what else the list would bring: teams, leads, names kept; who is not in it."""
    params: dict[str, Any] = {"organization": people_import.organization_id, "import": people_import.pk}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, count(*), count(*) FILTER (WHERE keeps_name) FROM accounts_importline"
            " WHERE organization_id = %(organization)s AND people_import_id = %(import)s AND outcome <> '' GROUP BY outcome",
            params,
        )
        rows = cursor.fetchall()
        cursor.execute(TEAMS, params)
        changed = cursor.fetchall()
    return {
        **{outcome: count for outcome, count, _kept in rows},
        "keeps_name": sum(kept for outcome, _count, kept in rows if outcome != ImportLine.Outcome.ERROR),
        "teams": sum(is_new for _name, is_new, _gets_lead in changed),
        "leads": sum(bool(gets_lead) for _name, _is_new, gets_lead in changed),
        "missing": missing_from(people_import).count(),
    }


def teams_changed(people_import: PeopleImport) -> list[tuple[str, bool, bool]]:
    """The teams that the list would change, by name: whether it is made, and whether it gets another lead."""
    with connection.cursor() as cursor:
        cursor.execute(TEAMS, {"organization": people_import.organization_id, "import": people_import.pk})
        return cursor.fetchall()


def missing_from(people_import: PeopleImport) -> QuerySet[Membership]:
    """Who is asked things here and is not in the list."""
    listed = _lines(people_import).exclude(outcome="").filter(email=OuterRef("user__email"))
    return asked_memberships(people_import.organization).filter(~Exists(listed))


def who_would_leave(people_import: PeopleImport, *, by: Membership, held: frozenset[Right]) -> QuerySet[Membership]:
    """Of those who are not in the list, whom this person may let leave together: no owner, nobody who holds more than they
    do, and not themselves.

    :param held: the rights of ``by``.
    """
    levels = [
        level for level in AccessPeriod.Level if level != AccessPeriod.Level.OWNER and may_grant_level(held, level)
    ]
    here = AccessPeriod.objects.open().filter(membership=OuterRef("pk"), level__in=levels)
    return missing_from(people_import).filter(Exists(here)).exclude(pk=by.pk)


def _lines(people_import: PeopleImport) -> QuerySet[ImportLine]:
    return ImportLine.objects.filter(organization=people_import.organization_id, people_import=people_import)
