"""A company of any size: decided and published by the apps' own actions, filled with people and answers set-wise."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection

from accounts.actions import found_organization
from accounts.models import JobRole, Membership, Organization, Team, User
from accounts.queries import with_standing
from audit.actions import keep_snapshot, snapshot_digest
from catalog.models import AccessRoute
from checklists.actions import adopt_as_shipped, fold_counts, settle_due
from checklists.actions.starting import BEGIN_WITH
from checklists.models import ItemRevision
from checklists.queries.rendering import render_items
from governance import actions as governance
from governance.actions import LineOfScope
from governance.models import SignOff
from governance.queries.decisions import covering_decisions
from governance.queries.submissions import frozen_content

ANSWERS_EACH = 10  # what the budgets suppose: 100,000 people have given 1,000,000 answers
TEAM_SIZE = 100

PEOPLE = """
WITH team AS (
    INSERT INTO accounts_team (organization_id, name)
    SELECT %(organization)s, 'Team ' || %(people)s || '.' || n FROM generate_series(1, greatest(1, %(people)s / %(team_size)s)) n RETURNING id
), teams AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM team
), roles AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM accounts_jobrole WHERE organization_id = %(organization)s
), person AS (
    INSERT INTO accounts_user (id, email, name, password, timezone, is_active, is_staff, date_joined)
    SELECT gen_random_uuid(), 'person.' || %(people)s || '.' || n || '@' || %(slug)s || '.example.com',
           (ARRAY['Ada', 'Bo', 'Cy', 'Dee', 'Eli', 'Fay', 'Gus'])[1 + n %% 7] || ' Person' || n, '!', '', true, false, %(at)s
    FROM generate_series(1, %(people)s) n RETURNING id
), member AS (
    INSERT INTO accounts_membership (organization_id, user_id, created_at)
    SELECT %(organization)s, id, %(at)s FROM person RETURNING id
), access AS (
    INSERT INTO accounts_accessperiod (organization_id, membership_id, level, started_at)
    SELECT %(organization)s, id, 'member', %(at)s FROM member
)
INSERT INTO accounts_placement (organization_id, membership_id, team_id, job_role_id, started_at)
SELECT %(organization)s, member.id, teams.ids[1 + (member.id / %(team_size)s) %% cardinality(teams.ids)],
       roles.ids[1 + member.id %% cardinality(roles.ids)], %(at)s
FROM member, teams, roles
"""

# Everybody's answer to everything asked of them, bound to what people of their job role are shown.
ANSWERS = """
INSERT INTO checklists_answer (organization_id, membership_id, item_id, revision_id, snapshot_id, kind, value, completes,
                               valid_until, at, by_id)
SELECT %(organization)s, asked.membership_id, asked.item_id, asked.revision_id, shown.snapshot_id, 'given', 'yes', true,
       %(valid_until)s, %(at)s, %(by)s
FROM (SELECT DISTINCT membership_id, job_role_id, item_id, revision_id
      FROM checklists_required(%(organization)s, NULL, %(at)s)) asked
JOIN unnest(%(roles)s::bigint[], %(items)s::bigint[], %(snapshots)s::bigint[]) AS shown (job_role_id, item_id, snapshot_id)
  ON shown.item_id = asked.item_id AND shown.job_role_id IS NOT DISTINCT FROM asked.job_role_id
"""

# Answers of earlier rounds, so that there are as many as the budgets suppose.
EARLIER = """
INSERT INTO checklists_answer (organization_id, membership_id, item_id, revision_id, snapshot_id, kind, value, completes,
                               valid_until, at, by_id)
