"""Nothing that was said, signed, decided or logged is changed, removed or emptied, tried in raw SQL over one of everything."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AccessPeriod
from audit import anchors
from audit.actions import reopen
from audit.models import Basis
from catalog.models import AccessRoute, Citation, Claim, Fact, Hop, Node, PolicySource, Procedure
from governance import actions as governance
from governance.models import RouteDecision
from operations import clock
from reviews.actions import find_change
from tests.factories import accepted
from tests.governance.factories import shown
from tests.world import World, build

pytestmark = pytest.mark.django_db

# Table → a change that must not be; every row of it is history.
KEPT = {
    "audit_auditevent": "data = '{}', action = 'nothing.happened'",
    "audit_auditlink": "hash = sha256('')",
    "audit_auditanchor": "position = position + 1",
    "audit_snapshot": "made_at = now()",
    "audit_basis": "revision = revision + 1",
    "audit_reopening": "below_revision = 0",
    "audit_withdrawal": "snapshot_id = snapshot_id",
    "audit_freetext": "body = 'I said something else'",
    "accounts_accessperiod": "level = 'owner'",
    "accounts_placement": "started_at = started_at - interval '1 day'",
    "accounts_leadperiod": "started_at = started_at - interval '1 day'",
    "accounts_groupperiod": "started_at = started_at - interval '1 day'",
    "governance_routedecision": "outcome = 'not_allowed'",
    "governance_decisioneditor": "user_id = user_id",
    "governance_decisionmove": "to_status = 'draft'",
    "governance_forceperiod": "started_at = started_at - interval '1 day'",
    "governance_scopeline": "repositories = 'all'",
    "governance_signoff": "submitted_at = now()",
    "governance_signoffstage": "name = 'Mine'",
    "governance_signoffparty": "may_sign = true, reason = 'member'",
    "governance_signature": "word = 'signed', at = now()",
    "governance_signoffcomment": "group_id = null",
    "governance_signaturecondition": "text = 'Nothing at all'",
    "governance_stopseen": "at = now()",
    "governance_question": "asked_at = now()",
    "governance_paper": "name = 'another.pdf'",
    "governance_agreement": "state = 'missing'",
    "governance_ownword": "expires_on = expires_on + 365",
    "checklists_answer": "completes = true, value = 'yes'",
    "checklists_evidence": "name = 'other.pdf'",
    "checklists_upload": "sha256 = repeat('0', 64)",
    "checklists_assignmentrule": "started_at = started_at - interval '1 day'",
    "checklists_checklistversion": "published_at = now()",
    "checklists_listeditem": "position = 9",
    "checklists_itemrevision": "question = 'Another?'",
    "checklists_usageinquiry": "keeper_id = keeper_id + 1",
    "checklists_usagereport": "at = now()",
    "checklists_usedtool": "account = 'work'",
    "reviews_review": "period_on = period_on - 1",
    "reviews_policychange": "source_id = source_id + 1",
    "reviews_policyassessment": "week_on = week_on + 7",
    "reviews_clausechange": "asked = ''",
    "reviews_policyverdict": "verdict = 'material', due_on = current_date",
    "reviews_clauseverdict": "verdict_id = verdict_id + 1",
    "catalog_citedplace": "sections = '{}'",
    "reviews_reviewfinding": "outcome = 'editorial'",
    "reviews_adoptionreview": "begun_at = now()",
    "reviews_adoptionterms": "target_on = target_on + 30",
    "reviews_adoptionmove": "to_status = 'go'",
    "reviews_adoptionchecklist": "at = now()",
    "reviews_adoptionroute": "started_at = now()",
    "reviews_boardkeeper": "member_id = member_id",
    "reviews_boardday": "due_on = due_on + 1",
    "reviews_boardcomment": "at = now()",
    "reviews_adoptionverdict": "outcome = 'go'",
    "reviews_acceptedblocker": "key = 'nothing'",
    "reviews_verdictwithdrawal": "at = now()",
    "reviews_changeassessment": "old_revision = old_revision - 1",
    "catalog_fact": "statement = 'We promise the moon.'",
    "catalog_claim": "statement = 'Somebody else does.'",
    "catalog_clause": "sha256 = repeat('0', 64)",
    "catalog_policyversion": "seen_on = seen_on - 1",
    "catalog_heldbacktext": "why = 'short'",
    "catalog_citation": "sections = '{Elsewhere}'",
    "catalog_hop": "data = 'Nothing'",
    "catalog_procedure": "title = 'Another'",
}
# A scope's teams, roles and data classes are tried in tests/governance/models/test_guards.py, conditions that go on in
# tests/governance/test_conditions.py.
TRIED_ELSEWHERE = {
    "governance_carriedcondition",
    "governance_scopelineteam",
    "governance_scopelinejobrole",
    "governance_scopelineuse",
    "governance_scopelinedataclass",
}
# Names and places that people and the catalog correct: history is in the log, and in what was shown. A list of people is
# nothing until it is imported, and gone then.
CORRECTED = {
    "accounts_importline",
    "accounts_claimrule",
    "accounts_emaildomain",
    "accounts_provideridentity",
    "accounts_singlesignon",
    "accounts_invitation",
    "accounts_jobrole",
    "accounts_membership",
    "accounts_organization",
    "accounts_peopleimport",
    "accounts_signoffgroup",
    "accounts_team",
    "accounts_user",
    "catalog_accessroute",
    "catalog_accessroute_profiles",
    "catalog_accessroute_requires",
    "catalog_node",
    "catalog_policysource",
    "catalog_profile",
    "catalog_tool",
    "catalog_topic",
    "checklists_answerdraft",
    "checklists_checklist",
    "checklists_item",
    "governance_dataclass",
    "governance_use",
}
# What the machine works out again from the rest.
DERIVED = {
    "catalog_sourcehealth",
    "checklists_assignment",
    "checklists_clearance",
    "checklists_clearancelost",
    "checklists_lapse",
    "checklists_readinesscell",
    "checklists_readinessdelta",
    "checklists_reminder",
    "checklists_settlejob",
    "checklists_settlerequest",
    "checklists_usagecell",
    "checklists_usagegroup",
    "checklists_usagereminder",
    "reviews_reviewschedule",
}


@pytest.fixture
def world(db: None, tmp_path, settings) -> World:
    settings.STATE_DIR = tmp_path
    made = build()
    because = {"outcome": "material", "because": "They train now.", "at": clock.now()}
    find_change(review=made.review, by=made.acme.mara, **because)
    connection.check_constraints()
    basis = Basis.objects.filter(organization_id=made.acme.organization.pk).first()
    reopen(
        organization_id=basis.organization_id,
        key=basis.key,
        below_revision=basis.revision + 1,
        by=None,
        at=clock.now(),
        due_on=None,
        because="changed",
    )
    connection.check_constraints()
    anchors.publish_anchors(at=clock.now())
    say_of(made.route)
    connection.check_constraints()
    return made


def say_of(route: AccessRoute) -> None:
    at = clock.now()
    node = Node.objects.create(key="laptop", label="Laptop", owner="us")
    dated = {"organization": route.organization, "key": "only", "digest": "0" * 64, "recorded_at": at}
    Hop.objects.create(route=route, position=1, from_node=node, to_node=node, data="Code", when="always", **dated)
    Procedure.objects.create(title="Switch it off", steps=["Off"], **dated)
    fact = Fact.objects.earliest("pk")
    claim = Claim.objects.create(fact=fact, statement="Others say so.", position=1)
    Citation.objects.create(claim=claim, source=PolicySource.objects.create(key="page", title="Page"))


def is_refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount, f"nothing to try it on: {sql}"
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def test_open_review_is_judged_and_nothing_else(world: World) -> None:
    assert is_refused("UPDATE reviews_review SET keeper_id = NULL")
    assert is_refused("UPDATE reviews_review SET due_on = due_on + 9, closed_at = now(), outcome = 'holds'")
    assert is_refused("UPDATE reviews_changeassessment SET new_revision = new_revision + 1")
    assert not is_refused("UPDATE reviews_review SET closed_at = now(), outcome = 'holds'")


@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET {change}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]
)
def test_what_is_history_stays(world: World, statement: str) -> None:
    tried = {table: statement.format(table=table, change=change) for table, change in KEPT.items()}

    assert [table for table, sql in tried.items() if not is_refused(sql)] == []


def test_what_was_handed_in_is_erased_and_not_otherwise_changed(world: World) -> None:
    erased = "UPDATE checklists_evidence SET erased_at = now(), name = ''"
    assert is_refused(f"{erased}, link = 'https://else.example'")
    assert is_refused(f"{erased}, file = 'another'")
    assert is_refused(f"{erased}, sha256 = repeat('0', 64)")
    assert is_refused("UPDATE checklists_evidence SET name = '', file = ''")
    assert not is_refused(f"{erased}, file = ''")
    with connection.cursor() as cursor:
        cursor.execute(erased)
    assert is_refused("UPDATE checklists_evidence SET erased_at = now(), name = ''")
    assert is_refused("UPDATE checklists_evidence SET erased_at = NULL, name = 'new'")


def test_every_table_is_history_or_has_a_reason_not_to_be(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE tablename ~ '^(accounts|audit|catalog|checklists|governance|reviews)_'"
        )
        tables = {table for (table,) in cursor.fetchall()}

    assert tables - set(KEPT) == TRIED_ELSEWHERE | CORRECTED | DERIVED


SIGN = """
INSERT INTO governance_signature (organization_id, sign_off_id, stage_id, user_id, membership_id, word, snapshot_id, at)
SELECT stage.organization_id, stage.sign_off_id, stage.id, %s, %s, 'signed', sign_off.snapshot_id, now()
FROM governance_signoffstage stage JOIN governance_signoff sign_off ON sign_off.id = stage.sign_off_id
WHERE stage.sign_off_id = %s AND stage.position = 1
"""


def sign(sign_off_id: int, member) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SIGN, [member.user_id, member.pk, sign_off_id])
        assert cursor.rowcount == 1


def test_what_is_not_sealed_is_not_signed(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO governance_signoff (organization_id, kind, title, code, snapshot_id, submitted_by_id, submitted_at, outcome, is_sole)"
            " SELECT organization_id, kind, title, code, snapshot_id, submitted_by_id, submitted_at, 'pending', false FROM governance_signoff"
            " WHERE id = %s RETURNING id",
            [world.submitted.sign_off_id],
        )
        (sign_off_id,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO governance_signoffstage (organization_id, sign_off_id, position, name)"
            " VALUES (%s, %s, 1, 'Security') RETURNING id",
            [world.acme.organization.pk, sign_off_id],
        )
        cursor.execute(
            "INSERT INTO governance_signoffparty (organization_id, stage_id, user_id, may_sign, reason)"
            " VALUES (%s, %s, %s, true, 'member')",
            [world.acme.organization.pk, cursor.fetchone()[0], world.acme.sven.user_id],
        )

    with pytest.raises(IntegrityError, match="not waiting for signatures"):
        sign(sign_off_id, world.acme.sven)
    sign(world.submitted.sign_off_id, world.acme.sven)  # the same statement, where it may be


def test_nobody_approves_their_own_where_there_are_two(world: World) -> None:
    """Alone when it was submitted, no longer when it is signed."""
    globex = world.globex
    for member in globex.organization.memberships.exclude(pk=globex.olga.pk):
        for period in member.access_periods.open():
            period.ended_at = clock.now()
            period.save(update_fields=["ended_at"])
    at = clock.now()
    route = accepted(AccessRoute.objects.filter(organization=None).first(), by=globex.olga, at=at)
    draft = governance.propose(route=route, by=globex.olga, at=at)
    draft = governance.edit(decision=draft, by=globex.olga, at=at, why="Mine.", keeper=globex.olga)
    draft = governance.set_scope(decision=draft, lines=[governance.LineOfScope()], by=globex.olga, at=at)
    submitted = governance.submit(decision=draft, by=globex.olga, shown_sha256=shown(draft), at=at)
    connection.check_constraints()
    assert RouteDecision.objects.get(pk=submitted.pk).sign_off.is_sole
    AccessPeriod.objects.create(
        organization=globex.organization, membership=globex.mara, level="member", started_at=clock.now()
    )

    with pytest.raises(IntegrityError, match="organization of one"):
        sign(submitted.sign_off_id, globex.olga)
    with (
        pytest.raises(IntegrityError, match="every stage is signed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE governance_signoff SET outcome = 'approved', closed_at = now() WHERE id = %s",
            [submitted.sign_off_id],
        )
