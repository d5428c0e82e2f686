"""What would come of each line of a list, worked out for all of them in one statement."""

import datetime as dt
from typing import Any

from django.db import connection

from accounts.models import PeopleImport
from accounts.queries import leaves_the_house
from accounts.queries.imports import PLACES, counts_of, planned

# Beside an address, the column "lead" may say of the person in the line that they lead their team, or that they don't.
YES = ["yes", "y", "x", "1", "true", "lead", "ja", "j", "wahr", "oui", "sí", "si"]
NO = ["no", "n", "-", "–", "0", "false", "nein", "falsch", "non"]

# As Django's EmailValidator, of lower-case addresses; in two that PostgreSQL finds in a tenth of the time.
ADDRESS = r"^[-!#$%&'*+/=?^_`{}|~0-9a-z.]+@[a-z0-9.-]+\.[a-z0-9-]+[a-z0-9]$"
NO_ADDRESS = r"^\.|\.\.|\.@|@[.-]|-\.|\.-"
# A letter or a digit, whatever the database thinks letters are.
READABLE = "({0} ~ '[0-9A-Za-z]' OR octet_length({0}) > length({0}))"

CHECK = f"""
WITH {PLACES}, said AS (
    SELECT id, number, lower(coalesce(cells[%(email)s], '')) AS email, coalesce(cells[%(name)s], '') AS name,
           coalesce(cells[%(team)s], '') AS team, coalesce(cells[%(job_role)s], '') AS job_role,
           lower(coalesce(cells[%(lead)s], '')) AS lead
    FROM accounts_importline
    WHERE organization_id = %(organization)s AND people_import_id = %(import)s AND number > %(headings)s
), known AS MATERIALIZED (
    SELECT said.id, said.number, said.email, said.name, said.job_role AS job_role_said,
           -- An empty cell says nothing: whoever has a team or a job role keeps it.
           coalesce(nullif(said.team, ''), team_now.name, '') AS team,
           coalesce(nullif(said.job_role, ''), job_role_now.name, '') AS job_role,
           CASE WHEN lead = ANY (%(yes)s) THEN said.email WHEN lead = ANY (%(no)s) THEN '' ELSE lead END AS lead,
           min(said.number) OVER (PARTITION BY said.email) AS first_number,
           -- Who has an account elsewhere only is nobody's business until the import invites them: it is logged, and they are told.
           CASE WHEN %(imports)s OR membership.id IS NOT NULL THEN person.id END AS user_id, person.name AS name_now, membership.id AS membership_id, access.level,
           placement.team_id, placement.job_role_id, invitation.id AS invitation_id,
           -- Their name is theirs to say, unless nobody was ever signed in as them and no other organization knows them.
           person.address_proved_at IS NULL AND person.last_login IS NULL AND NOT EXISTS (
               SELECT FROM accounts_membership elsewhere
               WHERE elsewhere.user_id = person.id AND elsewhere.organization_id <> %(organization)s
           ) AS may_be_renamed,
           -- Nobody holds the account of somebody who was imported before a code has reached them.
           %(mail_leaves)s AND person.address_proved_at IS NULL
               AND (person.last_login IS NOT NULL OR person.password NOT LIKE '!%%') AS is_unproved
    FROM said
    LEFT JOIN accounts_user person ON person.email = said.email
    LEFT JOIN accounts_membership membership
        ON membership.user_id = person.id AND membership.organization_id = %(organization)s
    LEFT JOIN accounts_accessperiod access ON access.membership_id = membership.id AND access.ended_at IS NULL
    LEFT JOIN accounts_placement placement ON placement.membership_id = membership.id AND placement.ended_at IS NULL
    LEFT JOIN accounts_team team_now ON team_now.id = placement.team_id
    LEFT JOIN accounts_jobrole job_role_now ON job_role_now.id = placement.job_role_id
    LEFT JOIN accounts_invitation invitation
        ON invitation.organization_id = %(organization)s AND invitation.email = said.email
        AND invitation.accepted_at IS NULL AND invitation.withdrawn_at IS NULL AND invitation.expires_at > %(at)s
), placed AS MATERIALIZED (
    SELECT known.*, teams.id AS wanted_team_id,
           CASE WHEN job_role_said = '' THEN known.job_role_id ELSE job_roles.id END AS wanted_job_role_id,
           first_value(known.lead) OVER in_team AS first_lead, first_value(known.number) OVER in_team AS first_lead_number,
           array_remove(ARRAY[
               CASE WHEN email = '' THEN 'email:missing' WHEN length(email) > 254 OR email !~ %(address)s OR email ~ %(no_address)s THEN 'email:bad'
                    WHEN first_number < number THEN 'email:twice:' || first_number WHEN level = 'guest' THEN 'email:guest' END,
               CASE WHEN length(name) > 200 THEN 'name:long'
                    WHEN name <> '' AND NOT {READABLE.format("name")} THEN 'name:unreadable' END,
               CASE WHEN length(team) > 200 THEN 'team:long'
                    WHEN team <> '' AND NOT {READABLE.format("team")} THEN 'team:unreadable'
                    WHEN teams.archived_at IS NOT NULL THEN 'team:archived' END,
               CASE WHEN job_role_said <> '' AND job_roles.id IS NULL THEN 'job_role:unknown' END
           ], NULL) AS problems
    FROM known
    LEFT JOIN teams ON teams.called = lower(known.team)
    LEFT JOIN job_roles ON job_roles.called = lower(known.job_role_said)
    WINDOW in_team AS (PARTITION BY lower(known.team) ORDER BY known.lead = '', known.number)
), leader AS (
    SELECT said.lead, access.level, membership.id AS membership_id, line.number, line.problems, line.invitation_id,
           membership.id IS NOT NULL AND %(mail_leaves)s AND person.address_proved_at IS NULL
               AND (person.last_login IS NOT NULL OR person.password NOT LIKE '!%%') AS is_unproved
    FROM (SELECT DISTINCT lead FROM placed WHERE lead <> '') said
    LEFT JOIN placed line ON line.email = said.lead AND line.number = line.first_number
    LEFT JOIN accounts_user person ON person.email = said.lead
    LEFT JOIN accounts_membership membership
        ON membership.user_id = person.id AND membership.organization_id = %(organization)s
    LEFT JOIN accounts_accessperiod access ON access.membership_id = membership.id AND access.ended_at IS NULL
), judged AS (
    SELECT placed.*, placed.problems || array_remove(ARRAY[CASE
               WHEN placed.lead = '' THEN NULL
               WHEN placed.team = '' THEN 'lead:no_team'
               WHEN placed.lead <> first_lead THEN 'lead:two:' || first_lead_number
               WHEN leads_now.email = placed.lead THEN NULL
               WHEN leader.level = 'guest' THEN 'lead:guest'
               WHEN leader.level IS NULL AND leader.number IS NULL THEN 'lead:unknown'
               WHEN leader.level IS NULL AND leader.number <> placed.number AND leader.problems <> '{{}}' THEN 'lead:line:' || leader.number
               WHEN leader.level IS NULL AND leader.invitation_id IS NOT NULL THEN 'lead:invited'
               WHEN leader.is_unproved THEN 'lead:unproved' END], NULL) AS all_problems,
           may_be_renamed AND name <> '' AND name <> name_now AS is_renamed
    FROM placed
    LEFT JOIN leader ON leader.lead = placed.lead
    LEFT JOIN leads_now ON leads_now.team_id = placed.wanted_team_id
), outcome AS (
    SELECT judged.*, CASE
               WHEN all_problems <> '{{}}' THEN 'error'
               WHEN level IS NOT NULL AND (wanted_team_id IS DISTINCT FROM team_id
                    OR wanted_job_role_id IS DISTINCT FROM job_role_id OR team <> '' AND wanted_team_id IS NULL) THEN 'moved'
               WHEN level IS NOT NULL AND is_renamed THEN 'renamed'
               WHEN level IS NOT NULL THEN 'same'
               WHEN invitation_id IS NOT NULL THEN 'waiting'
               WHEN membership_id IS NOT NULL THEN 'back'
               WHEN user_id IS NOT NULL THEN 'invited'
               ELSE 'new' END AS outcome,
           user_id IS NOT NULL AND name <> '' AND name <> name_now AND NOT is_renamed AS keeps_name
    FROM judged
)
UPDATE accounts_importline line
SET email = outcome.email, name = outcome.name, team = outcome.team, job_role = outcome.job_role, lead = outcome.lead,
    outcome = outcome.outcome, keeps_name = outcome.keeps_name, problems = outcome.all_problems
FROM outcome
WHERE line.id = outcome.id
  AND (line.email, line.name, line.team, line.job_role, line.lead, line.outcome, line.keeps_name, line.problems) IS DISTINCT FROM
      (outcome.email, outcome.name, outcome.team, outcome.job_role, outcome.lead, outcome.outcome, outcome.keeps_name, outcome.all_problems)
"""  # noqa: S608 -- constants, values apart
HEADINGS = """
UPDATE accounts_importline SET outcome = '', problems = '{}'
WHERE organization_id = %(organization)s AND people_import_id = %(import)s AND number <= %(headings)s AND outcome <> ''
"""


