"""What was checked becomes people: for all of them at once, in one transaction, each step one statement."""

import datetime as dt
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.actions.authority import refuse_without
from accounts.actions.importing.checking import check, parameters
from accounts.actions.invitations import invite_all
from accounts.actions.locks import lock_organization
from accounts.models import (
    AccessPeriod,
    GroupPeriod,
    ImportLine,
    LeadPeriod,
    Membership,
    Organization,
    PeopleImport,
    Placement,
)
from accounts.queries.imports import OF_THE_LIST, PLACES, lines_of, planned, who_would_leave
from accounts.rights import Right
from audit import actions as audit
from audit.canonical import digest_of_ids
from operations import clock
from operations.errors import ActionRefused

Outcome = ImportLine.Outcome
# What the log counts.
DONE = ("new", "back", "moved", "renamed", "invited", "teams", "leads")
OF_THE_IMPORT = "line.organization_id = %(organization)s AND line.people_import_id = %(import)s"

# The same locks, in the same order, as when one person is moved or one lead appointed.
LOCKS = (
    f"""
SELECT FROM accounts_membership
WHERE organization_id = %(organization)s AND user_id IN (
    SELECT person.id FROM accounts_user person
    WHERE person.email IN (SELECT email FROM accounts_importline line WHERE {OF_THE_IMPORT}
                           UNION ALL SELECT lead FROM accounts_importline line WHERE {OF_THE_IMPORT} AND lead <> ''))
ORDER BY id FOR NO KEY UPDATE
""",  # noqa: S608 -- constants, values apart
    "SELECT FROM accounts_team WHERE organization_id = %(organization)s ORDER BY id FOR NO KEY UPDATE",
    "SELECT FROM accounts_jobrole WHERE organization_id = %(organization)s ORDER BY id FOR NO KEY UPDATE",
)
LOCK_EVERYBODY = (
    "SELECT FROM accounts_membership WHERE organization_id = %(organization)s ORDER BY id FOR NO KEY UPDATE"
)
MAKE_TEAMS = f"""
WITH {PLACES}
INSERT INTO accounts_team (organization_id, name)
SELECT %(organization)s, min(team) FROM accounts_importline line
WHERE {OF_THE_LIST} AND team <> '' AND lower(team) NOT IN (SELECT called FROM teams)
GROUP BY lower(team) ORDER BY 2
"""  # noqa: S608 -- constants, values apart
# Without a password: they sign in with a code, and nobody else can.
MAKE_ACCOUNTS = f"""
INSERT INTO accounts_user (id, email, name, password, timezone, is_active, is_staff, date_joined)
SELECT gen_random_uuid(), email, name, '!' || replace(gen_random_uuid()::text, '-', ''), '', true, false, %(at)s
FROM accounts_importline line WHERE {OF_THE_IMPORT} AND outcome = 'new' ORDER BY number
"""  # noqa: S608 -- constants, values apart
JOIN = f"""
INSERT INTO accounts_membership (organization_id, user_id, created_at)
SELECT %(organization)s, person.id, %(at)s
FROM accounts_importline line JOIN accounts_user person USING (email)
WHERE {OF_THE_IMPORT} AND outcome = 'new' ORDER BY number
"""  # noqa: S608 -- constants, values apart
LISTED = f"""
listed AS (
    SELECT line.*, membership.id AS membership_id
    FROM accounts_importline line
    JOIN accounts_user person ON person.email = line.email
    JOIN accounts_membership membership ON membership.user_id = person.id AND membership.organization_id = %(organization)s
    WHERE {OF_THE_IMPORT}
)"""  # noqa: S608 -- constants, values apart
GIVE_ACCESS = f"""
WITH {LISTED}
INSERT INTO accounts_accessperiod (organization_id, membership_id, level, started_at, started_by_id)
SELECT %(organization)s, membership_id, 'member', %(at)s, %(by)s FROM listed WHERE outcome IN ('new', 'back') ORDER BY number
"""  # noqa: S608 -- constants, values apart
END_PLACEMENTS = f"""
WITH {LISTED}
UPDATE accounts_placement placement SET ended_at = %(at)s, ended_by_id = %(by)s
FROM listed
WHERE placement.membership_id = listed.membership_id AND placement.ended_at IS NULL AND outcome = 'moved'
"""  # noqa: S608 -- constants, values apart
PLACE = f"""
WITH {PLACES}, {LISTED}
INSERT INTO accounts_placement (organization_id, membership_id, team_id, job_role_id, started_at, started_by_id)
SELECT %(organization)s, membership_id, teams.id, job_roles.id, %(at)s, %(by)s
FROM listed
LEFT JOIN teams ON teams.called = lower(listed.team)
LEFT JOIN job_roles ON job_roles.called = lower(listed.job_role)
WHERE outcome IN ('new', 'back', 'moved') ORDER BY number
"""  # noqa: S608 -- constants, values apart
RENAME = f"""
UPDATE accounts_user person SET name = line.name
FROM accounts_importline line
WHERE {OF_THE_IMPORT} AND outcome IN ('back', 'moved', 'renamed') AND NOT keeps_name
  AND person.email = line.email AND line.name <> '' AND line.name <> person.name
"""  # noqa: S608 -- constants, values apart
LEADS = f"""
named AS (
    SELECT teams.id AS team_id, max(line.lead) AS email FROM accounts_importline line JOIN teams ON teams.called = lower(line.team)
    WHERE {OF_THE_LIST} AND outcome <> 'invited' AND line.lead <> '' GROUP BY teams.id
), appointed AS (
    SELECT named.team_id, membership.id AS membership_id FROM named
    JOIN accounts_user person ON person.email = named.email
    JOIN accounts_membership membership ON membership.user_id = person.id AND membership.organization_id = %(organization)s
    JOIN accounts_accessperiod access ON access.membership_id = membership.id AND access.ended_at IS NULL AND level <> 'guest'
    LEFT JOIN leads_now ON leads_now.team_id = named.team_id
    WHERE membership.id IS DISTINCT FROM leads_now.membership_id
)"""  # noqa: S608 -- constants, values apart
END_LEADS = f"""
WITH {PLACES}, {LEADS}
UPDATE accounts_leadperiod period SET ended_at = %(at)s, ended_by_id = %(by)s
FROM appointed WHERE period.team_id = appointed.team_id AND period.ended_at IS NULL
"""  # noqa: S608 -- constants, values apart
# Whoever led until a moment ago leads no more, so these are the same teams.
APPOINT = f"""
WITH {PLACES}, {LEADS}
INSERT INTO accounts_leadperiod (organization_id, team_id, membership_id, started_at, started_by_id)
SELECT %(organization)s, team_id, membership_id, %(at)s, %(by)s FROM appointed ORDER BY team_id
"""  # noqa: S608 -- constants, values apart
# What an address was offered before, and has let expire, waits no longer.
WITHDRAW = f"""
UPDATE accounts_invitation invitation SET withdrawn_at = %(at)s
FROM accounts_importline line
WHERE {OF_THE_IMPORT} AND outcome IN ('new', 'back', 'invited')
  AND invitation.organization_id = %(organization)s AND invitation.email = line.email
  AND invitation.accepted_at IS NULL AND invitation.withdrawn_at IS NULL
"""  # noqa: S608 -- constants, values apart
# ``audit.canonical.digest_of_ids`` of a hundred thousand, where they are.
DIGEST = f"""
WITH {LISTED}
SELECT 'ids:' || encode(sha256(convert_to(
    '[' || coalesce(string_agg(membership_id::text, ',' ORDER BY membership_id), '') || ']', 'UTF8')), 'hex')
FROM listed WHERE outcome IN ('new', 'back', 'moved', 'renamed')
"""  # noqa: S608 -- constants, values apart