SELECT organization_id, membership_id, item_id, revision_id, snapshot_id, kind, value, completes, valid_until, at, by_id
FROM checklists_answer WHERE organization_id = %(organization)s ORDER BY item_id, id LIMIT %(missing)s
"""


def found(slug: str, *, at: dt.datetime) -> Organization:
    """An organization of one, that has decided two routes and published what it asks."""
    owner = User.objects.create_user(f"owner@{slug}.example.com", "Bench-only-2026", name="Olga Owner", date_joined=at)
    membership = found_organization(name=slug.title(), slug=slug, timezone="Europe/Berlin", owner=owner, at=at)
    organization = membership.organization
    governance.ship_data_classes(organization=organization)
    governance.ship_uses(organization=organization)
    acting = with_standing(Membership.objects.select_related("organization", "user").filter(pk=membership.pk)).get()
    engineers = JobRole.objects.get(organization=organization, key="engineering")
    decide("claude-code-enterprise", LineOfScope(), by=acting, at=at)
    decide("claude-code-bedrock", LineOfScope(job_role_ids=frozenset([engineers.pk])), by=acting, at=at)
    for key in BEGIN_WITH:
        adopt_as_shipped(key=key, by=acting, at=at)
    return organization


def fill(organization: Organization, *, people: int, at: dt.datetime) -> None:
    """So many people more, who have answered everything; settled and counted."""
    owner = organization.memberships.earliest("pk").user
    params = {"organization": organization.pk, "people": people, "slug": organization.slug, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {**params, "team_size": TEAM_SIZE})
    answer_everything(organization, people=people, by=owner, at=at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum would in a minute
    settle_due(at=at)
    fold_counts()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def decide(route: str, line: LineOfScope, *, by: Membership, at: dt.datetime) -> None:
    """Allow a route, approved by the only member there is."""
    allowed = AccessRoute.objects.shipped().get(key=route)
    until = at.date() + dt.timedelta(days=365)
    governance.accept(route=allowed, why="Measured.", expires_on=until, by=by, at=at)
    decision = governance.propose(route=allowed, by=by, at=at)
    governance.edit(
        decision=decision, by=by, at=at, outcome="allowed", why="Measured.", conditions="None.", review_months=6
    )
    governance.set_scope(decision=decision, lines=[line], by=by, at=at)
    decision.refresh_from_db()
    content, bases = frozen_content(decision)
    governance.submit(decision=decision, by=by, shown_sha256=snapshot_digest(content, bases=bases), at=at)
    sign_off = SignOff.objects.select_related("snapshot").get(decision=decision)
    for stage in sign_off.stages.order_by("position"):
        governance.sign(sign_off=sign_off, stage=stage, by=by, shown_sha256=sign_off.snapshot.sha256, at=at)


def add_teams(organization: Organization, *, upto: int) -> None:
    """So many teams in all, the new ones empty: a page that offers every team reads as many here as elsewhere."""
    missing = upto - organization.teams.count()
    Team.objects.bulk_create(Team(organization=organization, name=f"Empty {number}") for number in range(missing))


def answer_everything(organization: Organization, *, people: int, by: User, at: dt.datetime) -> None:
    """One current answer to everything asked, and older ones up to ``ANSWERS_EACH`` a head."""
    shown = list(_snapshots(organization, at=at))
    params = {
        "organization": organization.pk,
        "by": by.pk,
        "at": at,
        "valid_until": (at + dt.timedelta(days=365)).date(),
        "roles": [role for role, _item, _snapshot in shown],
        "items": [item for _role, item, _snapshot in shown],
        "snapshots": [snapshot for _role, _item, snapshot in shown],
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM checklists_required(%(organization)s, NULL, %(at)s)", params)
        asked = cursor.fetchone()[0]
        missing = people * ANSWERS_EACH - asked
        if missing > 0:
            cursor.execute(ANSWERS, params)
            cursor.execute(EARLIER, {**params, "missing": missing})
        cursor.execute(ANSWERS, params)


def _snapshots(organization: Organization, *, at: dt.datetime) -> Iterator[tuple[int | None, int, int]]:
    """(job role, item, snapshot) of everything each job role is shown."""
    revisions = list(
        ItemRevision.objects.filter(organization=organization, published_at__isnull=False).select_related("item")
    )
    for role in [None, *JobRole.objects.filter(organization=organization)]:
        decisions = list(covering_decisions(organization, team_id=None, job_role_id=role.pk if role else None, at=at))
        for item_id, shown in render_items(organization, revisions, decisions).items():
            kept = keep_snapshot(shown.content, organization_id=organization.pk, bases=shown.bases, at=at)
            yield role.pk if role else None, item_id, kept.pk