def check(people_import: PeopleImport, *, at: dt.datetime, imports: bool = False) -> dict[str, int]:
    """Work out what comes of each line as things stand now; where nothing has changed since, nothing is written.

    :param people_import: with its columns; locked.
    :param imports: it is imported right now, so that whoever has an account elsewhere is invited instead of made; before, and to
        whoever only looks, they are as new as anybody. The team they are named lead of gets its lead when they have joined.
    :returns: how many of each outcome, and what else the list would bring.
    """
    params = {**parameters(people_import, at=at), "imports": imports}
    with planned(people_import), connection.cursor() as cursor:
        cursor.execute(HEADINGS, params)
        cursor.execute(CHECK, params)
        return counts_of(people_import)


def parameters(people_import: PeopleImport, *, at: dt.datetime) -> dict[str, Any]:
    """What the statements about a list ask for."""
    columns = {what: people_import.columns.get(what) for what in ("email", "name", "team", "job_role", "lead")}
    return {
        **columns,
        "organization": people_import.organization_id,
        "import": people_import.pk,
        "headings": people_import.headings_line,
        "yes": YES,
        "no": NO,
        "address": ADDRESS,
        "no_address": NO_ADDRESS,
        "mail_leaves": leaves_the_house(people_import.organization),
        "at": at,
    }