def apply(people_import: PeopleImport, *, at: dt.datetime) -> bool:
    """Check the list once more and make people of it; False when it has errors by now, and nobody was touched.

    In the caller's transaction, which holds the import. Periods begin and end as the actions on one person do it.

    :param people_import: with ``asked_by``, in whose name; its counts become those of what was done.
    :param at: when this began; it counts as of when it holds its people, which others may have moved until then.
    :raises ActionRefused: whoever asked for it may no longer, or the organization is closed.
    """
    by = people_import.asked_by
    assert by is not None  # noqa: S101 -- ``due_import_was_asked_for``
    organization = people_import.organization = lock_organization(people_import.organization_id)
    refuse_unfit(organization)
    held = refuse_without(Right.PEOPLE_MANAGE, by)
    with planned(people_import), connection.cursor() as cursor:
        if people_import.ends_missing:
            cursor.execute(LOCK_EVERYBODY, parameters(people_import, at=at))
        for lock in LOCKS:
            cursor.execute(lock, parameters(people_import, at=at))
        at = max(at, clock.now())
        counts = people_import.counts = check(people_import, at=at, imports=True)
        if counts.get(Outcome.ERROR) and not people_import.skips_errors:
            return False
        params = {**parameters(people_import, at=at), "by": by.user_id}
        _write(cursor, counts, params)
        _invite(people_import, by=by, at=at)
        leaving = _leave(people_import, by=by, held=held, at=at) if people_import.ends_missing else {}
        cursor.execute(DIGEST, params)
        digest = cursor.fetchone()[0]
    audit.record(
        "person.imported",
        by=by.user_id,
        organization_id=organization.pk,
        at=at,
        target=f"import:{people_import.pk}",
        people_digest=digest,
        **{what: counts.get(what, 0) for what in DONE},
        **leaving,
    )
    return True


def _leave(
    people_import: PeopleImport, *, by: Membership, held: frozenset[Right], at: dt.datetime
) -> dict[str, object]:
    """Every period of those who are not in the list ends, as when one person leaves; what the log says of it."""
    leaving = who_would_leave(people_import, by=by, held=held)
    ids = sorted(leaving.values_list("pk", flat=True))
    for kind in (LeadPeriod, GroupPeriod, Placement, AccessPeriod):  # the last is what they are found by
        kind.objects.open().filter(membership__in=leaving).update(ended_at=at, ended_by=by.user_id)
    people_import.counts["left"] = len(ids)
    return {"left": len(ids), "left_digest": digest_of_ids(ids)}


def refuse_unfit(organization: Organization) -> None:
    """:raises ActionRefused: nobody can be imported here."""
    if organization.locked_at is not None:
        raise ActionRefused(_("This organization is closed."))
    if organization.is_solo:
        raise ActionRefused(_("You work alone here. Make it a company first, then import people."))


def _write(cursor: Any, counts: dict[str, int], params: dict[str, Any]) -> None:
    """The statements of which the check says that they find something."""
    for statement, *causes in (
        (WITHDRAW, "new", "back", "invited"),
        (MAKE_TEAMS, "teams"),
        (MAKE_ACCOUNTS, "new"),
        (JOIN, "new"),
        (RENAME, "back", "moved", "renamed"),
        (GIVE_ACCESS, "new", "back"),
        (END_PLACEMENTS, "moved"),
        (PLACE, "new", "back", "moved"),
        (END_LEADS, "leads"),
        (APPOINT, "leads"),
    ):
        if any(counts.get(cause) for cause in causes):
            cursor.execute(statement, params)


def _invite(people_import: PeopleImport, *, by: Membership, at: dt.datetime) -> None:
    """Whoever has an account joins as themselves, by an invitation."""
    organization = people_import.organization
    teams = {team.name.lower(): team for team in organization.teams.filter(archived_at=None)}
    job_roles = {role.key: role for role in organization.job_roles.filter(archived_at=None)}
    job_roles |= {role.name.lower(): role for role in organization.job_roles.filter(archived_at=None)}
    invite_all(
        organization=organization,
        places=[
            (line.email, line.name, teams.get(line.team.lower()), job_roles.get(line.job_role.lower()))
            for line in lines_of(people_import, Outcome.INVITED)
        ],
        by=by,
        at=at,
    )
